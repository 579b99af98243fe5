"""Delivery with its promises, against a loop that sends and remembers nothing."""

from __future__ import annotations

import asyncio
from itertools import count
from typing import TYPE_CHECKING

import aiosmtplib

from tests.delivery import SENDER, add_audience, new_store, send
from tests.relay import HostileRelay

from .measure import Row, compare

if TYPE_CHECKING:
    from pathlib import Path

MESSAGES = 500
BODY = b"From: privacy@example.com\r\nSubject: A change\r\n\r\n" + b"Dear reader,\r\n" * 12


async def loop(port: int) -> None:
    """Send the same number of mails over one connection."""
    async with aiosmtplib.SMTP(
        hostname="127.0.0.1", port=port, use_tls=False, start_tls=False
    ) as line:
        for n in range(MESSAGES):
            await line.sendmail(SENDER, [f"p{n}@example.org"], BODY)


def measure(folder: Path) -> Row:
    """Claim, store the intent, send, store the outcome; the baseline only sends. One connection."""
    numbers = count()
    stores = []
    for _ in range(3):
        home = folder / f"home{next(numbers)}"
        home.mkdir()
        stores.append(new_store(home))
        add_audience(stores[-1], [f"p{n}@example.org" for n in range(MESSAGES)])
    waiting = iter(stores)
    with HostileRelay() as relay:
        row = compare(
            f"delivery of {MESSAGES} messages",
            lambda: send(next(waiting), relay.port, connections=1, rate_per_second=1e6),
            "plain sendmail on one connection",
            lambda: asyncio.run(loop(relay.port)),
            waiting=True,
        )
        if len(relay.accepted) != 6 * MESSAGES:
            raise AssertionError(f"the relay took {len(relay.accepted)} messages")
    for store in stores:
        store.close()
    return row
