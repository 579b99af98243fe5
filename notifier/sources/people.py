"""Read people and collections from CSV or JSON lines: validated, normalised, in batches.

Nothing here is written anywhere; ``store.people`` takes the batches. Memory stays constant.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from notifier.sources import fields
from notifier.sources.records import Batch, Checks, Record, line_pattern, read_rows
from notifier.sources.rows import BadRow

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from pathlib import Path

__all__ = [
    "COLLECTIONS",
    "PEOPLE",
    "BadRow",
    "Batch",
    "Catalog",
    "PolicyFacts",
    "Record",
    "read_collections",
    "read_people",
]

PEOPLE: Final = (
    "person_id",
    "email",
    "name",
    "locale",
    "timezone",
    "country",
    "status",
    "marketing_opt_out",
    "role",
    "governed_by",
    "guardian_email",
    "child",
)
"""The columns of a people file; also the order of the values in a batch."""
COLLECTIONS: Final = ("person_id", "site", "category", "policy", "version", "collected_at")
_CACHE_ROWS = 20_000
_STATUS: Final = ("active", "deactivated", "deleted")
_ROLE: Final = ("customer", "attendee", "commenter")
_SHARED: Final = (*PEOPLE[3:9], "child")
"""Columns with few different values: each combination is checked once."""
_UTC: Final = ZoneInfo("UTC")


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyFacts:
    """What a collection under one policy may name."""

    sites: frozenset[str]
    zone: ZoneInfo
    """In which a date without a time is a day."""
    versions: frozenset[str]
    """Committed ones, whether in force or not; no drafts."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Catalog:
    """Everything that collections may name."""

    policies: Mapping[str, PolicyFacts]
    sites: frozenset[str]
    categories: frozenset[str]


def read_people(path: Path) -> Iterator[Batch]:
    """Yield the people of a file in batches, validated; bad rows with line and reason.

    CSV with a header, or JSON lines, by the file's ending or else its content.

    :raises InputError: the file cannot be used at all: missing, no regular file, empty, not text,
        a header that is not of the contract
    """
    return read_rows(path, _PeopleReader(), PEOPLE, ("person_id", "email"))


def read_collections(path: Path, catalog: Catalog) -> Iterator[Batch]:
    """Yield the collections of a file in batches, as ``read_people`` does.

    What a row names must be in ``catalog``; whether the person is known, the store says.

    :raises InputError: the file cannot be used at all
    """
    return read_rows(path, _CollectionReader(catalog), COLLECTIONS, COLLECTIONS[:4])


class _PeopleReader:
    """Reads people."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, ...], tuple[str | bool, ...] | None] = {}

    def plain(self, header: Sequence[str]) -> Callable[[str], Record | None]:
        pattern, (person, email, name, *words, governed, guardian, child) = line_pattern(
            header, PEOPLE
        )
        match, pick, seen = pattern.fullmatch, itemgetter(*words, child), self._seen

        def read(line: str) -> Record | None:
            found = match(line)
            if found is None:
                return None
            values = found.groups()
            key = pick(values)
            if key not in seen:
                self._remember(key)
            checked = seen[key]
            address, guarded = values[email], values[guardian]
            if checked is None or _too_long(address) or _too_long(guarded):
                return None
            spoken, zone, country, status, opt_out, role, is_child = checked
            return (
                values[person], address, values[name], spoken, zone, country, status, opt_out,
                role, values[governed], guarded, is_child or guarded != "",
            )  # fmt: skip

        return read

    def _remember(self, key: tuple[str, ...]) -> None:
        """Check the words that few people differ in once for all who share them."""
        if len(self._seen) >= _CACHE_ROWS:
            self._seen.clear()
        checks = Checks(dict(zip(_SHARED, key, strict=True)))
        words = self._words(checks)
        child = checks.flag("child")
        self._seen[key] = None if checks.reasons else (*words, child)

    def _words(self, checks: Checks) -> tuple[str | bool, ...]:
        return (
            checks.text(fields.locale, "locale"),
            checks.text(fields.timezone, "timezone"),
            checks.text(fields.country, "country"),
            checks.text(fields.one_of, "status", _STATUS, "active"),
            checks.flag("marketing_opt_out"),
            checks.text(fields.one_of, "role", _ROLE, "customer"),
        )

    def record(self, values: Mapping[str, str]) -> Record:
        """Return the person; a guardian's address makes a child of them."""
        checks = Checks(values)
        person = checks.text(fields.identifier, "person_id")
        email = checks.text(fields.address, "email")
        name = checks.text(fields.line, "name")
        words = self._words(checks)
        governed = checks.text(fields.line, "governed_by")
        guardian = checks.text(fields.address, "guardian_email")
        child = checks.flag("child") or guardian != ""
        checks.done()
        return (person, email, name, *words, governed, guardian, child)


