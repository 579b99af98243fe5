"""Commands of the proof: evidence export, verify, checkpoint."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from notifier.cli.options import Format, FormatOption, HomeOption
from notifier.cli.output import show, show_json

evidence_app = typer.Typer(no_args_is_help=True, help="Prove what was done.")


@evidence_app.command("export")
def export(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="A new or empty folder.")],
    campaign: Annotated[str, typer.Option("--campaign", help="Attach only its texts.")] = "",
    person: Annotated[
        str, typer.Option("--person", help="Attach what ties this person to their entries.")
    ] = "",
    home: HomeOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Write the whole chain and what it needs into a folder that verifies anywhere."""
    from notifier.home import open_home
    from notifier.pipeline.prove import export_bundle

    with open_home(home) as opened:
        document = export_bundle(opened, out, campaign=campaign, person=person)
    if output is Format.JSON:
        show_json(document)
    else:
        show(
            f"{document['entries']} entries in {out}\nKey  {document['fingerprint']}\n"
            f"Check it anywhere: notifier evidence verify {out} --key {document['fingerprint']}"
        )


@evidence_app.command("verify")
def verify(
    folder: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="An exported folder; none: this home.")
    ] = None,
    checkpoint: Annotated[
        Path | None, typer.Option("--checkpoint", help="A checkpoint saved earlier.")
    ] = None,
    key: Annotated[
        str, typer.Option("--key", metavar="FINGERPRINT", help="Whose signatures to expect.")
    ] = "",
    mail: Annotated[
        Path | None,
        typer.Option("--mail", metavar="FILE", help="A saved mail: what the chain says of it."),
    ] = None,
    home: HomeOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Check every entry, signature and text; names the first bad entry and exits 1."""
    from notifier.evidence.report import render_report
    from notifier.home import open_home
    from notifier.pipeline.prove import match_in, verify_bundle, verify_home

    if folder is not None:
        report = verify_bundle(folder, checkpoint=checkpoint, key=key)
        found = match_in(folder, None, mail) if mail else None
    else:
        with open_home(home) as opened:
            report = verify_home(opened, checkpoint=checkpoint, key=key)
            found = match_in(None, opened, mail) if mail else None
    if output is Format.JSON:
        show_json(report.document() | ({"mail": found.document()} if found else {}))
    else:
        show(render_report(report))
        if found:
            show(f"{found.sentence()}.")
    if not report.holds or (found and not found.matches):
        raise typer.Exit(1)


@evidence_app.command("checkpoint")
def checkpoint(
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="A copy to keep elsewhere.")
    ] = None,
    home: HomeOption = None,
) -> None:
    """Sign the chain's head, so that nobody can shorten or remake it unseen."""
    from notifier.home import open_home
    from notifier.pipeline.prove import sign_head

    with open_home(home) as opened:
        show(sign_head(opened, out))
