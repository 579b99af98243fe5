"""The one text that a version is: decoding, line ends and Unicode form settled, nothing else."""

from __future__ import annotations

import codecs
import hashlib
import re
import unicodedata

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_MARKS_IN_A_ROW = 64
_MARKS = re.compile(rf"([^\w\s\x00-\x7f]{{{_MARKS_IN_A_ROW}}})")


def decode(raw: bytes) -> tuple[str, str]:
    """Return the text and the name of the encoding that was used; never raises.

    UTF-8 (with or without a byte order mark), UTF-16 where a byte order mark says so, else
    Windows-1252 with Latin-1 for the five bytes that it leaves open: every byte means something.
    """
    if raw.startswith(_UTF16):
        return raw.decode("utf-16", errors="replace"), "utf-16"
    try:
        return raw.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    try:
        return raw.decode("cp1252"), "cp1252"
    except UnicodeDecodeError:
        return raw.decode("latin-1"), "latin-1"


def canonical_text(raw: bytes) -> str:
    """Return what two versions are compared by for "no change".

    Decoded, without a byte order mark, line ends as line feeds, Unicode in NFC. Markup, wrapping
    and every other character stay as they are.
    """
    text, _ = decode(raw)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return nfc(text)


def nfc(text: str) -> str:
    """Return text in Unicode's NFC, in linear time.

    More than ``_MARKS_IN_A_ROW`` combining marks on one letter, which no language has, are settled
    in groups of as many: Python sorts such a run in quadratic time.
    """
    if text.isascii() or unicodedata.is_normalized("NFC", text):
        return text
    return "".join(unicodedata.normalize("NFC", piece) for piece in _MARKS.split(text))


def canonical_digest(text: str) -> str:
    """Return the SHA-256 of a canonical text's UTF-8 bytes, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