def _too_long(address: str) -> bool:
    return len(address) > fields.MAX_ADDRESS or address.find("@") > fields.MAX_LOCAL


class _CollectionReader:
    """Reads collections, against what the home knows."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._known: dict[tuple[str, ...], ZoneInfo | None] = {}
        self._instants: dict[tuple[str, str], str] = {}

    def plain(self, header: Sequence[str]) -> Callable[[str], Record | None]:
        pattern, (person, *words, collected) = line_pattern(header, COLLECTIONS)
        match, pick, known, instants = (
            pattern.fullmatch, itemgetter(*words), self._known, self._instants,
        )  # fmt: skip

        def read(line: str) -> Record | None:
            found = match(line)
            if found is None:
                return None
            values = found.groups()
            key = pick(values)
            if key not in known:
                self._remember(key)
            if known[key] is None:
                return None
            site, category, policy, version = key
            moment = (policy, values[collected])
            instant = instants.get(moment)
            if instant is None:
                try:
                    instant = self._instant(*moment)
                except ValueError:
                    return None
            return values[person], site, category, policy, version, instant

        return read

    def _remember(self, key: tuple[str, ...]) -> None:
        if len(self._known) >= _CACHE_ROWS:
            self._known.clear()
        checks = Checks(dict(zip(COLLECTIONS[1:5], key, strict=True)))
        *_, policy, _ = self._names(checks)
        self._known[key] = None if checks.reasons else self._catalog.policies[policy].zone

    def _instant(self, policy: str, value: str) -> str:
        instant = fields.instant(value, "collected_at", self._catalog.policies[policy].zone)
        if len(self._instants) >= _CACHE_ROWS:
            self._instants.clear()
        self._instants[policy, value] = instant
        return instant

    def _names(self, checks: Checks) -> tuple[str, str, str, str]:
        catalog = self._catalog
        site = checks.text(_known, "site", catalog.sites)
        category = checks.text(_known, "category", catalog.categories)
        policy = checks.text(_known, "policy", catalog.policies)
        version = checks.text(fields.line, "version")
        facts = catalog.policies.get(policy)
        if facts and site and site not in facts.sites:
            checks.reasons.append(f"site {site!r} is not a site of the policy {policy!r}")
        if facts and version and version not in facts.versions:
            checks.reasons.append(f"this version of {policy!r} was never committed")
        return site, category, policy, version

    def record(self, values: Mapping[str, str]) -> Record:
        """Return the collection."""
        checks = Checks(values)
        person = checks.text(fields.identifier, "person_id")
        site, category, policy, version = self._names(checks)
        facts = self._catalog.policies.get(policy)
        zone = facts.zone if facts else _UTC
        instant = checks.text(fields.instant, "collected_at", zone)
        checks.done()
        return person, site, category, policy, version, instant


def _known(value: str, name: str, known: Collection[str]) -> str:
    value = value.strip()
    if not value:
        raise ValueError(f"{name} is empty")
    if value not in known:
        # Not repeated: where a row lacks a column, a name or an address stands here.
        raise ValueError(f"{name} is not known")
    return value
