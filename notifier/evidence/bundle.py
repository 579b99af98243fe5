"""The export: a folder that proves itself, without the home, the database or the network."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, TextIO

from notifier.errors import EvidenceError, InputError, OutsideError
from notifier.evidence.chain import canonical_json, instant, line
from notifier.evidence.checkpoint import checkpoint_fault, checkpoint_text, sign_checkpoint
from notifier.evidence.commitment import commit_person
from notifier.evidence.manifest import (
    CHECKPOINTS,
    ENTRIES,
    KEY,
    NAME,
    PEOPLE,
    README,
    Manifest,
    is_safe,
    manifest_text,
    sha256_of,
    sign_manifest,
)
from notifier.evidence.verify import verify, verify_live
from notifier.evidence.walk import walk
from notifier.files import cannot_write, sync_folder
from notifier.share import share

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from notifier.evidence.chain import Entry, Head
    from notifier.evidence.checkpoint import Checkpoint
    from notifier.evidence.keys import Signer
    from notifier.evidence.walk import Walk

__all__ = ["Attachment", "Exported", "Opening", "export", "verify", "verify_live"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Attachment:
    """A file that entries speak of, such as the text of a version."""

    path: str
    """In the bundle, with ``/``; for a version's text what its entry calls ``file``, beside the
    ``sha256`` of these bytes: that is what ``verify`` compares."""
    data: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Opening:
    """What shows which entries are about a person."""

    person_id: str
    salt: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Exported:
    """What was written."""

    folder: Path
    head: Head
    files: tuple[str, ...]
    fingerprint: str


def export(
    folder: Path,
    *,
    entries: Iterable[Entry],
    checkpoints: Iterable[Checkpoint],
    signer: Signer,
    now: datetime,
    attachments: Iterable[Attachment] = (),
    people: Iterable[Opening] = (),
    campaign: str = "",
) -> Exported:
    """Write the whole chain, its checkpoints, the texts and a signed manifest into a new folder.

    The chain is always exported from its first entry, since a part of it proves nothing;
    ``campaign`` only says in the manifest and the README that ``attachments`` are limited to one.
    The chain is checked on the way: a broken one is not signed. The folder appears whole or not at
    all, readable by its owner alone.

    :raises InputError: the folder exists and is not empty
    :raises EvidenceError: the chain is broken, or does not fit a checkpoint
    :raises OutsideError: it cannot be written
    :raises ValueError: an attachment's path leads out of the folder or takes one of our names
    """
    with _new_folder(folder.absolute()) as draft:
        openings = {commit_person(p.salt, p.person_id): p for p in people}
        known = {checkpoint.seq: checkpoint for checkpoint in checkpoints}
        with (draft / ENTRIES).open("w", encoding="utf-8", newline="\n") as file:
            seen = walk(
                _written(entries, file), checkpoints=known.values(), subjects=openings.keys()
            )
        _refuse_broken(seen, known.values(), signer)
        known[seen.head.seq] = sign_checkpoint(signer, seen.head, now=now)
        for checkpoint in known.values():
            _put(draft, f"{CHECKPOINTS}/{checkpoint.seq}.json", checkpoint_text(checkpoint))
        for attachment in attachments:
            _attach(draft, attachment)
        if openings:
            _put(draft, PEOPLE, _people_text(openings, seen))
        _put(draft, KEY, signer.public_key)
        _put(draft, README, _readme(seen.head, signer, now, campaign))
        manifest = _manifest(draft, seen.head, signer, now, campaign)
        _put(draft, NAME, manifest_text(manifest))
    return Exported(
        folder=folder,
        head=seen.head,
        files=(*manifest.files, NAME),
        fingerprint=signer.fingerprint,
    )


def _written(entries: Iterable[Entry], file: TextIO) -> Iterator[Entry]:
    for entry in entries:
        file.write(line(entry) + "\n")
        yield entry


def _refuse_broken(seen: Walk, checkpoints: Iterable[Checkpoint], signer: Signer) -> None:
    """Refuse to put our signature under a chain that does not hold."""
    problems = seen.problems + [
        fault for c in checkpoints if (fault := checkpoint_fault(c, key=signer.fingerprint))
    ]
    if problems:
        raise EvidenceError(
            f"Nothing was exported, because the chain does not hold: {problems[0]}.",
            code="broken_chain",
            next_step="Run `notifier evidence verify`; keep the database as it is.",
            entry=seen.first_bad,
        )


def _put(draft: Path, path: str, text: str | bytes) -> None:
    target = draft / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(text.encode() if isinstance(text, str) else text)


def _attach(draft: Path, attachment: Attachment) -> None:
    first = attachment.path.split("/")[0]
    ours = {ENTRIES, KEY, NAME, PEOPLE, README, CHECKPOINTS}
    if not is_safe(attachment.path) or first in ours:
        raise ValueError(f"{attachment.path!r} is no place for an attachment")
    _put(draft, attachment.path, attachment.data)


def _people_text(openings: Mapping[str, Opening], seen: Walk) -> str:
    """Return one line a person: who, the salt, the commitment that it gives, and its entries."""
    lines = (
        canonical_json(
            {
                "person_id": opening.person_id,
                "salt": opening.salt,
                "subject": subject,
                "entries": seen.about.get(subject, []),
            }
        )
        for subject, opening in openings.items()
    )
    return "".join(f"{text}\n" for text in lines)


def _readme(head: Head, signer: Signer, now: datetime, campaign: str) -> str:
    template = Template(share("templates", "evidence", README).read_text(encoding="utf-8"))
    limited = f"those of campaign {campaign}" if campaign else "those of all campaigns"
    return template.substitute(
        exported_at=instant(now),
        entries=head.seq,
        head=head.hash,
        fingerprint=signer.fingerprint,
        attached=limited,
    )


def _manifest(draft: Path, head: Head, signer: Signer, now: datetime, campaign: str) -> Manifest:
    found = sorted(path for path in draft.rglob("*") if path.is_file())
    unsigned = Manifest(
        exported_at=instant(now),
        seq=head.seq,
        hash=head.hash,
        fingerprint=signer.fingerprint,
        campaign=campaign,
        files={path.relative_to(draft).as_posix(): sha256_of(path) for path in found},
        signature="",
    )
    return sign_manifest(unsigned, signer)


@contextmanager
def _new_folder(folder: Path) -> Iterator[Path]:
    """Give a draft beside the folder; it takes the folder's place once everything is in it."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(
            f"{folder} exists and is not an empty folder. Nothing was exported.",
            next_step="Name a new folder with --out.",
        )
    draft: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        yield draft
        _sync(draft)
        _move(draft, folder)
    except OSError as error:
        raise _unwritten(folder, draft, error) from error
    finally:
        if draft is not None:
            shutil.rmtree(draft, ignore_errors=True)


def _move(draft: Path, folder: Path) -> None:
    if folder.is_dir():  # empty, and perhaps somebody stands in it: fill it, the manifest last
        for path in sorted(draft.iterdir(), key=lambda path: path.name == NAME):
            path.rename(folder / path.name)
    else:
        draft.rename(folder)
    sync_folder(folder.parent)


def _sync(draft: Path) -> None:
    """Have every byte on disk before the folder gets its name."""
    for parent, _, names in os.walk(draft):
        for name in names:
            with Path(parent, name).open("rb") as file:
                os.fsync(file.fileno())
        sync_folder(Path(parent))


def _unwritten(folder: Path, draft: Path | None, error: OSError) -> OutsideError:
    name = str(error.filename or folder)
    if draft is not None and error.filename and not name.startswith(str(draft)):
        return OutsideError(
            f"{name} could not be read: {error.strerror}. Nothing was exported.",
            next_step="Check the file and its permissions, then try again.",
        )
    return cannot_write(folder, error)
