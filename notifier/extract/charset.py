"""The text of an HTML page: byte order mark, then what the page declares, then what fits."""

from __future__ import annotations

import codecs
import re

from notifier.policy.canonical import decode

_DECLARED = re.compile(
    rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.\-]{2,40})"
    rb"|<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([A-Za-z0-9_:.\-]{2,40})",
    re.IGNORECASE,
)
_PRESCAN = 4096
_TEXT_CODEC = re.compile(
    r"utf-?8|utf-?16(?:-?[lb]e)?|us-ascii|ascii|(?:iso-?)?8859-?\d{1,2}|iso8859-\d{1,2}|latin-?\d"
    r"|windows-?\d{3,4}|cp\d{3,4}|koi8-[ru]|gb2312|gbk|gb18030|big5(?:-hkscs)?|shift[_-]?jis"
    r"|sjis|euc-(?:jp|kr)|iso-2022-jp|macintosh|mac-roman|ibm866|tis-620\Z",
    re.IGNORECASE,
)
# Pages say the older name and mean the newer one (WHATWG Encoding, section 4.2)
_MEANT = {
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "euc-kr": "cp949",
    "macintosh": "mac-roman",
    "utf-16": "utf-8",  # a page whose declaration can be read byte by byte is not in UTF-16
    "utf-16le": "utf-8",
    "utf-16be": "utf-8",
}
_UTF16 = (b"<\0", b"\0<")


def decode_page(raw: bytes) -> tuple[str, tuple[str, ...]]:
    """Return the page's text, and a note where the declared encoding does not hold."""
    if raw.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return decode(raw)[0].removeprefix("\ufeff"), ()
    if raw.startswith(_UTF16):
        name = "utf-16-le" if raw.startswith(_UTF16[0]) else "utf-16-be"
        return raw.decode(name, "replace"), ()
    declared = _declared(raw)
    if declared:
        try:
            return raw.decode(_MEANT.get(declared.lower(), declared)), ()
        except (UnicodeDecodeError, LookupError):
            pass
    text, used = decode(raw)
    if declared and used != declared.lower():
        return text, (f"The page says that it is {declared} but is not; it was read as {used}.",)
    return text, ()


def _declared(raw: bytes) -> str:
    found = _DECLARED.search(raw, 0, _PRESCAN)
    name = (found.group(1) or found.group(2)).decode("ascii") if found else ""
    return name if _TEXT_CODEC.fullmatch(name) else ""
