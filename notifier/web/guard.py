"""What stands before every page: headers, a limit on bodies, neutral errors, a careful log."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_LIMIT_BYTES = 64 * 1024
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)
SCRIPTED_POLICY = f"{CONTENT_SECURITY_POLICY}; script-src 'self'"
"""For the change page, whose script (``/redline.js``) adds keys; no other page runs any."""
HEADERS = (
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), browsing-topics=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
_log = logging.getLogger("notifier.web")


class _TooLargeError(Exception):
    """The body went over the limit while it was read."""


class Guard:
    """The outermost layer of the web face (pure ASGI, so that nothing is buffered).

    A HEAD is answered as its GET without the body. ``page(status)`` gives the neutral page of an
    error. Paths, queries and bodies never reach the log, since a path may hold a choice token: what
    is logged is method, route, status, and the name of an exception's class.
    """

    def __init__(self, app: ASGIApp, page: Callable[[int], bytes]) -> None:
        self._app = app
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; see the class."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _Answer(scope, send)
        if scope["method"] == "HEAD":
            scope["method"] = "GET"
        if _declared_length(scope) > BODY_LIMIT_BYTES:
            await answer.fail(413, self._page(413))
            return
        try:
            await self._app(scope, _limited(receive), answer.send)
        except _TooLargeError:
            await answer.fail(413, self._page(413))
        except Exception as error:  # noqa: BLE001  the message may hold a token: only its kind is logged
            _log.error("%s: %s", _route(scope), type(error).__qualname__)
            await answer.fail(500, self._page(500))


class _Answer:
    """Adds the headers to an answer, logs it, and replaces it if it has not begun."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope = scope
        self._send = send
        self._method = scope["method"]
        self._begun = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._begun = True
            own = {name.lower() for name, _ in message["headers"]}
            added = [item for item in HEADERS if item[0] not in own]
            message = {**message, "headers": [*message["headers"], *added]}
            _log.info("%s %s %d", self._method, _route(self._scope), message["status"])
        elif self._method == "HEAD":
            message = {**message, "body": b""}
        await self._send(message)

    async def fail(self, status: int, body: bytes) -> None:
        if self._begun:
            return
        headers = [
            (b"content-type", b"text/html; charset=utf-8"),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
            (b"connection", b"close"),
        ]
        await self.send({"type": "http.response.start", "status": status, "headers": headers})
        await self.send({"type": "http.response.body", "body": body})


def _route(scope: Scope) -> str:
    """Return the route's pattern, ``/choice/{token}``, never what stood in its place."""
    return str(getattr(scope.get("route"), "path", "(no route)"))


def _declared_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() else BODY_LIMIT_BYTES + 1
    return 0


def _limited(receive: Receive) -> Receive:
    read = 0

    async def limited() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > BODY_LIMIT_BYTES:
            raise _TooLargeError
        return message

    return limited
