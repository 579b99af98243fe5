"""Checkpoints: the chain's end at an instant, signed, and kept outside the database."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from notifier.errors import EvidenceError, InputError
from notifier.evidence.chain import GENESIS, Head, canonical_json, instant
from notifier.evidence.keys import fingerprint, is_signed, read_public_key, same_fingerprint
from notifier.files import cannot_write, sync_folder, write_atomic

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    from notifier.evidence.keys import Signer

SCHEMA = "notifier.checkpoint/1"
_NAME = re.compile(r"(0|[1-9][0-9]{0,18})\.json")
_HASH = re.compile(r"[0-9a-f]{64}")
_MAX_BYTES = 16 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class Checkpoint:
    """The home's word that its chain had this end at this instant."""

    seq: int
    hash: str
    at: str
    """UTC instant of signing, written as in the chain."""
    fingerprint: str
    public_key: str
    """PEM; carried along, so that one file and a fingerprint are enough to check it."""
    signature: str
    """Ed25519, base64, over ``notifier.checkpoint/1``, a line feed, the rest as canonical JSON."""

    @property
    def head(self) -> Head:
        """Return the end of the chain that it signs."""
        return Head(seq=self.seq, hash=self.hash)

    @property
    def name(self) -> str:
        """Return how messages name it."""
        return f"the checkpoint of entry {self.seq} ({self.at})"


def sign_checkpoint(signer: Signer, head: Head, *, now: datetime) -> Checkpoint:
    """Return the signed checkpoint of a chain's end. The caller has checked the chain."""
    unsigned = Checkpoint(
        seq=head.seq,
        hash=head.hash,
        at=instant(now),
        fingerprint=signer.fingerprint,
        public_key=signer.public_key,
        signature="",
    )
    return replace(unsigned, signature=signer.sign(_message(unsigned)))


def _message(checkpoint: Checkpoint) -> bytes:
    """Return what is signed: everything but the signature."""
    fields = {"schema": SCHEMA, **asdict(checkpoint)}
    del fields["signature"]
    return f"{SCHEMA}\n{canonical_json(fields)}".encode()


def checkpoint_fault(checkpoint: Checkpoint, *, key: str = "") -> str:
    """Return why a checkpoint is not to be believed, or nothing.

    ``key`` is the fingerprint of the key that must have signed it; empty: the one it carries.
    """
    try:
        public = read_public_key(checkpoint.public_key)
    except ValueError as error:
        return f"{checkpoint.name} carries {error}"
    if not same_fingerprint(fingerprint(public), checkpoint.fingerprint):
        return f"{checkpoint.name} carries a key that is not the one it names"
    if not is_signed(public, checkpoint.signature, _message(checkpoint)):
        return f"{checkpoint.name} has a signature that does not fit its content"
    if key and not same_fingerprint(checkpoint.fingerprint, key):
        return f"{checkpoint.name} is signed by {checkpoint.fingerprint}, not by {key}"
    return ""


def checkpoint_text(checkpoint: Checkpoint) -> str:
    """Return the file's text: indented JSON with a line feed at its end."""
    document = {"schema": SCHEMA, **asdict(checkpoint)}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def parse_checkpoint(data: bytes, name: str) -> Checkpoint:
    """Return the checkpoint in a file's bytes; its signature is not looked at.

    :raises EvidenceError: it is no checkpoint
    """
    try:
        document = json.loads(data) if len(data) <= _MAX_BYTES else None
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict) or document.pop("schema", None) != SCHEMA:
        raise _damaged(name)
    seq, texts = document.pop("seq", None), document
    fields = {"hash", "at", "fingerprint", "public_key", "signature"}
    if (
        type(seq) is not int
        or seq < 0
        or texts.keys() != fields
        or not all(isinstance(value, str) and value.isprintable() for value in _one_line(texts))
        or not _HASH.fullmatch(texts["hash"])
    ):
        raise _damaged(name)
    return Checkpoint(seq=seq, **texts)


