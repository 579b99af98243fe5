"""Words written together or apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.proof import by_hunk
from notifier.classify.rule import RuleKind
from notifier.classify.words import MODALS, NEGATIONS, bag, is_guarded

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.classify.reading import Hunk
    from notifier.diff.model import Change

_NEVER = NEGATIONS | MODALS
_OPENS_ANOTHER = bag(
    "in un re de dis im ir il a an any every some all no may with under over out up on off with "
    "mis counter pre"
)
"""First parts that make another word: "in secure", "re lease", "a part", "may be"."""


class JoinedWords:
    """The same letters, written together or apart.

    True: "andto" → "and to", "web site" → "website". Near miss: "no table" → "notable", "in secure"
    → "insecure", "re-sign" → "resign".
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
            is_word = any(map(context.lexicon.is_word, _longer(old, new)))
            if is_word and any(is_guarded(key) or key in _OPENS_ANOTHER for key in old + new):
                return False
            kinds = {token.kind for token in hunk.old + hunk.new}
            return kinds == {"word"} and "".join(old) == "".join(new)

        return by_hunk(self.name, "The same words, written together or apart.", change, accounts)


def _longer(old: tuple[str, ...], new: tuple[str, ...]) -> tuple[str, ...]:
    return old if len(old) < len(new) else new


rule = JoinedWords()
