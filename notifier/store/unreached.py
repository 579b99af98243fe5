"""People whom mail does not reach and who have not decided: what a site shows them instead."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from sqlalchemy import text
from sqlmodel import col, select

from notifier.evidence.commitment import commit_person
from notifier.store.tables import EntryRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlmodel import Session

HANDED_OVER = "interstitial"
"""Kind of the ledger's entry that a person was handed to a site, once for each site."""
_BATCH = 500
# A child without a guardian's address is not here: the notice is the guardian's.
_UNREACHED: Final = """
FROM message AS m JOIN person AS p ON p.person_id = m.person_id
WHERE m.campaign = :campaign AND m.kind = 'notice' AND p.status <> 'erased'
  AND (m.state = 'bounced' OR (m.state = 'suppressed' AND m.reason IN ('no_address', 'complaint')))
  AND NOT EXISTS (
    SELECT 1 FROM choice WHERE choice.campaign = m.campaign AND choice.person_id = m.person_id
  )
"""
_ON_SITE: Final = """
  AND EXISTS (
    SELECT 1 FROM collection AS c
    WHERE c.person_id = m.person_id AND c.site = :site AND (:policy = '' OR c.policy = :policy)
  )
"""

_ADDRESS: Final = """
EXISTS (
  SELECT 1 FROM person AS p
  WHERE p.person_id = message.person_id AND p.status <> 'erased'
    AND (CASE WHEN p.child THEN p.guardian_email ELSE p.email END {compared} '')
)
"""
# Whose bytes left once is not here: they are repeated to the address that they had.
_LOST_ADDRESS: Final = f"""
UPDATE message SET state = 'suppressed', next_at = NULL, reason = (
  SELECT CASE WHEN child THEN 'guardian_missing' ELSE 'no_address' END
  FROM person WHERE person.person_id = message.person_id
)
WHERE campaign = :campaign AND recipient = '' AND (
    state IN ('planned', 'deferred', 'held')
    OR (state = 'needs_attention' AND reason = 'render_failed: bad_address')
  )
  AND {_ADDRESS.format(compared="=")}
"""
_GOT_ADDRESS: Final = f"""
UPDATE message SET state = 'planned', reason = ''
WHERE campaign = :campaign AND state = 'suppressed'
  AND reason IN ('no_address', 'guardian_missing')
  AND NOT EXISTS (
    SELECT 1 FROM choice
    WHERE choice.campaign = message.campaign AND choice.person_id = message.person_id
  )
  AND {_ADDRESS.format(compared="<>")}
"""


def follow_addresses(tx: Session, campaign: str, *, mail: bool) -> tuple[int, int]:
    """Take up what an import changed: return how many lost their address, and how many got one.

    Without one they are suppressed, and their site shows them the notice; with one, and where
    ``mail`` may still be sent, they are told by it unless they have decided meanwhile.
    """
    run, values = tx.connection().execute, {"campaign": campaign}
    got = run(text(_GOT_ADDRESS), values).rowcount if mail else 0
    lost = run(text(_LOST_ADDRESS), values).rowcount
    return int(lost), int(got)


@dataclass(frozen=True, kw_only=True, slots=True)
class Unreached:
    """One person of a campaign whom mail does not reach."""

    person_id: str
    ref: str
    """Names the message, as its choice link does."""
    reason: str
    """``no_address``, ``complaint``, ``refused_recipient``, or another reason of ``bounced``."""
    subject: str
    """The person's commitment in the ledger."""


def unreached(tx: Session, campaign: str, *, site: str, policy: str) -> Iterator[Unreached]:
    """Yield the unreached of a campaign with data on a site, by person, streamed.

    ``policy`` limits to data under that policy; empty for an acquisition.
    """
    query = text(
        f"SELECT m.person_id, m.ref, m.reason, p.salt {_UNREACHED} {_ON_SITE} ORDER BY m.person_id"
    )
    rows = tx.connection().execute(
        query,
        {"campaign": campaign, "site": site, "policy": policy},
        execution_options={"yield_per": _BATCH},
    )
    for row in rows:
        yield Unreached(
            person_id=row.person_id,
            ref=row.ref,
            reason=row.reason,
            subject=commit_person(row.salt, row.person_id),
        )


def not_handed_over(
    tx: Session, campaign: str, people: Iterable[Unreached], *, site: str
) -> Iterator[Unreached]:
    """Yield those of whom no entry of the ledger says yet that they were handed to the site."""
    source = iter(people)
    while batch := list(islice(source, _BATCH)):
        known = select(EntryRow.subject, EntryRow.body).where(
            EntryRow.campaign == campaign,
            EntryRow.kind == HANDED_OVER,
            col(EntryRow.subject).in_([who.subject for who in batch]),
        )
        done = {subject for subject, body in tx.exec(known) if json.loads(body)["site"] == site}
        yield from (who for who in batch if who.subject not in done)


def unreached_mark(tx: Session, campaign: str) -> tuple[int, int]:
    """Return two numbers that change whenever the unreached of a campaign do."""
    # Scattered, since one person may come when another goes; and no sum of them overflows.
    scattered = "coalesce(sum(m.id * 1103515245 % 2147483647), 0)"
    query = text(f"SELECT count(*), {scattered} {_UNREACHED}")
    count, total = tx.connection().execute(query, {"campaign": campaign}).one()
    return int(count), int(total)
