"""The audience, against the one statement that a person would write who knew the answer."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING

from notifier.plan.audience import decide
from notifier.plan.model import Exposure, TellingChange
from notifier.store import audience
from notifier.store.audience import load_shapes, materialize
from notifier.store.engine import migrate, open_store

from .measure import Row, compare

if TYPE_CHECKING:
    from pathlib import Path

    from notifier.store.engine import Store

PEOPLE = 20_000
SITES, CATEGORIES = ("meetings", "shop", "forum"), ("contact", "usage", "billing")
COLLECTING = [
    ("v1", datetime(2012, 6, 1, tzinfo=UTC)),
    ("v2", datetime(2020, 1, 1, tzinfo=UTC)),
    ("v3", datetime(2026, 1, 1, tzinfo=UTC)),
]
EXPOSURE = Exposure(
    policy="privacy",
    version="v3",
    newer_or_same=frozenset({"v3"}),
    by_baseline={"v1": (TellingChange(key="sale"),), "v2": ()},
    order=("v1", "v2", "v3"),
)
BARE = """
INSERT INTO message (
  campaign, person_id, kind, channel, state, reason, cohort, locale, notice_days, ref,
  recipient, sha256, attempts, owner, fence, reply_code, reply_text, queue_id
)
SELECT ?, p.person_id, 'notice', 'email', 'planned', '', 'c', p.locale, 30,
  lower(hex(randomblob(16))), '', '', 0, '', 0, 0, '', ''
FROM person AS p
WHERE EXISTS (
  SELECT 1 FROM collection AS c
  WHERE c.person_id = p.person_id AND c.policy = 'privacy' AND c.version = 'v1'
)
"""


def fill(store: Store) -> None:
    """Store people of a few countries and tongues, with three collections each."""
    chance = random.Random(20270115)  # noqa: S311  the same people every time
    with store.write() as tx:
        driver = tx.connection().connection.driver_connection
        driver.executemany(
            "INSERT INTO person (person_id, email, name, locale, timezone, country, status,"
            " marketing_opt_out, role, governed_by, guardian_email, child, salt)"
            " VALUES (?, ?, '', ?, '', ?, 'active', 0, 'customer', '', '', 0, '00')",
            [
                (
                    f"p{n:06}", f"p{n}@mail.example", chance.choice(("en", "de", "fr")),
                    chance.choice(("US", "DE", "FR", "CA", "")),
                )
                for n in range(PEOPLE)
            ],
        )  # fmt: skip
        driver.executemany(
            "INSERT INTO collection VALUES (?, ?, ?, 'privacy', ?, '')",
            [
                (f"p{n:06}", site, chance.choice(CATEGORIES), chance.choice(("v1", "v2", "v3")))
                for n in range(PEOPLE)
                for site in SITES
            ],
        )


def measure(folder: Path) -> Row:
    """Find out who is told and write their messages; the baseline knows and only writes."""
    store = open_store("sqlite:///audience.db", folder)
    migrate(store)
    fill(store)
    numbers, written = count(), set()

    def ours() -> None:
        audience._holdings.cache_clear()  # a campaign is planned by a fresh process
        audience._holding.cache_clear()
        with store.write() as tx:
            shapes = load_shapes(tx, policy="privacy", collecting=COLLECTING)
            rulings = {row.id: decide(row.shape, EXPOSURE, lambda _: 30) for row in shapes}
            campaign = f"ours {next(numbers)}"
            written.add(materialize(tx, campaign=campaign, rulings=rulings, locale="en"))

    def bare() -> None:
        with store.write() as tx:
            driver = tx.connection().connection.driver_connection
            written.add(driver.execute(BARE, (f"bare {next(numbers)}",)).rowcount)

    row = compare(
        f"audience and messages of {PEOPLE} people", ours, "bare INSERT … SELECT of the same", bare
    )
    store.close()
    if len(written) != 1:
        raise AssertionError(f"they did not do the same: {written}")
    return row
