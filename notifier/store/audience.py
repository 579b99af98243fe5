"""Who is in the audience: shapes of all people by one scan, and messages by one statement.

A million people have few distinct shapes: the database writes each person's shape as one text, a
function numbers the texts, and only the distinct ones are read in Python. The numbers live in a
temporary table of the transaction that asked.
"""

from __future__ import annotations

from datetime import UTC
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from notifier.plan.model import Decision, Holding, Shape, ShapeRow, Told

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlmodel import Session

    from notifier.plan.model import Ruling

    Starts = Sequence[tuple[str, datetime]]
    """(version, first instant at which data was collected under it), oldest first."""

_FIELD, _ITEM, _PART = "\x1f", "\x1e", "\x1d"
"""Separators within a shape's text; no imported value holds a control character."""
OTHER_COUNTRY: Final = "*"

_PEOPLE_KEY: Final = """
p.status || char(31) || p.role || char(31) || (p.governed_by <> '') || char(31)
|| (CASE WHEN p.child THEN p.guardian_email ELSE p.email END <> '') || char(31)
|| (p.child AND p.guardian_email = '') || char(31) || {country} || char(31) || p.locale
"""
_HOLDINGS: Final = """
coalesce((
  SELECT group_concat(c.site || char(29) || c.category || char(29) || {version}, char(30))
  FROM collection AS c WHERE c.person_id = p.person_id {policy}
), '')
"""
_TOLD: Final = """
coalesce((
  SELECT group_concat(t.campaign || char(29) || t.cohort || char(29) || t.decision, char(30))
  FROM (
    SELECT m.campaign, m.cohort, coalesce(last.decision, '') AS decision
    FROM message AS m
    LEFT JOIN choice AS last ON last.id = (
      SELECT max(one.id) FROM choice AS one
      WHERE one.campaign = m.campaign AND one.person_id = m.person_id
    )
    WHERE m.person_id = p.person_id AND m.kind = 'notice'
      AND m.campaign IN ({campaigns}) AND (m.state = 'sent' OR last.id IS NOT NULL)
    ORDER BY last.id
  ) AS t
), '')
"""
_EARLIER: Final = """
SELECT id FROM campaign
WHERE kind = 'version' AND policy = ? AND id <> ? AND state <> 'cancelled'
  AND EXISTS (SELECT 1 FROM message WHERE message.campaign = campaign.id)
ORDER BY id
"""
# A fence begins anywhere: SQLite gives the number of a discarded message to a new one, and an old
# claim of it must not pass for a claim of that one.
_MATERIALIZE: Final = """
INSERT INTO message (
  campaign, person_id, kind, channel, state, reason, cohort, locale, notice_days, ref,
  recipient, sha256, attempts, owner, fence, reply_code, reply_text, queue_id
)
SELECT ?, p.person_id, 'notice', 'email', r.state, r.reason, r.cohort, r.locale, r.notice_days,
  lower(hex(randomblob(16))), '', '', 0, '', abs(random() % 1000000000), 0, '', ''
FROM temp.person_shape AS s
CROSS JOIN temp.shape_ruling AS r ON r.shape = s.shape
CROSS JOIN person AS p ON p.rowid = s.person
WHERE true
ON CONFLICT (campaign, person_id, kind, channel) DO NOTHING
"""


def load_shapes(
    tx: Session,
    *,
    policy: str,
    collecting: Starts,
    campaign: str = "",
    countries: Collection[str] | None = None,
) -> list[ShapeRow]:
    """Return the shapes of all people under one policy, and number every person with theirs.

    A collection without a version counts under the version in force when it was collected, by
    ``collecting``; without a date, or before the first, under the oldest. Told is whoever the relay
    took a notice for in another campaign of the policy that was not cancelled, or who decided in
    one. With ``countries`` (the keys of the policy's notice table) all others count as one.
    """
    values = _Values()
    version = _version_of(collecting, values)
    holdings = _HOLDINGS.format(version=version, policy=f"AND c.policy = {values.bind(policy)}")
    connection = _raw(tx)
    earlier = [name for (name,) in connection.execute(_EARLIER, (policy, campaign))]
    told = "''"
    if earlier:
        told = _TOLD.format(campaigns=", ".join(values.bind(name) for name in earlier))
    return _number(connection, holdings, told, countries, values)


