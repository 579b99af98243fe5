"""One turn of the clock: start what is due, send, close what is done, publish."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from notifier.campaign.machine import OPEN_STATES, CampaignEvent, CampaignState
from notifier.channels.smtp import Relay
from notifier.dispatch import deliver, owner_is_dead
from notifier.pipeline.approval import EXTRAS, approval_document
from notifier.pipeline.history import read_history
from notifier.pipeline.late import OPEN, too_late_to_begin, too_late_to_go_on
from notifier.pipeline.letters import make_skeletons
from notifier.pipeline.moves import move
from notifier.pipeline.propose import approved_plan, heard_of, make_plan, need_campaign
from notifier.pipeline.prove import lost_history, newest_at, sign_head
from notifier.pipeline.publish import publish
from notifier.pipeline.sending import make_renderer
from notifier.pipeline.steer import stop_restored
from notifier.pipeline.void import void_approval
from notifier.pipeline.waves import hold_back, look_at_waves
from notifier.policy.history import VersionState, in_force, states
from notifier.review import approval_digest
from notifier.store import ledger
from notifier.store.audience import materialize, park_uncovered
from notifier.store.campaigns import all_campaigns, find_campaign, last_seq, maybe_told
from notifier.store.messages import counts, recover
from notifier.store.unreached import follow_addresses

if TYPE_CHECKING:
    import asyncio
    from datetime import datetime

    from notifier.channels.model import Channel
    from notifier.dispatch import Delivery
    from notifier.errors import NotifierError
    from notifier.home import Home
    from notifier.store.engine import Session
    from notifier.store.tables import CampaignRow

_VOUCH_AFTER = timedelta(minutes=10)
_ENDED_BY_A_NEWER = OPEN_STATES - {CampaignState.COMPLETE}


@dataclass(frozen=True, kw_only=True)
class Turn:
    """What one turn did, and whether another one now would do more."""

    more: bool
    """Something is due at once."""
    waiting_for_others: bool
    """Another runner holds claims that are not settled."""
    next_at: datetime | None
    """When the next deferral or hold ends, UTC."""
    says: tuple[str, ...]
    """What an operator should read, one sentence each."""


def recover_claims(home: Home) -> int:
    """Take back the claims of dead processes of this machine and of expired leases."""
    with home.store.write() as tx:
        return recover(tx, home.now(), owner_is_dead)


async def turn(home: Home, stop: asyncio.Event, channel: Channel | None = None) -> Turn:
    """Do once everything that is due. Any number of processes may call it at the same time.

    Mails go to ``channel``, else to the relay of ``[mail]``.

    :raises OutsideError: the ledger or a feed cannot be written; sending stopped before that
    """
    says: list[str] = []
    recover_claims(home)
    if _is_restored(home, says):
        return Turn(more=False, waiting_for_others=False, next_at=None, says=tuple(says))
    active = _start_due(home, says)
    publish(home)
    channel = channel or Relay.from_settings(home.settings.mail)
    delivery = await _deliver(home, active, stop, channel, says)
    released, hold_ends = look_at_waves(home, says)
    more = released > 0 or (delivery is not None and delivery.more)
    if not _complete(home, says) and delivery is not None and delivery.results:
        _vouch(home, now=not more)
    publish(home)
    moments = [hold_ends, delivery.left.next_at if delivery else None]
    return Turn(
        more=more and not stop.is_set(),
        waiting_for_others=delivery is not None and delivery.left.claimed > 0,
        next_at=min((moment for moment in moments if moment), default=None),
        says=tuple(says),
    )


def _is_restored(home: Home, says: list[str]) -> bool:
    """Stop a database that has forgotten whom it told, until somebody decides.

    Nothing is published either: it may have forgotten that a notice was taken back.
    """
    with home.store.read() as tx:
        fault = lost_history(home, tx)
    if not fault:
        return False
    with home.store.write() as tx:
        stop_restored(home, tx, fault)
    says.append(
        f"Nothing is sent: {fault}. Find out what was sent since, then answer each campaign with"
        " `notifier campaign decide CAMPAIGN continue|cancel --reason …`."
    )
    return True


def _vouch(home: Home, *, now: bool) -> None:
    """Sign what was sent, at the latest every few minutes: an older copy is then found out."""
    if now or home.now() - newest_at(home) >= _VOUCH_AFTER:
        sign_head(home)


def _start_due(home: Home, says: list[str]) -> list[str]:
    """Start the campaigns whose time has come, each in a transaction of its own."""
    now = home.now()
    with home.store.read() as tx:
        campaigns = [row.id for row in all_campaigns(tx)]
    active = []
    for campaign in campaigns:
        with home.store.write() as tx:
            row = need_campaign(tx, campaign)
            _look_at(home, tx, row, now, says)
            if row.state == CampaignState.SENDING:
                hold_back(home, tx, row.id, now)
                active.append(row.id)
    return active


def _look_at(home: Home, tx: Session, row: CampaignRow, now: datetime, says: list[str]) -> None:
    """Do what the clock and the rows ask for with one campaign before anything is sent."""
    if row.state in _ENDED_BY_A_NEWER and _is_superseded(tx, row, now, for_good=True):
        move(tx, row, CampaignEvent.SUPERSEDE, now, reason="a later version is in force")
        says.append(f"{row.id}: a later version is in force and tells whoever is left.")
    if row.state == CampaignState.APPROVED and heard_of(row) <= now:
        _start(home, tx, row, now, says)
    elif row.state == CampaignState.SENDING:
        _ask_if_late(row, tx, too_late_to_go_on(home, tx, row, now), now, says)
    if row.state in {CampaignState.SENDING, CampaignState.COMPLETE}:
        _top_up(home, tx, row, now, says)


def _start(home: Home, tx: Session, row: CampaignRow, now: datetime, says: list[str]) -> None:
    """Begin a campaign, unless what was approved is no longer so, or it has become too late."""
    if not maybe_told(tx, row.id) and not _stands(home, tx, row):
        void_approval(tx, row, now=now, why="what the approval binds was changed")
        says.append(
            f"{row.id}: texts, words, templates or settings are not those that were approved; the"
            " approval is void. Look at it again and approve it."
        )
        return
    late = too_late_to_begin(home, tx, row, now)
    _ask_if_late(row, tx, "its notify-by has passed" if late else "", now, says)
    if not late:
        move(tx, row, CampaignEvent.START, now)


def _ask_if_late(row: CampaignRow, tx: Session, why: str, now: datetime, says: list[str]) -> None:
    if not why:
        return
    move(tx, row, CampaignEvent.NEED_DECISION, now, reason=why)
    says.append(
        f"{row.id} sends nothing ({why}): decide with `notifier campaign decide {row.id}"
        " continue|cancel --reason …`."
    )


def _stands(home: Home, tx: Session, row: CampaignRow) -> bool:
    """Say whether what would be approved today is what was approved."""
    plan = approved_plan(home, tx, row)
    if plan.assessment is not None:
        said = {key for cohort in plan.cohorts.values() for key in cohort.change_keys}
        if not said <= plan.assessment.changes.keys():
            return False  # a version that it was compared with was withdrawn
    document = approval_document(home, tx, plan, make_skeletons(home, tx, plan))
    bound = {key: value for key, value in row.approval.items() if key not in EXTRAS}
    return approval_digest(document) == row.approved_digest == approval_digest(bound)


def _top_up(home: Home, tx: Session, row: CampaignRow, now: datetime, says: list[str]) -> None:
    """Follow the imports since the audience was fixed: people who came, addresses that changed."""
    fixed = last_seq(tx, ("approval", "audience"), campaign=row.id)
    if last_seq(tx, ("import",)) <= fixed or _is_superseded(tx, row, now):
        return
    plan = make_plan(home, tx, row)
    added = materialize(tx, campaign=row.id, rulings=plan.rulings, locale=row.approval["locale"])
    park_uncovered(tx, row.id, row.approval["cohorts"])
    # Once in force, it would announce what has come already; the sites go on showing it.
    lost, got = follow_addresses(tx, row.id, mail=now < row.effective_at)
    body = {"added": added, "lost_address": lost, "got_address": got}
    ledger.append(tx, now=now, kind="audience", campaign=row.id, body=body)
    if added:
        says.append(f"{row.id}: {added} people were imported since the approval and are told too.")
    if got:
        says.append(f"{row.id}: {got} people have an address now and are told by mail.")
    if lost:
        says.append(
            f"{row.id}: {lost} people have no address any more; their sites show them the notice."
        )
    if (added or got) and row.state == CampaignState.COMPLETE:
        move(tx, row, CampaignEvent.REOPEN, now)


def _is_superseded(tx: Session, row: CampaignRow, now: datetime, *, for_good: bool = False) -> bool:
    """Say whether a newer version is in force: its own campaign tells whoever is left or comes.

    ``for_good``: and its approval can no longer be void, since people were told, or nobody is left.
    """
    if row.kind != "version":
        return False
    facts = read_history(tx, row.policy).facts
    newer = in_force(facts, now)
    if newer is None or states(facts, now)[row.version] is not VersionState.SUPERSEDED:
        return False
    telling = find_campaign(tx, f"{row.policy}@{newer.version}")
    if not for_good or telling is None:
        return True
    return telling.state == CampaignState.COMPLETE or maybe_told(tx, telling.id)


async def _deliver(
    home: Home, active: list[str], stop: asyncio.Event, channel: Channel, says: list[str]
) -> Delivery | None:
    if not active:
        return None
    delivery = await deliver(
        home.store,
        active,
        mail=home.settings.mail,
        retry_reserve_days=home.settings.review.retry_reserve_days,
        channel=channel,
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
        says.append(
            "The day's cap (mail.per_day or ramp) is reached; the rest goes tomorrow"
            " (the day is counted in UTC)."
        )
    return delivery


def _pause(home: Home, active: list[str], error: NotifierError, says: list[str]) -> None:
    now = home.now()
    with home.store.write() as tx:
        for row in all_campaigns(tx):
            if row.id in active and row.state == CampaignState.SENDING:
                move(tx, row, CampaignEvent.PAUSE, now, reason=error.message)
    says.append(f"Paused: {error.message} {error.next_step}".strip())


def _complete(home: Home, says: list[str]) -> bool:
    """Close the campaigns in which nobody is open any more, and sign the chain's head."""
    now = home.now()
    done = False
    with home.store.write() as tx:
        for row in all_campaigns(tx):
            totals = counts(tx, row.id)
            if row.state == CampaignState.SENDING and not totals.keys() & OPEN:
                move(tx, row, CampaignEvent.COMPLETE, now, people=totals)
                told = ", ".join(f"{n} {state}" for state, n in totals.items()) or "nobody to mail"
                says.append(f"{row.id} is complete: {told}.")
                done = True
    if done:
        sign_head(home)
    return done
