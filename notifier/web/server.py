"""Run the web face on uvicorn, without an access log: a path may hold a choice token."""

from __future__ import annotations

from typing import TYPE_CHECKING

import uvicorn

from notifier.errors import InputError, OutsideError

if TYPE_CHECKING:
    from collections.abc import Callable
    from socket import socket

    from fastapi import FastAPI


def parse_bind(bind: str) -> tuple[str, int]:
    """Return host and port of ``127.0.0.1:8080`` or ``[::1]:8080``.

    :raises InputError: it is not of that form
    """
    host, _, port = bind.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:  # noqa: PLR2004  TCP's ports
        raise InputError(
            f"web.bind is {bind!r}, which is not HOST:PORT. Nothing was started.",
            next_step='Write it like bind = "127.0.0.1:8080" in notifier.toml.',
        )
    return host.removeprefix("[").removesuffix("]"), int(port)


def make_server(app: FastAPI, bind: str) -> uvicorn.Server:
    """Return a server for ``app``; ``run()`` serves until SIGTERM or SIGINT."""
    host, port = parse_bind(bind)
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            access_log=False,
            log_level="warning",
            server_header=False,
            proxy_headers=False,
            h11_max_incomplete_event_size=32 * 1024,
            limit_concurrency=512,
            timeout_keep_alive=10,
            timeout_graceful_shutdown=10,
        )
    )


class _Announced(uvicorn.Server):
    """A server that tells when it listens, and not before."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()


def serve(app: FastAPI, bind: str, ready: Callable[[], None]) -> None:
    """Serve until the process is asked to stop; call ``ready`` once the address is bound.

    :raises OutsideError: the address is taken or may not be bound
    """
    server = _Announced(make_server(app, bind).config, ready)
    try:
        server.run()
    except SystemExit as error:  # uvicorn's own way to say that it could not bind
        raise OutsideError(
            f"{bind} could not be bound. Nothing is being served.",
            next_step="Stop what listens there, or set another web.bind.",
        ) from error
