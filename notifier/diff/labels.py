"""The words in which a change is named to people; one place for terminal, mail and web."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.diff.keys import number_of
from notifier.diff.model import Change, ChangeKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

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

_WHOLE = frozenset({ChangeKind.MODIFIED, ChangeKind.ADDED, ChangeKind.REMOVED})
"""Kinds whose label already says that words differ."""
_IGNORED = {
    "front_matter": "front matter",
    "markup": "markup",
    "typography": "typography",
    "whitespace": "white space",
    "wrapping": "line wrapping",
}


def label(change: Change) -> str:
    """Return what happened, in a word or two: ``Moved and changed``."""
    name = LABELS[change.kind]
    return f"{name} and changed" if change.edited and change.kind not in _WHOLE else name


def plain_words(units: Sequence[Unit]) -> str:
    """Return units as a reader sees them, numbers included, markup and separators left out."""
    return " ".join(f"{number_of(unit)} {unit.text}".strip() for unit in units)


def short(change: Change) -> str:
    """Return the beginning of what a change is about, for a list."""
    if change.kind is ChangeKind.RENAMED:
        words = f"“{change.old}” is now “{change.new}”"
    else:
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
    return f"{counted(total, 'change')}: {parts}."


def counted(number: int, name: str) -> str:
    """Return ``1 place``, ``3 places``."""
    return f"{number} {name}{'' if number == 1 else 's'}"


def remark(change: Change) -> str:
    """Return what the words alone do not say of a change, in a sentence or two, or nothing."""
    return " ".join(said for said in (_of_kind(change), *_defined(change)) if said)


def _of_kind(change: Change) -> str:
    match change.kind:
        case ChangeKind.MOVED:
            return _moved(change)
        case ChangeKind.SPLIT:
            return f"One passage became {len(change.new_units)}."
        case ChangeKind.MERGED:
            return f"{len(change.old_units)} passages became one."
        case ChangeKind.REORDERED:
            return _reordered(change)
        case ChangeKind.RENAMED:
            return _renamed(change)
        case _:
            return ""


def _defined(change: Change) -> Iterator[str]:
    """Say how far a changed definition reaches."""
    for each in change.defines:
        if each.used:
            verb = "defines" if change.new_units else "defined"
            yield f"It {verb} “{each.term}”, used in {counted(len(each.used), 'other passage')}."


def _moved(change: Change) -> str:
    before = change.old_units[0].heading if change.old_units else ""
    if not before:
        return ""
    if before == change.heading:
        return f"Moved within “{before}”."
    return f"It stood in “{before}”."


def _reordered(change: Change) -> str:
    """Say which place each item had; silent where an item is not simply one of the old ones."""
    olds = [plain_words([unit]) for unit in change.old_units]
    news = [plain_words([unit]) for unit in change.new_units]
    if len(set(olds)) != len(olds) or not news or set(news) - set(olds):
        return "The items of a list stand in another order."
    places = ", ".join(str(olds.index(text) + 1) for text in news)
    return f"The same items in another order: what were {places} now stand from first to last."


def _renamed(change: Change) -> str:
    said = f"In {counted(len(change.occurrences), 'place')}."
    kept = len(change.not_replaced)
    if not kept:
        return said
    return f"{said} The old name still stands in {counted(kept, 'place')}."


def ignored_sentence(ignored: Mapping[str, int]) -> str:
    """Return what was left out, in one sentence, or an empty string."""
    parts = [
        f"{_IGNORED.get(key, key)} ({count})" for key, count in sorted(ignored.items()) if count
    ]
    return f"Not shown, since no words differ: {', '.join(parts)}." if parts else ""
