"""Date stamps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.proof import whole
from notifier.classify.reading import read
from notifier.classify.rule import RuleKind
from notifier.classify.stamps import is_stamp

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.diff.model import Change


class DateStamp:
    """The line says only when the text was changed or takes effect.

    True: "Last updated: 3 March 2021" → "Last updated: 7 April 2022". Near miss: "We deleted all
    logs on 3 March 2021".
    """

    name = "date-stamp"
    kind = RuleKind.PROOF

    def check(self, change: Change, context: Context) -> Finding | None:  # noqa: ARG002 - every rule has it
        """Return a proof over the whole change, or nothing."""
        reading = read(change)
        sides = [text for text in (reading.old_text, reading.new_text) if text.strip()]
        if not sides or not all(map(is_stamp, sides)):
            return None
        return whole(self.name, "A date stamp: it says only when the text was updated.", change)


rule = DateStamp()
