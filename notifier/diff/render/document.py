"""The diff as the JSON document of the contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notifier.diff.model import Change, ChangeKind, Diff
from notifier.diff.tiling import full as tile

if TYPE_CHECKING:
    from notifier.policy.model import Span

SCHEMA = "notifier.diff/1"


def diff_document(diff: Diff, *, full: bool) -> dict[str, Any]:
    """Return the document; with ``full`` the pieces tile both texts byte for byte.

    Spans are ``[start, end]`` in bytes of the UTF-8 source, or null.
    """
    changes = tile(diff) if full else diff.changes
    return {
        "schema": SCHEMA,
        "parser": diff.new.parser,
        "changes": [change_document(change) for change in changes],
        "ignored": dict(sorted(diff.ignored.items())),
        "notes": [*diff.notes],
    }


def change_document(change: Change) -> dict[str, Any]:
    """Return one change as plain JSON values."""
    document: dict[str, Any] = {
        "id": change.id,
        "kind": change.kind.value,
        "edited": change.edited,
        "heading": change.heading,
        "old": change.old,
        "new": change.new,
        "old_span": _span(change.old_span),
        "new_span": _span(change.new_span),
        "words": [{"op": word.op.value, "text": word.text} for word in change.words],
    }
    if change.kind is ChangeKind.RENAMED:
        document["occurrences"] = [[_span(old), _span(new)] for old, new in change.occurrences]
        document["not_replaced"] = [_span(span) for span in change.not_replaced]
    if change.defines:
        document["defines"] = [
            {"term": each.term, "used": [_span(span) for span in each.used]}
            for each in change.defines
        ]
    return document


def _span(span: Span | None) -> list[int] | None:
    return None if span is None else [span.start, span.end]
