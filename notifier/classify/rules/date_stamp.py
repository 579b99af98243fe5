"""Date stamps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.proof import by_hunk, whole
from notifier.classify.reading import read
from notifier.classify.rule import RuleKind
from notifier.classify.stamps import is_stamp, stamped, unstamped
from notifier.classify.text import fold

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.classify.reading import Hunk
    from notifier.classify.text import Token
    from notifier.diff.model import Change
_SAYS = "A date stamp: it says only when the text was updated."


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
        if sides and all(map(is_stamp, sides)):
            return whole(self.name, _SAYS, change)
        if reading.two_sided and _same_title(reading.old_text, reading.new_text):
            return whole(self.name, _SAYS, change)
        spans = [stamped(reading.old_text), stamped(reading.new_text)]

        def accounts(hunk: Hunk) -> bool:
            return _within(hunk.old, spans[0]) and _within(hunk.new, spans[1])

        return by_hunk(self.name, _SAYS, change, accounts) if all(spans) else None


def _same_title(old: str, new: str) -> bool:
    """Return whether two titles are one but for a stamp in brackets behind either."""
    bare = unstamped(old), unstamped(new)
    return bare != (old, new) and fold(bare[0]) == fold(bare[1])


def _within(run: tuple[Token, ...], spans: tuple[tuple[int, int], ...]) -> bool:
    return all(
        any(start <= token.start and token.end <= end for start, end in spans) for token in run
    )


rule = DateStamp()
