"""Read a policy's history from the rows, and its texts from the home."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifier.campaign.machine import APPROVED_STATES
from notifier.errors import EvidenceError, UnknownThingError
from notifier.policy.history import VersionFact
from notifier.sources.text import Reading, policy_from_bytes
from notifier.store.campaigns import find_campaign
from notifier.store.versions import authoritative

if TYPE_CHECKING:
    from datetime import datetime

    from notifier.home import Home
    from notifier.policy.model import Document
    from notifier.sources.text import PolicyFile
    from notifier.store.engine import Session
    from notifier.store.tables import CampaignRow, VersionRow


@dataclass(frozen=True, kw_only=True)
class History:
    """A policy's authoritative versions, oldest first, with what decides their states."""

    policy: str
    rows: dict[str, VersionRow]
    facts: tuple[VersionFact, ...]

    def row(self, version: str) -> VersionRow:
        """Return one version's row.

        :raises UnknownThingError: the policy has no such version
        """
        try:
            return self.rows[version]
        except KeyError as error:
            known = ", ".join(self.rows) or "none"
            raise UnknownThingError(
                f"Policy {self.policy!r} has no version {version!r}. Nothing was done.",
                next_step=f"Known versions: {known}. `notifier versions list` shows them.",
            ) from error

    def fact(self, version: str) -> VersionFact:
        """Return what decides one version's state."""
        return next(fact for fact in self.facts if fact.version == version)


def read_history(tx: Session, policy: str) -> History:
    """Return a policy's history as the rows have it."""
    rows = {row.version: row for row in authoritative(tx, policy)}
    facts = tuple(_fact(tx, row) for row in rows.values())
    return History(policy=policy, rows=rows, facts=facts)


def _fact(tx: Session, row: VersionRow) -> VersionFact:
    campaign = find_campaign(tx, f"{row.policy}@{row.version}")
    return VersionFact(
        version=row.version,
        effective_at=row.effective_at,
        draft=row.status == "draft",
        withdrawn=row.status == "withdrawn",
        needs_approval=campaign is not None or not row.historical,
        approved_at=_approved_at(campaign),
        not_before=campaign.not_before if campaign else None,
        new_people_at=row.new_people_at,
    )


def _approved_at(campaign: CampaignRow | None) -> datetime | None:
    if campaign is None or campaign.state not in APPROVED_STATES:
        return None
    return campaign.approved_at


def read_bytes(home: Home, row: VersionRow) -> bytes:
    """Return the stored bytes of a version, checked against the hash taken at the commit.

    :raises EvidenceError: the file is gone or is no longer what was committed
    """
    path = home.path / row.file
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise EvidenceError(
            f"The text of {row.policy}@{row.version} cannot be read: {path}: {error.strerror}."
            " Nothing was done.",
            next_step="Restore the file from your backup; its bytes are part of the proof.",
        ) from error
    if hashlib.sha256(raw).hexdigest() != row.raw_sha256:
        raise EvidenceError(
            f"{path} is no longer the text that was committed as {row.policy}@{row.version}."
            " Nothing was done.",
            next_step="Restore the file from your backup; committed bytes never change.",
        )
    return raw


def read_document(home: Home, row: VersionRow) -> Document:
    """Return a stored version, parsed.

    :raises EvidenceError: the file is gone or is no longer what was committed
    """
    return read_policy(home, row).document()


def read_policy(home: Home, row: VersionRow) -> PolicyFile:
    """Return a stored version as it was read when it was committed: bytes, text, markup.

    :raises EvidenceError: the file is gone or is no longer what was committed
    """
    return policy_from_bytes(
        read_bytes(home, row), reading=Reading(row.markup), name=str(home.path / row.file)
    )
