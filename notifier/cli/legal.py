"""Commands of the legal decision: plan, review, campaign, acquisition, preview."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from notifier.cli.options import ActorOption, Format, FormatOption, HomeOption, actor
from notifier.cli.output import colourful, say, show, show_bytes, show_json, table

if TYPE_CHECKING:
    from collections.abc import Callable

    from notifier.home import Home

review_app = typer.Typer(no_args_is_help=True, help="The legal decision on a campaign.")
campaign_app = typer.Typer(no_args_is_help=True, help="Pause, resume, cancel, reschedule.")

CampaignArgument = Annotated[
    str, typer.Argument(metavar="CAMPAIGN", help="P@V, or acquisition@ID.")
]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; the ledger keeps it.")]


def plan(
    campaign: CampaignArgument,
    people: Annotated[
        Path | None, typer.Option("--people", help="Write one decision a line here, as JSONL.")
    ] = None,
    home: HomeOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Show who would be told what, and by when. Changes nothing."""
    from notifier.home import open_home
    from notifier.pipeline.plans import plan_campaign
    from notifier.pipeline.show import head_text

    with open_home(home) as opened:
        document = plan_campaign(opened, campaign, people)
    if output is Format.JSON:
        show_json(document)
        return
    totals = table(document["totals"].items(), head=("DECISION", "PEOPLE"))
    sites = [
        (site, name, n) for site, found in document["by_site"].items() for name, n in found.items()
    ]
    show(
        f"{campaign}: {document['state']}\n{head_text(document)}\n\n{totals}\n"
        f"\n{document['population']} people in all, {len(document['cohorts'])} different letters.\n"
        f"\n{table(sites, head=('SITE', 'DECISION', 'PEOPLE'))}"
    )
    for sample in document["samples"]:
        show(f"\n--- what cohort {sample['cohort']} would read ---\n{sample['text']}")
    if people:
        say(f"{people} written.")


@review_app.command("list")
def review_list(home: HomeOption = None, output: FormatOption = Format.TEXT) -> None:
    """List the campaigns and where their decisions stand."""
    from notifier.home import open_home
    from notifier.pipeline.show import campaigns_document

    with open_home(home) as opened:
        document = campaigns_document(opened)
    if output is Format.JSON:
        show_json(document)
        return
    rows = [
        (c["id"], c["state"], c["effective"], c["author"], c["approved_by"] or "-")
        for c in document["campaigns"]
    ]
    show(table(rows, head=("CAMPAIGN", "STATE", "EFFECTIVE", "AUTHOR", "APPROVED BY")))


@review_app.command("show")
def review_show(
    campaign: CampaignArgument, home: HomeOption = None, output: FormatOption = Format.TEXT
) -> None:
    """Show every change with its findings, seen from every baseline in use."""
    from notifier.home import open_home
    from notifier.pipeline.propose import make_plan, need_campaign
    from notifier.pipeline.show import review_document, review_text

    with open_home(home) as opened, opened.store.read() as tx:
        proposal = make_plan(opened, tx, need_campaign(tx, campaign))
        document = review_document(opened, tx, proposal)
    if output is Format.JSON:
        show_json(document)
    else:
        show(review_text(proposal, document, color=colourful()))


@review_app.command("set")
def review_set(
    campaign: CampaignArgument,
    change: Annotated[str, typer.Argument(help="Its id from `review show`.")],
    verdict: Annotated[str, typer.Argument(help="material or non-material.")],
    stored: Annotated[
        bool | None,
        typer.Option("--stored/--not-stored", help="Whether it reaches what is already stored."),
    ] = None,
    ground: Annotated[list[str], typer.Option("--ground", help="Repeat for several.")] = [],  # noqa: B006  Typer copies it
    categories: Annotated[str, typer.Option("--categories", help="Comma-separated.")] = "",
    sites: Annotated[str, typer.Option("--sites", help="Comma-separated.")] = "",
    reason: ReasonOption = "",
    who: ActorOption = "",
    home: HomeOption = None,
) -> None:
    """Rule on one change. Voids an approval."""
    from notifier.errors import InputError
    from notifier.home import open_home
    from notifier.pipeline.decide import Ruling, set_ruling

    if verdict not in {"material", "non-material"}:
        raise InputError(
            f"{verdict!r} is no verdict. Nothing was recorded.",
            next_step="Say material or non-material.",
        )
    ruling = Ruling(
        change=change,
        material=verdict == "material",
        reason=reason,
        touches_stored=stored,
        grounds=tuple(item for text in ground for item in _split(text)),
        categories=_split(categories),
        sites=_split(sites),
    )
    with open_home(home) as opened:
        key = set_ruling(opened, campaign, ruling, actor=actor(who))
    say(f"Recorded: {key} of {campaign} is {verdict}. It needs an approval now.")


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


