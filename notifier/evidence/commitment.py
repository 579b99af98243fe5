"""People in the chain: a salted commitment instead of the person."""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256

SALT_BYTES = 32
DOMAIN = b"notifier.person/1\n"


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
