"""Words as the classifier compares them: folded tokens, hidden characters, language."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache
from typing import NamedTuple

from notifier.classify.pieces import is_shouted, pieces_of, read_pieces, unshouted
from notifier.classify.words import bag
from notifier.policy.hidden import HIDDEN, is_mixed

_EDGE = "\u200b\ufeff\u2060 \t\r\n"
_MARKUP = re.compile(r"!?\[([^\[\]]{0,2000})\]\(([^()\s]{0,2000})(?: \"[^\"]{0,200}\")?\)")
_EMPHASIS = re.compile(r"\*\*|__|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)|`")


class Token(NamedTuple):
    """One comparable word: ``key`` decides equality, ``text`` is what stood there.

    A tuple and no dataclass, since both sides of every change are made of them.
    """

    key: str
    text: str
    kind: str
    """``word``, ``number``, ``url``, ``domain``, ``email``, ``obfuscated`` or ``symbol``."""
    start: int
    end: int
    first: bool = False
    """Whether it opens the text or follows a full stop, so that its capital means nothing."""

    @property
    def is_name(self) -> bool:
        """Return whether it is written as a name: a capital inside a sentence."""
        return self.kind == "word" and self.text[:1].isupper() and not self.first


def plain(text: str) -> str:
    """Return Markdown source as a reader sees it: link labels, no emphasis marks."""
    return _EMPHASIS.sub("", _MARKUP.sub(r"\1", text))


@lru_cache(maxsize=1024)
def tokens(text: str) -> tuple[Token, ...]:
    """Return the comparable words of a text; punctuation, quotes and bullets are left out.

    Case is folded, but ``US``, ``IT`` and the like stay apart from the words they resemble. Linear
    in the length of the text.
    """
    clean = text.strip(_EDGE)
    place = text.find(clean) if clean else 0
    pieces = pieces_of(clean)
    found: list[Token] = []
    first = True
    for piece, read in zip(pieces, read_pieces(pieces), strict=True):
        place = text.find(piece, place)
        for key, word, kind, start, end, stops in read.parts:
            first = first or stops
            found.append(Token(key, word, kind, place + start, place + end, first))
            first = False
        first = first or read.stops
        place += len(piece)
    if is_shouted(clean, [token.key for token in found]):
        return tuple(token._replace(key=unshouted(token.key, token.text)) for token in found)
    return tuple(found)


@lru_cache(maxsize=4096)
def keys(text: str) -> tuple[str, ...]:
    """Return only the folded words of a text."""
    clean = text.strip(_EDGE)
    read = read_pieces(pieces_of(clean))
    found = [key for piece in read for key in piece.keys]
    if is_shouted(clean, found):
        return tuple(unshouted(part.key, part.text) for piece in read for part in piece.parts)
    return tuple(found)


def fold(text: str) -> str:
    """Return a text as one comparable string; equal strings read the same."""
    return " ".join(keys(text))


def has_digit(text: str) -> bool:
    """Return whether a digit stands there, without which slow patterns need not be tried."""
    return bool(_DIGIT.search(text))


_DIGIT = re.compile(r"\d")


def hidden_words(text: str) -> tuple[str, ...]:
    """Return the words of a text that hold hidden characters or letters of two scripts.

    Hidden characters at the very edge of the text join nothing and are not counted.
    """
    text = text.strip(_EDGE)
    if (text.isascii() and text.isprintable()) or not (HIDDEN.search(text) or is_mixed(text)):
        return ()
    return tuple(word for word in text.split() if HIDDEN.search(word) or is_mixed(word))


_ENGLISH = bag(
    "the of and to a in is that for it you your we our us with as on by or are be this not "
    "may will can if from any have has at an when which their they these such other about "
    "use who how do"
)
_FOREIGN = bag(
    "der die das und ist nicht wir sie ihre oder mit von zu auf für eine einer werden wird "
    "le la les des et est vous nous votre vos pour dans que qui une sur avec par aux ces du "
    "el los las que para con por una su sus del se y nuestros usted il gli di che per con "
    "una sono nostri dei della o nel i de het een en van wij uw niet voor op met zijn os "
    "seus dados não com para uma nos você ou da do ao og til af vi du ikke det att och som "
    "för i w z na się jest"
) - {"do", "a", "i", "in", "on", "o"}
_ENOUGH_WORDS = 8


@lru_cache(maxsize=1024)
def is_english(text: str) -> bool:
    """Return whether a text is plainly English, or too short to tell and in Latin letters."""
    if not _is_latin(text):
        return False
    clean = text.strip(_EDGE)
    read = read_pieces(pieces_of(clean))
    words = [word for piece in read for word in piece.words]
    if is_shouted(clean, words):
        parts = (part for piece in read for part in piece.parts if part.kind == "word")
        words = [unshouted(part.key, part.text) for part in parts]
    if len(words) < _ENOUGH_WORDS:
        return True
    english = sum(map(_ENGLISH.__contains__, words))
    foreign = sum(map(_FOREIGN.__contains__, words))
    return not (foreign > english and foreign * 8 >= len(words))


def _is_latin(text: str) -> bool:
    """Return whether nearly all letters are Latin ones; of no letters at all, true."""
    if text.isascii() or all(_may_be_latin(char) for char in set(text) if not char.isascii()):
        return True
    letters = {char: count for char, count in Counter(text).items() if char.isalpha()}
    latin = sum(count for char, count in letters.items() if _may_be_latin(char))
    return latin >= 0.85 * sum(letters.values())


def _may_be_latin(char: str) -> bool:
    return char.isascii() or not char.isalpha() or "LATIN" in unicodedata.name(char, "")
