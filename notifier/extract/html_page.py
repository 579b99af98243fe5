"""Which part of a page is the policy: navigation, cookie bars, forms and footers left out."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from notifier.extract.html_tree import Node

_COOKIE_BAR = re.compile(
    r"(?:onetrust-(?:banner|consent|pc|group)|ot-sdk-btn|cybotcookiebot|qc-cmp2|didomi-|"
    r"usercentrics-|uc-banner|truste[-_]|trustarc-|osano-cm|cky-|cmplz-|iubenda-cs|"
    r"klaro|cc-(?:window|banner|revoke)|"
    r"(?:cookie|consent|gdpr)[-_]?(?:banner|bar|notice|consent|popup|modal|overlay|dialog|wall|"
    r"message|toast|law|prompt|widget|settings-modal|disclaimer))",
    re.IGNORECASE,
)
_ROLES = {
    "navigation": "navigation",
    "search": "search",
    "dialog": "dialogs",
    "alertdialog": "dialogs",
}
_OUTER_ROLES = {"banner": "page headers", "contentinfo": "footers", "complementary": "side columns"}
_OUTER_TAGS = {"header": "page headers", "footer": "footers", "aside": "side columns"}
_ENOUGH = 0.5
"""Share of the page's words that a main part must hold to be taken for the policy."""

Hidden = Callable[["Node"], bool]


def furniture(node: Node, *, inner: bool) -> str:
    """Return what kind of furniture an element is, or an empty string.

    ``inner``: within the page's main part, where headers, footers and side columns are the text's.
    """
    role = node.get("role").lower()
    if node.tag == "nav" or role in _ROLES:
        return _ROLES.get(role, "navigation")
    if node.tag == "search":
        return "search"
    if _COOKIE_BAR.search(f"{node.get('id')} {node.get('class')}") and not _holds(node, {"h1"}):
        return "cookie bars"
    if node.tag == "form" and not _holds(node, {"h1", "main", "article"}):
        return "forms"
    if inner:
        return ""
    kind = _OUTER_ROLES.get(role) or _OUTER_TAGS.get(node.tag, "")
    return "" if kind == "page headers" and _holds(node, {"h1"}) else kind


def _holds(node: Node, tags: set[str]) -> bool:
    return any(inner.tag in tags for inner in node.walk())


def main_parts(root: Node, hidden: Hidden) -> list[Node]:
    """Return the elements that hold the policy: the main part, else the articles, else the page.

    Where main part or articles hold less than half of the words outside furniture, the page was
    marked up otherwise, and all of it is read.
    """
    whole = _words(root, hidden, inner=False)
    for wanted in (_is_main, _is_article):
        parts = _outermost(root, wanted, hidden)
        if parts and sum(_words(part, hidden, inner=True) for part in parts) >= _ENOUGH * whole:
            return parts
    return [root]


def _is_main(node: Node) -> bool:
    return node.tag == "main" or node.get("role").lower() == "main"


def _is_article(node: Node) -> bool:
    return node.tag == "article" or node.get("role").lower() == "article"


def _outermost(root: Node, wanted: Callable[[Node], bool], hidden: Hidden) -> list[Node]:
    found: list[Node] = []
    stack = [root]
    while stack:
        node = stack.pop()
        if hidden(node):
            continue
        if wanted(node):
            found.append(node)
        else:
            stack += reversed(list(node.elements()))
    return found


def _words(root: Node, hidden: Hidden, *, inner: bool) -> int:
    count = 0
    stack = [root]
    while stack:
        node = stack.pop()
        if hidden(node) or (node is not root and furniture(node, inner=inner)):
            continue
        count += sum(len(child.split()) for child in node.children if isinstance(child, str))
        stack += node.elements()
    return count
