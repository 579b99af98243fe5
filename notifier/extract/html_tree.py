"""The tree of an HTML page, as the HTML standard builds it, made small and safe to walk."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import nh3

from notifier.extract.model import Refusal, names

if TYPE_CHECKING:
    from collections.abc import Iterator

DEEPEST = 500
"""Elements inside one another; real pages have fewer than a hundred."""
_NEVER_SHOWN = names(
    "applet audio canvas datalist embed frameset head iframe map math noembed noframes noscript"
    " object optgroup option script select style svg template textarea title video"
)
_KEPT = names(
    "a abbr acronym address article aside b bdi bdo big blockquote body br button caption center"
    " cite code col colgroup data dd del details dfn dialog dir div dl dt em fieldset figcaption"
    " figure font footer form h1 h2 h3 h4 h5 h6 header hgroup hr i img input ins kbd label legend"
    " li main mark menu nav nobr ol p pre q rb rp rt ruby s samp search section small span strike"
    " strong sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr"
)
_ATTRIBUTES = {
    "*": set(
        names(
            "aria-controls aria-hidden aria-label aria-level aria-modal class data-bs-target"
            " data-target hidden id role style"
        )
    ),
    "a": {"href"},
    "details": {"open"},
    "dialog": {"open"},
    "img": {"alt"},
    "input": {"type"},
    "li": {"value"},
    "ol": {"start", "type"},
    "td": {"colspan"},
    "th": {"colspan"},
}
_VOID = names("br col hr img input wbr")
_NAME = re.compile(r"<([A-Za-z][A-Za-z0-9]{0,30}-[A-Za-z0-9-]{1,60})(?=[\s/>])")
_MOST_NAMES = 500


class Node:
    """One element: its name, attributes and children (elements and texts, in order)."""

    __slots__ = ("attributes", "children", "tag")

    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag = tag
        self.attributes = attributes
        self.children: list[Node | str] = []

    def get(self, name: str) -> str:
        """Return an attribute, or an empty string."""
        return self.attributes.get(name, "")

    def elements(self) -> Iterator[Node]:
        """Yield the child elements."""
        return (child for child in self.children if isinstance(child, Node))

    def walk(self) -> Iterator[Node]:
        """Yield the element itself and all that lie in it, in reading order."""
        stack = [self]
        while stack:
            node = stack.pop()
            yield node
            stack += [child for child in reversed(node.children) if isinstance(child, Node)]

    def text(self) -> str:
        """Return all text in it."""
        parts: list[str] = []
        stack: list[Node | str] = [self]
        while stack:
            node = stack.pop()
            if isinstance(node, str):
                parts.append(node)
            else:
                stack += reversed(node.children)
        return "".join(parts)


def build_tree(html: str) -> Node:
    """Return a page's body: what is never shown (scripts, styles, embedded things) is gone.

    nh3 reads the page by the HTML standard's own algorithm, as browsers do, and writes it back
    well-formed; what is read here is that.

    :raises Refusal: elements lie too deep in one another
    """
    # Elements of the page's own making may hide text too, so they must not lose their attributes
    own = {name.lower() for name in _NAME.findall(html)}
    clean = nh3.clean(
        html,
        tags=set(_KEPT | set(sorted(own)[:_MOST_NAMES])),
        clean_content_tags=set(_NEVER_SHOWN),
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
    )
    builder = _Builder()
    builder.feed(clean)
    builder.close()
    return builder.root


class _Builder(HTMLParser):
    """Well-formed HTML into nodes."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("body", {})
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(node)
        if tag in _VOID:
            return
        self._open.append(node)
        if len(self._open) > DEEPEST:
            raise Refusal(
                f"its elements lie more than {DEEPEST} deep in one another",
                "Save the page anew, or hand in the policy's text alone.",
                code="too_deep",
            )

    def handle_endtag(self, tag: str) -> None:
        if len(self._open) > 1 and self._open[-1].tag == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)
