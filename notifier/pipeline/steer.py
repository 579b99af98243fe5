"""What else is done with a campaign: reject, pause, resume, cancel, decide, move its date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.campaign.machine import CampaignEvent, CampaignState, next_state
from notifier.errors import InputError
from notifier.evidence.checkpoint import set_aside
from notifier.pipeline.acquire import zone_of_campaign
from notifier.pipeline.history import read_history
from notifier.pipeline.late import too_late_to_go_on
from notifier.pipeline.moves import move
from notifier.pipeline.propose import need_campaign
from notifier.pipeline.prove import lost_history
from notifier.pipeline.void import need_text, refuse_if_told, void
from notifier.pipeline.waves import hold_back, let_go, verdict
from notifier.plan.schedule import start_of_day
from notifier.plan.wave import WaveVerdict
from notifier.policy.history import VersionStatus, next_status
from notifier.review import require_second_person
from notifier.store import ledger
from notifier.store.backlog import FIRST_WAVE, unhold, unpark
from notifier.store.campaigns import all_campaigns
from notifier.store.waves import find_wave

if TYPE_CHECKING:
    from datetime import date, datetime

    from notifier.home import Home
    from notifier.store.engine import Session
    from notifier.store.tables import CampaignRow


def reject(home: Home, campaign: str, *, reason: str, actor: str) -> None:
    """Reject a proposed campaign for good; its version is withdrawn.

    :raises InputError: no reason, or a campaign that is not waiting for a decision
    """
    need_text(reason, "a --reason")
    _steer(home, campaign, CampaignEvent.REJECT, actor=actor, reason=reason)


def pause(home: Home, campaign: str, *, actor: str) -> None:
    """Stop sending until ``resume``; messages already on the wire still arrive."""
    _steer(home, campaign, CampaignEvent.PAUSE, actor=actor)


def resume(home: Home, campaign: str, *, actor: str) -> None:
    """Go on; messages held for ``dry_run`` or ``only_to`` that no longer hold are planned.

    The campaign begins anew as an approved one: what is left is checked against its notify-by.
    """
    _steer(home, campaign, CampaignEvent.RESUME, actor=actor)


def cancel(home: Home, campaign: str, *, actor: str, reason: str = "") -> None:
    """End a campaign for good; its version never takes effect and its notices go."""
    _steer(home, campaign, CampaignEvent.CANCEL, actor=actor, reason=reason)


def go_on(home: Home, campaign: str, *, reason: str, actor: str) -> None:
    """Answer ``needs_decision``: send although it is late, refused too often, or restored.

    It overrides a promise, as an approval with ``--override-notice`` does; so the author cannot
    give it (P2). Whoever waits for a first wave that is late or was refused too often goes too.
    Whoever goes on with a restored database does so for the whole home; each campaign that it
    stopped is still answered by itself.

    :raises InputError: no reason, or nothing waits for a decision
    :raises PromiseError: the actor committed it
    """
    need_text(reason, "a --reason")
    with home.store.read() as tx:
        author = need_campaign(tx, campaign).author
    require_second_person(
        author=author, approver=actor, four_eyes=home.settings.review.four_eyes, act="decide"
    )
    restored = _accept_restored(home, reason=reason, actor=actor)
    now = home.now()
    with home.store.write() as tx:
        row = need_campaign(tx, campaign)
        if restored and row.state != CampaignState.NEEDS_DECISION:
            return
        _need_decision(row)
        wave = find_wave(tx, campaign)
        asked = wave is not None and verdict(home, wave, now) is WaveVerdict.ASK
        if asked or too_late_to_go_on(home, tx, row, now):
            let_go(tx, campaign, now, reason=reason, actor=actor)
        move(tx, row, CampaignEvent.START, now, reason=reason, actor=actor)
        hold_back(home, tx, campaign, now)


def give_up(home: Home, campaign: str, *, reason: str, actor: str) -> None:
    """Answer ``needs_decision``: cancel the campaign. Anybody may; to stop breaks no promise.

    :raises InputError: no reason, or nothing waits for a decision
    """
    need_text(reason, "a --reason")
    with home.store.read() as tx:
        _need_decision(need_campaign(tx, campaign))
    cancel(home, campaign, actor=actor, reason=reason)


def retry(home: Home, campaign: str, *, reason: str, actor: str, person: str = "") -> int:
    """Let messages that need attention be tried again, all or one person's; return how many.

    For when its cause was mended: an address corrected, the relay's operator spoken to. A complete
    campaign opens again, and then sends whenever it can, which may be late; so the author cannot
    order it (P3). Whatever left once is repeated as it was.

    :raises InputError: no reason, nothing to try again, or a campaign that is not sending or
        complete, or whose version is in force
    :raises PromiseError: the actor committed it
    """
    need_text(reason, "a --reason")
    now = home.now()
    with home.store.write() as tx:
        row = need_campaign(tx, campaign)
        require_second_person(
            author=row.author,
            approver=actor,
            four_eyes=home.settings.review.four_eyes,
            act="release",
        )
        _refuse_if_over(row, now)
        released = unpark(tx, campaign, person)
        if not released:
            raise InputError(
                f"No message of {campaign} needs attention"
                f"{f' for {person}' if person else ''}. Nothing was done.",
                code="nothing_to_retry",
                next_step="`notifier status` counts them; `notifier person show` tells of one.",
            )
        body = {"actor": actor, "reason": reason, "released": released}
        ledger.append(tx, now=now, kind="retry", campaign=campaign, body=body)
        if row.state == CampaignState.COMPLETE:
            move(tx, row, CampaignEvent.REOPEN, now, reason=reason, actor=actor)
    return released


def _refuse_if_over(row: CampaignRow, now: datetime) -> None:
    if row.state not in {CampaignState.SENDING, CampaignState.COMPLETE}:
        raise InputError(
            f"{row.id} is {row.state}; only what is sending or complete can be tried again. Nothing"
            " was done.",
            code="wrong_state",
            next_step="Resume or decide it first; `notifier status` shows where it stands.",
        )
    if row.effective_at <= now:
        raise InputError(
            f"{row.id} took effect on {row.effective_date}; its mail would announce what has come"
            " already. Nothing was done.",
            code="in_force",
            next_step="Tell these people in another way, or commit a new version.",
        )


def _need_decision(row: CampaignRow) -> None:
    if row.state != CampaignState.NEEDS_DECISION:
        raise InputError(
            f"{row.id} is {row.state}; nothing waits for a decision. Nothing was done.",
            code="wrong_state",
            next_step="`notifier status` shows where it stands.",
        )


def stop_restored(home: Home, tx: Session, fault: str) -> list[str]:
    """Stop every campaign that could send from a database that has forgotten whom it told.

    Paused ones too: ``resume`` must not go round the decision. Returns their ids.
    """
    stopped = []
    for row in all_campaigns(tx):
        if row.state in {CampaignState.APPROVED, CampaignState.SENDING, CampaignState.PAUSED}:
            move(tx, row, CampaignEvent.NEED_DECISION, home.now(), reason=fault)
            stopped.append(row.id)
    return stopped


def _accept_restored(home: Home, *, reason: str, actor: str) -> bool:
    """Go on with a database that is older than its newest checkpoint; say whether it was."""
    folder, now = home.var / "checkpoints", home.now()
    with home.store.read() as tx:
        lost = lost_history(home, tx)
    if lost:
        with home.store.write() as tx:
            stop_restored(home, tx, lost)
            forgotten = ledger.accept_restored(tx, folder, now=now, actor=actor, reason=reason)
        set_aside(folder, forgotten)
    return bool(lost)


def reschedule(home: Home, campaign: str, *, effective: date, actor: str) -> None:
    """Move the effective date; voids an approval.

    :raises InputError: the date is not in the future, or belongs to another version
    :raises PromiseError: people were already told the old date
    """
    now = home.now()
    with home.store.write() as tx:
        row = need_campaign(tx, campaign)
        next_state(row.state, CampaignEvent.RESCHEDULE, campaign=campaign)
        refuse_if_told(tx, row)
        effective_at = start_of_day(effective, zone_of_campaign(home, row))
        _check_new_date(tx, row, effective, effective_at, now=now)
        old = row.effective_date
        row.effective_date, row.effective_at = effective.isoformat(), effective_at
        if row.kind == "acquisition":
            row.terms = row.terms | {"closes": effective.isoformat()}
        else:
            version = read_history(tx, row.policy).row(row.version)
            version.effective_date, version.effective_at = effective.isoformat(), effective_at
            tx.add(version)
        void(tx, row, CampaignEvent.RESCHEDULE)
        body = {"from": old, "to": effective.isoformat(), "actor": actor}
        ledger.append(tx, now=now, kind="reschedule", campaign=campaign, body=body)


def _check_new_date(
    tx: Session, row: CampaignRow, effective: date, effective_at: datetime, *, now: datetime
) -> None:
    if effective_at <= now:
        raise InputError(
            f"{effective} is not in the future. Nothing was rescheduled.",
            next_step="Give a later --effective.",
        )
    if row.kind == "acquisition":
        return
    for fact in read_history(tx, row.policy).facts:
        usable = not (fact.draft or fact.withdrawn)
        if usable and fact.effective_at == effective_at and fact.version != row.version:
            raise InputError(
                f"{fact.version} takes effect on {effective} too; two versions cannot start on one"
                " day. Nothing was rescheduled.",
                next_step="Give another --effective.",
            )


def _steer(
    home: Home, campaign: str, event: CampaignEvent, *, actor: str, reason: str = ""
) -> None:
    """Lead a campaign to its next state and record who did it, in one transaction."""
    now = home.now()
    with home.store.write() as tx:
        row = need_campaign(tx, campaign)
        _refuse_if_in_force(row, event, now=now)
        move(tx, row, event, now, reason=reason, actor=actor)
        if event in {CampaignEvent.REJECT, CampaignEvent.CANCEL} and row.kind == "version":
            version = read_history(tx, row.policy).row(row.version)
            version.status = next_status(version.status, VersionStatus.WITHDRAWN)
            tx.add(version)
        if event is CampaignEvent.RESUME:
            unhold(tx, campaign, lifted(home))


def _refuse_if_in_force(row: CampaignRow, event: CampaignEvent, *, now: datetime) -> None:
    if event is not CampaignEvent.CANCEL or row.approved_at is None:
        return
    if max(row.effective_at, row.approved_at) <= now:
        raise InputError(
            f"{row.id} took effect on {row.effective_date}; what is in force cannot be cancelled."
            " Nothing was done.",
            code="in_force",
            next_step="Commit what is to hold instead as a new version.",
        )


def lifted(home: Home) -> tuple[str, ...]:
    """Return the reasons for holding messages that the configuration no longer gives."""
    mail = home.settings.mail
    gone = (
        ("dry_run", mail.dry_run),
        ("rehearsal", bool(mail.only_to)),
        (FIRST_WAVE, bool(mail.first.people)),
    )
    return tuple(reason for reason, stands in gone if not stands)
