"""The home: one folder with configuration, texts, database and keys, found and opened."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from notifier.errors import InputError, SettingsError, UnknownThingError
from notifier.plan.profiles import notice_days
from notifier.settings import CONFIG, Policy, Settings, Site, load_settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from notifier.render import Templates
    from notifier.store.engine import Store


def utc_now() -> datetime:
    """Return the system's clock as an aware UTC instant; the only clock of the program."""
    return datetime.now(UTC)


@dataclass(kw_only=True)
class Home:
    """An opened home. Everything that touches the world takes one; close it when done."""

    path: Path
    settings: Settings
    clock: Callable[[], datetime] = field(default=utc_now)

    @cached_property
    def store(self) -> Store:
        """Return the database, opened at first use and checked to have this program's schema."""
        from notifier.store.engine import open_store, require_current  # noqa: PLC0415  SQLModel costs a second

        store = open_store(self.settings.database.url, self.path)
        require_current(store)
        return store

    @cached_property
    def templates(self) -> Templates:
        """Return the templates: the home's own first, the shipped ones behind."""
        from notifier.render import Templates  # noqa: PLC0415  not needed by most commands

        return Templates(self.path)

    @property
    def var(self) -> Path:
        """Return the folder of everything that the program writes."""
        return self.path / "var"

    @property
    def keys(self) -> Path:
        """Return the folder of the signing and token keys."""
        return self.var / "keys"

    def now(self) -> datetime:
        """Return the current instant, aware, in UTC."""
        return self.clock()

    def policy(self, policy: str) -> Policy:
        """Return the settings of a policy.

        :raises UnknownThingError: no such policy is configured
        """
        try:
            return self.settings.policies[policy]
        except KeyError as error:
            known = ", ".join(sorted(self.settings.policies)) or "none"
            raise UnknownThingError(
                f"There is no policy {policy!r} in {self.path / CONFIG}. Nothing was done.",
                next_step=f"Use one of: {known}; or add a [policies.{policy}] section.",
            ) from error

    def site(self, site: str) -> Site:
        """Return the settings of a site.

        :raises UnknownThingError: no such site is configured
        """
        try:
            return self.settings.sites[site]
        except KeyError as error:
            known = ", ".join(sorted(self.settings.sites)) or "none"
            raise UnknownThingError(
                f"There is no site {site!r} in {self.path / CONFIG}. Nothing was done.",
                next_step=f"Use one of: {known}; or add a [sites.{site}] section.",
            ) from error

    def close(self) -> None:
        """Close the database, if it was opened."""
        if "store" in self.__dict__:
            self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def new_home(folder: Path | None, option: Path | None) -> Path:
    """Return the folder in which ``init`` makes a home: the one named, else the working folder.

    :raises InputError: it is named twice, differently
    """
    if folder and option and folder.resolve() != option.resolve():
        raise InputError(
            f"Two homes are named: {folder} and, by --home, {option}. Nothing was done.",
            next_step="Name one of them.",
        )
    return (folder or _named(option) or Path()).resolve()


def _named(option: Path | None) -> Path | None:
    return option or (Path(env) if (env := os.environ.get("NOTIFIER_HOME")) else None)


def find_home(option: Path | None) -> Path:
    """Return the home's folder: ``--home``, ``NOTIFIER_HOME``, else the nearest one upwards.

    :raises SettingsError: none is found, or the folder named has no ``notifier.toml``
    """
    named = _named(option)
    if named is not None:
        if not (named / CONFIG).is_file():
            raise SettingsError(
                f"{named} is not a home: it has no {CONFIG}. Nothing was done.",
                code="no_home",
                next_step=f"Run `notifier init {named}`, or name another folder.",
            )
        return named.resolve()
    here = Path.cwd().resolve()
    for folder in (here, *here.parents):
        if (folder / CONFIG).is_file():
            return folder
    raise SettingsError(
        f"No home: neither this folder nor any above it has a {CONFIG}. Nothing was done.",
        code="no_home",
        next_step="Run `notifier init DIR`, or name the home with --home or NOTIFIER_HOME.",
    )


def open_home(option: Path | None = None) -> Home:
    """Find the home and read its configuration; the database is opened at first use.

    :raises SettingsError: no home, or its configuration is not valid
    """
    path = find_home(option)
    settings = load_settings(path)
    for policy in settings.policies.values():
        notice_days(policy.notice)  # a profile that does not exist is found before anything is done
    return Home(path=path, settings=settings)
