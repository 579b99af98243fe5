"""Rows of committed versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import Session, col, select

from notifier.store.tables import VersionRow

if TYPE_CHECKING:
    from collections.abc import Sequence


def find_version(tx: Session, policy: str, version: str, locale: str) -> VersionRow | None:
    """Return one stored text, or nothing."""
    return tx.exec(
        select(VersionRow).where(
            VersionRow.policy == policy, VersionRow.version == version, VersionRow.locale == locale
        )
    ).first()


def authoritative(tx: Session, policy: str) -> Sequence[VersionRow]:
    """Return the authoritative texts of a policy, drafts too, in the order they take effect."""
    return tx.exec(
        select(VersionRow)
        .where(VersionRow.policy == policy, col(VersionRow.authoritative))
        .order_by(col(VersionRow.effective_at), col(VersionRow.id))
    ).all()


def translations(tx: Session, policy: str, version: str) -> Sequence[VersionRow]:
    """Return the translations of one version, by locale."""
    return tx.exec(
        select(VersionRow)
        .where(
            VersionRow.policy == policy,
            VersionRow.version == version,
            ~col(VersionRow.authoritative),
        )
        .order_by(col(VersionRow.locale))
    ).all()


def all_versions(tx: Session) -> Sequence[VersionRow]:
    """Return every stored text of every policy, in the order they were committed."""
    return tx.exec(select(VersionRow).order_by(col(VersionRow.id))).all()
