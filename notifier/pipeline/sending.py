"""Fill the approved words for one person: exactly the same bytes at every attempt."""

from __future__ import annotations

from datetime import timedelta
from email.utils import parseaddr
from typing import TYPE_CHECKING

from notifier.campaign.letter import Skeleton, fill
from notifier.campaign.mime import ascii_address, mime
from notifier.channels.model import Letter
from notifier.consent import make_token
from notifier.errors import NotifierError
from notifier.evidence.keys import load_token_keys
from notifier.pipeline.propose import need_campaign
from notifier.store.campaigns import skeletons_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from notifier.home import Home
    from notifier.store.messages import Addressee, Claimed
    from notifier.store.tables import CampaignRow

CHOICE_DAYS = 730
"""A choice link works for this long after the effective instant; "keeps_old" has no deadline."""


def choice_url(home: Home, campaign: CampaignRow, ref: str) -> str:
    """Return the signed choice link of one message; the same arguments give the same link."""
    keys = load_token_keys(home.keys)
    return f"{_base(home, campaign)}/choice/{make_token(keys, ref, campaign.id, expires(campaign))}"


def expires(campaign: CampaignRow) -> datetime:
    """Return when the choice links of a campaign end, UTC."""
    return campaign.effective_at + timedelta(days=CHOICE_DAYS)


def _base(home: Home, campaign: CampaignRow) -> str:
    approved = campaign.approval.get("envelope", {}).get("base_url")
    return (approved or home.settings.web.base_url).rstrip("/")


def address_of(person: Addressee) -> str:
    """Return where a person's mail goes: for a child to the guardian alone."""
    return person.guardian_email if person.child or person.guardian_email else person.email


def make_renderer(home: Home) -> Callable[[Claimed], Letter]:
    """Return what turns a claimed message into the letter that is handed to the relay.

    Words and envelope are those that were approved; nothing is rendered anew.
    """
    words: dict[tuple[str, str, str, str], Skeleton] = {}
    campaigns: dict[str, CampaignRow] = {}

    def load(campaign: str) -> CampaignRow:
        if campaign not in campaigns:
            with home.store.read() as tx:
                campaigns[campaign] = need_campaign(tx, campaign)
                for (kind, cohort, locale), row in skeletons_of(tx, campaign).items():
                    words[campaign, kind, cohort, locale] = Skeleton(
                        subject=row.subject, text=row.text, html=row.html
                    )
        return campaigns[campaign]

    def render(claimed: Claimed) -> Letter:
        campaign = load(claimed.campaign)
        locale = campaign.approval["locale"]
        skeleton = words.get((claimed.campaign, claimed.kind, claimed.cohort, locale))
        if skeleton is None or claimed.person is None:
            raise NotifierError(
                f"There are no approved words for cohort {claimed.cohort} of {claimed.campaign}."
                " This message was not sent.",
                code="no_approved_words",
                next_step="Cancel, and commit a new version; its approval covers these people.",
            )
        return _letter(home, campaign, skeleton, claimed, claimed.person)

    return render


def _letter(
    home: Home, campaign: CampaignRow, skeleton: Skeleton, claimed: Claimed, person: Addressee
) -> Letter:
    envelope = campaign.approval["envelope"]
    guardian = bool(person.child or person.guardian_email)
    recipient = claimed.recipient or address_of(person)
    filled = fill(
        skeleton,
        choice_url=choice_url(home, campaign, claimed.ref),
        name="" if guardian else claimed.name,
        guardian=guardian,
    )
    data = mime(
        filled,
        sender=envelope["from"],
        reply_to=envelope["reply_to"],
        recipient=recipient,
        ref=claimed.ref,
        dated_at=claimed.dated_at,
    )
    sender = ascii_address(parseaddr(envelope["from"])[1])
    return Letter.of(sender=sender, recipient=recipient, data=data, name=claimed.name)
