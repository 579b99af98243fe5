"""The legal decision: rulings on changes, legal's own words, and the approval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from notifier.campaign.machine import CampaignEvent, next_state
from notifier.classify.model import Ground
from notifier.errors import InputError, PromiseError, UnknownThingError, standing
from notifier.pipeline.approval import approval_document, extras
from notifier.pipeline.decisions import said_about, upheld_by_approval
from notifier.pipeline.history import read_history
from notifier.pipeline.letters import locales_of, make_skeletons
from notifier.pipeline.moves import turn_to
from notifier.pipeline.propose import Plan, heard_of, make_plan, need_campaign
from notifier.pipeline.prove import lost_history, sign_head
from notifier.pipeline.translations import reader_documents, require_words
from notifier.pipeline.void import need_text, touch
from notifier.policy.history import VersionState, states
from notifier.review import (
    approval_digest,
    releases,
    require_in_time,
    require_second_person,
    require_second_word,
)
from notifier.store import ledger
from notifier.store.audience import materialize
from notifier.store.campaigns import replace_skeletons, rulings_of
from notifier.store.tables import NoteRow, RulingRow

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

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

    :raises InputError: no reason, or a campaign that is over
    :raises PromiseError: the author would clear what no rule proved editorial; or people were told
    :raises UnknownThingError: no such campaign or change, ground, category or site
    """
    need_text(ruling.reason, "a --reason")
    now = home.now()
    with home.store.write() as tx:
        row = need_campaign(tx, campaign)
        touch(tx, row, actor=actor, now=now, why="a change was ruled on")
        plan = make_plan(home, tx, row)
        key = find_change(plan, ruling.change)
        values = _checked(home, plan, key, ruling)
        _refuse_author_alone(home, plan, key, values, actor=actor)
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
        assert plan.assessment is not None  # noqa: S101  find_change found the key in it
        about = said_about(plan.assessment, key)
        body = {"change": key, "reason": ruling.reason, "actor": actor, **values, **about}
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


def _refuse_author_alone(
    home: Home, plan: Plan, key: str, values: Mapping[str, Any], *, actor: str
) -> None:
    """Refuse a ruling of the author by which fewer people would be told than without it."""
    assert plan.assessment is not None  # noqa: S101  find_change found the key in it
    so_far = (*plan.assessment.said(key), plan.assessment.changes[key])
    if releases(so_far, material=values["material"], touches_stored=values["touches_stored"]):
        require_second_word(
            campaign=plan.campaign.id,
            change=key,
            author=plan.campaign.author,
            actor=actor,
            four_eyes=home.settings.review.four_eyes,
        )


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
    need_text(text, "words in --text")
    now = home.now()
    with home.store.write() as tx:
        row = need_campaign(tx, campaign)
        touch(tx, row, actor=actor, now=now, why="legal's words changed")
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

    :raises PromiseError: the approver committed it, the author alone cleared something, recipients
        have no text that they read, or the notice period no longer fits
    :raises InputError: it is not proposed
    :raises OutsideError: nothing was stored; or, if it says so, only the checkpoint is missing
    """
    now = home.now()
    with home.store.write() as tx:
        row = need_campaign(tx, campaign)
        next_state(row.state, CampaignEvent.APPROVE, campaign=campaign)
        _refuse_overtaken(tx, row, now)
        _refuse_restored(lost_history(home, tx), campaign)
        require_second_person(
            author=row.author, approver=actor, four_eyes=home.settings.review.four_eyes
        )
        row.not_before, row.override_reason = not_before, override
        plan = make_plan(home, tx, row)
        _refuse_cleared_by_author(home, tx, plan)
        require_words(plan.readers, campaign, row.policy)
        _require_in_time(plan, row, begin=max(now, heard_of(row)), override=override)
        skeletons = make_skeletons(home, tx, plan)
        document = approval_document(home, tx, plan, skeletons)
        digest = approval_digest(document)
        turn_to(row, CampaignEvent.APPROVE)
        row.approved_by, row.approved_at, row.approved_digest = actor, now, digest
        row.notify_by = plan.calendar.notify_by
        row.approval = document | extras(plan)
        tx.add(row)
        replace_skeletons(tx, campaign, skeletons)
        materialize(tx, campaign=campaign, rulings=plan.rulings, locale=document["locale"])
        _record_approval(tx, row, plan, document, now=now)
    with standing(f"{campaign} is approved."):
        sign_head(home)
    return Approved(
        campaign=campaign, digest=digest, people=plan.told, notify_by=plan.calendar.notify_by
    )


def _refuse_cleared_by_author(home: Home, tx: Session, plan: Plan) -> None:
    """Refuse to approve what its author cleared while one person was enough."""
    for key, ruling in rulings_of(tx, plan.campaign.id).items():
        if plan.assessment is not None and releases(
            plan.assessment.said(key),
            material=ruling.material,
            touches_stored=ruling.touches_stored,
        ):
            require_second_word(
                campaign=plan.campaign.id,
                change=key,
                author=plan.campaign.author,
                actor=ruling.actor,
                four_eyes=home.settings.review.four_eyes,
                act="approve",
            )


def _refuse_restored(lost: str, campaign: str) -> None:
    if lost:
        raise PromiseError(
            f"This database has forgotten something: {lost}. Nothing was approved.",
            code="restored_database",
            next_step=f"`notifier campaign decide {campaign} continue --reason …` goes on with it.",
        )


def _refuse_overtaken(tx: Session, row: CampaignRow, now: datetime) -> None:
    """Refuse what would take effect after a later version: it would put the older text in force."""
    if row.kind != "version":
        return
    if states(read_history(tx, row.policy).facts, now)[row.version] is VersionState.SUPERSEDED:
        raise InputError(
            f"A version later than {row.version} is in force already. Nothing was approved.",
            code="superseded",
            next_step="Commit what is to hold from now on as a new version.",
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
            "decisions": upheld_by_approval(plan.assessment),
            "readers": reader_documents(plan.readers),
        },
    )
