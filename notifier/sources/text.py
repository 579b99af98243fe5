"""Read a policy file as handed in: plain text or Markdown, or a clear refusal."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from notifier.errors import InputError
from notifier.policy.canonical import canonical_text, decode
from notifier.policy.front_matter import split_front_matter
from notifier.sources.front_matter import read_front_matter

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MAX_BYTES = 2_000_000
"""Size limit of a policy file; thirty times the longest policies known. Two of this size are
compared within ten seconds."""

MARKDOWN_ENDINGS = frozenset({".md", ".markdown", ".mdown"})
TEXT_ENDINGS = frozenset({".txt", ".text", ""})
SUPPORTED = "Markdown (.md, .markdown) and plain text (.txt)"

_CONTROL_SHARE = 0.01
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyFile:
    """A policy file that was read whole."""

    raw: bytes
    """The file's bytes, front matter included; what is stored."""
    text: str
    """The canonical text of the policy: decoded, line ends and NFC, without front matter."""
    markup: Literal["markdown", "text"]
    front_matter: Mapping[str, object] = field(default_factory=dict)
    """The YAML fields above the policy; empty without front matter."""


def read_policy_file(path: Path) -> PolicyFile:
    """Return the policy in a file.

    :raises InputError: the file is missing, no regular file, unreadable, empty, binary, above
        ``MAX_BYTES``, of an unsupported kind, or its front matter is not plain YAML fields
    """
    markup = markup_of(path)
    raw = _read(path)
    return policy_from_bytes(raw, markup=markup, name=str(path))


def markup_of(path: Path) -> Literal["markdown", "text"]:
    """Return how a file of this name is read.

    :raises InputError: this version cannot read it
    """
    ending = path.suffix.lower()
    if ending in MARKDOWN_ENDINGS:
        return "markdown"
    if ending in TEXT_ENDINGS:
        return "text"
    raise _refusal(
        str(path),
        f"files ending in {ending} cannot be read by this version",
        f"Hand in {SUPPORTED}.",
        code="unsupported_file",
    )


def policy_from_bytes(raw: bytes, *, markup: Literal["markdown", "text"], name: str) -> PolicyFile:
    """Return the policy in bytes that came from ``name`` (a file, a git blob), checked alike."""
    if len(raw) > MAX_BYTES:
        raise _too_big(name)
    if not raw.strip(b"\0 \t\r\n\f\v\xef\xbb\xbf\xff\xfe"):
        raise _refusal(name, "the file is empty", "Hand in the whole text of the policy.")
    text, _ = decode(raw)
    if _is_binary(raw, text):
        raise _refusal(
            name,
            "the file is binary, not text",
            f"Hand in {SUPPORTED}, saved as UTF-8.",
            code="binary_file",
        )
    front, begin = split_front_matter(text)
    body = canonical_text(text[begin:].encode("utf-8", "replace"))
    if not body.strip():
        raise _refusal(
            name, "there is no text below the front matter", "Hand in the whole text of the policy."
        )
    fields = read_front_matter(front, name=name) if begin else {}
    return PolicyFile(raw=raw, text=body, markup=markup, front_matter=fields)


def _read(path: Path) -> bytes:
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
            raise _refusal(name, f"this is {kind}, not a file", "Name the policy's file itself.")
        if about.st_size > MAX_BYTES:
            raise _too_big(name)
        with os.fdopen(os.dup(descriptor), "rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise _cannot_open(name, error) from error
    finally:
        os.close(descriptor)


def _cannot_open(name: str, error: OSError | ValueError) -> InputError:
    if isinstance(error, FileNotFoundError):
        return _refusal(name, "there is no such file", "Check the path.", code="missing_file")
    if isinstance(error, PermissionError):
        return _refusal(name, "permission was denied", "Make the file readable for this account.")
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return _refusal(name, f"the file cannot be opened ({reason})", "Check the path.")


def _too_big(name: str) -> InputError:
    return _refusal(
        name,
        f"the file is above the limit of {MAX_BYTES // 1_000_000} MB for a policy",
        "Hand in the policy's text alone, without attachments or embedded images.",
        code="file_too_big",
    )


def _is_binary(raw: bytes, text: str) -> bool:
    if b"\0" in raw and not raw.startswith(_UTF16):
        return True
    controls = sum(map(text.count, map(chr, [*range(9), *range(14, 27), *range(28, 32), 127])))
    return controls > max(4, _CONTROL_SHARE * len(text)) or "\0" in text


def _refusal(name: str, what: str, next_step: str, *, code: str | None = None) -> InputError:
    return InputError(
        f"{name}: {what}; it was not read and nothing was stored.",
        code=code,
        next_step=next_step,
        file=name,
    )
