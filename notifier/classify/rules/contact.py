"""Contact details."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from notifier.classify.proof import LINKS, by_hunk, proof
from notifier.classify.reading import read
from notifier.classify.rule import RuleKind
from notifier.classify.text import has_digit
from notifier.classify.words import RIGHTS_WORDS, bag

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.classify.reading import Hunk, Reading
    from notifier.diff.model import Change

_MAIL = {"email", "obfuscated"}
_PHONE = re.compile(r"(?<![\w.])\(?\+?\d[\d ().\-/]{6,24}\d(?!\w)")
_GUARD = "/cdn-cgi/l/email-protection"
_REACH = bag("contact questions question comments inquiries")
_WAYS = bag("at by via through using our the contact form email e mail here directly us to")
_CALL = bag("call phone telephone tel fax dial toll hotline mobile")


class Contact:
    """An e-mail address or a telephone number of the same office, in a sentence about no right.

    True: "call +1 805 555 6400" → "call +1 805 555 6401"; an address that one text hides as
    "[email protected]". Near miss: "To opt out, email privacy@old.example" → "…@new.example".
    """

    name = "contact"
    kind = RuleKind.PROOF

    def check(self, change: Change, context: Context) -> Finding | None:  # noqa: ARG002 - every rule has it
        """Return a proof over every such run, or nothing."""
        reading = read(change)
        if not reading.two_sided:
            return None
        keys = reading.words
        rights = bool(keys & RIGHTS_WORDS)
        phones = [_spans(reading.old_text), _spans(reading.new_text)]

        def accounts(hunk: Hunk) -> bool:
            kinds = {token.kind for token in hunk.old + hunk.new}
            if len(hunk.old) == len(hunk.new) == 1 and kinds <= _MAIL:
                return not rights or "obfuscated" in kinds
            if _unhidden(hunk):
                return True
            if rights:
                return False
            number = _within(hunk, phones)
            if number and not (hunk.old and hunk.new):
                return _stays_reachable(hunk, reading)
            return (bool(keys & _CALL) and number) or _channel(hunk, keys)

        says = "A contact address of the same office."
        found = by_hunk(self.name, says, change, accounts)
        if found is None or not _only_mail_links(change):
            return found
        return proof(self.name, says, change, (*found.covers, LINKS))


def _only_mail_links(change: Change) -> bool:
    """Return whether the links that differ are those of mail addresses."""
    old = {link for unit in change.old_units for link in unit.links}
    new = {link for unit in change.new_units for link in unit.links}
    return all(link.startswith("mailto:") or _GUARD in link for link in old ^ new)


def _channel(hunk: Hunk, keys: frozenset[str]) -> bool:
    if not keys & _REACH:
        return False
    return all(token.kind in _MAIL | {"url"} or token.key in _WAYS for token in hunk.old + hunk.new)


def _spans(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in _PHONE.finditer(text)] if has_digit(text) else []


def _within(hunk: Hunk, phones: list[list[tuple[int, int]]]) -> bool:
    sides = ((hunk.old, phones[0]), (hunk.new, phones[1]))
    return all(
        any(a <= token.start and token.end <= b for a, b in spans)
        for run, spans in sides
        for token in run
    )


def _stays_reachable(hunk: Hunk, reading: Reading) -> bool:
    """Return whether, a telephone number aside, an address stands on both sides."""
    return all(
        any(token.kind in _MAIL | {"url"} for token in side) for side in (reading.old, reading.new)
    ) and bool(hunk.before)


def _unhidden(hunk: Hunk) -> bool:
    """Return whether the run is what is left of an address that one text hides."""
    hidden = bool(hunk.before) and hunk.before[-1].kind == "obfuscated"
    return hidden and {token.kind for token in hunk.old + hunk.new} == {"domain"}


rule = Contact()
