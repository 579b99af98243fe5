"""What the machine must allow before sending begins."""

from __future__ import annotations

import resource

from notifier.errors import OutsideError

_OWN_FILES = 16
"""Database, event loop, feeds, keys and standard streams; measured: 12 at most, at once."""


def allow_files(connections: int) -> None:
    """Make sure that the relay's connections and our own files can be open together.

    The soft limit is raised as far as the hard one lets it. Without this the first connection, or
    the database, fails in the middle of a campaign.

    :raises OutsideError: the hard limit is too low; nothing was begun
    """
    needed = _OWN_FILES + connections
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return
    if hard == resource.RLIM_INFINITY or hard >= needed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
        return
    raise OutsideError(
        f"This process may open {hard} files, and needs {needed} to send on {connections}"
        " connections. Nothing was sent.",
        code="too_few_files",
        next_step=f"Raise the limit (`ulimit -n {needed}`), or lower mail.connections.",
    )
