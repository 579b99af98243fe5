"""What the tests of delivery share: a home with an audience, a real renderer, a real runner.

As a program (``python -m tests.delivery HOME PORT [CONNECTIONS [RATE [LEASE]]]``) it runs until
everything due is done, and is there to be killed.
"""

from __future__ import annotations

import asyncio
import hashlib
import sys
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import TYPE_CHECKING

from sqlmodel import select

from notifier.channels.model import Letter
from notifier.channels.smtp import Relay, Timeouts
from notifier.dispatch import Delivery, deliver, owner_is_dead
from notifier.settings import Mail
from notifier.store.engine import Store, open_store
from notifier.store.messages import recover
from notifier.store.tables import CampaignRow, EntryRow, MessageRow, PersonRow, Table
from notifier.worker import Cycle, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from notifier.store.messages import Claimed

CAMPAIGN = "privacy@2027-01"
SENDER = "privacy@example.com"
SHORT = Timeouts(connect=1.0, command=0.5, body=0.5)


def new_store(home: Path) -> Store:
    """Make an empty database in a folder."""
    store = open_store("sqlite:///notifier.db", home)
    store.create_file()
    Table.metadata.create_all(store.writer)
    return store


def add_audience(store: Store, addresses: Iterable[str], *, state: str = "sending") -> None:
    """Add a campaign with one planned message for each address."""
    now = datetime.now(UTC)
    with store.write() as tx:
        tx.add(
            CampaignRow(
                id=CAMPAIGN,
                kind="version",
                state=state,
                author="ann",
                opened_at=now,
                effective_date="2027-06-01",
                effective_at=now + timedelta(days=90),
            )
        )
        for number, address in enumerate(addresses):
            person = f"p{number:04}"
            digest = hashlib.sha256(person.encode()).hexdigest()
            tx.add(PersonRow(person_id=person, email=address, name=f"Name {person}", salt=digest))
            tx.add(
                MessageRow(campaign=CAMPAIGN, person_id=person, state="planned", ref=digest[:32])
            )


def render(claimed: Claimed) -> Letter:
    """Make a small mail; the same claim gives the same bytes."""
    assert claimed.person is not None
    recipient = claimed.recipient or claimed.person.email
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = SENDER, "you <you@example.org>", "A change"
    mail["Date"] = claimed.dated_at
    mail["Message-ID"] = f"<{claimed.ref}@example.com>"
    mail.set_content(f"Dear {claimed.name},\n\n.a line that begins with a dot\n\nBye\n")
    return Letter.of(sender=SENDER, recipient=recipient, data=bytes(mail), name=claimed.name)


def mail_settings(port: int, **changed: object) -> Mail:
    """Return [mail] for a relay on this machine."""
    values = {"port": port, "tls": "none", "connections": 2, "rate_per_second": 5000.0}
    return Mail.model_validate({**values, **changed})


def send(
    store: Store,
    port: int,
    *,
    relay: Relay | None = None,
    renderer: Callable[[Claimed], Letter] = render,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    stop: asyncio.Event | None = None,
    reserve_days: int = 5,
    lease_seconds: float = 60.0,
    budget_seconds: float = 30.0,
    **changed: object,
) -> Delivery:
    """Call ``deliver`` once."""
    mail = mail_settings(port, **changed)

    async def work() -> Delivery:
        return await deliver(
            store,
            [CAMPAIGN],
            mail=mail,
            retry_reserve_days=reserve_days,
            channel=relay or Relay.from_settings(mail, timeouts=SHORT),
            render=renderer,
            stop=stop or asyncio.Event(),
            clock=clock,
            lease_seconds=lease_seconds,
            budget_seconds=budget_seconds,
        )

    return asyncio.run(work())


def rows(store: Store) -> dict[str, MessageRow]:
    """Return the messages by the address of their person."""
    with store.read() as tx:
        people = {p.person_id: p.email for p in tx.exec(select(PersonRow))}
        return {people[m.person_id]: m for m in tx.exec(select(MessageRow))}


def states(store: Store) -> dict[str, str]:
    """Return the states of the messages by address."""
    return {address: row.state for address, row in rows(store).items()}


def entries(store: Store, kind: str = "") -> Sequence[EntryRow]:
    """Return the ledger's entries in order, all or of one kind."""
    with store.read() as tx:
        found = tx.exec(select(EntryRow).order_by(EntryRow.seq)).all()
    return [entry for entry in found if not kind or entry.kind == kind]


def run_until_idle(home: Path, port: int, connections: int, rate: float, lease: float) -> None:
    """Be a runner: recover, deliver, until nothing is due and nobody else holds a claim."""
    store = open_store("sqlite:///notifier.db", home)
    mail = mail_settings(port, connections=connections, rate_per_second=rate)

    async def step(stop: asyncio.Event) -> Cycle:
        with store.write() as tx:
            recover(tx, datetime.now(UTC), owner_is_dead)
        done = await deliver(
            store,
            [CAMPAIGN],
            mail=mail,
            retry_reserve_days=5,
            channel=Relay.from_settings(mail, timeouts=Timeouts(connect=5, command=5, body=5)),
            render=render,
            stop=stop,
            lease_seconds=lease,
        )
        if done.more:
            return Cycle.MORE
        return Cycle.WAITING if done.left.claimed else Cycle.IDLE

    run(step, until_idle=True, interval_seconds=0.1)
    store.close()


if __name__ == "__main__":
    defaults = [4.0, 5000.0, 60.0]
    numbers = [*map(float, sys.argv[3:]), *defaults[len(sys.argv) - 3 :]]
    run_until_idle(Path(sys.argv[1]), int(sys.argv[2]), int(numbers[0]), numbers[1], numbers[2])
