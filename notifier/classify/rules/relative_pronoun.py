"""The "that" which English may leave out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.proof import by_hunk
from notifier.classify.reading import read
from notifier.classify.rule import RuleKind
from notifier.classify.words import bag

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.classify.reading import Hunk
    from notifier.diff.model import Change

_SUBJECTS = bag("we you they it he she i")
_REDUCED = {("that", "is"), ("that", "are"), ("which", "is"), ("which", "are"), ()}
_BEFORE = bag("so such provided given now except in but other than only those not and or")
"""Words with which "that" is a conjunction of its own, or opens a second restriction."""
_IRREGULAR = bag(
    "held kept made shown sent given taken written set known found sold built bound done gone"
)


class RelativePronoun:
    """Only a "that" which English may leave out comes, goes or turns into "which".

    True: "information we collect" → "information that we collect"; "data that is stored in France"
    → "data stored in France". Near miss: "so you may object" → "so that you may object"; "share
    information" → "share that information".
    """

    name = "relative-pronoun"
    kind = RuleKind.PROOF

    def check(self, change: Change, context: Context) -> Finding | None:  # noqa: ARG002 - every rule has it
        """Return a proof over every such word, or nothing."""

        def accounts(hunk: Hunk) -> bool:
            if not hunk.before or not hunk.after or hunk.before[-1].key in _BEFORE:
                return False
            following, sides = hunk.after[0].key, {hunk.old_keys, hunk.new_keys}
            if following in _SUBJECTS:
                return sides in ({("that",), ()}, {("that",), ("which",)})
            participle = following.endswith("ed") or following in _IRREGULAR
            return participle and sides <= _REDUCED and () in sides and not _comma(hunk, change)

        return by_hunk(
            self.name,
            "A “that” which may be left out; the sentence says the same.",
            change,
            accounts,
        )


def _comma(hunk: Hunk, change: Change) -> bool:
    """Return whether the words stand behind a comma.

    With it the clause tells something of all ("partners, which are based in France"), without it of
    some.
    """
    reading = read(change)
    text, run = (reading.old_text, hunk.old) if hunk.old else (reading.new_text, hunk.new)
    return "," in text[max(0, run[0].start - 2) : run[0].start]


rule = RelativePronoun()