def _one_line(texts: dict[str, Any]) -> Iterable[Any]:
    """Return the values; a PEM text has line feeds, everything else is one printable line."""
    for name, value in texts.items():
        yield value.replace("\n", "") if name == "public_key" and isinstance(value, str) else value


def _damaged(name: str) -> EvidenceError:
    return EvidenceError(
        f"{name} is not a checkpoint, or was damaged.",
        code="bad_checkpoint",
        next_step="Restore it from a copy; a checkpoint cannot be made again for a past instant.",
    )


def write_checkpoint(folder: Path, checkpoint: Checkpoint) -> Path:
    """Write ``<seq>.json`` durably and return its path. One that stands there is never replaced.

    :raises EvidenceError: there is one of the same entry with another hash: two chains, one home
    :raises OutsideError: it cannot be written
    """
    path = folder / f"{checkpoint.seq}.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from error
    if path.exists():
        other = read_checkpoint(path)
        if other.hash != checkpoint.hash:
            raise EvidenceError(
                f"{path} signs another entry {checkpoint.seq} than the database holds now; the"
                " database was restored or made anew. No checkpoint was written.",
                code="forked_chain",
                next_step="Run `notifier evidence verify` and find out which of the two is true.",
            )
        return path
    write_atomic(path, checkpoint_text(checkpoint).encode())
    return path


def read_checkpoint(path: Path) -> Checkpoint:
    """Return the checkpoint in a file; its signature is not looked at.

    :raises InputError: the file cannot be read
    :raises EvidenceError: it is no checkpoint
    """
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror}. Nothing was checked.",
            next_step="Name a checkpoint file, as `notifier evidence checkpoint` writes them.",
        ) from error
    return parse_checkpoint(data, str(path))


def read_checkpoints(folder: Path) -> list[Checkpoint]:
    """Return the checkpoints of a folder, oldest entry first; no folder, no checkpoints.

    :raises EvidenceError: one of them is damaged
    """
    return [read_checkpoint(path) for path in checkpoint_files(folder)]


def checkpoint_files(folder: Path) -> list[Path]:
    """Return the files of a folder that are named like checkpoints, by entry number."""
    if not folder.is_dir():
        return []
    names = [path for path in folder.iterdir() if _NAME.fullmatch(path.name)]
    return sorted(names, key=lambda path: int(path.stem))


def newest_checkpoint(folder: Path, *, key: str = "") -> Checkpoint | None:
    """Return the checkpoint of the highest entry, its signature checked, or None without any.

    :raises EvidenceError: the newest is damaged, or not signed by ``key`` (a fingerprint)
    """
    files = checkpoint_files(folder)
    if not files:
        return None
    checkpoint = read_checkpoint(files[-1])
    fault = checkpoint_fault(checkpoint, key=key)
    if fault:
        raise EvidenceError(
            f"{files[-1]}: {fault}.",
            code="bad_checkpoint",
            next_step="Restore the file from a copy, and find out who changed it.",
        )
    return checkpoint


def start_of(checkpoint: Checkpoint | None) -> Head:
    """Return where to begin checking, trusting what a checkpoint signs."""
    return checkpoint.head if checkpoint else GENESIS


def set_aside(folder: Path, checkpoints: Iterable[Checkpoint]) -> None:
    """Move checkpoints of a chain that is no longer ours into ``set-aside/``; none is deleted.

    Only for a database that was restored from an older copy, after a person decided to go on.

    :raises OutsideError: the files cannot be moved
    """
    away = folder / "set-aside"
    try:
        away.mkdir(exist_ok=True)
        for checkpoint in checkpoints:
            name = f"{checkpoint.seq}.{checkpoint.hash[:16]}.json"
            (folder / f"{checkpoint.seq}.json").replace(away / name)
        sync_folder(away)
        sync_folder(folder)
    except OSError as error:
        raise cannot_write(folder, error) from error
