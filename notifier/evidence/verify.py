"""Verification: of a bundle, offline and without the home; and of the live ledger."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from notifier.errors import EvidenceError, InputError
from notifier.evidence import manifest as manifests
from notifier.evidence.chain import Head
from notifier.evidence.checkpoint import (
    checkpoint_fault,
    checkpoint_files,
    read_checkpoint,
)
from notifier.evidence.commitment import commit_person
from notifier.evidence.keys import fingerprint as fingerprint_of
from notifier.evidence.keys import read_public_key, same_fingerprint
from notifier.evidence.manifest import CHECKPOINTS, ENTRIES, KEY, NAME, PEOPLE, TEXTS
from notifier.evidence.report import Report, shown
from notifier.evidence.walk import Walk, missing, read_entries, walk

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    from notifier.evidence.chain import Entry
    from notifier.evidence.checkpoint import Checkpoint
    from notifier.evidence.manifest import Manifest

_SMALL = 64 * 1024
_ALONE = (
    "nothing from outside was compared; whoever made a whole new chain with a new key would pass."
    " Compare the fingerprint with one you were given earlier (--key), or name a checkpoint that"
    " was kept elsewhere (--checkpoint)"
)


@dataclass(kw_only=True, slots=True)
class _Case:
    """What a verification has gathered so far."""

    believed: list[Checkpoint] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    compared: list[str] = field(default_factory=list)

    def admit(self, checkpoint: Checkpoint, name: str, key: str) -> None:
        """Believe a checkpoint if it is signed by ``key``; else it is a problem."""
        fault = checkpoint_fault(checkpoint, key=key)
        if fault:
            self.problems.append(f"{shown(name)}: {fault}")
        else:
            self.believed.append(checkpoint)

    def admit_folder(self, folder: Path, key: str) -> None:
        """Believe the checkpoints of a folder, each on its own."""
        for path in checkpoint_files(folder):
            if path.is_symlink() or not path.is_file():  # opening a FIFO would wait for ever
                self.problems.append(f"{path.name}: it is a link or no file; it was not opened")
                continue
            try:
                self.admit(read_checkpoint(path), path.name, key)
            except (EvidenceError, InputError) as error:
                self.problems.append(f"{path.name}: {error.message.rstrip('.')}")

    def anchor(self, *, checkpoint: Path | None, key: str | None, fingerprint: str) -> None:
        """Take in what the caller kept outside: a saved checkpoint, the key's fingerprint."""
        if key:
            self.compared.append("fingerprint")
            if not same_fingerprint(key, fingerprint):
                self.problems.append(
                    f"the key is {fingerprint or 'unreadable'}, not {shown(key)}: the chain was"
                    " made anew with another key, or belongs to another home"
                )
        if checkpoint is not None:
            self.compared.append("checkpoint")
            self.admit(read_checkpoint(checkpoint), str(checkpoint), key or fingerprint)
        if not self.compared:
            self.notes.append(_ALONE)

    def report(self, seen: Walk, fingerprint: str) -> Report:
        """Return the result; the chain's problems come first."""
        return Report(
            entries=seen.head.seq,
            head=seen.head,
            first_bad=seen.first_bad,
            checkpoints=seen.checkpoints,
            fingerprint=fingerprint,
            compared=tuple(self.compared),
            problems=(*seen.problems, *self.problems),
            notes=tuple(self.notes),
        )


def verify_live(
    entries: Iterable[Entry],
    *,
    checkpoints: Path,
    fingerprint: str,
    checkpoint: Path | None = None,
    key: str | None = None,
) -> Report:
    """Check a home's own ledger against its folder of checkpoints, and what was kept elsewhere.

    ``fingerprint`` is that of the home's signing key; ``checkpoint`` a saved file, ``key`` a
    fingerprint noted earlier.

    :raises InputError: the named checkpoint cannot be read
    :raises EvidenceError: the named file is no checkpoint
    """
    case = _Case()
    case.admit_folder(checkpoints, fingerprint)
    case.anchor(checkpoint=checkpoint, key=key, fingerprint=fingerprint)
    seen = walk(entries, checkpoints=case.believed)
    signed = max((c.seq for c in case.believed), default=0)
    if not seen.problems and seen.head.seq > signed:
        case.notes.append(
            f"entries {signed + 1} to {seen.head.seq} are not under a checkpoint yet; if the last"
            " of them were cut off, nobody could tell"
        )
    return case.report(seen, fingerprint)