def load_transfer_shapes(
    tx: Session,
    *,
    collecting: Mapping[str, Starts],
    countries: Collection[str] | None = None,
) -> list[ShapeRow]:
    """Return the shapes of all people over the collections of every policy; for an acquisition.

    ``collecting`` by policy. Nobody counts as told before: each transaction is told of its own.
    """
    values = _Values()
    whens = [
        f"WHEN c.policy = {values.bind(policy)} THEN {_version_of(starts, values)}"
        for policy, starts in collecting.items()
    ]
    version = f"CASE {' '.join(whens)} ELSE c.version END" if whens else "c.version"
    holdings = _HOLDINGS.format(version=version, policy="")
    return _number(_raw(tx), holdings, "''", countries, values)


def materialize(
    tx: Session,
    *,
    campaign: str,
    rulings: Mapping[int, Ruling],
    locale: str,
    available: Collection[str] = (),
) -> int:
    """Write one message for each person who is told; return how many are new.

    One statement; a person who has a message of the campaign already keeps it. Whoever cannot be
    reached is ``suppressed`` with the ruling's reason. The message is in the ruling's locale where
    that is ``available``, else in ``locale``. The shapes must have been loaded in this transaction.
    """
    rows = []
    for shape, ruling in rulings.items():
        if ruling.decision is Decision.EXCLUDED:
            continue
        mailed = ruling.decision is Decision.EMAIL
        rows.append(
            (
                shape,
                "planned" if mailed else "suppressed",
                "" if mailed else ruling.reason.value,
                ruling.cohort,
                ruling.locale if ruling.locale in available else locale,
                ruling.notice_days,
            )
        )
    connection = _raw(tx)
    connection.execute("DROP TABLE IF EXISTS temp.shape_ruling")
    connection.execute(
        "CREATE TEMP TABLE shape_ruling (shape INTEGER PRIMARY KEY, state TEXT, reason TEXT,"
        " cohort TEXT, locale TEXT, notice_days INTEGER)"
    )
    connection.executemany("INSERT INTO temp.shape_ruling VALUES (?, ?, ?, ?, ?, ?)", rows)
    return connection.execute(_MATERIALIZE, (campaign,)).rowcount


def discard(tx: Session, campaign: str) -> int:
    """Remove the messages of a voided approval; the caller knows that nobody may have been told.

    What was deferred or refused goes too: the new words are another message. Refused recipients
    stay refused.
    """
    return (
        _raw(tx)
        .execute(
            "DELETE FROM message WHERE campaign = ?"
            " AND state NOT IN ('sent', 'bounced', 'unknown')",
            (campaign,),
        )
        .rowcount
    )


def people_of(tx: Session, rulings: Mapping[int, Ruling]) -> Iterator[tuple[str, Ruling]]:
    """Yield every person with their ruling, by person id, from the shapes last loaded in ``tx``."""
    rows = _raw(tx).execute(
        "SELECT p.person_id, s.shape FROM person AS p"
        " CROSS JOIN temp.person_shape AS s ON s.person = p.rowid ORDER BY p.person_id"
    )
    for person, shape in rows:
        yield person, rulings[shape]


def shape_of(tx: Session, person_id: str) -> int | None:
    """Return the number of a person's shape, from the shapes last loaded in ``tx``."""
    row = (
        _raw(tx)
        .execute(
            "SELECT s.shape FROM person AS p CROSS JOIN temp.person_shape AS s"
            " ON s.person = p.rowid WHERE p.person_id = ?",
            (person_id,),
        )
        .fetchone()
    )
    return None if row is None else int(row[0])


def park_uncovered(tx: Session, campaign: str, cohorts: Collection[str]) -> int:
    """Put aside planned messages for whose cohort no words were approved; return how many."""
    listed = ", ".join("?" for _ in cohorts) or "NULL"
    return (
        _raw(tx)
        .execute(
            "UPDATE message SET state = 'needs_attention', reason = 'no_approved_words'"
            f" WHERE campaign = ? AND state = 'planned' AND cohort NOT IN ({listed})",
            (campaign, *cohorts),
        )
        .rowcount
    )


def sample_people(tx: Session, rulings: Mapping[int, Ruling]) -> dict[str, str]:
    """Return one person of each cohort, by its key: the first that gets a mail, if any does."""
    found: dict[str, tuple[bool, int]] = {}
    for shape, person in _raw(tx).execute(
        "SELECT shape, min(person) FROM temp.person_shape GROUP BY shape"
    ):
        ruling = rulings[shape]
        if ruling.cohort:
            this = (ruling.decision is not Decision.EMAIL, person)
            found[ruling.cohort] = min(this, found.get(ruling.cohort, this))
    return {
        cohort: _raw(tx)
        .execute("SELECT person_id FROM person WHERE rowid = ?", (row,))
        .fetchone()[0]
        for cohort, (_, row) in sorted(found.items())
    }


