"""Content keys: the same change has the same key, whichever baseline it is seen from."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from notifier.diff.model import ChangeKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from notifier.diff.model import Change
    from notifier.policy.model import Unit

CHANGE_KEY_LENGTH = 12
"""Hex digits: 48 bits, for at most some thousand changes of one campaign."""
COHORT_KEY_LENGTH = 10

_FAMILIES = {
    ChangeKind.MOVED: "place",
    ChangeKind.REORDERED: "place",
    ChangeKind.RENUMBERED: "place",
    ChangeKind.RENAMED: "name",
}
"""A change of place says something else than a change of words, even over the same texts."""


def change_key(change: Change) -> str:
    """Return the short hex key of what a change says.

    It depends on the family of its kind (words, place, name) and on the words of both sides as a
    reader sees them; not on positions, numbering, markup, white space or headings.
    """
    family = _FAMILIES.get(change.kind, "words")
    old = _words(change.old_units, change.old)
    new = _words(change.new_units, change.new)
    return short_hash([family, old, new], CHANGE_KEY_LENGTH)


def short_hash(value: object, length: int) -> str:
    """Return the first ``length`` hex digits of the SHA-256 over a value's JSON."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:length]


def _words(units: Iterable[Unit], exact: str) -> str:
    seen = " ".join(unit.text for unit in units) or exact
    return " ".join(seen.split())
