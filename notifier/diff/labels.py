"""The words in which a change is named to people; one place for terminal, mail and web."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.diff.keys import number_of
from notifier.diff.model import Change, ChangeKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from notifier.policy.model import Unit

_SHORT = 80
"""Characters: one line."""

LABELS = {
    ChangeKind.ADDED: "Added",
    ChangeKind.REMOVED: "Removed",
    ChangeKind.MODIFIED: "Changed",
    ChangeKind.MOVED: "Moved",
    ChangeKind.SPLIT: "Split",
    ChangeKind.MERGED: "Joined",
    ChangeKind.REORDERED: "Reordered",
    ChangeKind.RENAMED: "Renamed",
    ChangeKind.RENUMBERED: "Renumbered",
    ChangeKind.EQUAL: "Unchanged",
}

_IGNORED = {
    "front_matter": "front matter",
    "markup": "markup",
    "typography": "typography",
    "whitespace": "white space",
    "wrapping": "line wrapping",
}


def label(change: Change) -> str:
    """Return what happened, in a word or two: ``Moved and changed``."""
    if change.kind is ChangeKind.MOVED and change.edited:
        return "Moved and changed"
    return LABELS[change.kind]


def plain_words(units: Sequence[Unit]) -> str:
    """Return units as a reader sees them, numbers included, markup and separators left out."""
    return " ".join(f"{number_of(unit)} {unit.text}".strip() for unit in units)


def short(change: Change) -> str:
    """Return the beginning of what a change is about, for a list."""
    words = plain_words(change.new_units or change.old_units) or change.new or change.old
    words = " ".join(words.split())
    return words if len(words) <= _SHORT else words[: _SHORT - 1].rsplit(" ", 1)[0] + " …"


def summary(changes: Sequence[Change]) -> str:
    """Return the counts as a sentence, such as ``3 changes: 1 added, 2 changed``."""
    counts: dict[str, int] = {}
    for change in changes:
        if change.kind is not ChangeKind.EQUAL:
            name = label(change).lower()
            counts[name] = counts.get(name, 0) + 1
    total = sum(counts.values())
    if not total:
        return "No change that a reader could see."
    parts = ", ".join(f"{count} {name}" for name, count in counts.items())
    return f"{total} change{'' if total == 1 else 's'}: {parts}."


def ignored_sentence(ignored: Mapping[str, int]) -> str:
    """Return what was left out, in one sentence, or an empty string."""
    parts = [
        f"{_IGNORED.get(key, key)} ({count})" for key, count in sorted(ignored.items()) if count
    ]
    return f"Not shown, since no words differ: {', '.join(parts)}." if parts else ""
