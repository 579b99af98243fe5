"""Files that are either whole or not there, whenever the power goes."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

from notifier.errors import OutsideError

if TYPE_CHECKING:
    from pathlib import Path


def write_whole(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Write a file so that readers see the old one or the new one, durably before the return.

    :raises OutsideError: it could not be written; the old one still stands
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")
    try:
        write_new(temporary, data, mode=mode)
        temporary.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise cannot_write(path, error) from error


def write_new(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Write a file that must not exist yet, and have it on disk before the return.

    :raises OSError: it exists or cannot be written
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Have the folder's names on disk; a rename alone does not survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def cannot_write(path: Path, error: OSError) -> OutsideError:
    """Return the error for a file that could not be written."""
    return OutsideError(
        f"{path} could not be written: {error.strerror or error}. It is as it was before.",
        next_step="Check the folder's permissions and the free space, then try again.",
    )
