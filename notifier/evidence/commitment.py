"""People in the chain: a salted commitment instead of the person; and what stays of the erased."""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256

SALT_BYTES = 32
DOMAIN = b"notifier.person/1\n"
_ERASED = b"notifier.erased/1\n"
_PSEUDONYM_BYTES = 8


def new_salt() -> str:
    """Return a fresh salt as hex. It is kept with the person and deleted on erasure."""
    return secrets.token_hex(SALT_BYTES)


def commit_person(salt: str, person_id: str) -> str:
    """Return what stands for a person in the chain: HMAC-SHA256 under their salt, as hex.

    With the salt anybody can check that an entry is about this person; without it the commitment
    says nothing, and erasing the salt leaves the chain as it was.

    :raises ValueError: the salt is not the hex of 32 bytes
    """
    key = bytes.fromhex(salt)
    if len(key) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes, this one {len(key)}")
    return hmac.new(key, DOMAIN + person_id.encode(), sha256).hexdigest()


def new_pseudonym() -> str:
    """Return the random name under which an erased person stays listed."""
    return f"erased-{secrets.token_hex(_PSEUDONYM_BYTES)}"


def erased_mark(key: bytes, person_id: str) -> str:
    """Return by what an erased person is recognised when they come again: HMAC-SHA256, as hex.

    ``key`` is the home's own and no part of any export: whoever has the mark alone learns nothing.
    """
    return hmac.digest(key, _ERASED + person_id.encode(), "sha256").hex()
