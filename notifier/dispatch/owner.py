"""Who holds a claim: this process, named so that another local one can tell whether it is dead."""

from __future__ import annotations

import os
import socket
from functools import cache
from pathlib import Path

_STATE, _STARTED = 0, 19
"""Fields of /proc/PID/stat, counted from the one behind the command's name (proc_pid_stat(5))."""


def this_owner() -> str:
    """Return ``host:pid:start-time`` of this process.

    The host part names the machine's boot and the pid namespace too, where there is /proc: the same
    number in another container or after a restart of the machine is another process.
    """
    pid = os.getpid()
    return f"{_host()}:{pid}:{_started(pid) or 0}"


def owner_is_dead(owner: str) -> bool:
    """Whether that owner is a process of this machine that runs no more.

    A stopped process is alive; another machine's, or one that cannot be judged, counts as alive,
    and its lease decides.
    """
    host, _, rest = owner.rpartition(":")[0].rpartition(":")
    pid, started = rest, owner.rpartition(":")[2]
    if host != _host() or not pid.isdecimal():
        return False
    now = _started(int(pid))
    if now is None:
        return not _exists(int(pid))
    return now != started


@cache
def _host() -> str:
    parts = [socket.gethostname().replace(":", "_")]
    try:
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text("ascii")[:8])
        parts.append(str(Path("/proc/self/ns/pid").stat().st_ino))
    except OSError:
        pass  # no /proc here; the name of the host has to do
    return "/".join(parts)


def _started(pid: int) -> str | None:
    """Return when a process started, empty for a dead one that nobody collected, None for none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("utf-8", errors="replace")
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    return "" if fields[_STATE] in {"Z", "X"} else fields[_STARTED]


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
