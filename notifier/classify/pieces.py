"""Words of the pieces that stand between white spaces, each piece read once and remembered.

No word reaches over a white space, but for the few that ``pieces_of`` knows; so what a text says is
what its pieces say, and a policy of ten thousand words has hardly two thousand different ones.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache
from typing import NamedTuple

TOKEN = re.compile(
    r"(?P<obfuscated>\[ ?email[  ]protected ?\])"
    r"|(?P<url>(?:https?://|www\.)[^\s<>\"“”‘’()\[\]|]{1,400})"
    r"|(?P<email>[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4})"
    r"|(?P<domain>\b[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{2,63}){0,3}"
    r"\.(?:com|org|net|io|gov|eu|uk|de|fr|ch|edu|dev|tv|example)\b(?:/[^\s<>\"“”|)\]]{0,300})?)"
    r"|(?P<number>\d+(?:[.,]\d+)*)"
    r"|(?P<initials>\b(?:[A-Za-z]\.){2,6})"
    r"|(?P<word>[^\W\d_]+(?:['’][^\W\d_]+)*)"
    r"|(?P<symbol>[%‰§=≥≤±×✓✔✗✘☑☐☒❌✅$€£¥+]|[<>](?=\s?\d)|~+|<!--|-->)"
    r"|(?P<and>&)"
)
"""Every alternative is bounded or linear; nothing nests, so no text can make it backtrack far."""
_OVER_SPACES = ("<", ">", "protected]", "protected ]")
"""Where none of these stands, no word of ``TOKEN`` holds a white space or looks behind one."""
_PIECE = re.compile(r"(?:\[ ?email[  ]protected ?\]|[<>]\s?(?=\d)|\S)+")
"""A piece, with the white space that a word holds or looks behind."""
_SHORT_NAMES = frozenset({"us", "it", "who", "am", "or"})
"""Words that mean something else in capitals: the US, IT, the WHO."""
_ACRONYMS = frozenset(f"{name}." for name in _SHORT_NAMES)
"""Their keys, which keep them apart from the words that they resemble."""
_STOPS = frozenset(".!?:•|")
_PUNCTUATION = ".,;:!?()[]{}\"'“”‘’…*_-–—/|•"
"""Marks that belong to no word where they stand at the edge of a piece of plain letters."""
_LONGEST = 40
"""Letters of a piece that is remembered; longer ones are addresses and seldom come again."""


class Part(NamedTuple):
    """One word of a piece. A tuple, since texts are made of little else."""

    key: str
    text: str
    kind: str
    start: int
    end: int
    stops: bool
    """Whether a full stop or the like stands between it and the word before."""


class Piece(NamedTuple):
    """What stands between two white spaces."""

    parts: tuple[Part, ...]
    keys: tuple[str, ...]
    words: tuple[str, ...]
    """Keys of the parts that are words and neither numbers nor addresses."""
    stops: bool
    """Whether a full stop or the like stands behind the last word."""


def pieces_of(text: str) -> list[str]:
    """Return a text cut at white spaces, save where a word reaches over one; linear."""
    if any(sign in text for sign in _OVER_SPACES):
        return _PIECE.findall(text)
    return text.split()


def read_pieces(pieces: list[str]) -> list[Piece]:
    """Return the words of each piece; linear in their length."""
    return [_known(piece) if len(piece) <= _LONGEST else _read(piece) for piece in pieces]


def _read(piece: str) -> Piece:
    word = piece.strip(_PUNCTUATION)
    if word.isascii() and word.isalpha():
        return _single(piece, word)
    parts: list[Part] = []
    end = 0
    for match in TOKEN.finditer(piece):
        stops = not _STOPS.isdisjoint(piece[end : match.start()])
        parts.append(_part(match, stops=stops))
        end = match.end()
    return Piece(
        parts=tuple(parts),
        keys=tuple(part.key for part in parts),
        words=tuple(part.key for part in parts if part.kind == "word"),
        stops=not _STOPS.isdisjoint(piece[end:]),
    )


def _single(piece: str, word: str) -> Piece:
    """Return what ``TOKEN`` would find too, faster: a word of plain letters between marks."""
    key = _capitals(word, word.lower())
    start = piece.find(word)
    end = start + len(word)
    stops = not _STOPS.isdisjoint(piece[:start])
    part = Part(key, word, "word", start, end, stops)
    return Piece((part,), (key,), (key,), not _STOPS.isdisjoint(piece[end:]))


_known = lru_cache(maxsize=16_384)(_read)


def is_shouted(text: str, keys: list[str]) -> bool:
    """Return whether a text that has ``US`` or the like is in capitals, which then mean nothing."""
    if _ACRONYMS.isdisjoint(keys):
        return False
    letters = {char: count for char, count in Counter(text).items() if char.isalpha()}
    capitals = sum(count for char, count in letters.items() if char.isupper())
    return capitals > 0.7 * sum(letters.values())


def unshouted(key: str, text: str) -> str:
    """Return a key as it is in a text that is in capitals, where ``US`` may be "us"."""
    return key[:-1] if key in _ACRONYMS and "." not in text else key


def _part(match: re.Match[str], *, stops: bool) -> Part:
    text = match.group()
    kind = match.lastgroup or "word"
    key = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    if kind == "number":
        key = _THOUSANDS.sub("", key)
    elif kind == "and":
        kind, key = "word", "and"
    elif kind == "initials":
        kind, key = "word", key.replace(".", "")
        key = f"{key}." if key in _SHORT_NAMES else key
    elif kind == "url":
        text, key = text.rstrip(".,;:!?*"), key.rstrip(".,;:!?*")
    elif kind == "obfuscated":
        key = "[email]"
    elif kind == "word":
        key = _capitals(text, key)
    start = match.start()
    return Part(key, text, kind, start, start + len(text), stops)


def _capitals(text: str, key: str) -> str:
    return f"{key}." if key in _SHORT_NAMES and text.isupper() else key


_THOUSANDS = re.compile(r",(?=\d{3}(?!\d))")
