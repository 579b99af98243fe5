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
_ADDRESSES = _MAIL | {"url"}
_PHONE = re.compile(r"(?<![\w.])\(?\+?\d[\d ().\-/]{6,24}\d(?!\w)")
_GUARD = "/cdn-cgi/l/email-protection"
_ASKS_TO_WRITE = re.compile(
    r"\b(?:contact(?:ing)? (?:us|our|the|support|customer)|reach (?:us|out|our)"
    r"|e-?mail us|get in touch|questions?|comments|inquiries|enquiries|contact details?:"
    r"|write to|(?:e-?mail|contact|support)(?: address)?:)",
    re.IGNORECASE,
)
_WAYS = bag("at by via through using the our form email e mail here directly to on")
_CALL = bag("call phone telephone tel fax dial hotline mobile")
_BINDING = bag(
    "notices dispute disputes demand demands claim claims appeal appeals objection objections "
    "representative arbitration serve served subpoena subpoenas limit read sent forwarded shared "
    "disclosed"
)
"""Words of what is only valid at one address, or sent to somebody else."""
_UNREAD = re.compile(r"(?:do[-_.]?not[-_.]?|no[-_.]?)reply")
_AREA = 4
"""First digits of a telephone number that stay: the country and where in it."""


class Contact:
    """An e-mail address or telephone number of the same office, where readers are asked to write.

    True: "call +1 805 555 6400" → "call +1 805 555 6401"; "contact us at a@example.com" → "… via
    b@example.com"; an address that one text hides as "[email protected]". Near miss: the address
    of another domain; "To opt out, email …"; "Notices are sent to …"; "our contact data".
    """

    name = "contact"
    kind = RuleKind.PROOF

    def check(self, change: Change, context: Context) -> Finding | None:  # noqa: ARG002 - every rule has it
        """Return a proof over every such run, or nothing."""
        reading = read(change)
        if not reading.two_sided:
            return None
        keys = reading.words
        held = bool(keys & (RIGHTS_WORDS | _BINDING))
        written = all(map(_ASKS_TO_WRITE.search, (reading.old_text, reading.new_text)))
        phones = [_spans(reading.old_text), _spans(reading.new_text)]

        def accounts(hunk: Hunk) -> bool:
            if _unhidden(hunk) or _obfuscated(hunk):
                return True
            if held or any(_UNREAD.match(token.key) for token in hunk.old + hunk.new):
                return False
            if _within(hunk, phones):
                if not (hunk.old and hunk.new):
                    return _stays_reachable(hunk, reading)
                return (written or bool(keys & _CALL)) and _same_area(reading, phones)
            return _same_domain(hunk) or (written and _channel(hunk))

        says = "A contact address of the same office."
        found = by_hunk(self.name, says, change, accounts)
        if found is None or not _only_mail_links(change):
            return found
        return proof(self.name, says, change, (*found.covers, LINKS))


def _obfuscated(hunk: Hunk) -> bool:
    kinds = {token.kind for token in hunk.old + hunk.new}
    return len(hunk.old) == len(hunk.new) == 1 and kinds <= _MAIL and "obfuscated" in kinds


def _same_domain(hunk: Hunk) -> bool:
    """Return whether one e-mail address stands for another of the same domain."""
    run = hunk.old + hunk.new
    return (
        len(hunk.old) == len(hunk.new) == 1
        and {token.kind for token in run} == {"email"}
        and len({token.key.rpartition("@")[2] for token in run}) == 1
    )


def _channel(hunk: Hunk) -> bool:
    """Return whether only the way to the address is said otherwise, and an address stands there."""
    run = hunk.old + hunk.new
    near = {token.kind for token in (*hunk.before[-1:], *hunk.after[:1])}
    near |= {token.kind for token in run}
    named = bool(near & _ADDRESSES) or any(token.key == "here" for token in run)
    domains = {token.key.rpartition("@")[2] for token in run if token.kind == "email"}
    return (
        named
        and len(domains) < 2  # noqa: PLR2004 - one domain
        and all(token.kind in _ADDRESSES or token.key in _WAYS for token in run)
    )


def _same_area(reading: Reading, phones: list[list[tuple[int, int]]]) -> bool:
    """Return whether every telephone number begins with the same digits as before."""
    areas = [
        {re.sub(r"\D", "", text[a:b]).lstrip("0")[:_AREA] for a, b in spans}
        for text, spans in zip((reading.old_text, reading.new_text), phones, strict=True)
    ]
    return areas[0] == areas[1]


def _only_mail_links(change: Change) -> bool:
    """Return whether the links that differ are those of mail addresses."""
    old = {link for unit in change.old_units for link in unit.links}
    new = {link for unit in change.new_units for link in unit.links}
    return all(link.startswith("mailto:") or _GUARD in link for link in old ^ new)


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
        any(token.kind in _ADDRESSES for token in side) for side in (reading.old, reading.new)
    ) and bool(hunk.before)


def _unhidden(hunk: Hunk) -> bool:
    """Return whether the run is what is left of an address that one text hides."""
    hidden = bool(hunk.before) and hunk.before[-1].kind == "obfuscated"
    return hidden and {token.kind for token in hunk.old + hunk.new} == {"domain"}


rule = Contact()
