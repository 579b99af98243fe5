"""What a command prints: data to stdout, everything else to stderr; text or one JSON document."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from notifier.errors import NotifierError


def show(text: str) -> None:
    """Print data for people to stdout."""
    sys.stdout.write(text if text.endswith("\n") else text + "\n")


def show_json(document: Any) -> None:
    """Print one JSON document to stdout."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")


def say(text: str) -> None:
    """Print progress or a remark to stderr."""
    sys.stderr.write(text + "\n")


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


def table(rows: Iterable[Sequence[object]], *, head: Sequence[str]) -> str:
    """Lay rows out in columns as wide as their widest cell."""
    cells = [[str(cell) for cell in row] for row in rows]
    lines = [list(head), *cells]
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
