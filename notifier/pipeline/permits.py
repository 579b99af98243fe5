"""May the new terms be applied to this person yet? And what is known about them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from notifier.banner import instant
from notifier.campaign.machine import APPROVED_STATES, CampaignState
from notifier.classify.model import Silence
from notifier.consent import Choice, Permit, PermitFacts, permit
from notifier.errors import InputError, OutsideError, UnknownThingError
from notifier.evidence.commitment import commit_person
from notifier.pipeline.acquire import zone_of_campaign
from notifier.pipeline.erase import know_erased
from notifier.pipeline.history import History, read_history
from notifier.pipeline.propose import Plan, make_plan, need_campaign
from notifier.plan.model import Reason
from notifier.policy.history import collecting, in_force
from notifier.store import ledger
from notifier.store.audience import load_shapes, shape_of
from notifier.store.campaigns import all_campaigns
from notifier.store.choices import choices, last_choice, message_of, messages_of
from notifier.store.people import collections_of, find_person, person_ids

if TYPE_CHECKING:
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from notifier.home import Home
    from notifier.plan.model import Ruling, Shape
    from notifier.store.engine import Session
    from notifier.store.tables import CampaignRow, MessageRow, PersonRow


def permit_document(
    home: Home, person_id: str, *, policy: str = "", campaign: str = ""
) -> dict[str, Any]:
    """Return whether the new terms may be applied to one person, with the reason.

    The terms are those of ``campaign``, else the newest approved ones of ``policy``, else of the
    only policy there is. Unknown people get a no, not an error.

    :raises UnknownThingError: no such policy or campaign
    """
    with home.store.read() as tx:
        desk = _Desk(home, tx, _target(home, tx, policy, campaign))
        answer = desk.permit(person_id)
        return {
            "schema": "notifier.permit/1",
            "person_id": person_id,
            "campaign": desk.row.id if desk.row else None,
            **answer.document(),
        }


def permit_everybody(home: Home, out: Path, *, policy: str = "", campaign: str = "") -> int:
    """Write everybody's permit as JSONL, by person id; return how many.

    :raises OutsideError: the file cannot be written
    """
    count = 0
    with home.store.read() as tx:
        desk = _Desk(home, tx, _target(home, tx, policy, campaign))
        try:
            with out.open("w", encoding="utf-8") as file:
                for person_id in person_ids(tx):
                    document = {"person_id": person_id, **desk.permit(person_id).document()}
                    file.write(json.dumps(document, ensure_ascii=False) + "\n")
                    count += 1
        except OSError as error:
            raise OutsideError(
                f"{out} could not be written: {error.strerror}.", next_step="Choose another file."
            ) from error
    return count


@dataclass(frozen=True, kw_only=True)
class _Target:
    """The terms that are asked about."""

    policy: str
    row: CampaignRow | None
    """Nothing where the policy never had a campaign."""


def _target(home: Home, tx: Session, policy: str, campaign: str) -> _Target:
    if campaign:
        row = need_campaign(tx, campaign)
        return _Target(policy=row.policy, row=row)
    if not policy:
        if len(home.settings.policies) != 1:
            raise InputError(
                "There is more than one policy. Nothing was answered.",
                next_step=f"Name one with --policy: {', '.join(sorted(home.settings.policies))}.",
            )
        policy = next(iter(home.settings.policies))
    home.policy(policy)
    rows = [row for row in all_campaigns(tx) if row.policy == policy and row.kind == "version"]
    approved = [row for row in rows if row.state in APPROVED_STATES]
    asked = approved or [row for row in rows if row.state == CampaignState.PROPOSED]
    newest = max(asked, key=lambda row: row.effective_at, default=None)
    return _Target(policy=policy, row=newest)


class _Desk:
    """Answers for one set of terms; the plan is made once, at the first person who needs it."""

    def __init__(self, home: Home, tx: Session, target: _Target) -> None:
        self.home, self.tx = home, tx
        self.row, self.policy = target.row, target.policy

    @cached_property
    def plan(self) -> Plan:
        """Return today's plan of the campaign."""
        assert self.row is not None  # noqa: S101  asked only for campaigns
        return make_plan(self.home, self.tx, self.row)

    @cached_property
    def shapes(self) -> dict[int, Shape]:
        """Return the shapes of all people by number, and number the people in the transaction."""
        if self.row is not None:
            return {row.id: row.shape for row in self.plan.shapes}
        starts = collecting(self.history.facts)
        rows = load_shapes(self.tx, policy=self.policy, collecting=starts)
        return {row.id: row.shape for row in rows}

    @cached_property
    def history(self) -> History:
        """Return the policy's versions."""
        return read_history(self.tx, self.policy)

    def shape(self, person: PersonRow) -> tuple[int, Shape]:
        """Return a person's shape and its number."""
        shapes = self.shapes
        number = shape_of(self.tx, person.person_id)
        assert number is not None  # noqa: S101  every person of the transaction has one
        return number, shapes[number]

    @property
    def zone(self) -> ZoneInfo:
        """Return the zone in which the notice's days are counted."""
        if self.row is not None:
            return zone_of_campaign(self.home, self.row)
        return self.home.policy(self.policy).zone

    def permit(self, person_id: str) -> Permit:
        """Return one person's permit at this instant."""
        now = self.home.now()
        person = find_person(self.tx, person_id)
        if person is None or person.status == "erased":
            effective = self.row.effective_at if self.row else now
            known = know_erased(self.home, self.tx, person_id) is not None
            facts = PermitFacts(known=known, erased=known, effective_at=effective, zone=self.zone)
            return permit(facts, now)
        if self.row is None:
            return permit(self._first_terms(person), now)
        return permit(self._facts(self.row, person), now)

    def _first_terms(self, person: PersonRow) -> PermitFacts:
        """Return the facts where there never was a change: all was collected under these terms."""
        holdings = self.shape(person)[1].holdings
        current = in_force(self.history.facts, self.home.now())
        return PermitFacts(
            approved=current is not None,
            effective_at=current.in_force_from if current else self.home.now(),
            zone=self.zone,
            ruling=Reason.JOINED_UNDER_NEW if holdings else Reason.NEVER_STORED,
            version=current.version if current else "",
            newer_or_same=frozenset(self.history.rows),
            holdings=holdings,
        )

    def _facts(self, row: CampaignRow, person: PersonRow) -> PermitFacts:
        number, shape = self.shape(person)
        ruling = self.plan.rulings[number]
        told, reason = self._told(row, person, shape, ruling)
        choice = last_choice(self.tx, told.campaign if told else row.id, person.person_id)
        sent = told is not None and told.state == "sent"
        assessment = self.plan.assessment
        return PermitFacts(
            approved=row.state in APPROVED_STATES and row.approved_at is not None,
            effective_at=max(row.effective_at, row.approved_at or row.effective_at),
            zone=self.zone,
            ruling=reason,
            sent_at=told.sent_at if told is not None and sent else None,
            notice_days=told.notice_days if told else 0,
            choice=Choice(choice.decision) if choice else None,
            chosen_at=choice.at if choice else None,
            silence=self._silence(told),
            version=row.version,
            newer_or_same=assessment.exposure.newer_or_same
            if assessment
            else frozenset(h.version for h in shape.holdings),
            holdings=shape.holdings,
        )

    def _told(
        self, row: CampaignRow, person: PersonRow, shape: Shape, ruling: Ruling
    ) -> tuple[MessageRow | None, Reason]:
        """Return the message that told a person of these changes, and why they are in or out.

        Whoever has a message was affected when it was approved, whatever a newer rule set says.
        """
        own = message_of(self.tx, row.id, person.person_id)
        if own is not None:
            return own, Reason.AFFECTED
        if ruling.reason is Reason.ALREADY_TOLD and shape.told:
            earlier = message_of(self.tx, shape.told[-1].campaign, person.person_id)
            return earlier, Reason.AFFECTED
        return None, ruling.reason

    def _silence(self, told: MessageRow | None) -> Silence:
        if told is None:
            return Silence.KEEPS_OLD
        approval = need_campaign(self.tx, told.campaign).approval
        cohort = approval.get("cohorts", {}).get(told.cohort, {})
        return Silence(cohort.get("silence", Silence.KEEPS_OLD))


