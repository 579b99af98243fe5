"""Write files so that a reader, at any instant, finds the old bytes or the new ones, whole."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

from notifier.errors import OutsideError

if TYPE_CHECKING:
    from pathlib import Path


def write_atomic(path: Path, data: bytes, *, mode: int = 0o644) -> bool:
    """Write ``data`` to ``path`` durably, or leave it alone where it already holds them.

    The bytes go to a temporary file in the same folder, are synced, and take the name in one step;
    then the folder is synced. Returns whether anything was written.

    :raises OutsideError: the disk is full or the folder cannot be written; the old file stands
    """
    try:
        if path.is_file() and path.read_bytes() == data:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, data, mode)
    except OSError as error:
        raise OutsideError(
            f"{path} could not be written: {error.strerror or error}. What stood there before still"
            " stands.",
            next_step="Make room or mend the folder's permissions, then run the command again.",
        ) from error
    return True


def _replace(path: Path, data: bytes, mode: int) -> None:
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make a rename in ``folder`` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
