"""Words written together or apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.proof import by_hunk
from notifier.classify.rule import RuleKind
from notifier.classify.words import MODALS, NEGATIONS, is_guarded

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.classify.reading import Hunk
    from notifier.diff.model import Change

_NEVER = NEGATIONS | MODALS


class JoinedWords:
    """The same letters, written together or apart.

    True: "andto" → "and to", "web site" → "website". Near miss: "no table" → "notable".
    """

    name = "joined-words"
    kind = RuleKind.PROOF

    def check(self, change: Change, context: Context) -> Finding | None:
        """Return a proof over every run that only gains or loses a space, or nothing."""

        def accounts(hunk: Hunk) -> bool:
            old, new = hunk.old_keys, hunk.new_keys
            if not old or not new:
                return False
            # "anymore" and "any more" differ; "moresecure" is no word and has one meaning only.
            if _NEVER & set(old + new):
                return False
            is_word = any(key in context.lexicon.known for key in _longer(old, new))
            if is_word and any(map(is_guarded, old + new)):
                return False
            kinds = {token.kind for token in hunk.old + hunk.new}
            return kinds == {"word"} and "".join(old) == "".join(new)

        return by_hunk(self.name, "The same words, written together or apart.", change, accounts)


def _longer(old: tuple[str, ...], new: tuple[str, ...]) -> tuple[str, ...]:
    return old if len(old) < len(new) else new


rule = JoinedWords()
