"""Which elements of a page a reader does not see, as far as the page itself says so."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from notifier.policy.unseen import UNSEEN_STYLE

if TYPE_CHECKING:
    from notifier.extract.html_tree import Node

_STYLE_BLOCK = re.compile(r"<style\b[^>]{0,2000}>(.{0,1000000}?)</style", re.IGNORECASE | re.DOTALL)
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_RULE = re.compile(r"([^{}]*)\{|\}")
_SIMPLE = re.compile(r"(?:[a-z][a-z0-9]*)?(?:[.#][A-Za-z_-][\w-]*)?\Z")
_SEEN = re.compile(r"(?:\A|;)\s*(?:display|visibility)\s*:", re.IGNORECASE)
_MOST_RULES = 50_000


def hiding_selectors(html: str) -> frozenset[str]:
    """Return the plain selectors (``.c``, ``#id``, ``p``, ``p.c``) that the page's styles hide.

    Only rules that always hold count: none inside ``@media``, none with a combinator, and the last
    rule for a selector wins. Style sheets in files of their own are not there to be read.
    """
    hidden: dict[str, bool] = {}
    for block in _STYLE_BLOCK.finditer(html):
        for selectors, declarations in _rules(_COMMENT.sub(" ", block.group(1))):
            unseen = bool(UNSEEN_STYLE.search(declarations))
            if not unseen and not _SEEN.search(declarations):
                continue
            for selector in selectors.split(","):
                name = selector.strip()
                if name and len(name) < 200 and _SIMPLE.match(name):  # noqa: PLR2004 - no real name is as long
                    hidden[name] = unseen
    return frozenset(name for name, unseen in hidden.items() if unseen)


def _rules(css: str) -> list[tuple[str, str]]:
    """Return selectors and declarations of the rules that stand at the top level."""
    found: list[tuple[str, str]] = []
    depth, selectors, start = 0, "", 0
    for mark in _RULE.finditer(css):
        if mark.group() == "}":
            depth = max(0, depth - 1)
            if depth == 0 and selectors and not selectors.startswith("@"):
                found.append((selectors, css[start : mark.start()].rpartition("{")[2]))
            selectors = "" if depth == 0 else selectors
        else:
            if depth == 0:
                selectors, start = mark.group(1).rpartition(";")[2].strip(), mark.end()
            depth += 1
        if len(found) > _MOST_RULES:
            break
    return found


def openable(root: Node) -> frozenset[str]:
    """Return the ids of what a control on the page can open: accordions, tabs, "read more".

    A reader can make such text appear, so it is part of what the page says.
    """
    found: set[str] = set()
    for node in root.walk():
        found.update(node.get("aria-controls").split())
        for name in ("data-target", "data-bs-target"):
            if node.get(name).startswith("#"):
                found.add(node.get(name)[1:])
    return frozenset(found)


def is_hidden(node: Node, selectors: frozenset[str], can_open: frozenset[str]) -> bool:
    """Tell whether nobody sees the element, nor can make it appear."""
    hides = (
        ("hidden" in node.attributes and node.get("hidden").lower() != "until-found")
        or node.get("aria-hidden").lower() == "true"
        or bool(UNSEEN_STYLE.search(node.get("style")))
        or (node.tag == "dialog" and "open" not in node.attributes)
        or (bool(selectors) and _selected(node, selectors))
    )
    return hides and not (node.get("id") and node.get("id") in can_open) and not _is_panel(node)


def _is_panel(node: Node) -> bool:
    """Tell whether it is a tab's panel: its tab opens it, whatever connects the two."""
    return node.get("role").lower() == "tabpanel"


def _selected(node: Node, selectors: frozenset[str]) -> bool:
    names = ["", *(f".{name}" for name in node.get("class").split()[:50])]
    if node.get("id"):
        names.append(f"#{node.get('id')}")
    return any(name in selectors or f"{node.tag}{name}" in selectors for name in names)
