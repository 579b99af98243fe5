"""The notices of a site: what is public on it now, as JSON feed, Atom changelog and HTML."""

from notifier.banner.atom import atom_bytes
from notifier.banner.feed import SCHEMA, check_feed, feed_bytes, html_fragment, instant
from notifier.banner.model import LoggedVersion, Notice, Severity, public_notices

__all__ = [
    "SCHEMA",
    "LoggedVersion",
    "Notice",
    "Severity",
    "atom_bytes",
    "check_feed",
    "feed_bytes",
    "html_fragment",
    "instant",
    "public_notices",
]
