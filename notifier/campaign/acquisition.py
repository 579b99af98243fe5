"""An acquisition as the company announces it: what is taken over, by whom, when, and the choice."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Self

from notifier.campaign.content import Acquirer
from notifier.errors import InputError
from notifier.plan.schedule import is_countable, start_of_day

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from zoneinfo import ZoneInfo

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_KEYS = {
    "id", "sites", "categories", "announce", "closes", "how_to_refuse", "readers", "acquirer",
}  # fmt: skip
_ACQUIRER_KEYS = {"name", "address", "phone", "email"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Acquisition:
    """One transaction, validated."""

    id: str
    sites: tuple[str, ...]
    categories: tuple[str, ...]
    """``("all",)`` or category ids."""
    announce: datetime | None
    """UTC instant before which nobody hears of it; nothing: as soon as it is approved."""
    closes: date
    """The legal day on which the data transfers."""
    how_to_refuse: str
    readers: str
    """What the notice on the sites tells people who only read them; empty: a standard sentence."""
    acquirer: Acquirer

    @property
    def campaign(self) -> str:
        """Return the id of the campaign that tells it."""
        return f"acquisition@{self.id}"

    def terms(self) -> dict[str, Any]:
        """Return it as JSON for the campaign's row and the ledger."""
        return asdict(self) | {
            "sites": list(self.sites),
            "categories": list(self.categories),
            "announce": self.announce.isoformat() if self.announce else None,
            "closes": self.closes.isoformat(),
        }

    @classmethod
    def from_terms(cls, terms: Mapping[str, Any]) -> Self:
        """Return it as it was stored by ``terms``."""
        return cls(
            **{
                **terms,
                "sites": tuple(terms["sites"]),
                "categories": tuple(terms["categories"]),
                "announce": datetime.fromisoformat(a) if (a := terms["announce"]) else None,
                "closes": date.fromisoformat(terms["closes"]),
                "acquirer": Acquirer(**terms["acquirer"]),
            }
        )


def read_acquisition(
    table: Mapping[str, Any],
    *,
    source: str,
    sites: Collection[str],
    categories: Collection[str],
    zone: ZoneInfo,
) -> Acquisition:
    """Validate an acquisition file's content; dates without a time are days in ``zone``.

    :raises InputError: a key is unknown, missing or wrong; names the file and the key
    """
    fields = _Fields(table, source)
    fields.only(_KEYS)
    taken = table.get("sites")
    acquirer = table.get("acquirer")
    if not isinstance(acquirer, dict):
        raise fields.fault("acquirer", "is missing: say who takes over, in a table [acquirer]")
    closes = fields.day("closes")
    return Acquisition(
        id=fields.identifier("id"),
        sites=tuple(sites) if taken == "all" else fields.known("sites", sites),
        categories=fields.known("categories", categories)
        if table.get("categories", "all") != "all"
        else ("all",),
        announce=fields.instant("announce", zone),
        closes=closes,
        how_to_refuse=fields.text("how_to_refuse"),
        readers=fields.text("readers"),
        acquirer=_acquirer(acquirer, source),
    )


def _acquirer(table: Mapping[str, Any], source: str) -> Acquirer:
    fields = _Fields(table, source, prefix="acquirer.")
    fields.only(_ACQUIRER_KEYS)
    value = Acquirer(
        name=fields.text("name"),
        address=fields.text("address"),
        phone=fields.text("phone"),
        email=fields.text("email"),
    )
    for key in ("name", "address"):
        if not getattr(value, key):
            raise fields.fault(key, "is missing: people must be told who takes over")
    if not (value.phone or value.email):
        raise fields.fault(
            "phone", "and acquirer.email are missing: give one way to reach the acquirer"
        )
    return value


@dataclass(frozen=True)
class _Fields:
    """Reads one table and names file and key when something is wrong."""

    table: Mapping[str, Any]
    source: str
    prefix: str = ""

    def fault(self, key: str, problem: str) -> InputError:
        return InputError(
            f"{self.source}: {self.prefix}{key} {problem}. No campaign was opened.",
            code="bad_acquisition",
            key=f"{self.prefix}{key}",
            next_step="Mend the key; docs/reference/acquisition.md shows a whole file.",
        )

    def only(self, known: Collection[str]) -> None:
        for key in self.table:
            if key not in known:
                raise self.fault(key, f"is unknown; known are {', '.join(sorted(known))}")

    def text(self, key: str) -> str:
        value = self.table.get(key, "")
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            value = ", ".join(value)
        if not isinstance(value, str):
            raise self.fault(key, "must be text")
        return " ".join(str(value).split())

    def identifier(self, key: str) -> str:
        value = self.text(key)
        if not _ID.fullmatch(value):
            raise self.fault(key, "must be 1 to 64 of A-Z a-z 0-9 . _ -")
        return value

    def known(self, key: str, known: Collection[str]) -> tuple[str, ...]:
        value = self.table.get(key)
        if not isinstance(value, list) or not value:
            raise self.fault(key, 'must be a list with at least one id, or "all"')
        for item in value:
            if item not in known:
                raise self.fault(key, f"names {item!r}; known are {', '.join(sorted(known))}")
        return tuple(dict.fromkeys(value))

    def day(self, key: str) -> date:
        value = self.table.get(key)
        if isinstance(value, datetime):
            raise self.fault(
                key, "must be a date without a time: the legal day on which data transfers"
            )
        try:
            day = value if isinstance(value, date) else date.fromisoformat(str(value))
        except ValueError as error:
            raise self.fault(key, "must be a date, YYYY-MM-DD") from error
        if not is_countable(day):
            raise self.fault(key, "lies outside the years that can be counted")
        return day

    def instant(self, key: str, zone: ZoneInfo) -> datetime | None:
        value = self.table.get(key)
        if value is None:
            return None
        if isinstance(value, str):
            try:
                value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
            except ValueError as error:
                raise self.fault(key, "must be a date, or a date and time") from error
        if isinstance(value, datetime):
            return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)
        if isinstance(value, date):
            return start_of_day(value, zone)
        raise self.fault(key, "must be a date, or a date and time") from None
