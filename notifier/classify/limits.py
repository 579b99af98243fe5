"""What a changed number limits: how long, how old, how much."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.model import Ground
from notifier.classify.words import NUMBER_WORDS, UNITS, bag

if TYPE_CHECKING:
    from notifier.classify.reading import Reading
    from notifier.classify.text import Token

_DURATIONS = UNITS - bag("percent % business working")
_BETWEEN = bag("business working calendar full consecutive more other")
_AGES = bag("old age aged older younger over under minors child children")
_MONEY = bag("€ $ £ ¥ euro euros dollar dollars usd eur gbp pounds cents fee fees")
_GOVERNED = (
    (Ground.RETENTION, bag("keep kept keeps retain retained retains store stored stores delete "
                           "deleted deletes erase erased remove removed hold held archive archived "
                           "backup backups expire expires retention anonymise anonymised anonymize "
                           "anonymized")),
    (Ground.NOTICE, bag("tell notify notified announce announced effect effective advance notice")),
    (Ground.RIGHTS, bag("answer respond reply request requests object objection appeal withdraw "
                        "ask complaint opt copy")),
)  # fmt: skip
"""What a duration governs, by the words of its sentence; the first that fits."""


def limited(reading: Reading) -> Ground | None:
    """Return the ground on which a duration, an age or an amount that changed is a fact.

    Only where a number stands for a number and its unit stays; a number without a unit may be that
    of a section. A duration whose sentence says nothing of keeping, notice or requests has no
    ground.
    """
    for hunk in reading.hunks:
        if not (_is_number(hunk.old) and _is_number(hunk.new)):
            continue
        beside = tuple(token.key for token in hunk.before + hunk.after)
        unit = next((token.key for token in hunk.after if token.key not in _BETWEEN), "")
        if unit in _DURATIONS and not {"old", "age"} & set(beside):
            words = {token.key for token in reading.new}
            return next((ground for ground, verbs in _GOVERNED if verbs & words), None)
        if _AGES & set(beside):
            return Ground.CHILDREN
        if _MONEY & set(beside):
            return Ground.TERMS
    return None


def _is_number(run: tuple[Token, ...]) -> bool:
    return len(run) == 1 and (run[0].kind == "number" or run[0].key in NUMBER_WORDS)
