"""How fast and how many: a token bucket for the rate, the cap of the day from ``[mail]``."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class TokenBucket:
    """At most ``per_second`` messages a second, with a burst of no more than a fifth of a second.

    ``clock`` returns seconds and only runs forward.
    """

    def __init__(self, per_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._interval = 1.0 / per_second
        self._burst = max(0.2, self._interval) - self._interval
        self._clock = clock
        self._free_at = clock()

    def wait_seconds(self) -> float:
        """Take the next token and return how long to wait before using it."""
        now = self._clock()
        self._free_at = max(self._free_at, now - self._burst)
        wait = max(0.0, self._free_at - now)
        self._free_at += self._interval
        return wait


def cap_of_the_day(per_day: int, ramp: Sequence[int], days_before: int) -> int:
    """Return how many messages may leave today (UTC); 0 for no cap.

    ``ramp`` gives the first days on which anything was sent at all, ``per_day`` the ones after;
    ``days_before`` is on how many earlier days messages left.
    """
    return max(1, ramp[days_before]) if days_before < len(ramp) else per_day
