"""The legal decision and the operator's: rulings, notes, approval, rejection, pause, reschedule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from notifier.campaign.machine import CampaignEvent, CampaignState, next_state
from notifier.classify.model import Ground
from notifier.errors import InputError, PromiseError, UnknownThingError
from notifier.evidence.checkpoint import set_aside
from notifier.pipeline.acquire import zone_of
from notifier.pipeline.approval import approval_document, extras
from notifier.pipeline.history import read_history
from notifier.pipeline.letters import locales_of, make_skeletons
from notifier.pipeline.propose import Plan, heard_of, make_plan, need_campaign
from notifier.pipeline.prove import lost_history, sign_head
from notifier.plan.schedule import start_of_day
from notifier.review import approval_digest, require_in_time, require_second_person
from notifier.store import ledger
from notifier.store.audience import discard, materialize
from notifier.store.campaigns import replace_skeletons
from notifier.store.messages import any_sent, unhold
from notifier.store.tables import NoteRow, RulingRow

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from notifier.home import Home
    from notifier.store.engine import Session
    from notifier.store.tables import CampaignRow


@dataclass(frozen=True, kw_only=True)
class Ruling:
    """What a reviewer says of one change."""

    change: str
    """The id shown by ``review show``, or a unique beginning of it."""
    material: bool
    reason: str
    touches_stored: bool | None = None
    """Nothing: what the classifier said; always false when not material."""
    grounds: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Approved:
    """An approval as it was recorded."""

    campaign: str
    digest: str
    people: int
    notify_by: datetime


def set_ruling(home: Home, campaign: str, ruling: Ruling, *, actor: str) -> str:
    """Record a reviewer's word on one change; it voids an approval. Returns the change's key.

    :raises InputError: no reason, an unknown ground, category or site, or a campaign that is over
    :raises UnknownThingError: no such campaign or change
    """
    _need_text(ruling.reason, "a --reason")
    now = home.now()
    with home.store.write() as tx:
        row = need_campaign(tx, campaign)
        _touch(tx, row, actor=actor, now=now, why="a change was ruled on")
        plan = make_plan(home, tx, row)
        key = find_change(plan, ruling.change)
        values = _checked(home, plan, key, ruling)
        tx.add(
            RulingRow(
                campaign=campaign,
                change_key=key,
                material=ruling.material,
                touches_stored=values["touches_stored"],
                grounds=",".join(values["grounds"]),
                categories=",".join(ruling.categories),
                sites=",".join(ruling.sites),
                reason=ruling.reason,
                actor=actor,
                at=now,
            )
        )
        body = {"change": key, "reason": ruling.reason, "actor": actor, **values}
        ledger.append(tx, now=now, kind="ruling", campaign=campaign, body=body)
    return key


def _checked(home: Home, plan: Plan, key: str, ruling: Ruling) -> dict[str, Any]:
    assert plan.assessment is not None  # noqa: S101  find_change found the key in it
    verdict = plan.assessment.changes[key]
    known = {ground.value for ground in Ground} - {Ground.NONE.value}
    policy = home.policy(plan.campaign.policy)
    for what, given, allowed in (
        ("ground", ruling.grounds, known),
        ("category", ruling.categories, {*home.settings.people.categories, "all"}),
        ("site", ruling.sites, {*policy.sites, "all"}),
    ):
        for item in given:
            if item not in allowed:
                raise UnknownThingError(
                    f"Unknown {what} {item!r}. Nothing was recorded.",
                    next_step=f"Use one of: {', '.join(sorted(allowed))}.",
                )
    stored = verdict.touches_stored if ruling.touches_stored is None else ruling.touches_stored
    if ruling.material and ruling.touches_stored is None and not verdict.material:
        stored = True  # raised from editorial: nothing is known, so the safe reading
    return {
        "material": ruling.material,
        "touches_stored": ruling.material and stored,
        "grounds": list(ruling.grounds),
        "categories": list(ruling.categories),
        "sites": list(ruling.sites),
    }


def find_change(plan: Plan, wanted: str) -> str:
    """Return the content key of a change named by its key or id, or a unique beginning of either.

    :raises UnknownThingError: none, or more than one
    """
    changes = plan.assessment.changes if plan.assessment else {}
    found = [
        key
        for key, verdict in changes.items()
        if wanted and (key.startswith(wanted) or verdict.change.id == wanted)
    ]
    if len(found) != 1:
        how = "no change" if not found else f"{len(found)} changes"
        raise UnknownThingError(
            f"{wanted!r} names {how} of {plan.campaign.id}. Nothing was recorded.",
            next_step=f"`notifier review show {plan.campaign.id}` lists the changes' ids.",
        )
    return found[0]


def set_note(home: Home, campaign: str, *, text: str, locale: str, change: str, actor: str) -> None:
    """Record legal's own words for the mail, for one change or the whole; voids an approval.

    Without a ``locale`` they are in the language in which the mail is written.

    :raises InputError: no words, or a campaign that is over
    :raises UnknownThingError: no such campaign or change
    """
    _need_text(text, "words in --text")
    now = home.now()
    with home.store.write() as tx:
        row = need_campaign(tx, campaign)
        _touch(tx, row, actor=actor, now=now, why="legal's words changed")
        locale = locale or locales_of(home, row)[0]
        key = find_change(make_plan(home, tx, row), change) if change else ""
        tx.add(
            NoteRow(
                campaign=campaign, change_key=key, locale=locale, text=text, actor=actor, at=now
            )
        )
        body = {"change": key, "locale": locale, "text": text, "actor": actor}
        ledger.append(tx, now=now, kind="note", campaign=campaign, body=body)


def approve(
    home: Home,
    campaign: str,
    *,
    actor: str,
    not_before: datetime | None = None,
    override: str = "",
) -> Approved:
    """Approve a campaign: freeze what is said, fix the audience, and let ``run`` begin.

    :raises PromiseError: the approver committed it, or the notice period no longer fits
    :raises InputError: it is not proposed
    """
    now = home.now()
    with home.store.write() as tx:
        row = need_campaign(tx, campaign)
        state = next_state(row.state, CampaignEvent.APPROVE, campaign=campaign)
        _refuse_restored(lost_history(home, tx), campaign)
        require_second_person(
            author=row.author, approver=actor, four_eyes=home.settings.review.four_eyes
        )
        row.not_before, row.override_reason = not_before, override
        plan = make_plan(home, tx, row)
        _require_in_time(plan, row, begin=max(now, heard_of(row)), override=override)
        skeletons = make_skeletons(home, tx, plan)
        document = approval_document(home, tx, plan, skeletons)
        digest = approval_digest(document)
        row.state, row.state_reason = state, ""
        row.approved_by, row.approved_at, row.approved_digest = actor, now, digest
        row.notify_by = plan.calendar.notify_by
        row.approval = document | extras(plan)
        tx.add(row)
        replace_skeletons(tx, campaign, skeletons)
        materialize(tx, campaign=campaign, rulings=plan.rulings, locale=document["locale"])
        _record_approval(tx, row, plan, document, now=now)
    sign_head(home)
    return Approved(
        campaign=campaign, digest=digest, people=plan.told, notify_by=plan.calendar.notify_by
    )


def _refuse_restored(lost: str, campaign: str) -> None:
    if lost:
        raise PromiseError(
            f"This database has forgotten something: {lost}. Nothing was approved.",
            code="restored_database",
            next_step=f"`notifier campaign decide {campaign} continue --reason …` goes on with it.",
        )


def _require_in_time(plan: Plan, row: CampaignRow, *, begin: datetime, override: str) -> None:
    require_in_time(
        mailed=plan.mailed,
        begin=begin,
        notify_by=plan.calendar.notify_by,
        earliest=plan.calendar.earliest_effective,
        override=override,
    )
    if row.effective_at <= begin and plan.mailed:
        raise InputError(
            f"{row.id} would take effect on {row.effective_date}, which has come. Nothing was"
            " approved.",
            next_step=f"`notifier campaign reschedule {row.id} --effective DATE` moves it.",
        )


def _record_approval(
    tx: Session, row: CampaignRow, plan: Plan, document: Mapping[str, Any], *, now: datetime
) -> None:
    ledger.append(
        tx,
        now=now,
        kind="approval",
        campaign=row.id,
        body={
            "approved_by": row.approved_by,
            "author": row.author,
            "digest": row.approved_digest,
            "document": document,
            "override": row.override_reason,
            "totals": dict(plan.tally.totals),
            "people": plan.tally.people,
        },
    )


def reject(home: Home, campaign: str, *, reason: str, actor: str) -> None:
    """Reject a proposed campaign for good; its version is withdrawn.

    :raises InputError: no reason, or a campaign that is not waiting for a decision
    """
    _need_text(reason, "a --reason")
    _move(home, campaign, CampaignEvent.REJECT, actor=actor, reason=reason)


def pause(home: Home, campaign: str, *, actor: str) -> None:
    """Stop sending until ``resume``; messages already on the wire still arrive."""
    _move(home, campaign, CampaignEvent.PAUSE, actor=actor)


def resume(home: Home, campaign: str, *, actor: str) -> None:
    """Go on; messages held for ``dry_run`` or ``only_to`` that no longer hold are planned."""
    _move(home, campaign, CampaignEvent.RESUME, actor=actor)


def cancel(home: Home, campaign: str, *, actor: str, reason: str = "") -> None:
    """End a campaign for good; its version never takes effect and its notices go."""
    _move(home, campaign, CampaignEvent.CANCEL, actor=actor, reason=reason)


def go_on(home: Home, campaign: str, *, reason: str, actor: str) -> None:
    """Answer ``needs_decision``: send although it is late, or although the database is older.

    Whoever goes on with a restored database does so for the whole home; each campaign that it
    stopped is still answered by itself.

    :raises InputError: no reason, or nothing waits for a decision
    """
    _need_text(reason, "a --reason")
    restored = _accept_restored(home, campaign, reason=reason, actor=actor)
    with home.store.read() as tx:
        waits = need_campaign(tx, campaign).state == CampaignState.NEEDS_DECISION
    if waits or not restored:
        _move(home, campaign, CampaignEvent.START, actor=actor, reason=reason)


def _accept_restored(home: Home, campaign: str, *, reason: str, actor: str) -> bool:
    """Go on with a database that is older than its newest checkpoint; say whether it was."""
    folder, now = home.var / "checkpoints", home.now()
    with home.store.read() as tx:
        need_campaign(tx, campaign)
        lost = lost_history(home, tx)
    if lost:
        with home.store.write() as tx:
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
        state = next_state(row.state, CampaignEvent.RESCHEDULE, campaign=campaign)
        _refuse_if_told(tx, row)
        effective_at = start_of_day(effective, _zone(home, row))
        _check_new_date(tx, row, effective, effective_at, now=now)
        old = row.effective_date
        row.effective_date, row.effective_at = effective.isoformat(), effective_at
        if row.kind == "acquisition":
            row.terms = row.terms | {"closes": effective.isoformat()}
        else:
            version = read_history(tx, row.policy).row(row.version)
            version.effective_date, version.effective_at = effective.isoformat(), effective_at
            tx.add(version)
        _void(tx, row, state)
        body = {"from": old, "to": effective.isoformat(), "actor": actor}
        ledger.append(tx, now=now, kind="reschedule", campaign=campaign, body=body)


def _zone(home: Home, row: CampaignRow) -> ZoneInfo:
    if row.kind == "acquisition":
        return zone_of(home, tuple(row.terms["sites"]))
    return home.policy(row.policy).zone


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


def _move(home: Home, campaign: str, event: CampaignEvent, *, actor: str, reason: str = "") -> None:
    """Lead a campaign to its next state and record who did it, in one transaction."""
    now = home.now()
    with home.store.write() as tx:
        row = need_campaign(tx, campaign)
        if event is CampaignEvent.START and row.state != CampaignState.NEEDS_DECISION:
            raise InputError(
                f"{campaign} is {row.state}; nothing waits for a decision. Nothing was done.",
                code="wrong_state",
                next_step="`notifier status` shows where it stands.",
            )
        _refuse_if_in_force(row, event, now=now)
        row.state = next_state(row.state, event, campaign=campaign)
        row.state_reason = reason
        tx.add(row)
        if event in {CampaignEvent.REJECT, CampaignEvent.CANCEL} and row.kind == "version":
            version = read_history(tx, row.policy).row(row.version)
            version.status = "withdrawn"
            tx.add(version)
        if event is CampaignEvent.RESUME:
            unhold(tx, campaign, lifted(home))
        body = {"state": row.state, "reason": reason, "actor": actor}
        ledger.append(tx, now=now, kind=event.value, campaign=campaign, body=body)


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
    gone = (("dry_run", mail.dry_run), ("rehearsal", bool(mail.only_to)))
    return tuple(reason for reason, stands in gone if not stands)


def _touch(tx: Session, row: CampaignRow, *, actor: str, now: datetime, why: str) -> None:
    """Prepare a change of what an approval binds: void the approval, or refuse when it is used.

    :raises InputError: the campaign is over
    :raises PromiseError: people were already told
    """
    if row.state == CampaignState.PROPOSED:
        return
    state = next_state(row.state, CampaignEvent.VOID, campaign=row.id)
    _refuse_if_told(tx, row)
    digest = row.approved_digest
    _void(tx, row, state)
    body = {"digest": digest, "why": why, "actor": actor}
    ledger.append(tx, now=now, kind="approval_voided", campaign=row.id, body=body)


def void_approval(tx: Session, row: CampaignRow, *, now: datetime, why: str) -> None:
    """Take an approval back because what it binds is no longer so; nothing was sent under it."""
    _touch(tx, row, actor="", now=now, why=why)


def _refuse_if_told(tx: Session, row: CampaignRow) -> None:
    if any_sent(tx, [row.id]):
        raise PromiseError(
            f"People were already told what {row.id} says and when it takes effect; that cannot be"
            " changed behind them. Nothing was done.",
            code="already_told",
            next_step=f"`notifier campaign cancel {row.id}`, then commit what is to be said as a"
            " new version.",
        )


def _void(tx: Session, row: CampaignRow, state: CampaignState) -> None:
    row.state, row.state_reason = state, ""
    row.approved_by, row.approved_digest, row.approved_at = "", "", None
    row.not_before, row.notify_by, row.override_reason, row.approval = None, None, "", {}
    tx.add(row)
    replace_skeletons(tx, row.id, [])
    discard(tx, row.id)


def _need_text(text: str, what: str) -> None:
    if not text.strip():
        raise InputError(
            f"Missing {what}. Nothing was recorded.", next_step="Say it in a sentence."
        )
