"""Hurt a running command at its system calls, with strace: no help from the program is needed.

``strace -e inject=CALL:signal=KILL:when=K`` kills before the K-th CALL of any thread is done;
``error=ENOSPC`` makes it fail. Calls are counted by strace for each thread.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import re
import shutil
import signal
import subprocess
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from notifier.cli import run as run_command

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from walk import Walker

CALLS = (
    "pwrite64", "fdatasync", "fsync", "sendto", "write", "rename", "ftruncate", "unlink", "mkdir",
)  # fmt: skip
"""Every call by which the program, SQLite included, changes a file or says something."""
_CALL = re.compile(r"^(\d+) +(\w+)\(", re.MULTILINE)
_STRACE = ("strace", "-f", "-qq")


@dataclass(frozen=True, order=True)
class Point:
    """Before which call of a kind a command is killed."""

    call: str
    number: int

    def __str__(self) -> str:
        return f"{self.call}:{self.number}"

    @property
    def kill(self) -> str:
        """Return what strace injects there."""
        return f"signal=KILL:when={self.number}"

    @classmethod
    def read(cls, text: str) -> Point:
        call, _, number = text.partition(":")
        return cls(call, int(number))


def need_strace() -> None:
    """Skip where strace is missing or may not trace."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed (Debian: apt-get install strace)")
    if subprocess.run(["strace", "-qq", "-o", "/dev/null", "true"], check=False).returncode:
        pytest.skip("strace may not trace here (ptrace is not permitted)")


def counting(log: Path) -> tuple[str, ...]:
    """Return what to put before a command to have its calls written to ``log``."""
    return (*_STRACE, "--seccomp-bpf", "-o", str(log), "-e", f"trace={','.join(CALLS)}")


def most(log: Path) -> dict[str, int]:
    """Return for each call how often the thread that made it most often did."""
    found: dict[str, int] = {}
    for (_, call), number in Counter(_CALL.findall(log.read_text(errors="replace"))).items():
        found[call] = max(found.get(call, 0), number)
    return found


def killing(point: Point) -> tuple[str, ...]:
    """Return what to put before a command to have it killed at a point."""
    return _injecting(point.call, point.kill)


def failing(call: str, error: str, *, first: int = 1) -> tuple[str, ...]:
    """Return what to put before a command so that a call fails from the ``first`` time on."""
    return _injecting(call, f"error={error}:when={first}+")


def _injecting(call: str, what: str) -> tuple[str, ...]:
    # Without --seccomp-bpf: with it strace 6.1 injects no signal, and says nothing about it.
    return (*_STRACE, "-o", "/dev/null", *injection(call, what))


def injection(call: str, what: str) -> tuple[str, ...]:
    """Return strace's options for an injection."""
    return ("-e", f"trace={call}", "-e", f"inject={call}:{what}")


@contextlib.contextmanager
def attached(process: int, *options: str) -> Iterator[None]:
    """Trace a process that runs already; at the end of the block it is killed, if it was not."""
    # Without -q: its first line says that it is attached.
    command = ["strace", "-f", *options, "-p", str(process)]
    tracer = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert tracer.stderr is not None
    try:
        assert "attached" in tracer.stderr.readline()
        yield
    finally:
        # strace ends with the last process that it traces; asked to let go of one, it may hang.
        os.kill(process, signal.SIGKILL)
        tracer.communicate(timeout=30)


def limited(option: str, value: int) -> tuple[str, ...]:
    """Return what to put before a command to have the shell's ``ulimit`` on it."""
    return ("sh", "-c", f'ulimit {option} {value}; exec "$@"', "sh")


def choose(counts: dict[str, int], wanted: int, seed: int) -> list[Point]:
    """Return ``wanted`` points (0: all), spread over the kinds of calls, chosen by the seed."""
    every = {call: [Point(call, n + 1) for n in range(number)] for call, number in counts.items()}
    if not wanted:
        return [point for call in sorted(every) for point in every[call]]
    chance = random.Random(seed)  # noqa: S311  a choice, not a secret
    for points in every.values():
        chance.shuffle(points)
    chosen: list[Point] = []
    while len(chosen) < wanted and any(every.values()):
        chosen += [points.pop() for _, points in sorted(every.items()) if points]
    return sorted(chosen[:wanted])


def inside(walk: Walker, *arguments: object) -> Any:
    """Run a command that only reads in this process, and return its JSON document."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        code = run_command([*map(str, arguments), "--format", "json", "--home", str(walk.home)])
    assert code == 0, (arguments, said.getvalue())
    return json.loads(said.getvalue())


def verifies(walk: Walker) -> bool:
    """Say whether the home's evidence holds."""
    return bool(inside(walk, "evidence", "verify")["holds"])


def people_of(walk: Walker, campaign: str = "privacy@v2") -> dict[str, int]:
    """Return how many messages of a campaign are in each state."""
    (shown,) = inside(walk, "status", campaign)["campaigns"]
    return dict(shown["people"])


def write_rows(number: int) -> tuple[str, str]:
    """Return the files of ``number`` people who all have data under version v1."""
    people = [f"p{n:04},p{n:04}@example.org,Name {n}" for n in range(number)]
    held = [f"p{n:04},alpha,contact,privacy,v1," for n in range(number)]
    return (
        _lines("person_id,email,name", people),
        _lines("person_id,site,category,policy,version,collected_at", held),
    )


def _lines(head: str, rows: Iterable[str]) -> str:
    return "\n".join((head, *rows)) + "\n"
