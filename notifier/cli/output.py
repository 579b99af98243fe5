"""What a command prints: data to stdout, everything else to stderr; text or one JSON document."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from notifier.errors import NotifierError

_WIDTH = 80
"""Columns, where nobody says otherwise."""


_STEERING = re.compile(
    "[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]|\x1b(?P<ours>\\[[\\d;]{1,8}m)?"
)
_OURS = re.compile(r"\[(?:0|1|2|4;32|9;31|1;3[123])m")
"""The looks that our own redlines and verdicts are painted with."""


def harmless(text: str) -> str:
    """Return text that cannot steer a terminal: control and direction marks are written out.

    Whatever a policy, a name or a note holds, the last step before the terminal lets only our own
    colours through, and those only where there is colour.
    """
    if text.isascii() and text.replace("\n", "").replace("\t", "").isprintable():
        return text
    return _STEERING.sub(_written_out, text.replace("\r\n", "\n"))


def _written_out(found: re.Match[str]) -> str:
    if found["ours"] and _OURS.fullmatch(found["ours"]) and colourful():
        return found.group()
    return f"⟨U+{ord(found.group()[0]):04X}⟩{found['ours'] or ''}"


def show(text: str) -> None:
    """Print data for people to stdout."""
    text = harmless(text)
    sys.stdout.write(text if text.endswith("\n") else text + "\n")


def show_bytes(data: bytes) -> None:
    """Print data to stdout byte for byte, whatever the locale."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def show_json(document: Any) -> None:
    """Print one JSON document to stdout."""
    sys.stdout.write(json_text(document))


def json_text(document: Any) -> str:
    """Return one JSON document as it is printed; what could steer a terminal is escaped in it."""
    text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    return _JSON_STEERING.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


_JSON_STEERING = re.compile("[\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def say(text: str) -> None:
    """Print progress or a remark to stderr."""
    sys.stderr.write(harmless(text) + "\n")


def show_error(error: NotifierError, *, as_json: bool) -> None:
    """Print what happened, what was not done and what to do next."""
    if as_json:
        show_json(error.document())
        return
    say(f"notifier: {error.message}")
    if error.next_step:
        say(f"  Next: {error.next_step}")


def colourful() -> bool:
    """Say whether stdout is a terminal that wants colour (https://no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def columns() -> int:
    """Return how wide a text may be: 80 columns, or what the terminal has, within reason."""
    if not sys.stdout.isatty():
        return _WIDTH
    return min(max(shutil.get_terminal_size((_WIDTH, 24)).columns, 40), 100)


def table(rows: Iterable[Sequence[object]], *, head: Sequence[str]) -> str:
    """Lay rows out in columns as wide as their widest cell."""
    cells = [[str(cell) for cell in row] for row in rows]
    lines = [list(head), *cells]
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
