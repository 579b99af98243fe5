"""The ledger in the database: table ``entry``, written only by appending.

``append`` takes part in the caller's writing transaction, so an act and its entry are stored
together or not at all. Triggers in the database refuse any change of what was written.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from notifier.errors import EvidenceError
from notifier.evidence.chain import GENESIS, Act, Entry, Head, check_chain, seal
from notifier.evidence.checkpoint import (
    newest_checkpoint,
    read_checkpoints,
    sign_checkpoint,
    start_of,
    write_checkpoint,
)
from notifier.store.tables import EntryRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from sqlmodel import Session

    from notifier.evidence.checkpoint import Checkpoint
    from notifier.evidence.keys import Signer

_BATCH = 1000
_TABLE = EntryRow.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_FIELDS = ("seq", "at", "kind", "campaign", "subject", "body", "prev", "hash")


def append(
    tx: Session,
    *,
    now: datetime,
    kind: str,
    body: Mapping[str, Any],
    campaign: str = "",
    subject: str = "",
) -> Entry:
    """Put one act at the end of the chain, in the caller's writing transaction.

    ``subject`` is a person's commitment; ``body`` holds no personal data.

    :raises ValueError: the act cannot be sealed (``evidence.chain.seal``)
    """
    act = Act(kind=kind, body=body, campaign=campaign, subject=subject)
    entry = seal(head(tx), act, now=now)
    tx.connection().execute(insert(_TABLE), _row(entry))
    return entry


def append_many(tx: Session, *, now: datetime, acts: Iterable[Act]) -> int:
    """Put many acts at the end of the chain, in order, and return how many.

    The acts are taken as they come and never held all at once; ``acts`` may itself read from
    ``tx``, but must not append.

    :raises ValueError: one of them cannot be sealed; the caller's transaction must be rolled back
    """
    end, count = head(tx), 0
    connection, source = tx.connection(), iter(acts)
    while True:
        rows = []
        for act in islice(source, _BATCH):
            entry = seal(end, act, now=now)
            end = entry.head
            rows.append(_row(entry))
        if not rows:
            return count
        connection.execute(insert(_TABLE), rows)
        count += len(rows)


def head(tx: Session) -> Head:
    """Return the chain's end; ``GENESIS`` where there are no entries."""
    last = select(_TABLE.c.seq, _TABLE.c.hash).order_by(_TABLE.c.seq.desc()).limit(1)
    row = tx.connection().execute(last).first()
    return Head(seq=row.seq, hash=row.hash) if row else GENESIS


def entries(
    tx: Session, *, after: int = 0, campaign: str | None = None, subject: str | None = None
) -> Iterator[Entry]:
    """Yield the entries behind number ``after`` in order, streamed, all or of one campaign."""
    query = select(*(_TABLE.c[name] for name in _FIELDS)).where(_TABLE.c.seq > after)
    if campaign is not None:
        query = query.where(_TABLE.c.campaign == campaign)
    if subject is not None:
        query = query.where(_TABLE.c.subject == subject)
    rows = tx.connection().execute(
        query.order_by(_TABLE.c.seq), execution_options={"yield_per": _BATCH}
    )
    for row in rows:
        yield Entry(**row._mapping)  # noqa: SLF001  SQLAlchemy's public name for it


def of_kinds(tx: Session, kinds: Sequence[str]) -> Iterator[Entry]:
    """Yield the entries of some kinds in order, streamed; a long campaign's others stay unread."""
    query = select(*(_TABLE.c[name] for name in _FIELDS)).where(_TABLE.c.kind.in_(kinds))
    rows = tx.connection().execute(
        query.order_by(_TABLE.c.seq), execution_options={"yield_per": _BATCH}
    )
    for row in rows:
        yield Entry(**row._mapping)  # noqa: SLF001  SQLAlchemy's public name for it


def _row(entry: Entry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in _FIELDS}


def disagreement(tx: Session, checkpoint: Checkpoint | None) -> str:
    """Return why the database cannot be the one a checkpoint was taken of, or nothing.

    A database that was restored from before the checkpoint, or made anew, must not send.
    """
    if checkpoint is None or checkpoint.head == GENESIS:
        return ""
    known = select(_TABLE.c.hash).where(_TABLE.c.seq == checkpoint.seq)
    found = tx.connection().execute(known).scalar()
    if found is None:
        return (
            f"the database ends at entry {head(tx).seq}, before {checkpoint.name}: it was restored"
            " from an older copy"
        )
    if found != checkpoint.hash:
        return f"entry {checkpoint.seq} is not the one that {checkpoint.name} signs"
    return ""


def take_checkpoint(tx: Session, folder: Path, signer: Signer, *, now: datetime) -> Checkpoint:
    """Check the chain from the newest checkpoint on, sign its end and write the file.

    Nothing is signed that was not checked: otherwise a tampered chain would be vouched for. With
    nothing new since the newest checkpoint, that one is returned.

    :raises EvidenceError: the chain is broken or not the one of the newest checkpoint
    :raises OutsideError: the file cannot be written
    """
    newest = newest_checkpoint(folder, key=signer.fingerprint)
    fault = disagreement(tx, newest)
    if fault:
        raise EvidenceError(
            f"No checkpoint was taken: {fault}.",
            code="restored_database",
            next_step="Run `notifier evidence verify`; was the restore meant, `campaign decide`.",
        )
    end = start_of(newest)
    for entry in check_chain(entries(tx, after=end.seq), end):
        end = entry.head
    if newest is not None and end == newest.head:
        return newest
    checkpoint = sign_checkpoint(signer, end, now=now)
    write_checkpoint(folder, checkpoint)
    return checkpoint


def accept_restored(
    tx: Session, folder: Path, *, now: datetime, actor: str, reason: str
) -> list[Checkpoint]:
    """Record that a person goes on with a restored database, and return the lost checkpoints.

    The entry names each checkpoint that this chain cannot fit any more. Once it is committed, move
    them with ``evidence.checkpoint.set_aside``; before that the database goes on refusing.

    :raises EvidenceError: a checkpoint is damaged
    """
    lost = [c for c in read_checkpoints(folder) if disagreement(tx, c)]
    body = {
        "actor": actor,
        "reason": reason,
        "lost": [{"seq": c.seq, "hash": c.hash, "at": c.at} for c in lost],
    }
    append(tx, now=now, kind="restored", body=body)
    return lost
