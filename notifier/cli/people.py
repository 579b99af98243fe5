"""Commands about people: import, choices, permit, person."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from notifier.cli.options import ActorOption, Format, FormatOption, HomeOption, actor
from notifier.cli.output import say, show, show_json, table

if TYPE_CHECKING:
    from notifier.pipeline.take import What
    from notifier.store.people import ImportResult

import_app = typer.Typer(no_args_is_help=True, help="Take in people, and what was collected.")
person_app = typer.Typer(no_args_is_help=True, help="Show or erase one person.")

FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="CSV or JSONL.")]
StrictOption = Annotated[bool, typer.Option("--strict", help="One bad row, and nothing is taken.")]
ErrorsOption = Annotated[
    Path | None, typer.Option("--errors", metavar="FILE", help="Write the bad rows here too.")
]


@import_app.command("people")
def import_people(
    file: FileArgument,
    strict: StrictOption = False,
    errors: ErrorsOption = None,
    readmit: Annotated[
        bool,
        typer.Option("--readmit", help="Take erased people who are in it as somebody new."),
    ] = False,
    home: HomeOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Take in people: good rows are taken, bad ones listed. The same file twice changes nothing."""
    _import("people", file, home, output, strict=strict, errors=errors, readmit=readmit)


@import_app.command("collections")
def import_collections(
    file: FileArgument,
    strict: StrictOption = False,
    errors: ErrorsOption = None,
    home: HomeOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Take in what was collected from whom, where, and under which version."""
    _import("collections", file, home, output, strict=strict, errors=errors)


def _import(
    what: What,
    file: Path,
    home: Path | None,
    output: Format,
    *,
    strict: bool,
    errors: Path | None,
    readmit: bool = False,
) -> None:
    from notifier.home import open_home
    from notifier.pipeline.take import take_in

    with open_home(home) as opened:
        result = take_in(opened, what, file, strict=strict, errors=errors, readmit=readmit)
    if output is Format.JSON:
        show_json(_import_document(what, result))
    else:
        show(
            f"{result.read} rows read, {result.taken} taken, {result.unchanged} known already,"
            f" {result.refused} bad."
        )
        for row in result.bad:
            say(f"  row {row.number}: {row.reason}")
        if result.refused > len(result.bad):
            say(f"  … and {result.refused - len(result.bad)} more; --errors FILE lists them all.")
    if result.refused:
        say("notifier: bad rows were not taken." if not strict else "notifier: nothing was taken.")
        say("  Next: mend them and import the file again; good rows are not taken twice.")
        raise typer.Exit(2)


def _import_document(what: str, result: ImportResult) -> dict[str, object]:
    return {
        "schema": "notifier.import/1",
        "what": what,
        "read": result.read,
        "taken": result.taken,
        "unchanged": result.unchanged,
        "bad": result.refused,
        "rows": [{"row": row.number, "reason": row.reason} for row in result.bad],
    }


def choices(
    campaign: Annotated[str, typer.Option("--campaign", help="Only of this campaign.")] = "",
    home: HomeOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """List every explicit choice of every person, oldest first."""
    from notifier.home import open_home
    from notifier.pipeline.choose import choices_document

    with open_home(home) as opened:
        document = choices_document(opened, campaign)
    if output is Format.JSON:
        show_json(document)
        return
    rows = [
        (c["at"], c["campaign"], c["person_id"], c["decision"], c["how"])
        for c in document["choices"]
    ]
    show(table(rows, head=("AT", "CAMPAIGN", "PERSON", "DECISION", "HOW")))


def permit(
    person: Annotated[str, typer.Argument(metavar="PERSON", help="A person_id.")] = "",
    policy: Annotated[str, typer.Option("--policy", help="The newest approved terms of it.")] = "",
    campaign: Annotated[str, typer.Option("--campaign", help="The terms of one campaign.")] = "",
    everybody: Annotated[bool, typer.Option("--all", help="Everybody; needs --out.")] = False,
    out: Annotated[Path | None, typer.Option("--out", help="JSONL, one person a line.")] = None,
    home: HomeOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Say whether the new terms may be applied to a person yet, and why."""
    from notifier.errors import InputError
    from notifier.home import open_home
    from notifier.pipeline.permits import permit_document, permit_everybody

    if everybody == bool(person) or (everybody and out is None):
        raise InputError(
            "Name one PERSON, or --all with --out FILE. Nothing was done.",
            next_step="See `notifier permit --help`.",
        )
    with open_home(home) as opened:
        if everybody and out is not None:
            count = permit_everybody(opened, out, policy=policy, campaign=campaign)
            say(f"{count} people written to {out}.")
            return
        document = permit_document(opened, person, policy=policy, campaign=campaign)
    if output is Format.JSON:
        show_json(document)
        return
    answer = "yes" if document["may_apply"] else "no"
    show(f"{answer}: {str(document['reason']).replace('_', ' ')}")
    for key in ("since", "earliest"):
        if document[key]:
            show(f"{key} {document[key]}")
    show("\n".join(f"  {g['site']} {g['category']}: {g['version']}" for g in document["governing"]))


@person_app.command("show")
def person_show(
    person: Annotated[str, typer.Argument(metavar="PERSON", help="A person_id.")],
    home: HomeOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Show what is stored about one person: data, messages, choices, ledger entries."""
    import json

    from notifier.home import open_home
    from notifier.pipeline.permits import person_document

    with open_home(home) as opened:
        document = person_document(opened, person)
    if output is Format.JSON:
        show_json(document)
    else:
        show(json.dumps(document, ensure_ascii=False, indent=2))


@person_app.command("erase")
def person_erase(
    person: Annotated[str, typer.Argument(metavar="PERSON", help="A person_id.")],
    reason: Annotated[
        str, typer.Option("--reason", help="Why, naming nobody; the ledger keeps it.")
    ] = "",
    who: ActorOption = "",
    home: HomeOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Erase a person for good, also mid-campaign; totals and the ledger stay true."""
    from notifier.home import open_home
    from notifier.pipeline.erase import erase

    with open_home(home) as opened:
        document = erase(opened, person, actor=actor(who), reason=reason)
    if output is Format.JSON:
        show_json(document)
        return
    if document["repeated"]:
        show(f"Erased already, at {document['erased_at']}; listed as {document['pseudonym']}.")
    else:
        show(
            f"Erased; listed as {document['pseudonym']} from now on.\n"
            f"Gone: address, name, {document['collections']} collections. Never sent:"
            f" {document['stopped']} messages. Kept without the person: {document['messages']}"
            f" messages, {document['choices']} choices, and the ledger."
        )
    if not document["log_emptied"]:
        say("Other processes are reading: the database's log is emptied when they end.")
    say("Backups, exports and your own systems may still hold the person: erase them there too.")
