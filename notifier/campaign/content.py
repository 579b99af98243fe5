"""What a mail says to one cohort in one language: frozen values; templates only phrase them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifier.classify.model import Silence

if TYPE_CHECKING:
    from datetime import date

    from notifier.diff.model import Word
    from notifier.diff.places import RenamePlaces


@dataclass(frozen=True, kw_only=True, slots=True)
class Speaker:
    """Who speaks."""

    name: str
    address: str
    contact: str
    """Whom to ask: an e-mail address, or any words."""
    complaints: str = ""
    """Where to complain if the answer does not satisfy; empty leaves the section out."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteView:
    """A site on which the reader's information was collected."""

    name: str
    url: str = ""
    choice_url: str = ""
    """The signed-in page where the reader can also choose."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Baseline:
    """A version under which the reader's information was collected."""

    version: str
    since: date | None = None
    """The legal day on which it took effect."""
    text_url: str = ""
    change_url: str = ""
    """The public redline from this version to the new one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeView:
    """One change as a reader sees it, in a mail and on the change page."""

    id: str
    """Stable; the anchor on the change page."""
    says: tuple[str, ...]
    """What changes, in plain sentences: the findings', or the reviewer's."""
    heading: str = ""
    kind: str = "Changed"
    """In words: ``Added``, ``Moved and changed``."""
    words: tuple[Word, ...] = ()
    """The redline as people see it (``campaign.redline.change_view`` makes it)."""
    old_words: tuple[Word, ...] = ()
    """Its old side alone, for the change page; empty for an addition."""
    new_words: tuple[Word, ...] = ()
    remark: str = ""
    """What the words alone do not say: ``It stood in “Security”.``"""
    places: RenamePlaces | None = None
    """Of a rename, on the change page: where the name was replaced and where it was not."""
    old: str = ""
    """The exact words of the old text; for the record, the mail shows ``words``."""
    new: str = ""
    note: str = ""
    """Legal's own words on this change."""
    too_long: bool = False
    """Part of the redline was left out for its length; set by ``letter``, not by callers."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticeContent:
    """What the mail about a new version says."""

    company: Speaker
    policy_title: str
    sites: tuple[SiteView, ...]
    baselines: tuple[Baseline, ...]
    """Oldest first, at least one."""
    version: str
    effective: date
    """The legal day; it begins at midnight of ``timezone``."""
    timezone: str
    summary: str
    """The classifier's sentence; opens the mail where legal has no words of its own."""
    changes: tuple[ChangeView, ...]
    silence: Silence
    text_url: str
    """The new version's full text."""
    words: str = ""
    """Legal's own words for the whole campaign; blank lines part paragraphs."""
    if_nothing: str = ""
    """Replaces the standard sentence where legal wants another."""
    if_refuse: str = ""
    if_accept: str = ""
    reply_to: str = ""
    """Where a reply goes; empty: the contact."""

    @property
    def message(self) -> str:
        """Return the folder of its templates."""
        return "notice"


@dataclass(frozen=True, kw_only=True, slots=True)
class Acquirer:
    """Who takes over; name, address and one of phone or e-mail are mandatory by the contract."""

    name: str
    address: str
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class AcquisitionContent:
    """What the mail about an acquisition says."""

    company: Speaker
    acquirer: Acquirer
    sites: tuple[SiteView, ...]
    """The sites that change hands and on which the reader's information was collected."""
    categories: tuple[str, ...]
    """What transfers: ``contact``, ``billing``, …; or ``all``."""
    closes: date
    """The legal day on which the information passes; it begins at midnight of ``timezone``."""
    timezone: str
    silence: Silence
    how_to_refuse: str = ""
    words: str = ""
    summary: str = ""
    """Opens the mail where legal has no words; empty: the standard sentence."""
    if_nothing: str = ""
    if_refuse: str = ""
    if_accept: str = ""
    baselines: tuple[Baseline, ...] = ()
    """The texts under which the information was collected, which go on binding; may be empty."""
    policy_title: str = "Privacy Policy"
    reply_to: str = ""

    @property
    def message(self) -> str:
        """Return the folder of its templates."""
        return "acquisition"


Content = NoticeContent | AcquisitionContent


@dataclass(frozen=True, kw_only=True, slots=True)
class Consequences:
    """What each choice, and none, leads to; the same sentences in mail and choice page."""

    opening: str
    """The summary, or the standard sentence on an acquisition; legal's words come before it."""
    if_accept: str
    if_refuse: str
    if_nothing: str


def standard_silence(content: Content) -> str:
    """Return what silence does as the templates name it: ``applies`` or ``keeps_old``."""
    return "applies" if content.silence is Silence.APPLIES else "keeps_old"
