"""Whether a material change reaches information that the company already holds. Default: yes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.model import Ground
from notifier.classify.words import bag

if TYPE_CHECKING:
    from notifier.classify.facts import Evidence
    from notifier.classify.reading import Reading
    from notifier.classify.text import Token

_FUTURE_ONLY = frozenset({Ground.DATA, Ground.TRACKING, Ground.CHILDREN, Ground.TERMS})
_SIDE = 0.45
"""A second ground counts from this share of the first one's score."""
_HELD = bag(
    "share shares shared sharing disclose disclosed disclosure sell sold use uses used "
    "using retain retained keep kept store stored delete deleted deletion combine combined "
    "combining transfer transferred process processed consent access anonymised "
    "pseudonymised train"
)
_PRIVACY = bag(
    "personal privacy information data disclose cookies cookie collect consent delete "
    "retain profile email tracking identity"
)
"""Words of personal information. An account is not among them: who may open, share or lose one is a
matter of terms."""
_COLLECTS = bag("collect collects collected gather gathers track tracks record records receive")
_JOINING = bag("directed intended join joining register registering under older minimum")


def touches_stored(evidence: Evidence, reading: Reading, *, terms: bool = False) -> bool:
    """Return false only where every ground stands on the short future-only list, structurally.

    ``terms``: the text around is plainly one of terms or guidelines and speaks of no privacy.
    """
    ranked = evidence.ranked()
    if not ranked:
        return True
    top = evidence.scores[ranked[0]]
    weighty = {ground for ground in ranked if evidence.scores[ground] >= _SIDE * top}
    if not weighty <= _FUTURE_ONLY:
        return True
    words = reading.words
    if ranked[0] is Ground.TERMS:
        return not terms or bool(words & _PRIVACY)
    if not set(evidence.named) <= _FUTURE_ONLY or words & _HELD:
        return True
    if _is_there(reading.old) or _is_there(reading.new):
        return True
    # "Children" is about joining, "data" about collecting; anything else on these grounds is not.
    needed = {Ground.DATA: _COLLECTS, Ground.CHILDREN: _JOINING}.get(ranked[0])
    return needed is not None and not words & needed


def _is_there(side: tuple[Token, ...]) -> bool:
    """Return whether a passage speaks of what was taken before: "has collected", "given since"."""
    return any(
        (token.key in _PERFECT and any(after.key in _TAKEN for after in side[at + 1 : at + 3]))
        or (token.key in _TAKEN and any(after.key in _SINCE for after in side[at + 1 : at + 2]))
        for at, token in enumerate(side)
    )


_PERFECT = bag("has have had already")
_SINCE = bag("since before until previously earlier")
_TAKEN = bag("collected provided received submitted gathered obtained given recorded supplied")
