"""Hidden characters and look-alike letters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.model import Finding
from notifier.classify.reading import read
from notifier.classify.rule import RuleKind
from notifier.classify.text import hidden_words

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.diff.model import Change


class Hidden:
    """A word holds characters that a reader can not see, or letters of two alphabets.

    True: a zero-width space inside "not". Near miss: a zero-width space at the very edge of a
    heading, which joins and hides nothing.
    """

    name = "hidden-characters"
    kind = RuleKind.VETO

    def check(self, change: Change, context: Context) -> Finding | None:  # noqa: ARG002 - every rule has it
        """Return why the change is not cleared, or nothing."""
        reading = read(change)
        old, new = hidden_words(reading.old_text), hidden_words(reading.new_text)
        if old == new and reading.two_sided:
            return None
        if not old and not new:
            return None
        return Finding(
            rule=self.name,
            says="Hidden characters or look-alike letters stand in it; a person must look.",
            old=" ".join(old)[:200],
            new=" ".join(new)[:200],
        )


rule = Hidden()
