"""Characters that a reader cannot see and a diff must never swallow."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

HIDDEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f"
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]"
)
"""Zero-width, bidirectional, soft hyphen, tag and control characters."""

_WORD = re.compile(r"\w+")
_LATIN = re.compile(r"[A-Za-z]")
_LOOK_ALIKE = re.compile(r"[\u0370-\u03ff\u0400-\u052f]")
_SHOWN = 60
"""Characters of a word that a note repeats."""


def hidden_characters(text: str) -> Counter[str]:
    """Count hidden characters by character; a byte order mark that opens the text is none."""
    return Counter(HIDDEN.findall(text.removeprefix("\ufeff")))


def mixed_words(text: str) -> list[str]:
    """Return words that mix Latin with Cyrillic or Greek letters: look-alikes, in order, once each.

    Single Greek letters as in ``µm`` count too: better one note too many.
    """
    if text.isascii():
        return []
    words = dict.fromkeys(_WORD.findall(text))
    return [word for word in words if _LATIN.search(word) and _LOOK_ALIKE.search(word)]


def listed(words: list[str]) -> str:
    """Return the first five words, the long ones cut, for a sentence."""
    return ", ".join(
        word if len(word) <= _SHOWN else f"{word[: _SHOWN - 1]}…" for word in words[:5]
    )


def name_of(character: str) -> str:
    """Return a character as people write it: ``U+200B ZERO WIDTH SPACE``."""
    name = unicodedata.name(character, "")
    return f"U+{ord(character):04X} {name}".rstrip()


def make_visible(text: str) -> str:
    """Return the text with every hidden character written out as ``⟨U+200B⟩``."""
    return HIDDEN.sub(lambda found: f"⟨U+{ord(found.group()):04X}⟩", text)


def notes_on(text: str) -> tuple[str, ...]:
    """Return plain sentences about what a reader would not see in the text."""
    notes = [
        f"Hidden character {name_of(char)}: {count} time{'s' if count > 1 else ''}."
        for char, count in sorted(hidden_characters(text).items())
    ]
    words = mixed_words(text)
    if words:
        notes.append(f"Words that mix look-alike letters of two alphabets: {listed(words)}.")
    return tuple(notes)
