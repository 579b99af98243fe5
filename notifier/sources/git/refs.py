"""Find what a revision names by reading the repository's own small files, and nothing else.

Git itself would read the repository's configuration for it, which can name programs to run.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifier.errors import InputError
from notifier.policy.hidden import make_visible

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_REVISION = re.compile(r"(?P<name>[^~^]+)(?P<steps>(?:[~^]\d{0,6}){0,32})")
_REFUSED = re.compile(r"[\x00-\x20\x7f:?*\[\\]|\.\.|@\{|//|^[-/.]|/\.|\.$|/$|\.lock(?:/|$)")
"""What cannot stand in the name of a branch or tag (git-check-ref-format)."""
_HASH = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_ABBREVIATED = re.compile(r"[0-9a-f]{4,64}")
_PLACES = ("{}", "refs/{}", "refs/tags/{}", "refs/heads/{}", "refs/remotes/{}")
"""Where a name is looked for, in this order (gitrevisions)."""
_SMALL_BYTES = 4096
_PACKED_BYTES = 64_000_000
_LINKS = 5
"""How many names may point to one another."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Repository:
    """Where the parts of a repository lie; its configuration is not among what is read."""

    folder: Path
    """What belongs to one work tree: ``HEAD``."""
    common: Path
    """What all work trees share: objects and names."""

    @property
    def objects(self) -> Path:
        """Return the folder of the objects."""
        return self.common / "objects"


def open_repository(path: Path) -> Repository:
    """Return the repository at ``path``: a work tree, a linked one, or a bare repository.

    :raises InputError: there is none
    """
    folder = path / ".git"
    if folder.is_file():
        told = _small(folder)
        if not told.startswith("gitdir: "):
            raise _none(path)
        folder = path / told.removeprefix("gitdir: ").strip()
    elif not folder.is_dir():
        folder = path
    shared = _small(folder / "commondir").strip()
    found = Repository(folder=folder, common=folder / shared if shared else folder)
    if not found.objects.is_dir() or not _small(found.folder / "HEAD"):
        raise _none(path)
    return found


def resolve(repository: Repository, revision: str) -> str:
    """Return a revision with its name replaced by the full hash that it stands for.

    Hashes (also abbreviated ones, which stay), branches, tags, ``HEAD``, each with ``~2`` or ``^``
    behind it. Dates, searches and options are no revisions here.

    :raises InputError: it is none, or names nothing
    """
    parts = _REVISION.fullmatch(revision)
    name = parts["name"] if parts else ""
    if parts is None or _REFUSED.search(name):
        raise InputError(
            f"“{visible(revision)}” is not a revision that can be read safely. Nothing was read.",
            code="bad_revision",
            next_step="Give a commit id, a branch or a tag.",
        )
    name = "HEAD" if name == "@" else name
    found = name if _HASH.fullmatch(name) else next(_found(repository, name), "")
    if not found and _ABBREVIATED.fullmatch(name):
        found = name
    if not found:
        raise _unknown(repository, revision)
    return f"{found}{parts['steps']}"


def hash_length(repository: Repository) -> int:
    """Return how long this repository's hashes are, as far as its names tell: 40 or 64."""
    return len(next(_found(repository, "HEAD"), "0" * 40))


def visible(name: str) -> str:
    """Return any name from outside as it may be printed: one line, nothing hidden."""
    text = name.encode("utf-8", "replace").decode()
    return make_visible(" ".join(text.split()))[:200]


def _found(repository: Repository, name: str) -> Iterator[str]:
    for place in _PLACES:
        if value := _follow(repository, place.format(name), _LINKS):
            yield value


def _follow(repository: Repository, name: str, left: int) -> str:
    """Return the hash behind a name, or nothing."""
    value = ""
    if "/" in name or name.isupper():  # HEAD, FETCH_HEAD; not `config`, which lies beside them
        folder = repository.common if "/" in name else repository.folder
        value = _small(folder / name).strip() or _packed(repository, name)
    if value.startswith("ref: "):
        target = value.removeprefix("ref: ").strip()
        good = target.startswith("refs/") and not _REFUSED.search(target)
        return _follow(repository, target, left - 1) if good and left else ""
    value = value.split(maxsplit=1)[0] if value else ""
    return value if _HASH.fullmatch(value) else ""


def _packed(repository: Repository, name: str) -> str:
    wanted = name.encode("utf-8", "surrogateescape")
    with _lines(repository.common / "packed-refs", _PACKED_BYTES) as lines:
        for line in lines:
            value, _, found = line.rstrip(b"\n").partition(b" ")
            if found == wanted:
                return value.decode("ascii", "replace")
    return ""


def _small(path: Path) -> str:
    """Return the text of a small regular file, or nothing for anything else."""
    with _lines(path, _SMALL_BYTES) as lines:
        return b"".join(lines).decode("utf-8", "surrogateescape")


@contextlib.contextmanager
def _lines(path: Path, limit: int) -> Iterator[Iterator[bytes]]:
    """Give the lines of a regular file that is no link, never waiting for a pipe; else none."""
    try:
        flags = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(path, flags)
    except (OSError, ValueError):
        yield iter(())
        return
    about = os.fstat(descriptor)
    if not stat.S_ISREG(about.st_mode) or about.st_size > limit:
        os.close(descriptor)
        yield iter(())
        return
    with os.fdopen(descriptor, "rb") as file:
        yield iter(file)


def _none(path: Path) -> InputError:
    return InputError(
        f"{visible(str(path))} is not a Git repository. Nothing was read.",
        code="no_repository",
        next_step="Name the folder that holds .git, or a bare repository.",
    )


def _unknown(repository: Repository, revision: str) -> InputError:
    tables = (repository.common / "reftable").is_dir()
    return InputError(
        f"The repository has no revision “{visible(revision)}”. Nothing was read.",
        code="unknown_revision",
        next_step="It keeps its names in tables, which are not read: give the commit id."
        if tables
        else "Give a commit id, a branch or a tag that it has.",
    )
