"""The only place that leads a campaign from one state to the next; every step is an entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notifier.campaign.machine import CampaignEvent, CampaignState, next_state
from notifier.store import ledger

if TYPE_CHECKING:
    from datetime import datetime

    from notifier.store.engine import Session
    from notifier.store.tables import CampaignRow

OPENED = next_state(None, CampaignEvent.PROPOSE)
"""The state in which a campaign begins."""


def turn_to(row: CampaignRow, event: CampaignEvent, *, reason: str = "") -> CampaignState:
    """Put a campaign into the state that an event leads to; the caller writes the entry.

    :raises InputError: not possible from where it stands; nothing was changed
    """
    row.state = state = next_state(row.state, event, campaign=row.id)
    row.state_reason = reason
    return state


def move(
    tx: Session,
    row: CampaignRow,
    event: CampaignEvent,
    now: datetime,
    *,
    reason: str = "",
    actor: str = "",
    **more: Any,
) -> None:
    """Lead a campaign to its next state and write down who did it, in the caller's transaction.

    ``actor`` is empty where the program did it by itself; ``more`` goes into the entry.

    :raises InputError: not possible from where it stands; nothing was changed
    """
    turn_to(row, event, reason=reason)
    tx.add(row)
    body = {"state": row.state, "reason": reason, "actor": actor, **more}
    ledger.append(tx, now=now, kind=event.value, campaign=row.id, body=body)
