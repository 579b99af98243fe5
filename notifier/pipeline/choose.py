"""Record what a person decides: by the signed link, durably, once per decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from notifier.banner import instant
from notifier.campaign.machine import APPROVED_STATES
from notifier.consent import Choice, read_token
from notifier.evidence.commitment import commit_person
from notifier.evidence.keys import load_token_keys
from notifier.pipeline.propose import need_campaign
from notifier.store import ledger
from notifier.store.campaigns import find_campaign
from notifier.store.choices import choices, last_choice, message_by_ref
from notifier.store.people import find_person
from notifier.store.tables import ChoiceRow

if TYPE_CHECKING:
    from notifier.home import Home
    from notifier.store.engine import Session
    from notifier.store.tables import CampaignRow, MessageRow, PersonRow


@dataclass(frozen=True, kw_only=True)
class Addressed:
    """Whom a good choice link is about."""

    campaign: CampaignRow
    message: MessageRow
    person: PersonRow
    last: ChoiceRow | None


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """A decision as it stands now."""

    row: ChoiceRow
    repeated: bool
    """The same decision stood already; nothing new was recorded."""


def who(home: Home, tx: Session, token: str) -> Addressed | None:
    """Return whom a choice link is about; nothing for a forged, expired or foreign one.

    Also nothing where the campaign no longer stands or the person was erased. Changes nothing.
    """
    claim = read_token(load_token_keys(home.keys), token, home.now())
    message = message_by_ref(tx, claim.ref) if claim else None
    if claim is None or message is None or message.campaign != claim.campaign:
        return None
    campaign = find_campaign(tx, message.campaign)
    person = find_person(tx, message.person_id)
    if campaign is None or person is None or person.status == "erased":
        return None
    if campaign.state not in APPROVED_STATES:
        return None
    last = last_choice(tx, campaign.id, person.person_id)
    return Addressed(campaign=campaign, message=message, person=person, last=last)


def record(home: Home, token: str, decision: Choice) -> tuple[Addressed, Recorded] | None:
    """Record a decision made through a link; the same one again is not a new event.

    When this returns, the decision is on disk. Nothing for a link that is not good.
    """
    now = home.now()
    with home.store.write() as tx:
        found = who(home, tx, token)
        if found is None:
            return None
        if found.last is not None and found.last.decision == decision:
            return found, Recorded(row=found.last, repeated=True)
        row = ChoiceRow(
            campaign=found.campaign.id,
            person_id=found.person.person_id,
            decision=decision.value,
            how="link",
            at=now,
        )
        tx.add(row)
        tx.flush()
        ledger.append(
            tx,
            now=now,
            kind="choice",
            campaign=found.campaign.id,
            subject=commit_person(found.person.salt, found.person.person_id),
            body={"decision": decision.value, "how": "link", "message_ref": found.message.ref},
        )
    return found, Recorded(row=row, repeated=False)


def choices_document(home: Home, campaign: str = "") -> dict[str, Any]:
    """Return every explicit decision, oldest first."""
    with home.store.read() as tx:
        if campaign:
            need_campaign(tx, campaign)
        rows = choices(tx, campaign or None)
        return {
            "schema": "notifier.choices/1",
            "choices": [
                {
                    "campaign": row.campaign,
                    "person_id": row.person_id,
                    "decision": row.decision,
                    "how": row.how,
                    "note": row.note or None,
                    "at": instant(row.at),
                }
                for row in rows
            ],
        }
