"""How things are compared: ours and a baseline by turns, the best of each, and their ratio."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 3


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the table. Seconds are this machine's; only the ratio means anything."""

    what: str
    baseline: str
    clock: str
    ours_seconds: float
    baseline_seconds: float

    @property
    def ratio(self) -> float:
        """How many times as long as the baseline ours takes."""
        return self.ours_seconds / self.baseline_seconds


def compare(
    what: str,
    ours: Callable[[], object],
    baseline: str,
    theirs: Callable[[], object],
    *,
    waiting: bool = False,
) -> Row:
    """Run both by turns; the best round of each counts, since noise only ever adds.

    CPU time of the whole process, or wall time with ``waiting``, where disks and peers are part of
    the matter.
    """
    clock = time.perf_counter if waiting else time.process_time
    seconds: dict[Callable[[], object], list[float]] = {ours: [], theirs: []}
    for _ in range(ROUNDS):
        for work, times in seconds.items():
            began = clock()
            work()
            times.append(clock() - began)
    return Row(
        what=what,
        baseline=baseline,
        clock="wall" if waiting else "CPU",
        ours_seconds=min(seconds[ours]),
        baseline_seconds=min(seconds[theirs]),
    )
