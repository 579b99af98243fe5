"""Whether a material change lets the company do more (wider) or less (narrower)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.model import Direction, Ground
from notifier.classify.words import NEGATIONS, bag

if TYPE_CHECKING:
    from notifier.classify.reading import Reading
    from notifier.classify.text import Token

_PROMISES = frozenset({Ground.RIGHTS, Ground.SECURITY, Ground.NOTICE, Ground.CHILDREN})
"""Grounds where more words mean more promise, not more practice."""
_OPEN = frozenset({Ground.CONTROLLER, Ground.LEGAL})
_LIMITS = bag(
    "only solely exclusively consent permission anonymised anonymized encrypted aggregate "
    "aggregated limited without"
)
_ESCAPES = bag(
    "except unless generally mainly usually may might some where applicable endeavour "
    "endeavor strive should indefinitely any"
)
_FIRM = {"must": 3, "will": 3, "shall": 3, "always": 3, "do": 2, "should": 2, "may": 1, "might": 1,
         "generally": 1, "strive": 1, "endeavour": 1, "endeavor": 1, "can": 1}  # fmt: skip


def direction(reading: Reading, ground: Ground) -> Direction:
    """Return what the change does to the promise, as far as words show; ``neutral`` if in doubt."""
    promise = ground in _PROMISES
    if not reading.two_sided:
        return _one_sided(reading, ground)
    for judged in (
        _polarity(reading),
        _limits(reading),
        _firmness(reading, promise=promise),
        _numbers(reading, ground),
    ):
        if judged is not None:
            wider, practice_first = judged
            return _of(wider != (promise and practice_first))
    return _balance(reading, promise=promise, ground=ground)


def _of(wider: bool) -> Direction:
    return Direction.WIDER if wider else Direction.NARROWER


def _count(side: tuple[Token, ...], words: frozenset[str]) -> int:
    return sum(token.key in words for token in side)


def _one_sided(reading: Reading, ground: Ground) -> Direction:
    if ground in _OPEN:
        return Direction.NEUTRAL
    side = reading.old or reading.new
    limits = bool(_count(side, NEGATIONS) or _count(side, _LIMITS))
    # "We do not …" and "You may …" are promises; a statement of practice is none.
    is_promise = True if ground in _PROMISES else limits
    added = not reading.old
    return _of(is_promise != added)


def _polarity(reading: Reading) -> tuple[bool, bool] | None:
    lost, gained = _count(reading.deleted, NEGATIONS), _count(reading.inserted, NEGATIONS)
    if (lost - gained) % 2 == 0:
        return None
    return lost > gained, True


def _limits(reading: Reading) -> tuple[bool, bool] | None:
    old = _count(reading.deleted, _LIMITS) - _count(reading.deleted, _ESCAPES)
    new = _count(reading.inserted, _LIMITS) - _count(reading.inserted, _ESCAPES)
    return None if old == new else (old > new, False)


def _firmness(reading: Reading, *, promise: bool) -> tuple[bool, bool] | None:
    old = max((_FIRM.get(token.key, 0) for token in reading.deleted), default=0)
    new = max((_FIRM.get(token.key, 0) for token in reading.inserted), default=0)
    if not old or not new or old == new:
        return None
    return (old > new, False) if promise else (new > old, False)


def _numbers(reading: Reading, ground: Ground) -> tuple[bool, bool] | None:
    old = [int(t.key) for t in reading.deleted if t.key.isascii() and t.key.isdigit()]
    new = [int(t.key) for t in reading.inserted if t.key.isascii() and t.key.isdigit()]
    if len(old) != 1 or len(new) != 1 or old == new:
        return None
    more = new > old
    return (not more, False) if ground in {Ground.CHILDREN, Ground.NOTICE} else (more, False)


def _balance(reading: Reading, *, promise: bool, ground: Ground) -> Direction:
    if ground in _OPEN or bool(reading.deleted) == bool(reading.inserted):
        return Direction.NEUTRAL
    return _of(bool(reading.inserted) != promise)