@review_app.command("note")
def review_note(
    campaign: CampaignArgument,
    change: Annotated[str, typer.Argument(help="A change's id; none: the whole campaign.")] = "",
    text: Annotated[str, typer.Option("--text", help="Legal's own words for the mail.")] = "",
    locale: Annotated[str, typer.Option("--locale", help="Else the policy's language.")] = "",
    who: ActorOption = "",
    home: HomeOption = None,
) -> None:
    """Give legal's own words, which open the mail. Voids an approval."""
    from notifier.home import open_home
    from notifier.pipeline.decide import set_note

    with open_home(home) as opened:
        set_note(opened, campaign, text=text, locale=locale, change=change, actor=actor(who))
    say(f"Recorded: your words for {campaign}. It needs an approval now.")


@review_app.command("export")
def review_export(
    campaign: Annotated[
        str, typer.Option("--campaign", help="Only the decisions of this campaign.")
    ] = "",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="CASES.jsonl", help="Write them there.")
    ] = None,
    home: HomeOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Give every decision as a labelled case, one a line, which `evaluate` reads."""
    import json

    from notifier.files import write_atomic
    from notifier.home import open_home
    from notifier.pipeline.decisions import decided_cases

    with open_home(home) as opened:
        found = decided_cases(opened, campaign)
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in found.rows).encode()
    if out is not None:
        write_atomic(out, lines)
        say(f"{out} written: {len(found.rows)} decisions.")
    elif output is Format.JSON:
        show_json({"schema": "notifier.cases/1", "cases": found.rows, "left_out": found.left_out})
    else:
        show_bytes(lines)
    if found.left_out:
        say(f"{found.left_out} older decisions are left out: the ledger has not kept their words.")


@review_app.command("approve")
def review_approve(
    campaign: CampaignArgument,
    not_before: Annotated[
        str, typer.Option("--not-before", metavar="INSTANT", help="Nothing leaves earlier.")
    ] = "",
    override_notice: Annotated[
        str,
        typer.Option("--override-notice", metavar="REASON", help="Approve although it is late."),
    ] = "",
    who: ActorOption = "",
    home: HomeOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Approve what will be said, to whom, and when. Not for whoever committed it."""
    from notifier.banner import instant
    from notifier.errors import standing
    from notifier.home import open_home
    from notifier.pipeline.commit import parse_instant
    from notifier.pipeline.decide import approve
    from notifier.pipeline.publish import publish

    with open_home(home) as opened:
        done = approve(
            opened,
            campaign,
            actor=actor(who),
            not_before=parse_instant(not_before) if not_before else None,
            override=override_notice,
        )
        with standing(f"{campaign} is approved."):
            publish(opened)
    if output is Format.JSON:
        show_json(
            {
                "schema": "notifier.approved/1",
                "campaign": done.campaign,
                "digest": done.digest,
                "people": done.people,
                "notify_by": instant(done.notify_by),
            }
        )
        return
    show(f"Approved: {campaign}\nDigest    {done.digest}\nPeople    {done.people}")
    say("Next: `notifier run` sends and publishes.")


@review_app.command("reject")
def review_reject(
    campaign: CampaignArgument,
    reason: ReasonOption = "",
    who: ActorOption = "",
    home: HomeOption = None,
) -> None:
    """Reject a proposal for good; its version is withdrawn."""
    from notifier.pipeline.steer import reject

    _decide(home, campaign, lambda h: reject(h, campaign, reason=reason, actor=actor(who)))


@campaign_app.command("pause")
def campaign_pause(
    campaign: CampaignArgument, who: ActorOption = "", home: HomeOption = None
) -> None:
    """Stop sending until `resume`."""
    from notifier.pipeline.steer import pause

    _decide(home, campaign, lambda h: pause(h, campaign, actor=actor(who)))


@campaign_app.command("resume")
def campaign_resume(
    campaign: CampaignArgument, who: ActorOption = "", home: HomeOption = None
) -> None:
    """Go on sending; messages held for dry_run, only_to or mail.first go out if it is lifted."""
    from notifier.pipeline.steer import resume

    _decide(home, campaign, lambda h: resume(h, campaign, actor=actor(who)))


@campaign_app.command("cancel")
def campaign_cancel(
    campaign: CampaignArgument,
    reason: ReasonOption = "",
    who: ActorOption = "",
    home: HomeOption = None,
) -> None:
    """End a campaign for good; its version never takes effect."""
    from notifier.errors import standing
    from notifier.pipeline.publish import publish
    from notifier.pipeline.steer import cancel

    def act(opened: Home) -> None:
        cancel(opened, campaign, actor=actor(who), reason=reason)
        with standing(f"{campaign} is cancelled."):
            publish(opened)

    _decide(home, campaign, act)


