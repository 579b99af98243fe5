"""The redline for mail and web: native ins and del, words besides, never colour alone."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Literal

from notifier.diff.labels import ignored_sentence, label, plain_words, short, summary
from notifier.diff.model import Change, ChangeKind, Diff, Word, WordOp
from notifier.diff.shown import shown_words
from notifier.diff.tiling import full as tile
from notifier.policy.hidden import make_visible

if TYPE_CHECKING:
    from collections.abc import Sequence

Spoken = Literal["visible", "hidden"]

# Text and ground are set together, so the contrast (above 9:1) holds in light and dark alike.
_INS = "background-color:#d9f2df;color:#0b3a17;text-decoration:underline;padding:0 2px"
_DEL = "background-color:#fbe0df;color:#5c1210;text-decoration:line-through;padding:0 2px"
_HIDE = (
    "position:absolute;width:1px;height:1px;margin:-1px;padding:0;overflow:hidden;"
    "clip-path:inset(50%);white-space:nowrap;border:0"
)
_CELL = "padding:8px 0 16px 0;line-height:1.5;font-size:16px;text-align:left"
_LABEL = "font-size:14px;font-weight:bold"

_PAGE_CSS = """
:root{color-scheme:light dark;--ground:#ffffff;--ink:#1b1b1b;--soft:#555555;--line:#c9c9c9;
--panel:#f5f5f4;--link:#0b4f9e}
@media (prefers-color-scheme:dark){:root{--ground:#16181b;--ink:#ececec;--soft:#b5b5b5;
--line:#4a4d52;--panel:#1f2226;--link:#8fc1ff}}
body{margin:0;background:var(--ground);color:var(--ink);
font:1.0625rem/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
main{max-width:46rem;margin:0 auto;padding:2rem 1.25rem 4rem}
h1{font-size:1.75rem;line-height:1.25;margin:0 0 .5rem}h2{font-size:1.125rem;margin:2rem 0 .5rem}
a{color:var(--link)}
a:focus-visible,article:focus-visible{outline:3px solid var(--link);outline-offset:3px}
.soft{color:var(--soft);font-size:.9375rem;margin:.25rem 0}
.key{margin:1rem 0}nav ol{padding-left:1.5rem;margin:.5rem 0}nav li{margin:.25rem 0}
article{border:1px solid var(--line);border-radius:6px;background:var(--panel);padding:.75rem 1rem;
margin:1rem 0}article h3{font-size:1rem;margin:0 0 .25rem}
.text{white-space:pre-wrap;overflow-wrap:anywhere;margin:.5rem 0}
.steps{font-size:.9375rem;margin:.25rem 0 0}
@media print{article{break-inside:avoid}nav,.steps{display:none}}
"""


def redline_fragment(changes: Sequence[Change], *, spoken: Spoken = "visible") -> str:
    """Return the changes as one HTML table, styled inline, for a mail or inside a page.

    ``spoken="visible"`` writes ``[added: …]`` and ``[removed: …]`` for all to see (mail);
    ``"hidden"`` leaves them to screen readers. Everything is escaped; hidden characters are
    written out as ``⟨U+200B⟩``.
    """
    rows = "".join(
        f'<tr><td style="{_CELL}">{_heading(change)}'
        f'<div style="white-space:pre-wrap">{redline_words(change, spoken=spoken)}</div></td></tr>'
        for change in changes
        if change.kind is not ChangeKind.EQUAL
    )
    return (
        '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">'
        f"{rows}</table>"
    )


def redline_words(change: Change, *, spoken: Spoken, layout: bool = False) -> str:
    """Return one change's words as HTML; ``layout`` keeps line breaks as the new text has them."""
    if change.kind in {ChangeKind.MOVED, ChangeKind.EQUAL} and not change.edited:
        return _text(change.new if layout else plain_words(change.new_units))
    words = shown_words(change.words, layout=layout)
    return "".join(_word(word, spoken) for word in words)


def redline_page(diff: Diff, *, title: str, full: bool, lang: str = "en") -> str:
    """Return a page of its own: no script, nothing loaded from anywhere, readable without colour.

    One ``h1``, a list of the changes with links, then each change; ``full`` adds the whole text
    with the changes in their places.
    """
    shown = [change for change in diff.changes if change.kind is not ChangeKind.EQUAL]
    notes = [*diff.notes, ignored_sentence(diff.ignored)]
    aside = "".join(f'<p class="soft">{_text(note)}</p>' for note in notes if note)
    body = [
        f"<h1>{_text(title)}</h1><p>{_text(summary(diff.changes))}</p>",
        _key() if shown else "",
        _contents(shown),
        "".join(_article(shown, number) for number in range(len(shown))),
        _whole(diff) if full else "",
        aside,
    ]
    return (
        f'<!doctype html>\n<html lang="{escape(lang)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{_text(title)}</title><style>{_PAGE_CSS}</style></head>"
        f"<body><main>{''.join(body)}</main></body></html>\n"
    )


def _key() -> str:
    return (
        f'<p class="key soft">How to read this: '
        f'<ins style="{_INS}">underlined words are new</ins>, '
        f'<del style="{_DEL}">words struck through are gone</del>.</p>'
    )


def _contents(changes: Sequence[Change]) -> str:
    if len(changes) < 2:  # noqa: PLR2004 - a list of one is no help
        return ""
    items = "".join(
        f'<li><a href="#{escape(change.id)}">{escape(label(change))}: '
        f"{_text(short(change))}</a></li>"
        for change in changes
    )
    return f'<nav aria-labelledby="list"><h2 id="list">All changes</h2><ol>{items}</ol></nav>'


def _article(changes: Sequence[Change], number: int) -> str:
    change = changes[number]
    place = f'<p class="soft">In “{_text(change.heading)}”</p>' if change.heading else ""
    steps = []
    if number:
        steps.append(f'<a href="#{escape(changes[number - 1].id)}">Previous change</a>')
    if number + 1 < len(changes):
        steps.append(f'<a href="#{escape(changes[number + 1].id)}">Next change</a>')
    links = f'<p class="steps">{" · ".join(steps)}</p>' if steps else ""
    start = "<h2>The changes, one by one</h2>" if number == 0 else ""
    return (
        f'{start}<article id="{escape(change.id)}" tabindex="-1"><h3>{number + 1}. '
        f'{escape(label(change))}</h3>{place}<div class="text">'
        f"{redline_words(change, spoken='hidden')}</div>{links}</article>"
    )


def _whole(diff: Diff) -> str:
    pieces = "".join(
        redline_words(change, spoken="hidden", layout=True)
        for change in tile(diff)
        if change.kind is not ChangeKind.RENAMED
        and (change.new or change.kind is not ChangeKind.EQUAL)
    )
    return f'<h2>The whole text, with the changes</h2><div class="text">{pieces}</div>'


def _heading(change: Change) -> str:
    place = f" · {_text(change.heading)}" if change.heading else ""
    return f'<div style="{_LABEL}">{escape(label(change))}{place}</div>'


def _word(word: Word, spoken: Spoken) -> str:
    if word.op is WordOp.EQUAL:
        return escape(word.text)
    tag, style, name = (
        ("ins", _INS, "added") if word.op is WordOp.INSERT else ("del", _DEL, "removed")
    )
    if spoken == "visible":
        return f'<{tag} style="{style}">[{name}: {escape(word.text)}]</{tag}>'
    before = f'<span style="{_HIDE}">[{name}: </span>'
    after = f'<span style="{_HIDE}">]</span>'
    return f'<{tag} style="{style}">{before}{escape(word.text)}{after}</{tag}>'


def _text(text: str) -> str:
    return escape(make_visible(text.replace("\r\n", "\n").replace("\r", "\n")))