def verify(folder: Path, *, checkpoint: Path | None = None, key: str | None = None) -> Report:
    """Check an exported folder, needing nothing but the folder.

    ``checkpoint`` is a file that was kept elsewhere, ``key`` a fingerprint that was noted earlier:
    only with one of them a chain that was made anew as a whole, with a new key, is found out.

    :raises InputError: there is no bundle in the folder, or the named checkpoint cannot be read
    :raises EvidenceError: the named file is no checkpoint
    """
    if (folder / ENTRIES).is_symlink() or not (folder / ENTRIES).is_file():
        raise InputError(
            f"{folder} holds no {ENTRIES}. Nothing was checked.",
            next_step="Name a folder that `notifier evidence export` wrote.",
        )
    try:
        return _verify(folder, checkpoint, key)
    except OSError as error:
        raise InputError(
            f"{error.filename or folder} cannot be read: {error.strerror}. The check was not"
            " finished.",
            next_step="Copy the folder anew, with all its files readable.",
        ) from error


def _verify(folder: Path, checkpoint: Path | None, key: str | None) -> Report:
    case = _Case()
    public = _public_key(folder, case)
    fingerprint = fingerprint_of(public) if public else ""
    signed = _manifest(folder, public, case)
    people = _people(folder, case)
    case.admit_folder(folder / CHECKPOINTS, fingerprint)
    case.anchor(checkpoint=checkpoint, key=key, fingerprint=fingerprint)
    seen = walk(
        read_entries(folder / ENTRIES),
        checkpoints=case.believed,
        subjects={str(person["subject"]) for person in people},
    )
    if seen.problems:
        case.notes.append("texts and people were not compared, because the chain does not hold")
    else:
        _check_end(seen, signed)
        _check_texts(folder, seen, signed, case)
        _check_people(people, seen, case)
    return case.report(seen, fingerprint)


def _public_key(folder: Path, case: _Case) -> Ed25519PublicKey | None:
    try:
        return read_public_key(_read(folder / KEY, _SMALL))
    except (OSError, ValueError) as error:
        case.problems.append(f"{KEY}: {_why(error)}; no signature could be checked")
        return None


def _read(path: Path, limit: int) -> bytes:
    if path.is_symlink() or not path.is_file():
        raise ValueError("missing, or not a file")
    with path.open("rb") as file:
        return file.read(limit + 1)


def _why(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else "") or str(error)


def _manifest(folder: Path, public: Ed25519PublicKey | None, case: _Case) -> Manifest | None:
    """Return the manifest if it is signed; note how the folder differs from it."""
    try:
        found = manifests.parse_manifest(_read(folder / NAME, manifests.MAX_BYTES))
    except (OSError, ValueError) as error:
        case.problems.append(f"{NAME}: {_why(error)}; it cannot be read")
        return None
    case.problems += manifests.file_problems(folder, found.files)
    if public is None or not manifests.is_manifest_signed(found, public):
        case.problems.append(f"{NAME}: it is not signed by {KEY}; it was changed")
        return None
    return found


def _check_end(seen: Walk, signed: Manifest | None) -> None:
    """Hold the chain's end against the one that the manifest signs."""
    if signed is None:
        return
    end = Head(seq=signed.seq, hash=signed.hash)
    if seen.head.seq < end.seq:
        seen.fault(seen.head.seq + 1, missing(seen.head, end.seq, "the manifest"))
    elif seen.head.seq > end.seq:
        seen.fault(end.seq + 1, f"entry {end.seq + 1}: it was added after the export")
    elif seen.head != end:
        seen.fault(end.seq, f"entry {end.seq}: it is not the one that the manifest signs")


def _check_texts(folder: Path, seen: Walk, signed: Manifest | None, case: _Case) -> None:
    """Hold every attached text against the hashes that the ledger recorded."""
    for path, digest in (signed.files if signed else {}).items():
        if not path.startswith(f"{TEXTS}/") or not (folder / path).is_file():
            continue
        if digest not in seen.texts.get(path, ()):
            case.problems.append(f"{shown(path)}: no entry of the ledger records this text")


def _people(folder: Path, case: _Case) -> list[dict[str, Any]]:
    """Return the openings in the bundle; those that are malformed are a problem."""
    path, people = folder / PEOPLE, []
    if path.is_symlink() or not path.is_file():
        return []
    with path.open("rb") as file:
        for number, text in enumerate(file, 1):
            try:
                people.append(_opening(text))
            except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
                case.problems.append(
                    f"{PEOPLE}, line {number}: salt and person do not give the subject it names"
                )
    return people


def _opening(text: bytes) -> dict[str, Any]:
    """Return what a line opens; raise some error where it does not open what it names."""
    person: dict[str, Any] = json.loads(text)
    opened = commit_person(person["salt"], person["person_id"])
    if opened != person["subject"] or not isinstance(person["entries"], list):
        raise ValueError("another commitment, or no list of entries")
    return person


def _check_people(people: Iterable[dict[str, Any]], seen: Walk, case: _Case) -> None:
    for number, person in enumerate(people, 1):
        if person["entries"] != seen.about.get(person["subject"], []):
            case.problems.append(
                f"{PEOPLE}, line {number}: the entries it lists are not this person's in the chain"
            )
