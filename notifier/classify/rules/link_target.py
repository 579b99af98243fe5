"""Links and their targets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from notifier.classify.pointing import opens_by_pointing
from notifier.classify.proof import LINKS, by_hunk, proof
from notifier.classify.reading import read
from notifier.classify.rule import RuleKind
from notifier.classify.words import bag

if TYPE_CHECKING:
    from collections.abc import Callable

    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.classify.reading import Hunk
    from notifier.diff.model import Change

_BINDS = bag(
    "incorporated incorporate governed agree agreement terms subprocessors subprocessor "
    "processors clauses addendum opt unsubscribe exercise request delete access withdraw list "
    "lists listed named until"
)
"""Words of a sentence that takes what it says from the page, so that the link alone decides."""
_NAMED_THERE = bag("here version versions previous prior earlier")
"""Words that do so too, but where the whole sentence only says where to read on."""
_PATHS = bag(
    "www help support about legal policy policies privacy notice statement docs doc documentation "
    "hc articles article pages page site web index html htm php en us gb lang locale hl the a an "
    "of and info information contact blog center centre"
)
"""Words of an address that say nothing of what its page is about."""
_WORD = re.compile(r"[^\W_]+")
_NAMES = 2.0
_SCHEME = re.compile(r"^https?://")
_LOCALE = re.compile(r"/(?:en|en-us|en-gb|en_us|en_gb|us-en|gb-en)(?=/)")


class LinkTarget:
    """A web address leads to the same place, or to a page of the same site of the same kind.

    True: "http://example.com/privacy" → "https://www.example.com/privacy/"; another page of the
    same site in a sentence that only points; a link to a place in the same text, "#cookies". Near
    miss: the address of a list of subprocessors, of terms that bind, or of the page where a right
    is exercised; "the companies named here" with another page; "/partners" → "/advertisers".
    """

    name = "link-target"
    kind = RuleKind.PROOF

    def check(self, change: Change, context: Context) -> Finding | None:
        """Return a proof over every such address, or nothing."""
        reading = read(change)
        binding = not reading.words.isdisjoint(_BINDS) or (
            not reading.words.isdisjoint(_NAMED_THERE)
            and not all(map(opens_by_pointing, filter(None, (reading.old_keys, reading.new_keys))))
        )
        others: list[str] = []

        def agree(one: str, two: str) -> bool:
            if same_target(one, two):
                return True
            others.append(two)
            return not binding and _same_site(one, two, context)

        def accounts(hunk: Hunk) -> bool:
            if len(hunk.old) != 1 or len(hunk.new) != 1:
                return False
            old, new = hunk.old[0], hunk.new[0]
            if {old.kind, new.kind} - {"url", "domain"}:
                return False
            # A bare domain may be a name; with a path on either side it is an address.
            paths = "/" in _bare(old.key) or "/" in _bare(new.key)
            return same_target(old.key, new.key) or (paths and agree(old.key, new.key))

        found = by_hunk(self.name, "", change, accounts)
        links = _links_agree(change, agree, binding=binding)
        if not (found or links):
            return None
        place = "another page of the same site" if others else "the same place"
        covers = (*(found.covers if found else ()), *((LINKS,) if links else ()))
        return proof(self.name, f"A web address that leads to {place}.", change, covers)


def _grounds(words: tuple[str, ...], context: Context) -> list[str]:
    return [str(hit.ground) for hit in context.lexicon.hits(words) if hit.weight >= _NAMES]


def _same_site(one: str, two: str, context: Context) -> bool:
    """Return whether two addresses are pages of one site that are not about different things.

    "/partners" and "/advertisers" are: a word in which they differ names a ground.
    """
    if not _site(one) or _site(one) != _site(two):
        return False
    words = [set(_WORD.findall(_bare(each).replace(_site(each), " ", 1))) for each in (one, two)]
    return not any(_grounds((word,), context) for word in (words[0] ^ words[1]) - _PATHS)


def _links_agree(change: Change, agree: Callable[[str, str], bool], *, binding: bool) -> bool:
    all_old = [link for unit in change.old_units for link in unit.links]
    all_new = [link for unit in change.new_units for link in unit.links]
    if all_old == all_new or not (change.old_units and change.new_units):
        return False
    old, new = (links if binding else _leading_away(links) for links in (all_old, all_new))
    return len(old) == len(new) and all(
        same_target(one, two) or (_web(one) and _web(two) and agree(one, two))
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
