"""Links and their targets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from notifier.classify.proof import LINKS, by_hunk, proof
from notifier.classify.reading import read
from notifier.classify.rule import RuleKind
from notifier.classify.words import bag

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.classify.reading import Hunk
    from notifier.diff.model import Change

_BINDS = bag(
    "incorporated incorporate governed agree agreement terms subprocessors subprocessor "
    "processors clauses addendum opt unsubscribe exercise request delete access withdraw "
    "list"
)
_SCHEME = re.compile(r"^https?://")
_LOCALE = re.compile(r"/(?:en|en-us|en-gb|en_us|en_gb|us-en|gb-en)(?=/)")


class LinkTarget:
    """A visible web address leads to the same place.

    True: "http://example.com/privacy" → "https://www.example.com/privacy/"; another page of the
    same site in a sentence that only points; a link to a place in the same text, "#cookies". Near
    miss: the address of a list of subprocessors, of terms that bind, or of the page where a right
    is exercised.
    """

    name = "link-target"
    kind = RuleKind.PROOF

    def check(self, change: Change, context: Context) -> Finding | None:  # noqa: ARG002 - every rule has it
        """Return a proof over every such address, or nothing."""
        reading = read(change)
        binding = not reading.words.isdisjoint(_BINDS)

        def accounts(hunk: Hunk) -> bool:
            if len(hunk.old) != 1 or len(hunk.new) != 1:
                return False
            old, new = hunk.old[0], hunk.new[0]
            if {old.kind, new.kind} - {"url", "domain"}:
                return False
            if same_target(old.key, new.key):
                return True
            # A bare domain may be a name; with a path on either side it is an address.
            paths = "/" in _bare(old.key) or "/" in _bare(new.key)
            return not binding and paths and _site(old.key) == _site(new.key)

        says = "A web address that leads to the same place."
        found = by_hunk(self.name, says, change, accounts)
        if not _links_agree(change, binding=binding):
            return found
        return proof(self.name, says, change, (*(found.covers if found else ()), LINKS))


def _links_agree(change: Change, *, binding: bool) -> bool:
    all_old = [link for unit in change.old_units for link in unit.links]
    all_new = [link for unit in change.new_units for link in unit.links]
    if all_old == all_new or not (change.old_units and change.new_units):
        return False
    old, new = (links if binding else _leading_away(links) for links in (all_old, all_new))
    return len(old) == len(new) and all(
        same_target(one, two)
        or (not binding and _web(one) and _web(two) and _site(one) == _site(two))
        for one, two in zip(old, new, strict=True)
    )


def _leading_away(links: list[str]) -> list[str]:
    """Return the targets outside this text; what it says at its own places is compared there."""
    return [link for link in links if not link.startswith("#")]


def _web(address: str) -> bool:
    return bool(_SCHEME.match(address.casefold()))


def same_target(one: str, two: str) -> bool:
    """Return whether two addresses differ only in scheme, ``www.``, language or closing slash."""
    return _LOCALE.sub("", _bare(one) + "/") == _LOCALE.sub("", _bare(two) + "/")


def _bare(address: str) -> str:
    return _SCHEME.sub("", address.casefold()).removeprefix("www.").rstrip("/")


def _site(address: str) -> str:
    return ".".join(_bare(address).split("/", 1)[0].split(".")[-2:])


rule = LinkTarget()
