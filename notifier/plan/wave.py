"""The first wave: a few people are told first, then the rest waits for what becomes of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class WaveVerdict(StrEnum):
    """What a first wave says about the rest."""

    WAIT = "wait"
    """It is still out, or the hold is not over."""
    RELEASE = "release"
    """The rest may go."""
    ASK = "ask"
    """Too many were refused, or nobody took it: a person decides."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wave:
    """A first wave as the rows have it."""

    accepted: int
    refused: int
    """Recipients that the relay refused for good."""
    open: int
    """Messages of the wave that are not settled: planned, claimed, deferred, in doubt."""
    held: int
    """Messages of everybody else, held for the wave."""
    last_outcome_at: datetime
    """Of the last message that was settled, UTC; before the first, when the rest was held."""

    @property
    def share(self) -> float:
        """Return the share of refused recipients among those who were asked, 0 to 1."""
        asked = self.accepted + self.refused
        return self.refused / asked if asked else 0.0

    def goes_on_at(self, hold_hours: float) -> datetime | None:
        """Return when the hold ends, UTC; nothing while the wave is out."""
        return None if self.open else self.last_outcome_at + timedelta(hours=hold_hours)

    def verdict(self, *, hold_hours: float, max_bounce: float, now: datetime) -> WaveVerdict:
        """Say whether the rest may go at ``now``.

        Too many refusals ask at once when the wave is settled: waiting could only add to them. So
        does a wave that nobody took, which proves nothing.
        """
        goes_on = self.goes_on_at(hold_hours)
        if goes_on is None:
            return WaveVerdict.WAIT
        if not self.accepted or self.share > max_bounce:
            return WaveVerdict.ASK
        return WaveVerdict.RELEASE if now >= goes_on else WaveVerdict.WAIT

    def figures(self) -> str:
        """Return what became of the wave, in a few words."""
        return (
            f"{self.accepted} accepted, {self.refused} refused ({self.share:.1%}), {self.held} held"
        )
