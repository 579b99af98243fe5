"""One turn of the clock: start what is due, send, close what is done, publish."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifier.campaign.machine import CampaignEvent, CampaignState, next_state
from notifier.channels.smtp import Relay
from notifier.dispatch import deliver, owner_is_dead
from notifier.errors import SettingsError
from notifier.pipeline.approval import EXTRAS, approval_document
from notifier.pipeline.history import read_history
from notifier.pipeline.letters import make_skeletons
from notifier.pipeline.propose import approved_plan, heard_of, make_plan
from notifier.pipeline.prove import lost_history, sign_head
from notifier.pipeline.publish import publish
from notifier.pipeline.sending import make_renderer
from notifier.pipeline.void import void_approval
from notifier.policy.history import VersionState, states
from notifier.review import approval_digest
from notifier.store import ledger
from notifier.store.audience import materialize, park_uncovered
from notifier.store.campaigns import all_campaigns, last_seq
from notifier.store.messages import counts, recover

if TYPE_CHECKING:
    import asyncio
    from datetime import datetime

    from notifier.dispatch import Delivery
    from notifier.errors import NotifierError
    from notifier.home import Home
    from notifier.store.engine import Session
    from notifier.store.tables import CampaignRow

_OPEN_MESSAGES = {"planned", "claimed", "deferred", "unknown", "held"}


@dataclass(frozen=True, kw_only=True)
class Turn:
    """What one turn did, and whether another one now would do more."""

    more: bool
    """Something is due at once."""
    waiting_for_others: bool
    """Another runner holds claims that are not settled."""
    next_at: datetime | None
    """When the next deferral ends, UTC."""
    says: tuple[str, ...]
    """What an operator should read, one sentence each."""


def recover_claims(home: Home) -> int:
    """Take back the claims of dead processes of this machine and of expired leases."""
    with home.store.write() as tx:
        return recover(tx, home.now(), owner_is_dead)


async def turn(home: Home, stop: asyncio.Event) -> Turn:
    """Do once everything that is due. Any number of processes may call it at the same time.

    :raises OutsideError: the ledger or a feed cannot be written; sending stopped before that
    :raises SettingsError: a setting asks for what this version cannot do
    """
    _refuse_unsupported(home)
    says: list[str] = []
    recover_claims(home)
    _stop_restored(home, says)
    active = _start_due(home, says)
    publish(home)
    delivery = await _deliver(home, active, stop, says)
    _complete(home, says)
    publish(home)
    return Turn(
        more=delivery is not None and delivery.more,
        waiting_for_others=delivery is not None and delivery.left.claimed > 0,
        next_at=delivery.left.next_at if delivery else None,
        says=tuple(says),
    )


def _refuse_unsupported(home: Home) -> None:
    """Refuse what would otherwise be ignored in silence."""
    if home.settings.mail.first.people:
        raise SettingsError(
            "mail.first asks for a first wave and a hold, which this version cannot do. Nothing was"
            " sent.",
            next_step="Set mail.first.people to 0; rehearse with mail.only_to.",
        )


def _stop_restored(home: Home, says: list[str]) -> None:
    """Stop a database that has forgotten whom it told, until somebody decides."""
    with home.store.read() as tx:
        fault = lost_history(home, tx)
    if not fault:
        return
    now = home.now()
    with home.store.write() as tx:
        for row in all_campaigns(tx):
            if row.state in {CampaignState.APPROVED, CampaignState.SENDING}:
                _move(tx, row, CampaignEvent.NEED_DECISION, now, reason=fault)
    says.append(
        f"Nothing is sent: {fault}. Find out what was sent since, then answer each campaign with"
        " `notifier campaign decide CAMPAIGN continue|cancel --reason …`."
    )


def _start_due(home: Home, says: list[str]) -> list[str]:
    """Start the campaigns whose time has come, each in a transaction of its own."""
    now = home.now()
    with home.store.read() as tx:
        campaigns = [row.id for row in all_campaigns(tx)]
    active = []
    for campaign in campaigns:
        with home.store.write() as tx:
            row = next(row for row in all_campaigns(tx) if row.id == campaign)
            if row.state == CampaignState.APPROVED and heard_of(row) <= now:
                _start(home, tx, row, now, says)
            if row.state in {CampaignState.SENDING, CampaignState.COMPLETE}:
                _top_up(home, tx, row, now, says)
            if row.state == CampaignState.SENDING:
                active.append(row.id)
    return active


def _start(home: Home, tx: Session, row: CampaignRow, now: datetime, says: list[str]) -> None:
    """Begin a campaign, unless what was approved is no longer so, or it has become too late."""
    if not counts(tx, row.id).keys() & {"sent", "unknown", "deferred", "bounced"} and not _stands(
        home, tx, row
    ):
        void_approval(tx, row, now=now, why="what the approval binds was changed")
        says.append(
            f"{row.id}: texts, words, templates or settings are not those that were approved; the"
            " approval is void. Look at it again and approve it."
        )
        return
    late = row.notify_by is not None and now > row.notify_by
    if _is_mailed(row) and late and not row.override_reason and _unsent(tx, row.id):
        _move(tx, row, CampaignEvent.NEED_DECISION, now, reason="its notify-by has passed")
        says.append(
            f"{row.id} woke after its notify-by and sends nothing: decide with `notifier campaign"
            f" decide {row.id} continue|cancel --reason …`."
        )
        return
    _move(tx, row, CampaignEvent.START, now)


def _stands(home: Home, tx: Session, row: CampaignRow) -> bool:
    """Say whether what would be approved today is what was approved."""
    plan = approved_plan(home, tx, row)
    document = approval_document(home, tx, plan, make_skeletons(home, tx, plan))
    bound = {key: value for key, value in row.approval.items() if key not in EXTRAS}
    return approval_digest(document) == row.approved_digest == approval_digest(bound)


def _is_mailed(row: CampaignRow) -> bool:
    return row.approval.get("route") == "email"


def _unsent(tx: Session, campaign: str) -> bool:
    return bool(counts(tx, campaign).keys() & _OPEN_MESSAGES)


def _top_up(home: Home, tx: Session, row: CampaignRow, now: datetime, says: list[str]) -> None:
    """Add people who were imported since the audience was fixed and must be told as well."""
    fixed = last_seq(tx, ("approval", "audience"), campaign=row.id)
    if last_seq(tx, ("import",)) <= fixed or _is_superseded(tx, row, now):
        return
    plan = make_plan(home, tx, row)
    added = materialize(tx, campaign=row.id, rulings=plan.rulings, locale=row.approval["locale"])
    park_uncovered(tx, row.id, row.approval["cohorts"])
    ledger.append(tx, now=now, kind="audience", campaign=row.id, body={"added": added})
    if not added:
        return
    says.append(f"{row.id}: {added} people were imported since the approval and are told too.")
    if row.state == CampaignState.COMPLETE:
        _move(tx, row, CampaignEvent.REOPEN, now)


def _is_superseded(tx: Session, row: CampaignRow, now: datetime) -> bool:
    """Say whether a newer version is in force: its own campaign tells whoever comes now."""
    if row.kind != "version":
        return False
    facts = read_history(tx, row.policy).facts
    return states(facts, now)[row.version] is VersionState.SUPERSEDED


async def _deliver(
    home: Home, active: list[str], stop: asyncio.Event, says: list[str]
) -> Delivery | None:
    if not active:
        return None
    delivery = await deliver(
        home.store,
        active,
        mail=home.settings.mail,
        retry_reserve_days=home.settings.review.retry_reserve_days,
        channel=Relay.from_settings(home.settings.mail),
        render=make_renderer(home),
        stop=stop,
        clock=home.now,
    )
    if delivery.pause is not None:
        _pause(home, active, delivery.pause, says)
    for campaign, error in delivery.paused.items():
        _pause(home, [campaign], error, says)
    if delivery.relay_down:
        says.append(f"The relay cannot be reached; messages are deferred. {delivery.relay_down}")
    if delivery.capped:
        says.append("The day's cap (mail.per_day or ramp) is reached; the rest goes tomorrow.")
    return delivery


def _pause(home: Home, active: list[str], error: NotifierError, says: list[str]) -> None:
    now = home.now()
    with home.store.write() as tx:
        for row in all_campaigns(tx):
            if row.id in active and row.state == CampaignState.SENDING:
                _move(tx, row, CampaignEvent.PAUSE, now, reason=error.message)
    says.append(f"Paused: {error.message} {error.next_step}".strip())


def _complete(home: Home, says: list[str]) -> None:
    """Close the campaigns in which nobody is open any more, and sign the chain's head."""
    now = home.now()
    done = False
    with home.store.write() as tx:
        for row in all_campaigns(tx):
            if row.state == CampaignState.SENDING and not _unsent(tx, row.id):
                totals = counts(tx, row.id)
                _move(tx, row, CampaignEvent.COMPLETE, now, totals=totals)
                told = ", ".join(f"{n} {state}" for state, n in totals.items()) or "nobody to mail"
                says.append(f"{row.id} is complete: {told}.")
                done = True
    if done:
        sign_head(home)


def _move(
    tx: Session,
    row: CampaignRow,
    event: CampaignEvent,
    now: datetime,
    *,
    reason: str = "",
    totals: dict[str, int] | None = None,
) -> None:
    row.state = next_state(row.state, event, campaign=row.id)
    row.state_reason = reason
    tx.add(row)
    body = {"state": row.state, "reason": reason, "actor": "", "people": totals or {}}
    ledger.append(tx, now=now, kind=event.value, campaign=row.id, body=body)
