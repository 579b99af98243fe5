"""Read one file of one commit with Git's plumbing, from a repository that nobody trusts.

Git runs in a folder of our own that only borrows the repository's objects. So the repository's
configuration, hooks, attributes, replacements, grafts and index are never even opened, whoever owns
them: there is no filter, monitor, pager or remote that could be run, whatever version Git is. The
names (branches, tags) are read by ``refs``.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess  # Git itself, with a scrubbed environment
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from notifier.errors import InputError, OutsideError
from notifier.sources.git.refs import Repository, hash_length, open_repository, resolve, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

_SECONDS = 10
_HEAP_KB = 393_216
"""What Git may take for itself; packs are mapped and do not count."""
_LIMITED = f'ulimit -d {_HEAP_KB} || :; ulimit -t {_SECONDS} || :; ulimit -c 0 || :; exec "$@"'
_HASH = re.compile(rb"[0-9a-f]{40}|[0-9a-f]{64}")
_ENTRY = re.compile(
    rb"(?P<mode>\d{6}) (?P<type>[a-z]+) (?P<hash>[0-9a-f]{40,64})\t(?P<name>.+)", re.DOTALL
)
_NOT_FILES = {
    b"040000": ("a folder", "Name a file in it."),
    b"120000": ("a symbolic link", "Name the file that it points to."),
    b"160000": ("a submodule", "Name the submodule's own repository with --git."),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class GitFile:
    """The bytes of a file, and the commit that they stood in."""

    commit: str
    """The full id."""
    path: str
    """From the top of the repository, as Git has it."""
    raw: bytes


def read_git_file(repository: Path, revision: str, path: str, *, limit: int) -> GitFile:
    """Return a file of a commit, byte for byte as it was committed, without any conversion.

    Nothing of the repository is run, written or fetched. ``limit`` is in bytes.

    :raises InputError: no such repository, revision or file; no regular file; above the limit; its
        objects are not all there
    :raises OutsideError: Git is missing, or took too long
    """
    found = open_repository(repository)
    wanted = _checked(path)
    start = resolve(found, revision)
    with _borrowed(found) as git:
        commit = git.line("rev-parse", "--verify", "--end-of-options", f"{start}^{{commit}}")
        if not _HASH.fullmatch(commit):
            raise InputError(
                f"“{visible(revision)}” is no commit that is whole in this repository. Nothing was"
                " read.",
                code="unknown_revision",
                next_step="Give a full commit id, or fetch the commit there first.",
            )
        listed = git.line("ls-tree", "-z", commit, "--", wanted)
        blob = _regular(listed, wanted, commit)
        size = git.line("cat-file", "-s", blob)
        if not size.isdigit():
            raise _missing(wanted, commit)
        if int(size) > limit:
            raise _refusal(
                wanted,
                commit,
                f"is above the limit of {limit // 1_000_000} MB for a policy",
                "Name the policy's text alone.",
                code="file_too_big",
            )
        raw = git.output("cat-file", "blob", blob, most=limit)
        if len(raw) != int(size):
            raise _missing(wanted, commit)
    return GitFile(commit=commit.decode(), path=os.fsdecode(wanted), raw=raw)


def _checked(path: str) -> bytes:
    """Return a path as Git has it: from the top, without a way out."""
    parts = [part for part in path.split("/") if part != "."]
    if path.startswith("/") or "\0" in path or any(part in {"", ".."} for part in parts):
        raise InputError(
            f"“{visible(path)}” is not a path inside a repository. Nothing was read.",
            next_step="Give it from the top of the repository, as `git ls-files` shows it.",
        )
    return os.fsencode("/".join(parts))


def _regular(listed: bytes, path: bytes, commit: bytes) -> str:
    """Return the object of a regular file in a line of ``ls-tree``."""
    entry = _ENTRY.fullmatch(listed.rstrip(b"\0"))
    if entry is None or entry["name"] != path:
        raise _refusal(
            path,
            commit,
            "is not there",
            "Give the path from the top of the repository, as `git ls-files` shows it.",
            code="missing_file",
        )
    if entry["type"] != b"blob" or entry["mode"] in _NOT_FILES:
        what, next_step = _NOT_FILES.get(entry["mode"], ("no file", "Name a file."))
        raise _refusal(path, commit, f"is {what}, not a file", next_step)
    return entry["hash"].decode()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Git:
    """Git in a folder of our own, over borrowed objects."""

    program: str
    folder: Path
    objects: Path

    def line(self, *command: str | bytes) -> bytes:
        """Return a short answer, or nothing where Git refuses."""
        return self.output(*command, most=8192).rstrip(b"\n")

    def output(self, *command: str | bytes, most: int) -> bytes:
        """Return at most ``most`` bytes that Git answers, or nothing where it refuses."""
        arguments = ["/bin/sh", "-c", _LIMITED, "sh", self.program, "--no-pager"]
        arguments += ["--no-replace-objects", "--literal-pathspecs", "--no-optional-locks"]
        try:
            with subprocess.Popen(  # noqa: S603  no shell reads the arguments; options end above
                [*arguments, *command],
                cwd=self.folder,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            ) as process:
                return _answer(process, most)
        except OSError as error:
            raise OutsideError(
                "Git could not be run on the repository, or did not answer in time. Nothing was"
                " read.",
                next_step="Try `git fsck` there, or commit the file itself without --git.",
            ) from error

    def _environment(self) -> dict[str, str]:
        """Return all that Git gets to know; nothing is inherited but where programs are."""
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "LC_ALL": "C",
            "HOME": str(self.folder),
            "GIT_DIR": str(self.folder),
            "GIT_OBJECT_DIRECTORY": str(self.objects),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_SYSTEM": os.devnull,
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_ATTR_NOSYSTEM": "1",
            "GIT_NO_LAZY_FETCH": "1",
            "GIT_ALLOW_PROTOCOL": "none",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_ADVICE": "0",
        }


def _answer(process: subprocess.Popen[bytes], most: int) -> bytes:
    """Return what Git writes, without ever holding more than ``most`` bytes and one.

    :raises TimeoutError: it took too long
    """
    clock = threading.Timer(_SECONDS, process.kill)
    clock.start()
    try:
        data = process.stdout.read(most + 1) if process.stdout else b""
        if len(data) > most:
            process.kill()
        process.wait()
    finally:
        late = clock.finished.is_set()
        clock.cancel()
    if late:
        raise TimeoutError
    return data if process.returncode == 0 else b""


@contextlib.contextmanager
def _borrowed(repository: Repository) -> Iterator[_Git]:
    """Make the folder that Git takes for the repository; it is gone afterwards."""
    program = shutil.which("git")
    if program is None:
        raise OutsideError(
            "Git is not installed, so no commit can be read. Nothing was read.",
            next_step="Install git, or commit the file itself without --git.",
        )
    with tempfile.TemporaryDirectory(prefix="notifier-git-") as name:
        folder = Path(name)
        (folder / "refs").mkdir()
        (folder / "HEAD").write_text("ref: refs/heads/none\n", encoding="ascii")
        config = "[core]\n\trepositoryformatversion = 1\n\tbare = true\n"
        if hash_length(repository) == 64:  # noqa: PLR2004  hexadecimal digits of SHA-256
            config += "[extensions]\n\tobjectFormat = sha256\n"
        (folder / "config").write_text(config, encoding="ascii")
        yield _Git(program=program, folder=folder, objects=repository.objects.resolve())


def _missing(path: bytes, commit: bytes) -> InputError:
    return _refusal(
        path,
        commit,
        "is not whole in this repository (a partial clone?)",
        "Fetch it there yourself, or commit the file itself without --git.",
        code="missing_object",
    )


def _refusal(
    path: bytes, commit: bytes, what: str, next_step: str, *, code: str | None = None
) -> InputError:
    return InputError(
        f"{visible(os.fsdecode(path))} of commit {commit.decode()[:12]} {what}; it was not read and"
        " nothing was stored.",
        code=code,
        next_step=next_step,
    )
