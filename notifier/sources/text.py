"""Read a policy file as handed in, of any kind that is supported, or refuse it clearly."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from notifier.extract import EXTRACTOR
from notifier.extract.model import MAX_RAW, Form, Revisions
from notifier.policy.canonical import canonical_text, decode
from notifier.policy.front_matter import split_front_matter
from notifier.policy.parse import parse
from notifier.sources.extraction import extract
from notifier.sources.front_matter import read_front_matter
from notifier.sources.kinds import check_kind, is_binary, refusal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from notifier.errors import InputError
    from notifier.policy.model import Document

MAX_BYTES = 1_000_000
"""Size limit of a policy in text; some ten times the longest policies known. Two of this size are
compared and classified within ten seconds, whatever is in them."""

SUPPORTED = "Markdown (.md, .markdown), plain text (.txt), HTML (.html, .htm) or Word (.docx)"


class Reading(StrEnum):
    """How a file is read. The value is stored with a version, so that it is read so for ever."""

    MARKDOWN = "markdown"
    TEXT = "text"
    HTML = "html"
    DOCX = "docx"
    """A Word document without tracked changes."""
    DOCX_ACCEPT = "docx:accept"
    DOCX_REJECT = "docx:reject"

    @property
    def form(self) -> Form | None:
        """Return the kind to extract from, or ``None`` for text."""
        return Form(self.value.partition(":")[0]) if self in _EXTRACTED else None

    @property
    def revisions(self) -> Revisions | None:
        """Return how tracked changes are resolved."""
        choice = self.value.partition(":")[2]
        return Revisions(choice) if choice else None

    @property
    def markup(self) -> Literal["markdown", "text"]:
        """Return the markup of the text: what is extracted is Markdown."""
        return "text" if self is Reading.TEXT else "markdown"

    @property
    def suffix(self) -> str:
        """Return the ending of a stored file."""
        name = self.value.partition(":")[0]
        return {"markdown": ".md", "text": ".txt"}.get(name, f".{name}")


_EXTRACTED = frozenset({Reading.HTML, Reading.DOCX, Reading.DOCX_ACCEPT, Reading.DOCX_REJECT})
_ENDINGS = {
    **dict.fromkeys((".md", ".markdown", ".mdown"), Reading.MARKDOWN),
    **dict.fromkeys((".txt", ".text", ""), Reading.TEXT),
    **dict.fromkeys((".html", ".htm", ".xhtml"), Reading.HTML),
    ".docx": Reading.DOCX,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyFile:
    """A policy file that was read whole."""

    raw: bytes
    """The file's bytes, front matter included; what is stored."""
    text: str
    """The canonical text of the policy: decoded, line ends and NFC, without front matter."""
    reading: Reading
    source: bytes = b""
    """What is parsed: the file's own bytes, or the text extracted from them, in UTF-8."""
    front_matter: Mapping[str, object] = field(default_factory=dict)
    """The YAML fields above the policy; empty without front matter."""
    notes: tuple[str, ...] = ()
    """Plain sentences about how it was extracted."""

    def document(self) -> Document:
        """Return the file parsed; its parser names the extraction too where there was one."""
        found = parse(self.source, markup=self.reading.markup)
        if self.reading.form is None:
            return found
        return replace(
            found,
            parser=parser_of(self.reading, found.parser),
            reading=(*self.notes, *found.reading),
        )


def parser_of(reading: Reading, parser: str) -> str:
    """Return name and version of all that made a document out of a file's bytes."""
    return parser if reading.form is None else f"{EXTRACTOR} {parser}"


def read_policy_file(path: Path, *, revisions: Revisions | None = None) -> PolicyFile:
    """Return the policy in a file; ``revisions`` says how tracked changes in a DOCX are read.

    :raises InputError: the file is missing, no regular file, unreadable, empty, of another kind
        than its name says, above the limits, changing while it is read, or its front matter is not
        plain YAML fields; or a DOCX has tracked changes and ``revisions`` is not given
    """
    reading = reading_of(path, revisions=revisions)
    raw = _read(path, size_limit(reading))
    return policy_from_bytes(raw, reading=reading, name=str(path))


