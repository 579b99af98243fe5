"""Characters that a reader cannot see and a diff must never swallow."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

HIDDEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff"
    "\u0334-\u0338\u20d2\u20d3\u20d8-\u20da\u20e5\u20e6\u20ea\u20eb"
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]|(?<=\\w)[\ufe00-\ufe0f]"
)
"""Zero-width, bidirectional, soft hyphen, tag and control characters, variation selectors on
letters, and overlays, which strike a letter through without any markup."""

_WORD = re.compile(r"[\w\u0334-\u0338]+")
_LATIN = re.compile(r"[A-Za-z]")
_LOOK_ALIKE = re.compile(r"[\u0370-\u03ff\u0400-\u058f\u13a0-\u13ff\uab70-\uabbf]")
"""Greek, Cyrillic, Armenian and Cherokee, whose letters pass for Latin ones."""
_SHOWN = 60
"""Characters of a word that a note repeats."""


def hidden_characters(text: str) -> Counter[str]:
    """Count hidden characters by character; a byte order mark that opens the text is none."""
    return Counter(HIDDEN.findall(text.removeprefix("\ufeff")))


def mixed_words(text: str) -> list[str]:
    """Return words that mix Latin with Cyrillic, Greek, Armenian or Cherokee letters, once each.

    Single Greek letters as in ``µm`` count too: better one note too many.
    """
    if not _LOOK_ALIKE.search(text):
        return []
    strange = " ".join(each for each in text.split() if _LOOK_ALIKE.search(each))
    return [word for word in dict.fromkeys(_WORD.findall(strange)) if is_mixed(word)]


def is_mixed(word: str) -> bool:
    """Tell whether a word mixes Latin with letters of an alphabet that passes for it."""
    return bool(_LATIN.search(word) and _LOOK_ALIKE.search(word))


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
    """Return the text with every hidden character written out as ``⟨U+200B⟩``.

    In a word of two alphabets the letters that only pass for Latin ones are followed by their name.
    """
    if text.isascii() and text.isprintable():
        return text
    if not text.isascii():
        text = _WORD.sub(_spelled, text)
    return HIDDEN.sub(lambda found: f"⟨U+{ord(found.group()):04X}⟩", text)


def _spelled(word: re.Match[str]) -> str:
    if word.group().isascii() or not is_mixed(word.group()):
        return word.group()
    return _LOOK_ALIKE.sub(
        lambda found: f"{found.group()}⟨U+{ord(found.group()):04X}⟩", word.group()
    )


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
