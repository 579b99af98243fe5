"""Cut running text into sentences, by rules that hold for legal prose."""

from __future__ import annotations

import re

from notifier.policy.abbreviations import (
    BANG_NAMES,
    BEFORE_NUMBER,
    MAY_END,
    NEVER_END,
    STARTERS,
    STARTERS_ELSEWHERE,
)

# A stop, its closing quotes and brackets, then white space; CJK stops need no white space.
_STOP = re.compile(r"(?:(?:(?<![.!?…])[.!?…]++|[▲▼↑])[\"'”’»)\]}*_]*+(?=\s))|[。！？]+[」』”’)]*")
_WORD_BEFORE = re.compile(r"(?<![\w.&'’\-/@])[\w.&'’\-/@]++\Z")
_NEXT = re.compile(r"\s*([\"'“‘«(\[{¿¡*_]*)([^\s\"'“‘«(\[{]*)")
_CAMEL = re.compile(r"[a-z]{1,2}[A-Z]")
_INITIALS = re.compile(r"(?:\w\.)*\w\Z")
_ELISION = re.compile(r"\A(?:[cdjlns]|qu)['’](?=[^\W\d_]{2})")
"""``l'`` of ``l'art. 5``."""
_GOES_ON = re.compile("[\u3041-\u309f]")
"""A particle behind a Japanese quotation: ``「売りません。」と``."""
_ENUMERATOR = re.compile(r"(?:\d{1,2}|[a-zA-Z]|[ivxIVX]{1,4})\Z")
_REACH = 48
"""Characters looked at on either side of a stop: keeps the splitter linear on any text."""


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Return ascending half-open ranges of ``text``, trimmed of white space; never raises.

    Line breaks are white space like any other: whoever wraps a paragraph anew gets the same
    sentences.
    """
    ranges: list[tuple[int, int]] = []
    start = 0
    for stop in _STOP.finditer(text):
        if stop.start() >= start and _ends_sentence(text, start, stop):
            _append_trimmed(text, start, stop.end(), ranges)
            start = stop.end()
    _append_trimmed(text, start, len(text), ranges)
    return ranges


def _append_trimmed(text: str, start: int, end: int, into: list[tuple[int, int]]) -> None:
    piece = text[start:end]
    stripped = piece.strip()
    if stripped:
        begin = start + len(piece) - len(piece.lstrip())
        into.append((begin, begin + len(stripped)))


def _ends_sentence(text: str, start: int, stop: re.Match[str]) -> bool:
    mark = stop.group()
    if mark[0] in "。！？▲▼↑":
        return mark[-1] not in "」』" or not _GOES_ON.match(text, stop.end())
    follow = _NEXT.match(text, stop.end(), min(len(text), stop.end() + _REACH))
    opening, word = follow.groups() if follow else ("", "")
    if not opening and not word:
        return True
    if not _can_start(opening, word):
        return False
    before = text[max(start, stop.start() - _REACH) : stop.start()]
    found = _WORD_BEFORE.search(before)
    last = found.group() if found else ""
    if mark[0] == "!" and last.lower() in BANG_NAMES:
        return word.lower().strip(".,") in STARTERS
    if mark[0] != "." or mark.startswith(".."):
        return True
    return _stop_is_an_end(last, word, opening, alone=len(before.strip()) == len(last))


def _can_start(opening: str, word: str) -> bool:
    if not word:
        return True
    first = word[0]
    return (
        first.isupper()
        or first.isdigit()
        or (not first.islower() and first.isalpha())  # scripts without case
        or bool(_CAMEL.match(word))
        or (bool(opening) and not first.islower())
        or first in "•▲→–—&$€£§©#+-"
    )


def _stop_is_an_end(last: str, word: str, opening: str, *, alone: bool) -> bool:
    """Decide for a single full stop after the word ``last``, before ``word``."""
    bare = _ELISION.sub("", last.strip("'’-/").lower())
    following = word.strip(".,;:!?)\"'”’").lower()
    if alone and _ENUMERATOR.match(last):
        return False  # "1. Collect" opens a numbered clause
    if bare in BEFORE_NUMBER and word[:1].isdigit():
        return False
    if bare in MAY_END or (_INITIALS.match(bare) and not bare.isdigit()):
        starts = following in STARTERS or following in STARTERS_ELSEWHERE
        return starts and (bare != "v" or not opening)
    return bare not in NEVER_END
