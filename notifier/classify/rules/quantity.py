"""The same number in other words."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from notifier.classify.proof import by_fold
from notifier.classify.rule import RuleKind
from notifier.classify.words import NUMBER_WORDS

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.diff.model import Change

_MONTHS = {"month": 1, "months": 1, "year": 12, "years": 12}


class Quantity:
    """The same number or the same length of time, written otherwise.

    True: "30 days" → "thirty (30) days", "12 months" → "one year". Near miss: "30 days" → "one
    month", "30 days" → "30 business days".
    """

    name = "same-quantity"
    kind = RuleKind.PROOF

    def check(self, change: Change, context: Context) -> Finding | None:  # noqa: ARG002 - every rule has it
        """Return a proof over every such run, or nothing."""
        return by_fold(self.name, "The same number, written otherwise.", change, _fold)


def _fold(keys: tuple[str, ...]) -> tuple[str, ...]:
    numbers = [str(NUMBER_WORDS[key]) if key in NUMBER_WORDS else key for key in keys]
    kept: list[str] = []
    spelled = False
    for original, number in zip(keys, numbers, strict=True):
        # "thirty (30)": the words and the figure are one number.
        if spelled and kept[-1] == number and original.isdigit():
            continue
        kept.append(number)
        spelled = original in NUMBER_WORDS
    return tuple(_durations(kept))


def _durations(keys: list[str]) -> list[str]:
    kept: list[str] = []
    for key in keys:
        factor = _MONTHS.get(key)
        if factor and kept and kept[-1].isascii() and kept[-1].isdigit() and len(kept[-1]) < 5:  # noqa: PLR2004 - no duration has five digits
            kept[-1] = f"{Fraction(int(kept[-1])) * factor}"
            kept.append("=months")
        else:
            kept.append(key)
    return kept


rule = Quantity()