class _Values:
    """Collects bound values and gives each a numbered place."""

    def __init__(self) -> None:
        self.all: list[str] = []

    def bind(self, value: str) -> str:
        if value not in self.all:
            self.all.append(value)
        return f"?{self.all.index(value) + 1}"


def _number(
    connection: sqlite3.Connection,
    holdings: str,
    told: str,
    countries: Collection[str] | None,
    values: _Values,
) -> list[ShapeRow]:
    """Number every person's shape in ``temp.person_shape``; return the distinct ones, counted."""
    numbers: dict[str, int] = {}

    def number(key: str) -> int:
        return numbers.setdefault(key, len(numbers))

    people = _PEOPLE_KEY.format(country=_country(countries, values))
    connection.execute("DROP TABLE IF EXISTS temp.person_shape")
    connection.execute(
        "CREATE TEMP TABLE person_shape (person INTEGER PRIMARY KEY, shape INTEGER NOT NULL)"
    )
    connection.create_function("notifier_shape", 1, number)
    try:
        connection.execute(
            "INSERT INTO temp.person_shape SELECT p.rowid, notifier_shape("
            f"{people} || char(31) || {holdings} || char(31) || {told}) FROM person AS p",
            values.all,
        )
    finally:
        connection.create_function("notifier_shape", 1, None)
    counted = dict(
        connection.execute("SELECT shape, count(*) FROM temp.person_shape GROUP BY shape")
    )
    return [
        ShapeRow(id=shape, shape=_shape(key), people=counted[shape])
        for key, shape in numbers.items()
    ]


def _version_of(starts: Starts, values: _Values) -> str:
    """Return the SQL for a collection's version, by when it was collected where it names none."""
    if not starts:
        return "c.version"
    ordered = sorted(starts, key=lambda start: start[1])
    named = [(values.bind(version), _text(instant)) for version, instant in ordered]
    whens = [
        f"WHEN c.collected_at < {values.bind(begins)} THEN {version}"
        for (version, _), (_, begins) in pairwise(named)
    ]
    # An empty date is before every other text: it counts under the oldest.
    return f"CASE WHEN c.version <> '' THEN c.version {' '.join(whens)} ELSE {named[-1][0]} END"


def _country(countries: Collection[str] | None, values: _Values) -> str:
    if countries is None:
        return "p.country"
    listed = ", ".join(values.bind(name) for name in sorted(countries)) or "NULL"
    return (
        f"CASE WHEN p.country = '' OR p.country IN ({listed}) THEN p.country"
        f" WHEN substr(p.country, 1, 2) IN ({listed}) THEN substr(p.country, 1, 2)"
        f" ELSE {values.bind(OTHER_COUNTRY)} END"
    )


def _text(instant: datetime) -> str:
    """Return an instant as ``collected_at`` holds it."""
    utc = instant.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    return utc.isoformat() + "Z"


def _shape(key: str) -> Shape:
    status, role, governed, reachable, orphan, country, locale, held, told = key.split(_FIELD)
    return Shape(
        status=status,
        role=role,
        partner_governed=governed == "1",
        reachable=reachable == "1",
        guardian_missing=orphan == "1",
        country=country,
        locale=locale,
        holdings=_holdings(held),
        told=tuple(_told(item) for item in told.split(_ITEM)) if told else (),
    )


@lru_cache(maxsize=50_000)
def _holdings(held: str) -> tuple[Holding, ...]:
    return tuple(sorted({_holding(item) for item in held.split(_ITEM)})) if held else ()


@lru_cache(maxsize=10_000)
def _holding(item: str) -> Holding:
    site, category, version = item.split(_PART)
    return Holding(site=site, category=category, version=version)


def _told(item: str) -> Told:
    campaign, cohort, choice = item.split(_PART)
    return Told(campaign=campaign, cohort=cohort, choice=choice)


def _raw(tx: Session) -> sqlite3.Connection:
    connection: Any = tx.connection().connection.driver_connection
    return connection  # type: ignore[no-any-return]  # SQLAlchemy types it as any driver's
