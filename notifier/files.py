"""Write files so that a reader, at any instant, finds the old bytes or the new ones, whole."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

from notifier.errors import OutsideError

if TYPE_CHECKING:
    from collections.abc import Iterable
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
    except OSError as error:
        raise cannot_write(path, error) from error
    write_lines(path, (data,), mode=mode)
    return True


def write_lines(path: Path, lines: Iterable[bytes], *, mode: int = 0o644) -> None:
    """Write what ``lines`` yields to ``path`` as durably as ``write_atomic``, never all in memory.

    What ``lines`` itself raises is raised, and the old file stands.

    :raises OutsideError: the disk is full or the folder cannot be written; the old file stands
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_new(temporary, lines, mode=mode)
        temporary.replace(path)
        sync_folder(path.parent)
    except BaseException as error:
        temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise cannot_write(path, error) from error
        raise


def make_private(folder: Path) -> None:
    """Make a folder that its owner alone can enter, or take the others' rights from it.

    :raises OutsideError: it cannot be made, or belongs to somebody else
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.stat().st_mode & 0o077:
            folder.chmod(0o700)
    except OSError as error:
        raise cannot_write(folder, error) from error


def write_new(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Write a file that must not exist yet, and have it on disk before the return.

    :raises OSError: it exists or cannot be written
    """
    _write_new(path, (data,), mode=mode)


def _write_new(path: Path, lines: Iterable[bytes], *, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.writelines(lines)
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
