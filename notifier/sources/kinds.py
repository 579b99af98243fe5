"""What a file is by its first bytes, against what its name says."""

from __future__ import annotations

import re
from typing import Any

from notifier.errors import InputError

_CONTROL_SHARE = 0.01
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_MAGIC = (
    (b"PK\x03\x04", "a zip file, as Word documents (.docx) are", ".docx"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Word document (.doc), or a locked one", ""),
    (b"%PDF-", "a PDF", ""),
    (b"{\\rtf", "rich text (RTF)", ""),
    (b"\x7fELF", "a program", ""),
    (b"\x1f\x8b", "a gzip archive", ""),
)
_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s{0,200}(?:<\?xml[^>]{0,200}>\s{0,200})?<(?:!doctype\s+html|html)\b",
    re.IGNORECASE,
)
_SAVE_AS = "Open it where it was written and save it as .docx, .html, .md or .txt."
_SAMPLE = 4096


def check_kind(raw: bytes, kind: str, name: str) -> None:
    """Refuse a file whose first bytes are those of another kind than ``kind``, its name's.

    :raises InputError: it is of another kind, or of one that cannot be read
    """
    for magic, what, ending in _MAGIC:
        if raw.startswith(magic):
            if kind == "docx" and ending == ".docx":
                return
            next_step = f"If it is the policy, name it {ending}." if ending else _SAVE_AS
            raise refusal(name, f"by its content it is {what}", next_step, code="wrong_kind")
    if kind == "docx":
        raise refusal(
            name, "by its content it is no Word document (.docx)", _SAVE_AS, code="wrong_kind"
        )
    if kind in {"markdown", "text"} and _PAGE.match(raw):
        raise refusal(
            name,
            "by its content it is a web page (HTML)",
            "If it is the policy, name it .html.",
            code="wrong_kind",
        )


def is_binary(raw: bytes, text: str) -> str:
    """Return why bytes are no text, or an empty string."""
    if b"\0" in raw and not raw.startswith(_UTF16):
        sample = raw[:_SAMPLE]
        nuls = [sample[start::2].count(0) for start in (0, 1)]
        if max(nuls) > len(sample) // 4 and min(nuls) == 0:
            return "the file looks like UTF-16 without a byte order mark"
        return "the file is binary, not text"
    controls = sum(map(text.count, map(chr, [*range(9), *range(14, 27), *range(28, 32), 127])))
    if controls > max(4, _CONTROL_SHARE * len(text)) or "\0" in text:
        return "the file is binary, not text"
    return ""


def refusal(
    name: str, what: str, next_step: str, *, code: str | None = None, **details: Any
) -> InputError:
    """Return the error for a file that is not read: what it is, and that nothing was done."""
    return InputError(
        f"{name}: {what}; it was not read and nothing was stored.",
        code=code,
        next_step=next_step,
        file=name,
        **details,
    )
