"""``notifier serve`` as a process of its own, and how to ask it."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING

from walk import COMMAND

if TYPE_CHECKING:
    from collections.abc import Iterator

    from walk import Walker

PUBLIC = "http://127.0.0.1:8080"
"""The base URL of the links in the mails, since the tests do not set ``[web] base_url``."""


@dataclass
class Served:
    """A running web face."""

    base: str
    process: subprocess.Popen[str]

    def here(self, url: str) -> str:
        """Return a link of a mail as this server answers it."""
        return url.replace(PUBLIC, self.base)


@contextlib.contextmanager
def started(walk: Walker, *before: str) -> Iterator[Served]:
    """Run ``notifier serve`` on a free port until it ends or the block does."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    command = [*before, *COMMAND, "--home", str(walk.home), "serve", "--bind", f"127.0.0.1:{port}"]
    server = subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=walk.variables()
    )
    try:
        until = time.monotonic() + 60
        while True:
            try:
                get(f"{base}/healthz")
                break
            except urllib.error.URLError:
                assert time.monotonic() < until
                assert server.poll() is None
                time.sleep(0.05)
        yield Served(base=base, process=server)
    finally:
        server.terminate()
        said, errors = server.communicate(timeout=30)
        assert "Traceback" not in errors + said
        assert f"Serving on {base} " in errors


@contextlib.contextmanager
def serving(walk: Walker) -> Iterator[str]:
    """Run ``notifier serve`` until the block ends; gives its base URL."""
    with started(walk) as served:
        yield served.base


def get(url: str, form: dict[str, str] | None = None) -> str:
    """Return the page at a URL, or the answer to a form."""
    data = urllib.parse.urlencode(form).encode() if form else None
    with urllib.request.urlopen(url, data=data, timeout=20) as answer:
        return str(answer.read().decode())
