"""What the process that reads a stranger's file may use, and no more."""

from __future__ import annotations

import resource
import sys
from contextlib import suppress

MEMORY_BYTES = 512 * 1024 * 1024
CPU_SECONDS = 5
"""Two files of a comparison, both at this limit, leave it within ten seconds on a free machine."""
WALL_SECONDS = 20
"""Four times the processor time: a machine under load is no reason to refuse a file."""
OPEN_FILES = 32


def limit_this_process() -> None:
    """Bound memory, processor time, files and processes of the running process for good.

    A limit that the system does not know or does not let a process set (macOS has no working
    ``RLIMIT_AS``) is left out: the bounds of the readers themselves and the parent's clock still
    hold.
    """
    wanted = {
        "RLIMIT_AS": MEMORY_BYTES,
        "RLIMIT_CPU": CPU_SECONDS,
        "RLIMIT_CORE": 0,
        "RLIMIT_FSIZE": 0,
        "RLIMIT_NOFILE": OPEN_FILES,
        "RLIMIT_NPROC": 0,
    }
    for name, most in wanted.items():
        kind = getattr(resource, name, None)
        if kind is None:
            continue
        with suppress(ValueError, OSError):
            _, hard = resource.getrlimit(kind)
            bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(kind, (bound, bound))
    sys.setrecursionlimit(20_000)  # the readers bound depth themselves
