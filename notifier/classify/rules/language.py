"""Texts that are not in English."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.model import Finding
from notifier.classify.reading import read
from notifier.classify.rule import RuleKind
from notifier.classify.text import is_english

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.diff.model import Change


class Language:
    """The text is not plainly English, so these rules can not read it.

    True: "Wir verkaufen Ihre Daten nicht." Near miss: an English sentence that names a French law.
    """

    name = "language"
    kind = RuleKind.VETO

    def check(self, change: Change, context: Context) -> Finding | None:
        """Return why the change is not cleared, or nothing."""
        reading = read(change)
        if context.english and is_english(reading.old_text) and is_english(reading.new_text):
            return None
        return Finding(
            rule=self.name,
            says="The text is not plainly English, all that the rules read; a person must look.",
        )


rule = Language()
