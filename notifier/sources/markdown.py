"""Markdown files: the same road as plain text, with the markup fixed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.errors import InputError
from notifier.sources.text import PolicyFile, markup_of, read_policy_file

if TYPE_CHECKING:
    from pathlib import Path


def read_markdown_file(path: Path) -> PolicyFile:
    """Return the policy in a Markdown file.

    :raises InputError: as ``read_policy_file``, or the file's name is not one of Markdown
    """
    if markup_of(path) != "markdown":
        raise InputError(
            f"{path}: not a Markdown file by its name; it was not read.",
            code="unsupported_file",
            next_step="Name it .md or .markdown.",
        )
    return read_policy_file(path)
