"""The plan as it is shown: totals, dates, samples, one line a person, one person's mail."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from notifier.campaign.letter import fill, make_skeleton
from notifier.errors import InputError, OutsideError, UnknownThingError
from notifier.pipeline.letters import content_for, locales_of
from notifier.pipeline.propose import Plan, make_plan, need_campaign
from notifier.pipeline.show import plan_document
from notifier.plan.model import Decision
from notifier.store.audience import people_of, shape_of
from notifier.store.campaigns import notes_of
from notifier.store.people import find_person

if TYPE_CHECKING:
    from pathlib import Path

    from notifier.campaign.letter import Filled
    from notifier.home import Home
    from notifier.plan.model import Ruling
    from notifier.store.engine import Session
    from notifier.store.tables import PersonRow

_SAMPLES = 3


def plan_campaign(home: Home, campaign: str, people: Path | None = None) -> dict[str, Any]:
    """Return the plan of a campaign as JSON; with ``people``, write one decision a line there.

    :raises UnknownThingError: no such campaign
    :raises OutsideError: the file cannot be written
    """
    with home.store.read() as tx:
        plan = make_plan(home, tx, need_campaign(tx, campaign))
        document = plan_document(home, plan)
        document["samples"] = _samples(home, tx, plan)
        if people is not None:
            _write_people(tx, plan, people)
    return document


def _write_people(tx: Session, plan: Plan, out: Path) -> None:
    try:
        with out.open("w", encoding="utf-8") as file:
            for person_id, ruling in people_of(tx, plan.rulings):
                row = {
                    "person_id": person_id,
                    "decision": ruling.decision.value,
                    "reason": ruling.reason.value,
                    "baselines": list(ruling.baselines),
                }
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
    except OSError as error:
        raise OutsideError(
            f"{out} could not be written: {error.strerror}.", next_step="Choose another file."
        ) from error


def _samples(home: Home, tx: Session, plan: Plan) -> list[dict[str, str]]:
    found = []
    for key in list(plan.cohorts)[:_SAMPLES]:
        mail = sample_mail(home, tx, plan, key)
        found.append({"cohort": key, "subject": mail.subject, "text": mail.text})
    return found


def sample_mail(
    home: Home,
    tx: Session,
    plan: Plan,
    cohort: str,
    *,
    name: str = "",
    guardian: bool = False,
    proof: bool = False,
) -> Filled:
    """Return what a cohort would read, with a link that opens nothing; ``proof`` marks a test."""
    locale = locales_of(home, plan.campaign)[0]
    notes = notes_of(tx, plan.campaign.id)
    content = content_for(home, tx, plan, plan.cohorts[cohort], notes=notes, locale=locale)
    words = make_skeleton(content, home.templates, locale)
    base = home.settings.web.base_url.rstrip("/")
    link = f"{base}/choice/preview"
    return fill(words, choice_url=link, name=name, guardian=guardian, proof=proof)


def preview_mail(home: Home, campaign: str, person_id: str) -> dict[str, Any]:
    """Return the mail that one person would get.

    :raises UnknownThingError: no such campaign or person
    :raises InputError: the plan tells this person nothing; says why
    """
    with home.store.read() as tx:
        plan = make_plan(home, tx, need_campaign(tx, campaign))
        person, ruling = told_person(tx, plan, person_id)
        guardian = bool(person.child or person.guardian_email)
        name = "" if guardian else person.name
        mail = sample_mail(home, tx, plan, ruling.cohort, name=name, guardian=guardian)
    return {
        "schema": "notifier.preview/1",
        "campaign": campaign,
        "person_id": person_id,
        "decision": ruling.decision.value,
        "baselines": list(ruling.baselines),
        "to": person.guardian_email if guardian else person.email,
        "subject": mail.subject,
        "text": mail.text,
        "html": mail.html,
    }


def told_person(tx: Session, plan: Plan, person_id: str) -> tuple[PersonRow, Ruling]:
    """Return a person whom a campaign tells something, and why.

    :raises UnknownThingError: no such person
    :raises InputError: the plan tells this person nothing; says why
    """
    person = find_person(tx, person_id)
    shape = shape_of(tx, person_id)
    if person is None or shape is None:
        raise UnknownThingError(
            f"There is no person {person_id!r}. Nothing was done.", next_step="Check the person_id."
        )
    ruling = plan.rulings[shape]
    if ruling.decision is Decision.EXCLUDED:
        raise InputError(
            f"{person_id} is told nothing by {plan.campaign.id}: {ruling.reason.value}.",
            code="excluded",
            next_step="`notifier plan … --people OUT` lists every decision.",
            reason=ruling.reason.value,
        )
    return person, ruling
