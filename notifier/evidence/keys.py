"""The keys of a home: what signs checkpoints, what signs choice links, what knows the erased.

Private keys are files of mode 0600 in ``var/keys/``; one that others can read is not used.
"""

from __future__ import annotations

import base64
import re
import secrets
import stat
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from notifier.errors import SettingsError
from notifier.files import cannot_write, sync_folder, write_atomic, write_new

if TYPE_CHECKING:
    from pathlib import Path

SIGNING_KEY = "evidence.key"
PUBLIC_KEY = "evidence.pub"
TOKEN_KEYS = "token.keys"  # noqa: S105  a file's name
ERASURE_KEY = "erasure.key"
_TOKEN_KEY = re.compile(r"[0-9a-f]{64}")
_PRIVATE = 0o600


@dataclass(frozen=True, kw_only=True, slots=True)
class Signer:
    """The home's signing key, in memory. Its text form never shows the key."""

    private: Ed25519PrivateKey = field(repr=False)
    public_key: str
    """PEM, as in ``evidence.pub``."""
    fingerprint: str

    def sign(self, message: bytes) -> str:
        """Return the Ed25519 signature as base64."""
        return base64.b64encode(self.private.sign(message)).decode()


def create_keys(folder: Path) -> str:
    """Make the home's keys where there are none, and return the signing key's fingerprint.

    Keys that exist are kept; nothing ever overwrites one.

    :raises OutsideError: the folder cannot be written
    :raises SettingsError: a key that exists cannot be used
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _create(folder / SIGNING_KEY, _new_private_key())
        _create(folder / TOKEN_KEYS, _token_lines([_new_token_key()]))
        _create(folder / ERASURE_KEY, _token_lines([_new_token_key()]))
        sync_folder(folder)
    except OSError as error:
        raise cannot_write(folder, error) from error
    signer = load_signer(folder)
    public = folder / PUBLIC_KEY
    if not public.exists():
        write_atomic(public, signer.public_key.encode())
    return signer.fingerprint


def _new_private_key() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )


def _create(path: Path, data: bytes) -> None:
    """Write a private file, unless there is one: linked into place, so never a half-written key."""
    if path.exists():
        return
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")
    try:
        write_new(temporary, data, mode=_PRIVATE)
        path.hardlink_to(temporary)
    except FileExistsError:
        pass  # somebody else was faster; their key is the home's key
    finally:
        temporary.unlink(missing_ok=True)


def load_signer(folder: Path) -> Signer:
    """Return the home's signing key.

    :raises SettingsError: it is missing, not an Ed25519 key, or others can read it
    """
    path = folder / SIGNING_KEY
    data = _read_private(path)
    try:
        private = load_pem_private_key(data, password=None)
    except (ValueError, TypeError) as error:
        raise _no_key(path, "is not a private key in PEM") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise _no_key(path, "is not an Ed25519 key")
    public = private.public_key()
    return Signer(
        private=private,
        public_key=public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
        fingerprint=fingerprint(public),
    )


def fingerprint(public: Ed25519PublicKey) -> str:
    """Return ``SHA256:`` and the base64 SHA-256 of the public key's DER form, without padding."""
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return "SHA256:" + base64.b64encode(sha256(der).digest()).decode().rstrip("=")


def same_fingerprint(one: str, other: str) -> bool:
    """Whether two fingerprints name the same key; prefix, padding and outer space do not matter."""
    return _bare(one) == _bare(other)


def _bare(text: str) -> str:
    return text.strip().removeprefix("SHA256:").rstrip("=")


def read_public_key(pem: bytes | str) -> Ed25519PublicKey:
    """Return the public key of a PEM text.

    :raises ValueError: it is not an Ed25519 public key
    """
    data = pem.encode() if isinstance(pem, str) else pem
    try:
        public = load_pem_public_key(data)
    except Exception as error:  # the library raises several kinds, its own among them
        raise ValueError("not a public key in PEM") from error
    if not isinstance(public, Ed25519PublicKey):
        raise ValueError("not an Ed25519 public key")  # noqa: TRY004  a file's content, not a caller's type
    return public


def is_signed(public: Ed25519PublicKey, signature: str, message: bytes) -> bool:
    """Whether the base64 signature over the message was made with this key."""
    try:
        public.verify(base64.b64decode(signature, validate=True), message)
    except (ValueError, InvalidSignature):
        return False
    return True


def load_token_keys(folder: Path) -> list[str]:
    """Return the keys that sign choice links, newest first: sign with the first, accept all.

    :raises SettingsError: the file is missing, empty, malformed, or others can read it
    """
    return _hex_keys(folder / TOKEN_KEYS)


def load_erasure_key(folder: Path) -> bytes:
    """Return the key under which erased people are recognised when they come again; never rotated.

    :raises SettingsError: the file is missing, malformed, or others can read it
    """
    return bytes.fromhex(_hex_keys(folder / ERASURE_KEY)[0])


def _hex_keys(path: Path) -> list[str]:
    keys = _read_private(path).decode("ascii", "replace").split()
    if not keys or not all(_TOKEN_KEY.fullmatch(key) for key in keys):
        raise _no_key(path, "does not hold one key of 64 hex digits a line")
    return keys


def rotate_token_keys(folder: Path, *, keep: int = 4) -> None:
    """Put a new key before the others and drop all but the ``keep`` newest.

    Links signed with a dropped key stop working.

    :raises SettingsError: the present keys cannot be read
    :raises OutsideError: the file cannot be written
    """
    keys = [_new_token_key(), *load_token_keys(folder)][: max(keep, 1)]
    write_atomic(folder / TOKEN_KEYS, _token_lines(keys), mode=_PRIVATE)


def _new_token_key() -> str:
    return secrets.token_hex(32)


def _token_lines(keys: list[str]) -> bytes:
    return "".join(f"{key}\n" for key in keys).encode()


def _read_private(path: Path) -> bytes:
    try:
        mode = path.stat().st_mode
        data = path.read_bytes() if stat.S_ISREG(mode) else b""
    except OSError as error:
        raise _no_key(path, f"cannot be read ({error.strerror})") from error
    if not stat.S_ISREG(mode):
        raise _no_key(path, "is not a file")
    if mode & 0o077:
        raise SettingsError(
            f"{path} is a private key that others can read (mode {mode & 0o777:04o}). It was not"
            " used.",
            next_step=f"Run `chmod 600 {path}`; if others had access, treat it as known to them.",
        )
    return data


def _no_key(path: Path, what: str) -> SettingsError:
    return SettingsError(
        f"{path} {what}. Nothing was signed.",
        next_step="Restore it from your backup, or run `notifier init` in a home that has none.",
    )
