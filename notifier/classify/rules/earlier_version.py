"""Lines that say where earlier versions of the text are found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.proof import whole
from notifier.classify.reading import read
from notifier.classify.rule import RuleKind
from notifier.classify.words import bag

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.classify.text import Token
    from notifier.diff.model import Change

_EARLIER = bag("previous prior earlier archived older past")
_TEXT = bag("policy policies statement statements notice notices terms version versions")
_FIND = bag("see view read find review click visit available here archive archives")
_AROUND = bag(
    "you can may to our the this that these an a of is are at in on please here privacy cookie "
    "history page link dated"
)
_USE = bag("use service services")
_LONGEST = 18


class EarlierVersion:
    """The sentence says where an earlier version of the same text is found, and nothing else.

    True: "You can see our previous Privacy Policy here." was added. Near miss: "Our previous terms
    apply to you."; "For use of our services see the previous terms."
    """

    name = "earlier-version"
    kind = RuleKind.PROOF

    def check(self, change: Change, context: Context) -> Finding | None:  # noqa: ARG002 - every rule has it
        """Return a proof over the whole change, or nothing."""
        reading = read(change)
        if reading.words.isdisjoint(_EARLIER):
            return None
        sides = [side for side in (reading.old, reading.new) if side]
        for side in sides:
            words = _words(side)
            told = words & _EARLIER and words & _TEXT and words & _FIND
            if not told or len(side) > _LONGEST or words - _EARLIER - _TEXT - _FIND - _AROUND:
                return None
        if not sides:
            return None
        return whole(self.name, "It says where an earlier version of this text is found.", change)


def _words(side: tuple[Token, ...]) -> set[str]:
    """Return the words of a side; "terms of use" is one, what is for use is not."""
    keys = [token.key for token in side]
    return {
        key
        for at, key in enumerate(keys)
        if key not in _USE or keys[max(0, at - 2) : at] != ["terms", "of"]
    }


rule = EarlierVersion()