@campaign_app.command("decide")
def campaign_decide(
    campaign: CampaignArgument,
    answer: Annotated[str, typer.Argument(help="continue or cancel.")],
    reason: ReasonOption = "",
    who: ActorOption = "",
    home: HomeOption = None,
) -> None:
    """Answer a campaign that needs a decision: continue (not for its author), or cancel it."""
    from notifier.errors import InputError
    from notifier.pipeline.publish import publish
    from notifier.pipeline.steer import give_up, go_on

    if answer not in {"continue", "cancel"}:
        raise InputError(
            f"{answer!r} is no answer. Nothing was done.", next_step="Say continue or cancel."
        )

    def act(opened: Home) -> None:
        if answer == "continue":
            go_on(opened, campaign, reason=reason, actor=actor(who))
        else:
            give_up(opened, campaign, reason=reason, actor=actor(who))
        publish(opened)

    _decide(home, campaign, act)


@campaign_app.command("retry")
def campaign_retry(
    campaign: CampaignArgument,
    person: Annotated[
        str, typer.Option("--person", metavar="PERSON", help="Only this person's message.")
    ] = "",
    reason: ReasonOption = "",
    who: ActorOption = "",
    home: HomeOption = None,
) -> None:
    """Try again what needs attention, once its cause is mended (not for its author)."""
    from notifier.pipeline.steer import retry

    def act(opened: Home) -> None:
        released = retry(opened, campaign, reason=reason, actor=actor(who), person=person)
        say(f"{released} are tried again at the next `notifier run`.")

    _decide(home, campaign, act)


@campaign_app.command("reschedule")
def campaign_reschedule(
    campaign: CampaignArgument,
    effective: Annotated[str, typer.Option("--effective", metavar="DATE", help="The new day.")],
    who: ActorOption = "",
    home: HomeOption = None,
) -> None:
    """Move the effective date. Voids an approval."""
    from notifier.errors import standing
    from notifier.pipeline.commit import parse_date
    from notifier.pipeline.publish import publish
    from notifier.pipeline.steer import reschedule

    day = parse_date(effective)

    def act(opened: Home) -> None:
        reschedule(opened, campaign, effective=day, actor=actor(who))
        with standing(f"{campaign} is rescheduled."):
            publish(opened)

    _decide(home, campaign, act)


def _decide(home: Path | None, campaign: str, act: Callable[[Home], None]) -> None:
    """Do one act on a campaign and say the state it led to."""
    from notifier.home import open_home
    from notifier.pipeline.show import status_document

    with open_home(home) as opened:
        act(opened)
        state = status_document(opened, campaign)["campaigns"][0]["state"]
    say(f"{campaign} is {state}.")


def acquisition(
    file: Annotated[Path, typer.Argument(metavar="FILE.toml", help="The transaction.")],
    who: ActorOption = "",
    home: HomeOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Announce an acquisition: open the campaign that tells everybody whose data transfers."""
    from notifier.home import open_home
    from notifier.pipeline.acquire import open_acquisition
    from notifier.pipeline.propose import make_plan, need_campaign
    from notifier.pipeline.show import head_text, plan_head

    with open_home(home) as opened:
        opening = open_acquisition(opened, file, actor=actor(who))
        with opened.store.read() as tx:
            head = plan_head(opened, make_plan(opened, tx, need_campaign(tx, opening.campaign)))
    if output is Format.JSON:
        show_json({"schema": "notifier.acquisition/1", **head})
        return
    show(f"{opening.campaign}\n{head_text(head)}")
    say(f"Next: notifier review show {opening.campaign}")


def preview(
    campaign: CampaignArgument,
    person: Annotated[str, typer.Argument(metavar="PERSON", help="A person_id.")],
    html: Annotated[bool, typer.Option("--html", help="The HTML part.")] = False,
    home: HomeOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Show the mail that one person would get, with a link that opens nothing."""
    from notifier.home import open_home
    from notifier.pipeline.plans import preview_mail

    with open_home(home) as opened:
        document = preview_mail(opened, campaign, person)
    if output is Format.JSON:
        show_json(document)
    elif html:
        show(document["html"])
    else:
        show(f"To: {document['to']}\nSubject: {document['subject']}\n\n{document['text']}")


def send_test(
    campaign: CampaignArgument,
    to: Annotated[str, typer.Option("--to", metavar="ADDRESS", help="A colleague's address.")],
    cohort: Annotated[
        str, typer.Option("--cohort", help="Whose letter; `plan --format json` lists them.")
    ] = "",
    person: Annotated[
        str, typer.Option("--person", help="Whose letter, by person_id; it does not name them.")
    ] = "",
    home: HomeOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Send a marked copy of the mail to a colleague; it is no notice, and nothing is recorded."""
    from notifier.errors import InputError
    from notifier.home import open_home
    from notifier.pipeline.rehearse import send_test_copy

    if cohort and person:
        raise InputError(
            "Name a --cohort or a --person, not both. Nothing was sent.",
            next_step="See `notifier test-send --help`.",
        )
    with open_home(home) as opened:
        document = send_test_copy(opened, campaign, to=to, cohort=cohort, person=person)
    if output is Format.JSON:
        show_json(document)
    else:
        show(f"The relay took a test copy of cohort {document['cohort']}.")
