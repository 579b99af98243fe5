"""Where YAML front matter ends and the policy begins."""

from __future__ import annotations

import re

FRONT_MATTER_LIMIT = 16_384
"""Characters; a longer block is not front matter but text."""

_OPEN = re.compile(r"\ufeff?---[ \t]*\r?\n")
_CLOSE = re.compile(r"^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.MULTILINE)
_KEY = re.compile(
    r"(?:[ \t]*(?:#[^\n]*)?\r?\n)*[\"']?[A-Za-z_][\w .-]*+[\"']?[ \t]*+:(?:[ \t]|\r?\n)"
)


def split_front_matter(text: str) -> tuple[str, int]:
    """Return the YAML between the two ``---`` lines and the offset where the body begins.

    A text that only happens to open with a rule has none: the first line inside must be a key.
    Without front matter: an empty string, and 0.
    """
    opening = _OPEN.match(text)
    if opening is None:
        return "", 0
    closing = _CLOSE.search(text, opening.end(), opening.end() + FRONT_MATTER_LIMIT)
    if closing is None or not _KEY.match(text, opening.end()):
        return "", 0
    return text[opening.end() : closing.start()], closing.end()
