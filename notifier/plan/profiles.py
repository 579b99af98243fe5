"""Notice profiles: how many whole local days of notice a country's people get. Numbers are data."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from notifier.errors import SettingsError
from notifier.share import share

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

DEFAULT = "default"
"""The key of a policy's ``notice`` table for countries that it does not list."""
MAX_DAYS = 3650


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """One notice profile with its source. Not legal advice: ``counsel`` says what to confirm."""

    id: str
    days: int
    title: str
    source: str
    counsel: str


def load_profiles(path: Path | None = None) -> Mapping[str, Profile]:
    """Return the shipped notice profiles by id, or those of another file of the same form.

    :raises SettingsError: the file is missing or not of that form; names the profile and key
    """
    return _load(path or share("data", "reference", "notice-profiles.toml"))


def notice_days(
    notice: Mapping[str, str], profiles: Mapping[str, Profile] | None = None
) -> dict[str, int]:
    """Return a policy's ``notice`` table with days in place of profile ids.

    :raises SettingsError: it names a profile that does not exist, or has no default
    """
    known = load_profiles() if profiles is None else profiles
    if DEFAULT not in notice:
        raise SettingsError(
            "A policy's notice table has no `default`. Nothing was done.",
            next_step='Write for instance notice = { default = "us-default" }.',
        )
    for country, profile in notice.items():
        if profile not in known:
            raise SettingsError(
                f"notice.{country} names the profile {profile!r}, which does not exist."
                " Nothing was done.",
                next_step=f"Use one of {', '.join(sorted(known))}.",
            )
    return {country: known[profile].days for country, profile in notice.items()}


def days_for(
    country: str,
    notice: Mapping[str, str],
    profiles: Mapping[str, Profile] | None = None,
) -> int:
    """Return the whole local days of notice for a person of ``country`` under a ``notice`` table.

    ``US-CO`` takes the entry ``US-CO``, else ``US``, else ``default``. A person whose country is
    not known gets the longest of the table.

    :raises SettingsError: the table names a profile that does not exist, or has no default
    """
    days = notice_days(notice, profiles)
    key = notice_key(country, notice)
    return max(days.values()) if not key else days[key]


def notice_key(country: str, notice: Mapping[str, str]) -> str:
    """Return the key of the ``notice`` table that decides for ``country``; empty: the longest."""
    if not country:
        return ""
    for key in (country, country.partition("-")[0]):
        if key in notice:
            return key
    return DEFAULT


def longest_days(notice: Mapping[str, str], profiles: Mapping[str, Profile] | None = None) -> int:
    """Return the longest notice of a ``notice`` table, in whole local days.

    :raises SettingsError: the table names a profile that does not exist, or has no default
    """
    return max(notice_days(notice, profiles).values())


@cache
def _load(path: Path) -> Mapping[str, Profile]:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8")).get("profiles")
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _broken(path, f"cannot be read: {error}") from error
    if not isinstance(tables, dict) or not tables:
        raise _broken(path, "has no [profiles.<id>] tables")
    return {name: _profile(path, name, table) for name, table in tables.items()}


def _profile(path: Path, name: str, table: object) -> Profile:
    if not isinstance(table, dict):
        raise _broken(path, f"profiles.{name} is no table")
    days = table.get("days")
    if not isinstance(days, int) or isinstance(days, bool) or not 0 <= days <= MAX_DAYS:
        raise _broken(path, f"profiles.{name}.days is not a whole number from 0 to {MAX_DAYS}")
    words = {key: str(table.get(key, "")) for key in ("title", "source", "counsel")}
    for key, value in words.items():
        if not value.strip():
            raise _broken(path, f"profiles.{name}.{key} is missing")
    return Profile(id=name, days=days, **words)


def _broken(path: Path, problem: str) -> SettingsError:
    return SettingsError(
        f"{path}: {problem}. Nothing was done.",
        next_step="Restore the shipped file, or mend the profile named above.",
    )
