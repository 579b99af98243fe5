"""Ways to write the same words: short forms, spellings, quantities, exchanges of the lexicon."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

from notifier.classify.entries import ANY_NUMBER
from notifier.classify.words import NUMBER_WORDS

if TYPE_CHECKING:
    from notifier.classify.entries import Equivalence

Keys = tuple[str, ...]

_WHOLE = {
    "can't": ("can", "not"),
    "cannot": ("can", "not"),
    "won't": ("will", "not"),
    "shan't": ("shall", "not"),
    "let's": ("let", "us"),
    "it's": ("it", "is"),
    "that's": ("that", "is"),
    "here's": ("here", "is"),
    "there's": ("there", "is"),
}
_ENDINGS = (("n't", "not"), ("'re", "are"), ("'ll", "will"), ("'ve", "have"), ("'m", "am"))


def written_out(keys: Keys) -> Keys:
    """Return words with every short form written out: "don't" is "do not"."""
    return tuple(
        word for key in keys for word in (_expand(key) if "'" in key or key in _WHOLE else (key,))
    )


def _expand(key: str) -> Keys:
    if key in _WHOLE:
        return _WHOLE[key]
    for ending, word in _ENDINGS:
        if key.endswith(ending) and len(key) > len(ending):
            return key[: -len(ending)], word
    return (key,)


_PAIRS = (
    (re.compile(r"^practis(e|es|ed|ing)$"), r"practic\1"),
    (re.compile(r"(?<=\w{3})is(e|ed|es|er|ers|ing|ation|ations|able)$"), r"iz\1"),
    (re.compile(r"(?<=\w{3})ys(e|ed|es|ing)$"), r"yz\1"),
    (re.compile(r"(?<=\w{3})our(s|ed|ing|able|ably|ite|ites|al|ally|ful|hood|less)?$"), r"or\1"),
    (re.compile(r"(?<=\w{3})ell(ed|ing|er|ers|ation)$"), r"el\1"),
    (re.compile(r"^(cent|theat|fib|lit|met|calib)res?$"), r"\1er"),
    (re.compile(r"^(def|off|lic|pret)ence(s|d)?$"), r"\1ense\2"),
    (re.compile(r"^programme(s?)$"), r"program\1"),
    (re.compile(r"^catalogue(s?)$"), r"catalog\1"),
    (re.compile(r"^catalogu(ed|ing)$"), r"catalog\1"),
    (re.compile(r"^dialogue(s?)$"), r"dialog\1"),
    (re.compile(r"^(judg|acknowledg)ement(s?)$"), r"\1ment\2"),
    (re.compile(r"^(fulfil|enrol|instal)(s|ment|ments)?$"), r"\1l\2"),
    (re.compile(r"^cheque(s?)$"), r"check\1"),
    (re.compile(r"^grey$"), "gray"),
    (re.compile(r"^whilst$"), "while"),
)


_DIFFERS = re.compile(
    "is|ys|our|ell|res?$|ence|ogu|programme|ement|fulfil|enrol|instal|cheque|grey|whilst"
)
"""Stands in every word that one of the patterns fits."""


@lru_cache(maxsize=8192)
def american(key: str) -> str:
    """Return the American spelling of a folded word; other words come back as they are."""
    if not _DIFFERS.search(key):
        return key
    for pattern, replacement in _PAIRS:
        changed = pattern.sub(replacement, key)
        if changed != key:
            return changed
    return key


DURATIONS = {
    "month": ("months", 1), "months": ("months", 1), "year": ("months", 12),
    "years": ("months", 12), "week": ("days", 7), "weeks": ("days", 7), "day": ("days", 1),
    "days": ("days", 1),
}  # fmt: skip
"""Units of time to the unit and the factor that stand for them."""


def in_figures(keys: Keys) -> Keys:
    """Return words with numbers in figures, years as months, weeks as days.

    "thirty (30)" is one number. A month is no number of days, and business days are no days.
    """
    kept: list[str] = []
    spelled = False
    for key in keys:
        number = str(NUMBER_WORDS[key]) if key in NUMBER_WORDS else key
        if spelled and kept[-1] == number and key.isdigit():
            continue
        unit, factor = DURATIONS.get(key, ("", 0))
        if factor and kept and kept[-1].isascii() and kept[-1].isdigit() and len(kept[-1]) < 5:  # noqa: PLR2004 - no duration has five digits
            kept[-1] = f"{Fraction(int(kept[-1])) * factor}"
            kept.append(f"={unit}")
        else:
            kept.append(number)
        spelled = key in NUMBER_WORDS
    return tuple(kept)


def exchanged(keys: Keys, entry: Equivalence) -> Keys:
    """Return the words with every form of one entry replaced by the entry's own mark."""
    droppable = () in entry.forms
    numbered = ANY_NUMBER in entry.openers
    kept: list[str] = []
    position = 0
    while position < len(keys):
        key = keys[position]
        if key in entry.openers or (numbered and is_number(key)):
            for form in entry.longest_first:
                end = position + len(form)
                numbers = _matches(keys[position:end], form)
                if numbers is not None and _allowed(entry, keys, position, end):
                    kept.extend(() if droppable else (f"={entry.name}", *numbers))
                    position = end
                    break
            else:
                kept.append(key)
                position += 1
        else:
            kept.append(key)
            position += 1
    return tuple(kept)


def is_number(key: str) -> bool:
    """Return whether a word is a whole number, in figures or in words."""
    return key.isdigit() or key in NUMBER_WORDS


def _matches(run: Keys, form: Keys) -> Keys | None:
    """Return the numbers that stand where the form allows any, or ``None`` if it does not fit."""
    if len(run) != len(form):
        return None
    numbers = []
    for word, wanted in zip(run, form, strict=True):
        if wanted == ANY_NUMBER and is_number(word):
            numbers.append(str(NUMBER_WORDS.get(word, word)))
        elif word != wanted:
            return None
    return tuple(numbers)


def _allowed(entry: Equivalence, keys: Keys, start: int, end: int) -> bool:
    follows = not entry.before or any(keys[end : end + len(f)] == f for f in entry.before)
    precedes = not entry.after or any(keys[:start][-len(f) :] == f for f in entry.after)
    return follows and precedes


def stands_in(entry: Equivalence, keys: Keys | frozenset[str]) -> bool:
    """Return whether a form of the entry may stand among the words; cheap."""
    return ANY_NUMBER in entry.openers or not entry.openers.isdisjoint(keys)
