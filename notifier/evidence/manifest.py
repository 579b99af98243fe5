"""The manifest of a bundle: what belongs to it, with hashes, signed."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from dataclasses import asdict, dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from notifier.evidence.chain import canonical_json
from notifier.evidence.keys import is_signed
from notifier.evidence.report import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    from notifier.evidence.keys import Signer

NAME = "manifest.json"
ENTRIES = "entries.jsonl"
KEY = "key.pub"
CHECKPOINTS = "checkpoints"
TEXTS = "policies"
PEOPLE = "people.jsonl"
README = "README.txt"

SCHEMA = "notifier.evidence/1"
_WORDS = ("exported_at", "hash", "fingerprint", "campaign", "signature")
MAX_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    """What a bundle holds and where its chain ends, in the home's word."""

    exported_at: str
    seq: int
    hash: str
    fingerprint: str
    campaign: str
    """Whose texts are attached; empty: all. The chain is always whole."""
    files: dict[str, str]
    """Path in the bundle to SHA-256 of its bytes; everything but the manifest itself."""
    signature: str


def sign_manifest(manifest: Manifest, signer: Signer) -> Manifest:
    """Return the manifest with its signature."""
    return replace(manifest, signature=signer.sign(_message(manifest)))


def _message(manifest: Manifest) -> bytes:
    fields = {"schema": SCHEMA, **asdict(manifest)}
    del fields["signature"]
    return f"{SCHEMA}\n{canonical_json(fields)}".encode()


def manifest_text(manifest: Manifest) -> str:
    """Return the file's text: indented JSON with a line feed at its end."""
    document = {"schema": SCHEMA, **asdict(manifest)}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def parse_manifest(data: bytes) -> Manifest:
    """Return the manifest in a file's bytes; its signature is not looked at.

    :raises ValueError: it is no manifest
    """
    try:
        document = json.loads(data) if len(data) <= MAX_BYTES else None
    except (ValueError, RecursionError) as error:
        raise ValueError("not JSON") from error
    if not isinstance(document, dict) or document.pop("schema", None) != SCHEMA:
        raise ValueError("not a manifest")
    files, seq = document.get("files"), document.get("seq")
    if (
        document.keys() != {"files", "seq", *_WORDS}
        or type(seq) is not int
        or not all(isinstance(document[name], str) for name in _WORDS)
        or not isinstance(files, dict)
        or not all(isinstance(digest, str) for digest in files.values())
    ):
        raise ValueError("not a manifest")
    return Manifest(**document)


def is_manifest_signed(manifest: Manifest, public: Ed25519PublicKey) -> bool:
    """Whether the manifest is signed by this key."""
    try:
        message = _message(manifest)
    except ValueError:  # a lone surrogate: nobody signed that
        return False
    return is_signed(public, manifest.signature, message)


def is_safe(path: str) -> bool:
    """Whether a path stays in its folder, on every system, and names a file there."""
    parts = PurePosixPath(path).parts
    return (
        bool(parts)
        and "/".join(parts) == path
        and ".." not in parts
        and path.isprintable()
        and not any(c in path for c in '\\:*?"<>|')
    )


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes as hex, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def file_problems(folder: Path, files: dict[str, str]) -> Iterator[str]:
    """Yield how a folder differs from the files that its manifest lists."""
    present = dict(_present(folder))
    for path in sorted(files.keys() - present.keys()):
        yield f"{shown(path)}: the manifest lists it, but it is missing"
    for path, regular in sorted(present.items()):
        if path == NAME:
            continue
        if not regular:
            yield f"{shown(path)}: it is a link or no file; it was not opened"
        elif path not in files:
            yield f"{shown(path)}: the manifest does not list it; it was added"
        elif sha256_of(folder / path) != files[path]:
            yield f"{shown(path)}: its content is not what the manifest lists; it was changed"


def _present(folder: Path) -> Iterator[tuple[str, bool]]:
    """Yield every file's path in the folder and whether it is a regular file; follow no link."""
    for parent, folders, names in os.walk(folder):
        for name in [*names, *(f for f in folders if Path(parent, f).is_symlink())]:
            path = Path(parent, name)
            yield path.relative_to(folder).as_posix(), stat.S_ISREG(path.lstat().st_mode)
