"""The possessive apostrophe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.proof import by_hunk
from notifier.classify.reading import read
from notifier.classify.rule import RuleKind

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.classify.reading import Hunk
    from notifier.classify.text import Token
    from notifier.diff.model import Change


class Apostrophe:
    """Only a possessive apostrophe comes or goes.

    True: "Bitwardens Service" → "Bitwarden's Service". Near miss: "we're" → "were"; "our partner's
    staff" → "our partners' staff", which are more.
    """

    name = "apostrophe"
    kind = RuleKind.PROOF

    def check(self, change: Change, context: Context) -> Finding | None:  # noqa: ARG002 - every rule has it
        """Return a proof over every such run, or nothing."""
        reading = read(change)

        def accounts(hunk: Hunk) -> bool:
            many = [
                any(_of_many(token, text) for token in run)
                for run, text in ((hunk.old, reading.old_text), (hunk.new, reading.new_text))
            ]
            old, new = hunk.windows()
            return not any(many) and _fold(old) == _fold(new)

        return by_hunk(self.name, "Only an apostrophe differs.", change, accounts)


def _of_many(token: Token, text: str) -> bool:
    """Return whether an apostrophe behind the word makes it that of several: "partners'"."""
    return text[token.end : token.end + 1] in {"'", "’"}


def _fold(keys: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(key[:-2] + "s" if key.endswith("'s") else key for key in keys)


rule = Apostrophe()
