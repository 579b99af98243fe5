"""Run commands in processes that have the program loaded already.

Starting the installed script takes two seconds of processor time, nearly all of it for imports. A
keeper process imports the program once and runs nothing of it. For each command it forks a process
with the arguments, environment, folder and output of its own, and this one goes through
``notifier.cli.main`` to the interpreter's usual end, as the script does.

What must be the script itself (under strace, ``ulimit`` or ``sh``, or to be killed) does not come
here; the pages' commands, the wheel and the crash tests start it.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_MOST = 1 << 20
"""Bytes of a request: arguments, environment and folder."""
_NOT_LOADED = ("notifier.extract.__main__", "notifier.store.migrations.")
"""Programs, and what only Alembic may import."""


def run(
    arguments: Sequence[str], environment: Mapping[str, str], *, timeout: float = 120
) -> tuple[int, str, str]:
    """Run one command; return its exit code (negative: the signal), output and errors.

    :raises subprocess.TimeoutExpired: it took longer; it was killed
    """
    request = {
        "arguments": list(arguments),
        "environment": dict(environment),
        "folder": str(Path.cwd()),
    }
    mine, theirs = socket.socketpair()
    with mine, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        with theirs:
            handed = [theirs.fileno(), out.fileno(), err.fileno()]
            socket.send_fds(_keeper(), [json.dumps(request).encode()], handed)
        mine.settimeout(timeout)
        with mine.makefile() as answer:
            process = int(answer.readline())
            try:
                code = int(answer.readline())
            except TimeoutError as error:
                os.kill(process, signal.SIGKILL)
                raise subprocess.TimeoutExpired(list(arguments), timeout) from error
        said = [(file.seek(0), file.read().decode())[1] for file in (out, err)]
    return code, said[0], said[1]


@cache
def _keeper() -> socket.socket:
    """Start this process's keeper; it ends with us."""
    mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        keeper = subprocess.Popen(
            [sys.executable, __file__, str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    @atexit.register
    def end() -> None:
        mine.close()
        keeper.wait()

    return mine


def keep(requests: socket.socket) -> None:
    """Be the keeper: load everything, then fork a process for each request until nobody asks."""
    import notifier

    for module in pkgutil.walk_packages(notifier.__path__, "notifier."):
        if not module.name.startswith(_NOT_LOADED):
            importlib.import_module(module.name)
    gc.collect()
    gc.freeze()  # a collection at a process's end would copy every page of what is loaded
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the waiters
    while True:
        request, handed, *_ = socket.recv_fds(requests, _MOST, 3)
        if not request:
            return
        if not os.fork():
            requests.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _wait_for_one(json.loads(request), *handed)
            return
        for descriptor in handed:
            os.close(descriptor)


def _wait_for_one(request: dict, answer: int, out: int, err: int) -> None:
    """Fork the command's process and answer with its number, then with its exit code."""
    process = os.fork()
    if not process:
        os.dup2(out, 1)
        os.dup2(err, 2)
        for descriptor in (answer, out, err):
            os.close(descriptor)
        _be(**request)
    os.write(answer, f"{process}\n".encode())
    _, status = os.waitpid(process, 0)
    os.write(answer, f"{os.waitstatus_to_exitcode(status)}\n".encode())
    os._exit(0)


def _be(arguments: list[str], environment: dict[str, str], folder: str) -> None:
    """Be the installed script; its end is raised, as there."""
    from notifier.cli import main

    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    os.chdir(folder)
    sys.argv = ["notifier", *arguments]
    main()


if __name__ == "__main__":
    keep(socket.socket(fileno=int(sys.argv[1])))
