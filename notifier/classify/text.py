"""Words as the classifier compares them: folded tokens, hidden characters, language."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from notifier.classify.words import bag
from notifier.policy.hidden import HIDDEN, is_mixed

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

_EDGE = "\u200b\ufeff\u2060 \t\r\n"
_MARKUP = re.compile(r"!?\[([^\[\]]{0,2000})\]\(([^()\s]{0,2000})(?: \"[^\"]{0,200}\")?\)")
_EMPHASIS = re.compile(r"\*\*|__|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)|`")
_SHORT_NAMES = frozenset({"us", "it", "who", "am", "or"})
"""Words that mean something else in capitals: the US, IT, the WHO."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Token:
    """One comparable word: ``key`` decides equality, ``text`` is what stood there."""

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


def link_targets(text: str) -> tuple[str, ...]:
    """Return the link targets written in Markdown source, in order."""
    return tuple(found.group(2) for found in _MARKUP.finditer(text))


@lru_cache(maxsize=4096)
def tokens(text: str) -> tuple[Token, ...]:
    """Return the comparable words of a text; punctuation, quotes and bullets are left out.

    Case is folded, but ``US``, ``IT`` and the like stay apart from the words they resemble. Linear
    in the length of the text.
    """
    clean = text.strip(_EDGE)
    shift = text.find(clean) if clean else 0
    letters = [char for char in clean if char.isalpha()]
    shouted = bool(letters) and sum(char.isupper() for char in letters) > 0.7 * len(letters)
    found: list[Token] = []
    previous_end = 0
    for match in TOKEN.finditer(clean):
        between = clean[previous_end : match.start()]
        first = not found or any(mark in between for mark in ".!?:•|")
        found.append(_token(match, shift=shift, first=first, shouted=shouted))
        previous_end = match.end()
    return tuple(found)


def _token(match: re.Match[str], *, shift: int, first: bool, shouted: bool) -> Token:
    text = match.group()
    kind = match.lastgroup or "word"
    key = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    if kind == "number":
        key = re.sub(r",(?=\d{3}(?!\d))", "", key)
    elif kind == "and":
        kind, key = "word", "and"
    elif kind == "initials":
        kind, key = "word", key.replace(".", "")
        key = f"{key}." if key in _SHORT_NAMES else key
    elif kind == "url":
        text, key = text.rstrip(".,;:!?*"), key.rstrip(".,;:!?*")
    elif kind == "obfuscated":
        key = "[email]"
    elif kind == "word" and not shouted and text.isupper() and key in _SHORT_NAMES:
        key = f"{key}."
    start = match.start() + shift
    return Token(key=key, text=text, kind=kind, start=start, end=start + len(text), first=first)


def keys(text: str) -> tuple[str, ...]:
    """Return only the folded words of a text."""
    return tuple(token.key for token in tokens(text))


def fold(text: str) -> str:
    """Return a text as one comparable string; equal strings read the same."""
    return " ".join(keys(text))


def hidden_words(text: str) -> tuple[str, ...]:
    """Return the words of a text that hold hidden characters or letters of two scripts.

    Hidden characters at the very edge of the text join nothing and are not counted.
    """
    return tuple(
        word for word in text.strip(_EDGE).split() if HIDDEN.search(word) or is_mixed(word)
    )


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


@lru_cache(maxsize=2048)
def is_english(text: str) -> bool:
    """Return whether a text is plainly English, or too short to tell and in Latin letters."""
    letters = [char for char in text if char.isalpha()]
    if not letters:
        return True
    latin = sum(1 for char in letters if char.isascii() or "LATIN" in unicodedata.name(char, ""))
    if latin < 0.85 * len(letters):
        return False
    words = [token.key for token in tokens(text) if token.kind == "word"]
    if len(words) < _ENOUGH_WORDS:
        return True
    english = sum(word in _ENGLISH for word in words)
    foreign = sum(word in _FOREIGN for word in words)
    return not (foreign > english and foreign * 8 >= len(words))
