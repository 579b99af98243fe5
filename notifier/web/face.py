"""What the web pages need to know, and the promise of whoever knows it.

The web face reads no database and decides nothing: it asks a ``Face``. Every method may block (it
is called in a thread) and returns ``None`` for what does not exist *or is not public yet*: the
answer is then the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from notifier.campaign.content import ChangeView


class Decision(StrEnum):
    """What a person may say to a campaign."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    """Takes an earlier acceptance or refusal back."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FileAnswer:
    """A file to hand out as it is."""

    body: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """A link with its words."""

    text: str
    url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ChoicePage:
    """What the page behind a choice link shows. No name, no address: links get forwarded."""

    company: str
    contact: str
    title: str
    """``Privacy Policy changes on 15 January 2027``."""
    words: str
    """Legal's own words, else the summary; blank lines part paragraphs."""
    if_accept: str
    if_refuse: str
    if_nothing: str
    """The sentences of the mail (``campaign.letter.consequences``)."""
    links: tuple[Link, ...] = ()
    """The change, the new text, the old text."""
    complaints: str = ""
    current: Decision | None = None
    """The last explicit decision; ``None`` before any."""
    current_at: datetime | None = None
    """When it was made, aware UTC."""
    locale: str = "en"


@dataclass(frozen=True, kw_only=True, slots=True)
class ChoiceResult:
    """A decision that is recorded, durably."""

    page: ChoicePage
    decision: Decision
    recorded_at: datetime
    """Aware UTC; of the first of several equal decisions in a row."""
    repeated: bool = False
    """The same decision stood already: nothing new was recorded."""
    campaign: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyPage:
    """The full text of a public version."""

    company: str
    policy: str
    title: str
    version: str
    effective: str
    """The legal day in words."""
    timezone: str
    status: str
    """``scheduled``, ``in_force`` or ``superseded``."""
    markup: Literal["markdown", "text", "html"]
    source: str
    """The text itself, decoded, without front matter."""
    contact: str = ""
    sites: tuple[Link, ...] = ()
    changes: tuple[Link, ...] = ()
    """Redlines to neighbouring versions."""
    locale: str = "en"


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangePage:
    """The public redline between two versions."""

    company: str
    policy: str
    title: str
    old: str
    new: str
    old_effective: str
    new_effective: str
    """Legal days in words."""
    summary: str
    changes: tuple[ChangeView, ...]
    """In reading order; ``campaign.redline.change_view`` makes them."""
    links: tuple[Link, ...] = ()
    """The old and the new full text."""
    contact: str = ""
    locale: str = "en"


@dataclass(frozen=True, kw_only=True, slots=True)
class Health:
    """Whether the program can do its work."""

    ok: bool
    checks: Mapping[str, str] = field(default_factory=dict)
    """Name → ``ok`` or a short word; no paths, no addresses."""


class Face(Protocol):
    """Whoever knows: the pipeline over an opened home."""

    def feed(self, site: str) -> FileAnswer | None:
        """Return the published feed of a site."""

    def atom(self, site: str) -> FileAnswer | None:
        """Return the published changelog of a site."""

    def choice(self, token: str) -> ChoicePage | None:
        """Return the page of a good token; changes nothing, burns nothing."""

    def choose(self, token: str, decision: Decision) -> ChoiceResult | None:
        """Record a decision durably, then return it; the same one again is not a new event."""

    def policy_text(self, policy: str, version: str) -> PolicyPage | None:
        """Return a public version."""

    def change(self, policy: str, old: str, new: str) -> ChangePage | None:
        """Return the redline between two public versions."""

    def health(self) -> Health:
        """Return whether the database answers and the feeds are whole."""