def size_limit(reading: Reading) -> int:
    """Return how many bytes a file that is read so may have."""
    return MAX_BYTES if reading.form is None else MAX_RAW


def reading_of(path: Path, *, revisions: Revisions | None = None) -> Reading:
    """Return how a file of this name is read.

    :raises InputError: this version cannot read it
    """
    ending = path.suffix.lower()
    reading = _ENDINGS.get(ending)
    if reading is None:
        raise refusal(
            str(path),
            f"files ending in {ending} cannot be read by this version",
            f"Hand in {SUPPORTED}.",
            code="unsupported_file",
        )
    if reading is Reading.DOCX and revisions is not None:
        return Reading(f"docx:{revisions.value}")
    return reading


def policy_from_bytes(raw: bytes, *, reading: Reading, name: str) -> PolicyFile:
    """Return the policy in bytes that came from ``name`` (a file, a git blob), checked alike."""
    if len(raw) > size_limit(reading):
        raise _too_big(name, len(raw))
    if not raw.strip(b"\0 \t\r\n\f\v\xef\xbb\xbf\xff\xfe"):
        raise refusal(name, "the file is empty", "Hand in the whole text of the policy.")
    check_kind(raw, reading.value.partition(":")[0], name)
    if reading.form is not None:
        found = extract(raw, reading.form, revisions=reading.revisions, name=name)
        source = found.text.encode()
        return PolicyFile(
            raw=raw,
            text=canonical_text(source),
            reading=reading,
            source=source,
            notes=found.notes,
        )
    return _from_text(raw, reading, name)


def _from_text(raw: bytes, reading: Reading, name: str) -> PolicyFile:
    text, _ = decode(raw)
    if why := is_binary(raw, text):
        raise refusal(name, why, f"Hand in {SUPPORTED}; text saved as UTF-8.", code="binary_file")
    front, begin = split_front_matter(text)
    body = canonical_text(text[begin:].encode("utf-8", "replace"))
    if not body.strip():
        raise refusal(
            name, "there is no text below the front matter", "Hand in the whole text of the policy."
        )
    fields = read_front_matter(front, name=name) if begin else {}
    return PolicyFile(raw=raw, text=body, reading=reading, source=raw, front_matter=fields)


def _read(path: Path, most: int) -> bytes:
    name = str(path)
    try:
        # Non-blocking, so that a FIFO without a writer cannot hold the program
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | getattr(os, "O_CLOEXEC", 0))
    except (OSError, ValueError) as error:
        raise _cannot_open(name, error) from error
    try:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode):
            kind = "a folder" if stat.S_ISDIR(about.st_mode) else "a device or a pipe"
            raise refusal(name, f"this is {kind}, not a file", "Name the policy's file itself.")
        if about.st_size > most:
            raise _too_big(name, about.st_size)
        with os.fdopen(os.dup(descriptor), "rb") as file:
            raw = file.read(most + 1)
        if _stamp(os.fstat(descriptor)) != _stamp(about):
            raise refusal(
                name,
                "the file changed while it was read",
                "Wait until whatever writes it has finished, then try again.",
                code="changing_file",
            )
    except OSError as error:
        raise _cannot_open(name, error) from error
    finally:
        os.close(descriptor)
    return raw


def _stamp(about: os.stat_result) -> tuple[int, int, int]:
    return about.st_size, about.st_mtime_ns, about.st_ctime_ns


def _cannot_open(name: str, error: OSError | ValueError) -> InputError:
    if isinstance(error, FileNotFoundError):
        return refusal(name, "there is no such file", "Check the path.", code="missing_file")
    if isinstance(error, PermissionError):
        return refusal(name, "permission was denied", "Make the file readable for this account.")
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return refusal(name, f"the file cannot be opened ({reason})", "Check the path.")


def _too_big(name: str, size: int) -> InputError:
    most = MAX_BYTES if size <= MAX_RAW else MAX_RAW
    return refusal(
        name,
        f"the file is above the limit of {most // 1_000_000} MB for a policy",
        "Hand in the policy's text alone, without attachments or embedded images.",
        code="file_too_big",
    )
