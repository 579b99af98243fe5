"""The commands and what they are called."""

from __future__ import annotations

from typing import Annotated

import typer

from notifier.cli import legal, people, proof, running, texts
from notifier.cli.options import HomeOption

app = typer.Typer(
    name="notifier",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Keep the promise in a privacy policy: tell everyone a change affects, before it takes"
    " effect, and prove it.",
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(version("notifier"))
        raise typer.Exit


@app.callback()
def main(
    home: HomeOption = None,
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_version, help="Show the version.")
    ] = False,
) -> None:
    """Keep the promise."""


_PANELS = {
    "Begin": (running.init, running.demo, running.doctor),
    "Texts": (texts.commit, texts.diff, texts.classify, texts.evaluate),
    "People": (people.choices, people.permit),
    "Decide": (legal.plan, legal.preview, legal.acquisition),
    "Operate": (running.run, running.status, running.serve),
}
for panel, commands in _PANELS.items():
    for command in commands:
        app.command(rich_help_panel=panel)(command)

app.command("test-send", rich_help_panel="Decide")(legal.send_test)
app.add_typer(texts.versions_app, name="versions", rich_help_panel="Texts")
app.add_typer(people.import_app, name="import", rich_help_panel="People")
app.add_typer(people.person_app, name="person", rich_help_panel="People")
app.add_typer(legal.review_app, name="review", rich_help_panel="Decide")
app.add_typer(legal.campaign_app, name="campaign", rich_help_panel="Decide")
app.add_typer(running.feed_app, name="feed", rich_help_panel="Operate")
app.add_typer(proof.evidence_app, name="evidence", rich_help_panel="Prove")
