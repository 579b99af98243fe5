"""Dates, lists, clean lines and wrapped text: the small words of a mail."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from typing import TYPE_CHECKING

from notifier.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

NAME_LIMIT = 100
"""Characters of a person's name that are shown; longer ones end in an ellipsis."""
WIDTH = 72
"""RFC 5322 section 2.1.1 asks for at most 78; 72 leaves room for the marks of a quoted reply."""
URL_LIMIT = 2_000
"""Characters of a link; the longest that mail programs are known to open."""

MARK, UNMARK = "\ue000", "\ue001"
"""Frame a slot of a skeleton. No value may hold them: ``clean_text`` takes them out."""

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_INVISIBLE = frozenset("\u00ad\u200b\u2060\u2061\u2062\u2063\u2064\ufeff\u180e")
_URL = re.compile(r"https?://[!#$%&()*+,\-./0-9:;=?@A-Z\[\]_a-z~]+")
_ITEM = re.compile(r"(?:[-*•]|\d{1,3}[.)])\s+")


def long_date(day: date, language: str) -> str:
    """Return a date in words, ``15 January 2027``; ISO 8601 where the language is not English."""
    if language.split("-", maxsplit=1)[0] == "en":
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
    return day.isoformat()


def listing(parts: Sequence[str], conjunction: str = "and") -> str:
    """Return ``a``, ``a and b``, or ``a, b and c``."""
    if len(parts) < 2:  # noqa: PLR2004  one part needs no conjunction
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {conjunction} {parts[-1]}"


def clean_text(value: str) -> str:
    """Return text without what could deceive: controls, slot frames, bidi overrides.

    Line ends stay; a tab becomes a space; the ends are stripped.
    """
    return clean_words(value).strip()


def clean_words(value: str) -> str:
    """Return the same as ``clean_text`` with the spaces at both ends, which part words."""
    value = value.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(_shown(char) for char in unicodedata.normalize("NFC", value))


def clean_line(value: str, limit: int = NAME_LIMIT) -> str:
    """Return one line of at most ``limit`` characters, with nothing invisible in it.

    What a name loses: line ends and controls, bidi overrides, private-use and unassigned
    characters. Joiners that scripts need (ZWJ, ZWNJ) stay.
    """
    head = value[: 20 * limit]
    shown = "".join(
        char
        for char in clean_text(head)
        if char not in _INVISIBLE and unicodedata.category(char) not in {"Cs", "Cn", "Co"}
    )
    line = " ".join(shown.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def safe_url(url: str) -> str:
    """Return the link unchanged if it is a plain ``http(s)`` URL in ASCII.

    :raises InputError: it is not; a link that has to be escaped to be safe is not sent
    """
    if len(url) > URL_LIMIT or not _URL.fullmatch(url):
        raise InputError(
            "A link in the mail is not a plain http:// or https:// address. Nothing was rendered.",
            code="bad_link",
            next_step="Look at [web] base_url and the sites' url and choice_url in notifier.toml:"
            " ASCII only, no spaces or quotes.",
        )
    return url


def wrap(text: str, width: int = WIDTH) -> str:
    """Wrap every line longer than ``width``, keeping its indentation; links stay whole.

    Runs of blank lines become one. Wrapping wrapped text changes nothing.
    """
    lines: list[str] = []
    for line in text.split("\n"):
        stripped = line.rstrip()
        if not stripped and (not lines or not lines[-1]):
            continue
        lines.extend(_wrap_line(stripped, width))
    return "\n".join(lines).rstrip() + "\n"


def _wrap_line(line: str, width: int) -> list[str]:
    if len(line) <= width:
        return [line]
    words = line.lstrip()
    indent = line[: len(line) - len(words)]
    item = _ITEM.match(words)
    hang = indent + " " * (item.end() if item else 0)
    return textwrap.wrap(
        words,
        width,
        initial_indent=indent,
        subsequent_indent=hang,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _shown(char: str) -> str:
    if char == "\n" or char.isascii():
        return char if char == "\n" or char.isprintable() else " "
    if char in _BIDI:
        return ""
    if char in (MARK, UNMARK):
        return "\ufffd"
    return " " if unicodedata.category(char) in {"Cc", "Zl", "Zp"} else char
