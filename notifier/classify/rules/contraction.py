"""Contractions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.proof import by_fold
from notifier.classify.rule import RuleKind

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.diff.model import Change

_WHOLE = {
    "can't": ("can", "not"),
    "cannot": ("can", "not"),
    "won't": ("will", "not"),
    "shan't": ("shall", "not"),
    "let's": ("let", "us"),
    "it's": ("it", "is"),
    "that's": ("that", "is"),
    "here's": ("here", "is"),
    "there's": ("there", "is"),
}
_ENDINGS = (("n't", "not"), ("'re", "are"), ("'ll", "will"), ("'ve", "have"), ("'m", "am"))


class Contraction:
    """A short form is written out, or the other way round.

    True: "don't" → "do not". Near miss: "don't" → "do", "we'd" → "we would" (it may be "we had").
    """

    name = "contraction"
    kind = RuleKind.PROOF

    def check(self, change: Change, context: Context) -> Finding | None:  # noqa: ARG002 - every rule has it
        """Return a proof over every such run, or nothing."""
        return by_fold(self.name, "A short form is written out, or the reverse.", change, _fold)


def _fold(keys: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for key in keys for word in _expand(key))


def _expand(key: str) -> tuple[str, ...]:
    if key in _WHOLE:
        return _WHOLE[key]
    for ending, word in _ENDINGS:
        if key.endswith(ending) and len(key) > len(ending):
            return key[: -len(ending)], word
    return (key,)


rule = Contraction()
