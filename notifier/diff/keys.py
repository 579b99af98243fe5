"""What counts as the same words: the keys that units are compared by, and what they leave out."""

from __future__ import annotations

import re

from notifier.policy.canonical import nfc
from notifier.policy.model import Unit, UnitKind

_TYPOGRAPHY = {
    **dict.fromkeys("“”„‟«»″", '"'),
    **dict.fromkeys("‘’‚‛′´`", "'"),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    **dict.fromkeys(
        "\u00a0\u2007\u202f\u2009\u2002\u2003\u2004\u2005\u2006\u2008\u200a\u3000", " "
    ),
    "…": "...",
}
_SET = re.compile(f"[{''.join(_TYPOGRAPHY)}]")
_DASHES = re.compile(r"--+")
_SPACES = re.compile(r"[ \t\r\n\f\v]+")
_BULLET = re.compile(r"[-*+•·‣◦▪–—]?\Z")


def fold(text: str) -> str:
    """Return text without what only a typesetter sees: quotes, dashes, kinds of spaces, wraps.

    Hidden characters and look-alike letters are kept: they are differences.
    """
    if not text.isascii():
        text = _SET.sub(lambda found: _TYPOGRAPHY[found.group()], nfc(text))
    return " ".join(_DASHES.sub("-", text).split())


def key_of(unit: Unit) -> str:
    """Return what the unit says; two units with one key say the same."""
    text = unit.text
    if not text.isascii() or "--" in text:  # the text of a unit is settled otherwise
        text = fold(text)
    return text or "\n".join(("", *unit.links))


def number_of(unit: Unit) -> str:
    """Return the unit's enumerator without bullets: ``5.``, ``(a)`` or nothing."""
    parts = [part for part in unit.marker.split() if not _BULLET.match(part)]
    return " ".join(parts)


def is_silent(unit: Unit) -> bool:
    """Tell whether the unit says nothing to anybody: a rule, or no words, number or link."""
    return unit.kind is UnitKind.RULE or not (unit.text or unit.marker or unit.links)


def ignored_kind(old: str, new: str) -> str:
    """Name why two source texts that say the same differ, or return an empty string."""
    if old == new:
        return ""
    if _SPACES.split(old) == _SPACES.split(new):
        return "wrapping" if old.count("\n") != new.count("\n") else "whitespace"
    if fold(old) == fold(new):
        return "typography"
    return "markup"
