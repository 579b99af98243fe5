"""Take an approval back: only while nobody was told anything under it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.campaign.machine import CampaignEvent, CampaignState, next_state
from notifier.errors import InputError, PromiseError
from notifier.pipeline.moves import turn_to
from notifier.store import ledger
from notifier.store.audience import discard
from notifier.store.campaigns import maybe_told, replace_skeletons

if TYPE_CHECKING:
    from datetime import datetime

    from notifier.store.engine import Session
    from notifier.store.tables import CampaignRow


def touch(tx: Session, row: CampaignRow, *, actor: str, now: datetime, why: str) -> None:
    """Prepare a change of what an approval binds: void the approval, or refuse when it is used.

    :raises InputError: the campaign is over
    :raises PromiseError: people were already told
    """
    if row.state == CampaignState.PROPOSED:
        return
    next_state(row.state, CampaignEvent.VOID, campaign=row.id)
    refuse_if_told(tx, row)
    digest = row.approved_digest
    void(tx, row, CampaignEvent.VOID)
    body = {"digest": digest, "why": why, "actor": actor}
    ledger.append(tx, now=now, kind="approval_voided", campaign=row.id, body=body)


def void_approval(tx: Session, row: CampaignRow, *, now: datetime, why: str) -> None:
    """Take an approval back because what it binds is no longer so; nothing was sent under it."""
    touch(tx, row, actor="", now=now, why=why)


def refuse_if_told(tx: Session, row: CampaignRow) -> None:
    """Refuse to change what anybody was, or may have been, told.

    :raises PromiseError: a message was accepted, or left without an answer that was read
    """
    if maybe_told(tx, row.id):
        raise PromiseError(
            f"People were already told what {row.id} says and when it takes effect; that cannot be"
            " changed behind them. Nothing was done.",
            code="already_told",
            next_step=f"`notifier campaign cancel {row.id}`, then commit what is to be said as a"
            " new version.",
        )


def void(tx: Session, row: CampaignRow, event: CampaignEvent) -> None:
    """Put a campaign back before its approval: words, audience and dates are forgotten."""
    turn_to(row, event)
    row.approved_by, row.approved_digest, row.approved_at = "", "", None
    row.not_before, row.notify_by, row.override_reason, row.approval = None, None, "", {}
    tx.add(row)
    replace_skeletons(tx, row.id, [])
    discard(tx, row.id)


def need_text(text: str, what: str) -> None:
    """Refuse an act without its reason or words.

    :raises InputError: there are none
    """
    if not text.strip():
        raise InputError(
            f"Missing {what}. Nothing was recorded.", next_step="Say it in a sentence."
        )
