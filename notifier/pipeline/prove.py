"""Prove what was done: sign the head, export the chain, verify it here or anywhere."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from notifier.errors import InputError, UnknownThingError
from notifier.evidence.bundle import Attachment, Opening, export
from notifier.evidence.checkpoint import checkpoint_text, newest_checkpoint, read_checkpoints
from notifier.evidence.keys import load_signer
from notifier.evidence.mail import match_mail
from notifier.evidence.manifest import ENTRIES
from notifier.evidence.verify import verify, verify_live
from notifier.evidence.walk import read_entries
from notifier.files import write_atomic
from notifier.pipeline.history import read_bytes
from notifier.pipeline.propose import need_campaign
from notifier.store import ledger
from notifier.store.people import find_person
from notifier.store.versions import all_versions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from notifier.evidence.mail import MailProof
    from notifier.evidence.report import Report
    from notifier.home import Home
    from notifier.store.engine import Session

_MAIL_LIMIT_BYTES = 2_000_000


def sign_head(home: Home, out: Path | None = None) -> str:
    """Sign the chain's end into ``var/checkpoints`` and return the signed text.

    ``out`` gets a copy, to be kept where nobody who can write the home can reach it.

    :raises EvidenceError: the chain is broken, or older than the newest checkpoint
    """
    with home.store.read() as tx:
        signed = ledger.take_checkpoint(
            tx, home.var / "checkpoints", load_signer(home.keys), now=home.now()
        )
    text = checkpoint_text(signed)
    if out is not None:
        write_atomic(out, text.encode())
    return text


def lost_history(home: Home, tx: Session) -> str:
    """Return why this database cannot be the one that was last vouched for; empty if it can.

    A database restored from before the newest checkpoint has forgotten whom it told.
    """
    newest = newest_checkpoint(home.var / "checkpoints", key=load_signer(home.keys).fingerprint)
    return ledger.disagreement(tx, newest)


def newest_at(home: Home) -> datetime:
    """Return when the chain was last vouched for, UTC; long ago where it never was.

    :raises EvidenceError: the newest checkpoint is damaged
    """
    newest = newest_checkpoint(home.var / "checkpoints")
    return datetime.fromisoformat(newest.at) if newest else datetime.min.replace(tzinfo=UTC)


def export_bundle(home: Home, out: Path, *, campaign: str = "", person: str = "") -> dict[str, Any]:
    """Write the chain, its checkpoints and the texts into a new folder that verifies anywhere.

    :raises InputError: the folder exists and is not empty
    :raises EvidenceError: the chain is broken, or a committed text is no longer what it was
    """
    with home.store.read() as tx:
        openings = [_opening(tx, person)] if person else []
        done = export(
            out,
            entries=ledger.entries(tx),
            checkpoints=read_checkpoints(home.var / "checkpoints"),
            signer=load_signer(home.keys),
            now=home.now(),
            attachments=list(_texts(home, tx, campaign)),
            people=openings,
            campaign=campaign,
        )
    return {
        "schema": "notifier.export/1",
        "folder": str(out),
        "entries": done.head.seq,
        "head": done.head.hash,
        "fingerprint": done.fingerprint,
        "files": list(done.files),
    }


def _opening(tx: Session, person: str) -> Opening:
    row = find_person(tx, person)
    if row is None or not row.salt:
        raise UnknownThingError(
            f"There is no person {person!r}. Nothing was exported.",
            next_step="Check the person_id; an erased person can no longer be opened.",
        )
    return Opening(person_id=row.person_id, salt=row.salt)


def _texts(home: Home, tx: Session, campaign: str) -> Iterator[Attachment]:
    """Yield the committed texts, all or those of a campaign's policy; drafts never."""
    policy = need_campaign(tx, campaign).policy if campaign else ""
    for row in all_versions(tx):
        if row.status != "draft" and (not campaign or row.policy == policy):
            yield Attachment(path=row.file, data=read_bytes(home, row))


def verify_bundle(folder: Path, *, checkpoint: Path | None, key: str) -> Report:
    """Check an exported folder; needs no home."""
    return verify(folder, checkpoint=checkpoint, key=key or None)


def match_in(folder: Path | None, home: Home | None, mail: Path) -> MailProof:
    """Find a saved mail in a bundle's chain, else in the home's own.

    :raises InputError: the mail cannot be read, or is larger than any that is sent
    """
    data = _read_mail(mail)
    if folder is not None:
        return match_mail(data, read_entries(folder / ENTRIES))
    assert home is not None  # noqa: S101  one of the two is named
    with home.store.read() as tx:
        return match_mail(data, ledger.entries(tx))


def _read_mail(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(_MAIL_LIMIT_BYTES + 1)
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror}. No mail was looked for.",
            next_step="Name a saved mail, as an .eml file.",
        ) from error
    if len(data) > _MAIL_LIMIT_BYTES:
        raise InputError(
            f"{path} is larger than any mail that is sent. No mail was looked for.",
            next_step="Name one saved mail, as an .eml file, not a mailbox.",
        )
    return data


def verify_home(home: Home, *, checkpoint: Path | None, key: str) -> Report:
    """Check the home's own chain against its checkpoints, and what was kept elsewhere."""
    with home.store.read() as tx:
        return verify_live(
            ledger.entries(tx),
            checkpoints=home.var / "checkpoints",
            fingerprint=load_signer(home.keys).fingerprint,
            checkpoint=checkpoint,
            key=key or None,
        )
