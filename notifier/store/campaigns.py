"""Rows of campaigns, rulings, notes and approved words."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import and_, delete, exists, func, or_
from sqlmodel import Session, col, select

from notifier.store.tables import CampaignRow, EntryRow, MessageRow, NoteRow, RulingRow, SkeletonRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def find_campaign(tx: Session, campaign: str) -> CampaignRow | None:
    """Return one campaign, or nothing."""
    return tx.get(CampaignRow, campaign)


def all_campaigns(tx: Session) -> Sequence[CampaignRow]:
    """Return every campaign in the order they were opened."""
    return tx.exec(
        select(CampaignRow).order_by(col(CampaignRow.opened_at), col(CampaignRow.id))
    ).all()


def rulings_of(tx: Session, campaign: str) -> dict[str, RulingRow]:
    """Return the reviewer's last word on each change, by content key."""
    rows = tx.exec(
        select(RulingRow).where(RulingRow.campaign == campaign).order_by(col(RulingRow.id))
    )
    return {row.change_key: row for row in rows}


def notes_of(tx: Session, campaign: str) -> dict[tuple[str, str], NoteRow]:
    """Return legal's last words by (change key or empty, locale)."""
    rows = tx.exec(select(NoteRow).where(NoteRow.campaign == campaign).order_by(col(NoteRow.id)))
    return {(row.change_key, row.locale): row for row in rows}


def replace_skeletons(tx: Session, campaign: str, skeletons: Iterable[SkeletonRow]) -> None:
    """Store the approved words of a campaign in place of any earlier ones."""
    tx.exec(delete(SkeletonRow).where(col(SkeletonRow.campaign) == campaign))
    tx.add_all(list(skeletons))
    tx.flush()


def skeletons_of(tx: Session, campaign: str) -> dict[tuple[str, str, str], SkeletonRow]:
    """Return the approved words by (kind, cohort, locale)."""
    rows = tx.exec(select(SkeletonRow).where(SkeletonRow.campaign == campaign))
    return {(row.kind, row.cohort, row.locale): row for row in rows}


def last_seq(tx: Session, kinds: Sequence[str], *, campaign: str = "") -> int:
    """Return the number of the last ledger entry of these kinds; 0 where there is none."""
    query = select(func.max(EntryRow.seq)).where(col(EntryRow.kind).in_(kinds))
    if campaign:
        query = query.where(EntryRow.campaign == campaign)
    return tx.exec(query).one() or 0


def last_at(tx: Session, kinds: Sequence[str], *, campaign: str) -> datetime | None:
    """Return the instant of a campaign's last ledger entry of these kinds, UTC, or nothing."""
    query = select(EntryRow.at).where(EntryRow.campaign == campaign, col(EntryRow.kind).in_(kinds))
    found = tx.exec(query.order_by(col(EntryRow.seq).desc()).limit(1)).first()
    return None if found is None else datetime.fromisoformat(found)


def maybe_told(tx: Session, campaign: str) -> bool:
    """Say whether a message of a campaign was accepted, or left and nobody knows."""
    left = or_(
        col(MessageRow.state).in_(("sent", "unknown")),
        and_(col(MessageRow.state) == "claimed", col(MessageRow.intent_at).is_not(None)),
    )
    if tx.exec(select(exists().where(col(MessageRow.campaign) == campaign, left))).one():
        return True
    # What was in doubt once and waits again, held or deferred, may have arrived.
    doubted = exists().where(
        col(EntryRow.campaign) == campaign,
        col(EntryRow.kind) == "outcome",
        col(EntryRow.seq) > last_seq(tx, ("approval",), campaign=campaign),
        col(EntryRow.body).contains('"state":"unknown"'),
    )
    return bool(tx.exec(select(doubted)).one())
