"""Whether a campaign can still keep its dates: asked when it begins, goes on, and wakes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from notifier.classify.model import Route
from notifier.pipeline.acquire import zone_of_campaign
from notifier.pipeline.propose import sending_time
from notifier.pipeline.waves import hours_ahead
from notifier.plan.schedule import start_of_day
from notifier.store.backlog import DUE, counts
from notifier.store.campaigns import last_at
from notifier.store.waves import find_wave

if TYPE_CHECKING:
    from datetime import datetime

    from notifier.home import Home
    from notifier.store.engine import Session
    from notifier.store.tables import CampaignRow

OPEN = frozenset({*DUE, "claimed", "held"})
"""States of messages that still have to leave."""


def too_late_to_begin(home: Home, tx: Session, row: CampaignRow, now: datetime) -> bool:
    """Say whether what is left can no longer be sent before the retry reserve begins.

    Nothing is left, nobody is mailed, or the approval overrides the notice: never too late.
    """
    found = counts(tx, row.id)
    left = sum(found.get(state, 0) for state in OPEN)
    if not left or not _counts_days(row) or row.notify_by is None:
        return False
    hours = hours_ahead(home, tx, row.id, left, now)
    by = _all_out_by(row) - timedelta(seconds=sending_time(home, tx, left, hours))
    if not found.keys() & {"sent", "bounced"}:
        by = min(by, row.notify_by)
    return now > by


def too_late_to_go_on(home: Home, tx: Session, row: CampaignRow, now: datetime) -> str:
    """Return why a campaign that began in time must not go on as if it still were; else empty.

    Once somebody decided to go on, or it was opened again for people who came later, its messages
    leave whenever they can.
    """
    if not _counts_days(row) or row.notify_by is None:
        return ""
    wave = find_wave(tx, row.id)
    if wave is not None:
        by = _all_out_by(row) - timedelta(seconds=sending_time(home, tx, wave.held))
        if by < now and _began(tx, row) <= by:
            return f"the rest waits for the first wave ({wave.figures()}) and would now be late"
    begins = notice_begins(home, row)
    if begins <= now and _began(tx, row) < begins:
        waiting = sum(counts(tx, row.id).get(state, 0) for state in DUE)
        return f"{waiting} are not told, and their notice had to begin by now" if waiting else ""
    return ""


def _began(tx: Session, row: CampaignRow) -> datetime:
    """Return when somebody or the clock last let a campaign send, UTC; asked only when it counts.

    The ledger says it, and a long campaign has a long ledger.
    """
    return last_at(tx, ("start", "reopen"), campaign=row.id) or row.opened_at


def notice_begins(home: Home, row: CampaignRow) -> datetime:
    """Return the start of the first day of the notice, UTC: whoever is told later is told late."""
    effective = date.fromisoformat(row.effective_date)
    days = timedelta(days=row.approval["calendar"]["notice_days"])
    return start_of_day(effective - days, zone_of_campaign(home, row))


def _all_out_by(row: CampaignRow) -> datetime:
    """Return when the last message must have been tried, UTC: the retry reserve begins."""
    assert row.notify_by is not None  # noqa: S101  set by every approval
    return row.notify_by + timedelta(seconds=row.approval["calendar"]["sending_seconds"])


def _counts_days(row: CampaignRow) -> bool:
    return row.approval.get("route") == Route.EMAIL.value and not row.override_reason
