"""Show a policy's own text on a page: read as data, cleaned, never as a template."""

from __future__ import annotations

import re
from functools import cache
from html import escape
from itertools import pairwise

import nh3
from markdown_it import MarkdownIt

from notifier.policy.hidden import make_visible

_TAGS = frozenset(
    {"a", "abbr", "b", "blockquote", "br", "caption", "code", "dd", "del", "div", "dl", "dt", "em"}
    | {"h2", "h3", "h4", "h5", "h6", "hr", "i", "ins", "li", "ol", "p", "pre", "s", "small", "span"}
    | {"strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul"}
)
_ATTRIBUTES = {
    "a": {"href", "title"},
    "ol": {"start"},
    "td": {"colspan", "rowspan", "align"},
    "th": {"colspan", "rowspan", "align", "scope"},
}
_H = re.compile(r"<(/?)h([1-6])\b")
_RULE = re.compile(r"[=*_-]{3,}|(?:[*_-] ){2,}[*_-]")
_WRAPPED = range(56, 101)
"""Lengths of a line that may have been wrapped by hand; shorter ones (addresses) stay so."""
_NEW_LINE = re.compile(r"(?:[-*•·]|\(?[0-9a-zA-Z]{1,3}[.)])\s")


def policy_html(source: str, markup: str) -> str:
    """Return a policy's text as a safe fragment whose headings begin at ``h2``.

    ``markup`` is ``markdown``, ``html`` or ``text``. Scripts, styles, images, forms and links other
    than http(s) and mailto are taken out; raw HTML in Markdown is shown as text.
    """
    if markup == "markdown":
        return _clean(_lowered(_markdown().render(source)))
    if markup == "html":
        return _clean(_lowered(source))
    return _plain(source.removeprefix("\ufeff"))


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def _lowered(html: str) -> str:
    """Move headings one level down where one is an ``h1``, which is the page's own."""
    if not re.search(r"<h1\b", html):
        return html
    return _H.sub(lambda found: f"<{found[1]}h{min(int(found[2]) + 1, 6)}", html)


def _clean(html: str) -> str:
    return nh3.clean(
        html,
        tags=set(_TAGS),
        clean_content_tags={"script", "style"},
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        url_schemes={"http", "https", "mailto"},
        link_rel="noreferrer",
    )


def _plain(source: str) -> str:
    """Return paragraphs; lines wrapped by hand are rejoined, all others keep their ends."""
    blocks: list[list[str]] = [[]]
    for line in make_visible(source).splitlines():
        if _RULE.fullmatch(line.strip()):
            blocks += [["<hr>"], []]
        elif line.strip():
            blocks[-1].append(line.rstrip())
            if len(line) >= _WRAPPED.stop:  # nobody wraps there: the line is a paragraph
                blocks.append([])
        else:
            blocks.append([])
    return "\n".join(
        "<hr>" if lines == ["<hr>"] else f"<p>{_joined(lines)}</p>" for lines in blocks if lines
    )


def _joined(lines: list[str]) -> str:
    shown = escape(lines[0].strip())
    for above, line in pairwise(lines):
        words = line.strip()
        wrapped = len(above.strip()) in _WRAPPED and not _NEW_LINE.match(words)
        shown += f"{' ' if wrapped else '<br>'}{escape(words)}"
    return shown
