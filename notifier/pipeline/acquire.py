"""Announce an acquisition: its file opens a campaign of its own kind."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

from notifier.campaign.acquisition import Acquisition, read_acquisition
from notifier.errors import InputError
from notifier.pipeline.moves import OPENED
from notifier.plan.schedule import start_of_day
from notifier.store import ledger
from notifier.store.campaigns import find_campaign
from notifier.store.tables import CampaignRow

if TYPE_CHECKING:
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from notifier.home import Home
    from notifier.settings import Policy

_LIMIT_BYTES = 65_536


def open_acquisition(home: Home, file: Path, *, actor: str) -> Acquisition:
    """Read an acquisition file and open campaign ``acquisition@ID``.

    :raises InputError: the file cannot be read, a key is wrong or missing, or the id is taken
    """
    acquisition = _read(home, file)
    now = home.now()
    closes_at = start_of_day(acquisition.closes, zone_of(home, acquisition.sites))
    _check_order(file, acquisition, home)
    with home.store.write() as tx:
        if find_campaign(tx, acquisition.campaign):
            raise InputError(
                f"{file}: there already is a campaign {acquisition.campaign}. Nothing was opened.",
                code="campaign_exists",
                next_step="Give the new transaction an id of its own.",
            )
        tx.add(
            CampaignRow(
                id=acquisition.campaign,
                kind="acquisition",
                state=OPENED,
                author=actor,
                opened_at=now,
                effective_date=acquisition.closes.isoformat(),
                effective_at=closes_at,
                terms=acquisition.terms(),
            )
        )
        body = {"author": actor, "terms": acquisition.terms()}
        ledger.append(tx, now=now, kind="acquisition", campaign=acquisition.campaign, body=body)
    return acquisition


def _read(home: Home, file: Path) -> Acquisition:
    try:
        if not file.is_file() or file.stat().st_size > _LIMIT_BYTES:
            raise InputError(
                f"{file} is not a file of at most {_LIMIT_BYTES // 1024} KiB. Nothing was opened.",
                next_step="Name the acquisition's TOML file.",
            )
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(
            f"{file} cannot be read as TOML: {error}. Nothing was opened.",
            next_step="Mend the line named above.",
        ) from error
    governed = [s for s in home.settings.sites if home.settings.policy_of_site(s)]
    named = table.get("sites")
    first = [s for s in named if s in governed] if isinstance(named, list) else governed
    return read_acquisition(
        table,
        source=str(file),
        sites=governed,
        categories=home.settings.people.categories,
        zone=zone_of(home, tuple(first) or tuple(governed)),
    )


def policies_of(home: Home, sites: tuple[str, ...]) -> tuple[Policy, ...]:
    """Return the policies that govern the sites, in the configuration's order."""
    return tuple(
        policy for policy in home.settings.policies.values() if set(policy.sites) & set(sites)
    )


def zone_of(home: Home, sites: tuple[str, ...]) -> ZoneInfo:
    """Return the zone in which an acquisition's legal days are counted: the first policy's.

    :raises InputError: no policy governs any of the sites
    """
    policies = policies_of(home, sites)
    if not policies:
        raise InputError(
            "No configured policy governs the sites of this acquisition. Nothing was opened.",
            next_step="Add the sites to a [policies.…] section of notifier.toml.",
        )
    return policies[0].zone


def zone_of_campaign(home: Home, row: CampaignRow) -> ZoneInfo:
    """Return the zone in which a campaign's legal days are counted.

    :raises UnknownThingError: its policy is no longer configured
    """
    if row.kind == "acquisition":
        return zone_of(home, tuple(row.terms["sites"]))
    return home.policy(row.policy).zone


def _check_order(file: Path, acquisition: Acquisition, home: Home) -> None:
    closes_at = start_of_day(acquisition.closes, zone_of(home, acquisition.sites))
    if closes_at <= home.now():
        raise InputError(
            f"{file}: closes {acquisition.closes} is not in the future; people must hear of it"
            " before their data transfers. Nothing was opened.",
            code="bad_acquisition",
            next_step="Give the day on which the transaction will close.",
        )
    if acquisition.announce and acquisition.announce >= closes_at:
        raise InputError(
            f"{file}: announce is not before closes {acquisition.closes}. Nothing was opened.",
            code="bad_acquisition",
            next_step="Announce early enough for the notice to run before the closing.",
        )
