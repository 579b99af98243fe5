"""The notices of a site, as data: what is public on it at an instant."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


class Severity(StrEnum):
    """How a notice is shown."""

    PROMINENT = "prominent"
    """At the top, and it stays."""
    STANDARD = "standard"
    """In passing; a visitor may put it away."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """One notice, approved. Instants are aware UTC; it is public while ``from_ <= now < until``."""

    id: str
    """The campaign's: ``privacy@2027-01`` or ``acquisition@ID``."""
    sites: tuple[str, ...]
    """Ids of the sites that show it."""
    severity: Severity
    title: str
    text: str
    url: str
    from_: datetime
    until: datetime
    effective: datetime
    locale: str
    policy: str = ""
    """Empty for an acquisition, which changes no policy; ``null`` in the feed."""
    version: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class LoggedVersion:
    """One public version of a policy, as the changelog lists it. Instants are aware UTC."""

    policy: str
    title: str
    version: str
    effective: datetime
    published: datetime
    """When it became public; an entry's ``updated``."""
    summary: str
    text_url: str
    change_url: str = ""
    """The public redline from the version before; empty for the first."""
    locale: str = "en"


def public_notices(notices: Iterable[Notice], site: str, now: datetime) -> tuple[Notice, ...]:
    """Return what a site shows at ``now``: prominent ones first, then the newest first."""
    shown = [item for item in notices if site in item.sites and item.from_ <= now < item.until]
    shown.sort(key=lambda item: (item.id, item.locale))
    shown.sort(key=lambda item: item.from_, reverse=True)
    shown.sort(key=lambda item: item.severity is not Severity.PROMINENT)
    return tuple(shown)
