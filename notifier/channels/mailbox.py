"""A mailbox of our own: an SMTP server on loopback that keeps every mail as a file to look at."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from email import message_from_bytes
from email.policy import SMTP as WIRE
from html import escape
from typing import TYPE_CHECKING, Any, Self

from aiosmtpd.smtp import SMTP

from notifier.errors import OutsideError

if TYPE_CHECKING:
    from email.message import EmailMessage
    from pathlib import Path

_LARGEST_MAIL_BYTES = 10 * 1024 * 1024
_INDEX = "index.html"
_PATIENCE_SECONDS = 10.0
# No script anywhere; the frames inherit this, so that nothing remote is loaded either.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


class Mailbox:
    """Takes every mail for everybody; mail number n is the file ``<n>.eml`` of the folder.

    Meant for ``notifier demo`` and for rehearsals on one machine; it listens on loopback and relays
    nothing. Use it as a context manager; ``index.html`` is written at the end.
    """

    def __init__(self, folder: Path, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self.folder = folder
        self.host = host
        self.port = port
        """0 until ``start``; then the port that it listens on."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="mailbox", daemon=True)
        self._server: asyncio.Server | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Make the folder and listen.

        :raises OutsideError: the folder cannot be made, or the port is taken
        """
        logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd logs addresses there
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._thread.start()
            self._server = self._run(self._listen())
        except OSError as error:
            self._end_loop()
            raise OutsideError(
                f"The mailbox cannot listen on {self.host}:{self.port} and write to {self.folder}"
                f" ({error.strerror}). Nothing was done.",
                code="mailbox",
                next_step="Choose another port or folder.",
            ) from error
        self.port = int(self._server.sockets[0].getsockname()[1])

    def stop(self) -> None:
        """Stop listening and write ``index.html``."""
        if self._server is not None:
            self._run(self._close(self._server))
            self._server = None
            self.write_index()
        self._end_loop()

    def mails(self) -> list[Path]:
        """Return the files of the mails in the order in which they came."""
        numbered = (path for path in self.folder.glob("*.eml") if path.stem.isdecimal())
        return sorted(numbered, key=lambda path: int(path.stem))

    def write_index(self) -> Path:
        """Write the page on which all mails can be read, newest first; return its path."""
        page = self.folder / _INDEX
        draft = self.folder / f".{_INDEX}.new"
        draft.write_text(index(self.mails()), encoding="utf-8")
        draft.replace(page)
        return page

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  aiosmtpd's name
        """Keep one mail. Its 250 is said when the file is whole."""
        number = max((int(path.stem) for path in self.mails()), default=0) + 1
        draft = self.folder / f".{number}.eml.new"
        draft.write_bytes(envelope.original_content)
        draft.replace(self.folder / f"{number}.eml")
        return f"250 2.0.0 Ok: queued as {number}"

    def _run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_PATIENCE_SECONDS)

    async def _listen(self) -> asyncio.Server:
        return await self._loop.create_server(self._session, self.host, self.port)

    def _session(self) -> Any:
        return SMTP(
            self,
            data_size_limit=_LARGEST_MAIL_BYTES,
            enable_SMTPUTF8=True,
            hostname="mailbox.invalid",
            ident="notifier mailbox",
            loop=self._loop,
        )

    async def _close(self, server: asyncio.Server) -> None:
        server.close()
        for task in asyncio.all_tasks():
            if task is not asyncio.current_task():
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task

    def _end_loop(self) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(_PATIENCE_SECONDS)
        if not self._loop.is_closed():
            self._loop.close()


def index(mails: list[Path]) -> str:
    """Return one page with every mail: headers, text and HTML, whatever they contain.

    HTML stands in a sandboxed frame without scripts and without the network; links open outside.
    """
    shown = "\n".join(_shown(path) for path in reversed(mails)) or "<p>No mail has come yet.</p>"
    return _PAGE.format(policy=escape(_POLICY), count=len(mails), mails=shown)


def _shown(path: Path) -> str:
    mail: EmailMessage = message_from_bytes(path.read_bytes(), policy=WIRE)
    headers = "".join(
        f"<dt>{name}</dt><dd>{escape(str(mail.get(name, '')))}</dd>"
        for name in ("From", "To", "Date", "Message-ID")
    )
    title = escape(str(mail.get("Subject", "(no subject)")))
    to = escape(str(mail.get("To", "")))
    framed = escape('<base target="_blank">' + _part(mail, "html"), quote=True)
    return (
        f'<details id="m{path.stem}"><summary><b>{title}</b><span>{to}</span></summary>'
        f'<dl>{headers}</dl><p><a href="{path.name}">{path.name}</a>, as it came</p>'
        f'<h3>HTML</h3><iframe loading="lazy" title="{title}" srcdoc="{framed}"'
        ' sandbox="allow-popups allow-popups-to-escape-sandbox" referrerpolicy="no-referrer">'
        f"</iframe><h3>Text</h3><pre>{escape(_part(mail, 'plain'))}</pre></details>"
    )


def _part(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except (LookupError, ValueError, AssertionError):
        return "(this part cannot be read; see the file)"


_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Mailbox: {count} mails</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 56rem; margin: 2rem auto;
  padding: 0 1rem; }}
details {{ border: 1px solid #8888; border-radius: .5rem; margin: .5rem 0; padding: .5rem 1rem; }}
summary {{ cursor: pointer; }}
summary span {{ display: block; opacity: .75; }}
dl {{ display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem;
  overflow-wrap: anywhere; }}
dd {{ margin: 0; }}
iframe {{ width: 100%; height: 40rem; border: 1px solid #8888; background: Canvas; }}
pre {{ white-space: pre-wrap; overflow-wrap: anywhere; }}
</style>
</head>
<body>
<h1>Mailbox</h1>
<p>{count} mails, newest first. Nothing here left this machine.</p>
{mails}
</body>
</html>
"""