def person_document(home: Home, person_id: str) -> dict[str, Any]:
    """Return everything that is stored about one person.

    :raises UnknownThingError: there is no such person
    """
    with home.store.read() as tx:
        person = find_person(tx, person_id) or know_erased(home, tx, person_id)
        if person is None:
            raise UnknownThingError(
                f"There is no person {person_id!r}.", next_step="Check the person_id."
            )
        person_id = person.person_id  # of an erased person the pseudonym
        subject = commit_person(person.salt, person_id) if person.salt else ""
        return {
            "schema": "notifier.person/1",
            **person.model_dump(exclude={"salt", "erased_mark", "erased_at"}),
            "erased_at": instant(person.erased_at) if person.erased_at else None,
            "subject": subject or None,
            "collections": [
                row.model_dump(exclude={"person_id"}) for row in collections_of(tx, person_id)
            ],
            "messages": [_message(row) for row in messages_of(tx, person_id)],
            "choices": [
                {"campaign": row.campaign, "decision": row.decision, "at": instant(row.at)}
                for row in choices(tx)
                if row.person_id == person_id
            ],
            "entries": [entry.seq for entry in ledger.entries(tx, subject=subject)]
            if subject
            else [],
        }


def _message(row: MessageRow) -> dict[str, Any]:
    return {
        "campaign": row.campaign,
        "kind": row.kind,
        "channel": row.channel,
        "state": row.state,
        "reason": row.reason or None,
        "ref": row.ref,
        "sent_at": instant(row.sent_at) if row.sent_at else None,
        "sha256": row.sha256 or None,
        "queue_id": row.queue_id or None,
    }
