"""Whether two units stand in the same place: same nearest heading, same lead-in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.context import split_number
from notifier.classify.text import fold

if TYPE_CHECKING:
    from notifier.policy.model import Unit


def same_place(one: Unit, two: Unit) -> bool:
    """Return whether both stand under the same heading and lead-in, numbers aside."""
    heading = split_number(one.heading)[1] == split_number(two.heading)[1]
    return heading and fold(one.lead_in) == fold(two.lead_in) and one.kind is two.kind
