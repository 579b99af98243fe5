"""Write the notices of every site: complete files, replaced in one step, never early."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifier.banner import (
    LoggedVersion,
    atom_bytes,
    check_feed,
    feed_bytes,
    html_fragment,
    public_notices,
)
from notifier.files import write_atomic
from notifier.pipeline.history import read_history
from notifier.pipeline.interstitial import publish_interstitial, remember
from notifier.pipeline.letters import change_url, policy_url
from notifier.pipeline.notices import approved_notices
from notifier.policy.history import public
from notifier.store import ledger
from notifier.store.tables import FeedRow

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from notifier.banner import Notice
    from notifier.home import Home
    from notifier.store.engine import Session


@dataclass(frozen=True, kw_only=True)
class Published:
    """What a publication wrote."""

    changed: tuple[str, ...]
    """Sites whose notices are not those of the last publication."""
    sites: tuple[str, ...]


def feed_folder(home: Home) -> Path:
    """Return the public folder of the feeds."""
    return home.var / "feed"


def publish(home: Home, *, html: bool = False) -> Published:
    """Write ``<site>.json`` and ``<site>.atom`` of every site, with ``html`` the fragments too.

    Beside these public files, ``var/interstitial`` gets what is shown to single people.
    Holds the writing lock meanwhile, so that an older publisher never overwrites a newer one.
    Unchanged content is unchanged bytes, revision included.

    :raises OutsideError: a file cannot be written; the old one still stands
    """
    now = home.now()
    changed = []
    with home.store.write() as tx:
        notices = approved_notices(home, tx)
        for site in home.settings.sites:
            shown = public_notices(notices, site, now)
            if _publish_site(home, tx, site, shown, now=now):
                changed.append(site)
            folder = feed_folder(home)
            write_atomic(folder / f"{site}.atom", _atom(home, tx, site, now=now))
            if html:
                fragment = html_fragment(site, shown, home.templates)
                write_atomic(folder / f"{site}.html", fragment.encode())
        written = publish_interstitial(home, tx, notices, now=now)
    remember(written)
    return Published(changed=tuple(changed), sites=tuple(home.settings.sites))


def _publish_site(
    home: Home, tx: Session, site: str, shown: Sequence[Notice], *, now: datetime
) -> bool:
    """Write one site's feed; the row decides the revision, so a lost file comes back the same."""
    digest = hashlib.sha256(feed_bytes(site, shown, 0)).hexdigest()
    row = tx.get(FeedRow, site)
    new = row is None or row.sha256 != digest
    if row is None:
        row = FeedRow(site=site, revision=0, sha256="", published_at=now)
    if new:
        row.revision, row.sha256, row.published_at = row.revision + 1, digest, now
        tx.add(row)
        body = {
            "site": site,
            "revision": row.revision,
            "sha256": digest,
            "notices": [{"id": n.id, "severity": n.severity.value} for n in shown],
        }
        ledger.append(tx, now=now, kind="feed", body=body)
    write_atomic(feed_folder(home) / f"{site}.json", feed_bytes(site, shown, row.revision))
    return new


def _atom(home: Home, tx: Session, site: str, *, now: datetime) -> bytes:
    logged: list[LoggedVersion] = []
    for policy in home.settings.policy_of_site(site):
        history = read_history(tx, policy)
        previous = ""
        for fact in public(history.facts, now):
            row = history.row(fact.version)
            logged.append(
                LoggedVersion(
                    policy=policy,
                    title=home.policy(policy).title,
                    version=fact.version,
                    effective=fact.in_force_from,
                    published=fact.public_from,
                    summary=row.summary,
                    text_url=policy_url(home, policy, fact.version),
                    change_url=change_url(home, policy, previous, fact.version) if previous else "",
                    locale=row.locale,
                )
            )
            previous = fact.version
    about = home.site(site)
    return atom_bytes(
        site,
        logged,
        site_name=about.name,
        site_url=about.url,
        author=home.settings.company.name,
        self_url=f"{home.settings.web.base_url.rstrip('/')}/feed/{site}.atom",
        locale=about.locale,
    )


def check(home: Home) -> dict[str, list[str]]:
    """Return what is wrong with each site's published feed; an empty list for a good one."""
    problems: dict[str, list[str]] = {}
    for site in home.settings.sites:
        path = feed_folder(home) / f"{site}.json"
        try:
            problems[site] = check_feed(path.read_bytes())
        except FileNotFoundError:
            problems[site] = ["it was never published; run `notifier feed publish`"]
        except OSError as error:
            problems[site] = [f"{path} cannot be read: {error.strerror}"]
    return problems
