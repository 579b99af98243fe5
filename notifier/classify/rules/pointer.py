"""Words that only point at a page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from notifier.classify.pointing import opens_by_pointing
from notifier.classify.proof import by_hunk
from notifier.classify.reading import read
from notifier.classify.rule import RuleKind
from notifier.classify.words import GUARDED, RIGHTS_WORDS, bag

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.classify.reading import Hunk
    from notifier.classify.text import Token
    from notifier.diff.model import Change

_CORE = bag(
    "here click clicking visit visiting see view viewing read reading refer page pages link links "
    "find consult"
)
_WORDS = _CORE | bag("to on at by our the this that these following out below website and please")
_SOMEBODY = bag(
    "we they who partners parties providers employees staff anyone everyone others host hosts "
    "users i he she"
)
_BINDING = bag(
    "agree terms agreement incorporated governed subprocessors subprocessor processors addendum "
    "clauses exercise request list settings preferences"
)
_WEIGHTY = (RIGHTS_WORDS | GUARDED | _BINDING) - bag("more further additional can may")
_LEAD = re.compile(
    r"\W{0,4}(?:(?:for|to) (?:(?:more|further|additional|full) )?(?:information|details?|learn more"
    r"|find out more|read more|know more|see)\b[^,.;:!?]{0,120},?"
    r"|you (?:can|may) (?:also )?(?:find|learn|read|see) more(?: information| details)?\b"
    r"[^,.;:!?]{0,120}?(?= (?:in|at|on|by|here)\b)"
    r"|(?:learn|read|find out|see) more(?: about [^,.;:!?]{0,100}?)?(?= (?:in|at|on|by|here)\b))"
    r" (?:please )?"
    r"(?=(?:see|visit|read|refer to|consult|check|view|click|go to|in|at|on|by|here)\b)",
    re.IGNORECASE,
)


_HEAD = re.compile(
    r"\W{0,4}(?:please )?(?:click here|(?:visit|see|view|check|go to|refer to|consult)"
    r" (?:our|the|this) [^,.;:!?()]{1,80}?) to (?:read|learn|see|find|view)\b",
    re.IGNORECASE,
)


class Pointer:
    """A sentence that sends the reader to a page does so in other words.

    True: "Click here for our cookie policy" → "Visit this page for our cookie policy"; "For more
    information on cookies, see our Help Center" → "… see our Support Pages"; "Click here to read
    more" → "Visit the Example Disclosures page to read more". Near miss: "We view
    your messages" → "We read your messages"; the page where a right is exercised; binding terms.
    """

    name = "pointer"
    kind = RuleKind.PROOF

    def check(self, change: Change, context: Context) -> Finding | None:  # noqa: ARG002 - every rule has it
        """Return a proof over every run of such words on both sides, or nothing."""
        reading = read(change)
        sides = [reading.old_words, reading.new_words]
        if not all(keys & _CORE for keys in sides) or any(keys & _SOMEBODY for keys in sides):
            return None
        told = all(
            opens_by_pointing(tuple(token.key for token in side))
            for side in (reading.old, reading.new)
        ) and not any(keys & (RIGHTS_WORDS | _BINDING) for keys in sides)

        ends = [_target(reading.old_text), _target(reading.new_text)]
        if any(keys & _WEIGHTY for keys in sides):
            ends = [None, None]
        heads = [_head(reading.old_text), _head(reading.new_text)]
        if any(keys & (RIGHTS_WORDS | _BINDING) for keys in sides):
            heads = [0, 0]

        def accounts(hunk: Hunk) -> bool:
            if _behind(hunk.old, ends[0]) and _behind(hunk.new, ends[1]):
                return True
            if _before(hunk.old, heads[0]) and _before(hunk.new, heads[1]):
                return True
            old, new = set(hunk.old_keys), set(hunk.new_keys)
            points = bool(old) and bool(new) and bool((old | new) & _CORE)
            return told and points and old | new <= _WORDS

        return by_hunk(self.name, "It points to a page in other words.", change, accounts)


def _target(text: str) -> int | None:
    """Return where, in a sentence that only points, the name of the page begins."""
    found = _LEAD.match(text)
    rest = text[found.end() :].strip().rstrip(".") if found else ""
    if found is None or any(mark in rest for mark in ",;:!?()"):
        return None
    return found.end() if 0 < len(rest.split()) <= _LONGEST else None


_LONGEST = 14


def _behind(run: tuple[Token, ...], place: int | None) -> bool:
    return place is not None and all(token.start >= place for token in run)


def _head(text: str) -> int:
    """Return where, in a sentence that opens by pointing at a page, what is found there begins."""
    found = _HEAD.match(text)
    return found.end() if found else 0


def _before(run: tuple[Token, ...], place: int) -> bool:
    return bool(run) and all(token.end <= place and token.key not in GUARDED for token in run)


rule = Pointer()
