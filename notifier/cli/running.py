"""Commands of the operator: init, run, status, feed, serve, doctor, demo."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from notifier.cli.options import Format, FormatOption, HomeOption
from notifier.cli.output import say, show, show_json, table

if TYPE_CHECKING:
    import asyncio

    from notifier.home import Home
    from notifier.worker import Cycle

feed_app = typer.Typer(no_args_is_help=True, help="The notices that websites read.")


def init(
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="DIR", help="The home to make; else --home, else this folder."),
    ] = None,
    example: Annotated[
        bool, typer.Option("--example", help="Fill it with the example company.")
    ] = False,
    home: HomeOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Make a home, or bring an older one up to date."""
    from notifier.home import new_home
    from notifier.pipeline.begin import begin

    done = begin(new_home(folder, home), example=example)
    if output is Format.JSON:
        show_json(
            {
                "schema": "notifier.init/1",
                "home": str(done.home),
                "fingerprint": done.fingerprint,
                "wrote_settings": done.wrote_settings,
                "migrations": list(done.migrations),
            }
        )
        return
    show(f"Home         {done.home}\nFingerprint  {done.fingerprint}")
    if not done.wrote_settings and not done.migrations:
        say("The home was there already; nothing had to be done.")
        return
    say("Note the fingerprint down elsewhere: it is what `evidence verify --key` expects.")
    if done.wrote_settings:
        say("Next: look through notifier.toml; dry_run = true keeps mails here until you lift it.")
    else:
        say("The database was brought up to date; notifier.toml is as it was.")


def run(
    until_idle: Annotated[
        bool, typer.Option("--until-idle", help="Do all that is due, then end.")
    ] = False,
    home: HomeOption = None,
) -> None:
    """Start due campaigns, send, retry, publish. Any number may run. SIGTERM drains."""
    from notifier.home import open_home
    from notifier.pipeline.limits import allow_files
    from notifier.pipeline.run import recover_claims
    from notifier.worker import run as work

    with open_home(home) as opened:
        allow_files(opened.settings.mail.connections)
        recover_claims(opened)
        work(_Turns(opened), until_idle=until_idle)


class _Turns:
    """One turn after another; says only what it has not said before."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._said: set[str] = set()

    async def __call__(self, stop: asyncio.Event) -> Cycle:
        from notifier.pipeline.run import turn
        from notifier.worker import Cycle

        done = await turn(self._home, stop)
        for sentence in done.says:
            if sentence not in self._said:
                say(sentence)
        self._said = set(done.says)
        if done.more:
            return Cycle.MORE
        return Cycle.WAITING if done.waiting_for_others else Cycle.IDLE


def status(
    campaign: Annotated[str, typer.Argument(metavar="CAMPAIGN", help="One; else all.")] = "",
    home: HomeOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Show where every campaign and its messages stand, counted from the rows."""
    from notifier.home import open_home
    from notifier.pipeline.show import status_document

    with open_home(home) as opened:
        document = status_document(opened, campaign)
    if output is Format.JSON:
        show_json(document)
        return
    rows = [
        (
            c["id"],
            c["state"],
            c["effective"],
            c["notify_by"] or "-",
            ", ".join(f"{n} {state}" for state, n in c["people"].items()) or "nobody",
        )
        for c in document["campaigns"]
    ]
    show(table(rows, head=("CAMPAIGN", "STATE", "EFFECTIVE", "NOTIFY BY", "PEOPLE")))
    for c in document["campaigns"]:
        if c["reason"]:
            show(f"{c['id']}: {c['reason']}")
        if c["first_wave"]:
            show(f"{c['id']}: {_wave(c['first_wave'])}")


def _wave(wave: dict[str, Any]) -> str:
    goes_on = wave["goes_on_at"]
    when = f"until {goes_on}" if goes_on else f"while {wave['open']} of it are open"
    return (
        f"first wave: {wave['accepted']} accepted, {wave['refused']} refused;"
        f" the other {wave['held']} wait {when}"
    )


@feed_app.command("publish")
def feed_publish(
    html: Annotated[bool, typer.Option("--html", help="Write HTML fragments too.")] = False,
    home: HomeOption = None,
) -> None:
    """Write the notices of every site into var/feed/."""
    from notifier.home import open_home
    from notifier.pipeline.publish import feed_folder, publish

    with open_home(home) as opened:
        done = publish(opened, html=html)
        say(
            f"{len(done.sites)} sites in {feed_folder(opened)}; changed: "
            f"{', '.join(done.changed) or 'none'}."
        )


@feed_app.command("check")
def feed_check(home: HomeOption = None, output: FormatOption = Format.TEXT) -> None:
    """Check the published feeds against their schema."""
    from notifier.home import open_home
    from notifier.pipeline.publish import check

    with open_home(home) as opened:
        found = check(opened)
    if output is Format.JSON:
        show_json({"schema": "notifier.feed-check/1", "sites": found})
    else:
        for site, problems in found.items():
            show(f"{site}: {'; '.join(problems) or 'ok'}")
    if any(found.values()):
        raise typer.Exit(1)


def serve(
    bind: Annotated[str, typer.Option("--bind", help="HOST:PORT; else web.bind.")] = "",
    home: HomeOption = None,
) -> None:
    """Serve choice pages, feeds, notice.js, policy and change pages."""
    from notifier.home import open_home
    from notifier.pipeline.face import PublicFace
    from notifier.pipeline.publish import publish
    from notifier.web.app import create_app
    from notifier.web.server import serve as serve_app

    with open_home(home) as opened:
        publish(opened)
        where = bind or opened.settings.web.bind
        serve_app(
            create_app(PublicFace(opened), opened.templates),
            where,
            ready=lambda: say(f"Serving on http://{where} — stop with Ctrl-C."),
        )


def doctor(home: HomeOption = None, output: FormatOption = Format.TEXT) -> None:
    """Check configuration, keys, database, relay, feeds and clock; say what to do."""
    from notifier.home import open_home
    from notifier.pipeline.doctor import examine

    with open_home(home) as opened:
        found = examine(opened)
    if output is Format.JSON:
        show_json(
            {
                "schema": "notifier.doctor/1",
                "checks": [
                    {"name": c.name, "ok": c.ok, "says": c.says, "next": c.next_step} for c in found
                ],
            }
        )
    else:
        for check in found:
            show(f"{'ok  ' if check.ok else 'FAIL'}  {check.name}: {check.says}")
            if check.next_step:
                show(f"      next: {check.next_step}")
    if not all(check.ok for check in found):
        raise typer.Exit(1)


def demo(
    folder: Annotated[Path, typer.Option("--dir", help="Where it is made anew.")] = Path(".demo"),
) -> None:
    """Play the example company's whole story with a built-in mailbox; no network, no service."""
    from notifier.demo import play

    play(folder.resolve(), show)
