"""Twenty places where a full stop is no end, or is one after all."""

from __future__ import annotations

from notifier.policy.sentences import split_sentences

TRAPS: tuple[tuple[str, ...], ...] = (
    ("We store data in the U.S. and in the E.U. under one contract.",),
    ("Some of it goes to the U.S.", "We tell you beforehand."),
    ("We use trackers, e.g. Beacons, on every page.",),
    ("Larkspur Inc. Privacy Team answers within a week.",),
    ("The controller is Larkspur, Inc.", "You can write to it."),
    ("See exhibit No. 5 for the list.",),
    ("You may rely on Cal. Civ. Code § 1798.83 once a year.",),
    ("Under 47 U.S.C. § 230 we are not the publisher.",),
    ("1. Scope of this notice.", "It binds all of us."),
    ("Read https://example.org/a.b?c=1. It lists them all.",),
    ("Visit www.example.org. Then click on delete.",),
    ("Mail to privacy@example.org. We answer soon.",),
    ("The fee is $4.99. It is charged once.",),
    ("Version 2.1.3 applies from Jan. 5, 2027 on.",),
    ("We keep names, addresses, etc. for a year.",),
    ("Dr. Ada Quill is our data protection officer.",),
    ("Is my data sold? No. We never sell it.",),
    ("We keep it (see Sec. 4.2. below) for a year.",),
    ("Open from 9 a.m. to 5 p.m. Pacific Time.",),
    ("It is deleted at 5 p.m. The log stays.",),
)  # fmt: skip
_TWO = {9: 2, 10: 2, 11: 2, 12: 2, 16: 3, 19: 2}
"""Traps written as one text for the reader's sake → their sentences."""


def passed() -> int:
    """Return how many are cut right."""
    good = 0
    for number, parts in enumerate(TRAPS):
        text = " ".join(parts)
        cut = [text[a:b] for a, b in split_sentences(text)]
        good += len(cut) == _TWO[number] if number in _TWO else cut == list(parts)
    return good
