"""Numbers and letters in front of passages, and the sentences that refer to them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifier.classify.text import tokens
from notifier.classify.words import UNITS, bag

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from notifier.classify.text import Token
    from notifier.policy.model import Unit

_EDGES = "().:;#[]{}*•·-–—+> \\"
SECTIONS = bag(
    "section sections clause clauses chapter chapters article articles part parts heading "
    "headings §"
)
"""Nouns of a reference that leads to a numbered heading where there is one of that number."""
_REFERRING = SECTIONS | bag(
    "paragraph paragraphs subparagraph item items point points purpose purposes number numbers "
    "step steps annex annexes schedule appendix ground grounds category categories rule rules "
    "letter letters list lists condition conditions case cases bullet bullets provision "
    "provisions term terms nos no"
)
_JOINING = bag("and or to through with")
_STATUTES = bag(
    "gdpr dsgvo ukgdpr regulation regulations directive act acts law laws code statute ccpa cpra "
    "lgpd treaty constitution"
)
_REACH = 12
"""Words before a number in which its noun is sought: "purposes 1, 2, 3 and 4"."""
_STATUTE_REACH = 8
_LETTER = re.compile(r"(?:^|(?<=[\s,/]))(?<![\d)]\s)\((?P<label>[a-z]|[ivx]{1,5})\)", re.IGNORECASE)
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv",
          "xv")  # fmt: skip
_MOST = 200
"""References to one number that are looked at."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reference:
    """A sentence in which a number or letter stands that may be that of a passage."""

    unit: Unit
    noun: str
    """What it refers to, as "section" or "purposes"; nothing where it speaks of its own section."""


def label(marker: str) -> str:
    """Return the number or letter of an enumerator: ``5`` of ``5.``, ``b`` of ``(b)``."""
    parts = marker.split()
    found = parts[-1].strip(_EDGES).casefold() if parts else ""
    return found if found.replace(".", "").isalnum() else ""


def references(units: Iterable[Unit]) -> Mapping[str, tuple[Reference, ...]]:
    """Return every number and letter that sentences may refer to, with these sentences."""
    found: dict[str, list[Reference]] = {}
    for unit in units:
        for name, noun in dict.fromkeys((*_numbers(tokens(unit.text)), *_letters(unit.text))):
            known = found.setdefault(name, [])
            if len(known) < _MOST:
                known.append(Reference(unit=unit, noun=noun))
    return {name: tuple(known) for name, known in found.items()}


def labels(units: Iterable[Unit]) -> frozenset[str]:
    """Return the numbers and letters of all passages."""
    return frozenset(label(unit.marker) for unit in units) - {""}


def in_sequence(name: str, all_labels: frozenset[str]) -> bool:
    """Return whether the number or letter before or after it stands before another passage."""
    return not all_labels.isdisjoint(_neighbours(name))


def _neighbours(name: str) -> Iterator[str]:
    front, dot, last = name.rpartition(".")
    if last.isdecimal():
        number = int(last[:6])
        yield from (f"{front}{dot}{number - 1}", f"{front}{dot}{number + 1}")
        return
    if last in _ROMAN:
        at = _ROMAN.index(last)
        yield from (
            f"{front}{dot}{each}" for each in _ROMAN[max(0, at - 1) : at + 2] if each != last
        )
    if len(last) == 1:
        yield from (f"{front}{dot}{chr(ord(last) + step)}" for step in (-1, 1))


def _numbers(words: tuple[Token, ...]) -> Iterator[tuple[str, str]]:
    for place, token in enumerate(words):
        number = token.kind == "number"
        if not number and (token.kind != "word" or len(token.key) > 1):
            continue
        after = words[place + 1 : place + 2]
        if number and after and after[0].key in UNITS:
            continue
        noun = _noun(words, place)
        statute = noun and any(
            token.key in _STATUTES for token in words[place + 1 : place + _STATUTE_REACH]
        )
        if not statute and (number or noun):
            yield token.key, noun


def _noun(words: tuple[Token, ...], place: int) -> str:
    before = reversed(words[max(0, place - _REACH) : place])
    noun = next((token.key for token in before if not _joins(token)), "")
    return noun if noun in _REFERRING else ""


def _joins(token: Token) -> bool:
    """Return whether a word may stand between "purposes" and a number: "1, 2 and 3"."""
    single = len(token.key) == 1 and token.kind == "word"
    return token.kind == "number" or token.key in _JOINING or single


def _letters(text: str) -> Iterator[tuple[str, str]]:
    for found in _LETTER.finditer(text):
        yield found["label"].casefold(), ""
