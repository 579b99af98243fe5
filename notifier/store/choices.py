"""Rows of people's explicit decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import Session, col, select

from notifier.store.tables import ChoiceRow, MessageRow

if TYPE_CHECKING:
    from collections.abc import Sequence


def last_choice(tx: Session, campaign: str, person_id: str) -> ChoiceRow | None:
    """Return the last explicit decision of a person in a campaign, or nothing."""
    return tx.exec(
        select(ChoiceRow)
        .where(ChoiceRow.campaign == campaign, ChoiceRow.person_id == person_id)
        .order_by(col(ChoiceRow.id).desc())
        .limit(1)
    ).first()


def choices(tx: Session, campaign: str | None = None) -> Sequence[ChoiceRow]:
    """Return every decision, oldest first."""
    query = select(ChoiceRow).order_by(col(ChoiceRow.id))
    return tx.exec(query.where(ChoiceRow.campaign == campaign) if campaign else query).all()


def message_by_ref(tx: Session, ref: str) -> MessageRow | None:
    """Return the message that a choice link names, or nothing."""
    return tx.exec(select(MessageRow).where(MessageRow.ref == ref)).first()


def message_of(tx: Session, campaign: str, person_id: str) -> MessageRow | None:
    """Return a person's notice in a campaign, or nothing."""
    return tx.exec(
        select(MessageRow).where(
            MessageRow.campaign == campaign,
            MessageRow.person_id == person_id,
            MessageRow.kind == "notice",
        )
    ).first()


def messages_of(tx: Session, person_id: str) -> Sequence[MessageRow]:
    """Return every message of a person, oldest first."""
    return tx.exec(
        select(MessageRow).where(MessageRow.person_id == person_id).order_by(col(MessageRow.id))
    ).all()
