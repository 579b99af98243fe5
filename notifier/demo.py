"""The example company's whole story, from a new text to the verified proof, in one folder."""

from __future__ import annotations

import asyncio
import re
import shutil
import sys
import threading
import time
import urllib.parse
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from notifier.channels.mailbox import Mailbox
from notifier.errors import OutsideError
from notifier.evidence.report import render_report
from notifier.evidence.verify import verify
from notifier.home import Home
from notifier.pipeline.acquire import open_acquisition
from notifier.pipeline.begin import begin
from notifier.pipeline.decide import approve, set_note
from notifier.pipeline.example import NEW, POLICY, fill_example
from notifier.pipeline.face import PublicFace
from notifier.pipeline.permits import permit_document
from notifier.pipeline.plans import plan_campaign
from notifier.pipeline.propose import make_plan, need_campaign
from notifier.pipeline.prove import export_bundle
from notifier.pipeline.publish import feed_folder, publish
from notifier.pipeline.run import turn
from notifier.pipeline.show import head_text, review_document, review_text
from notifier.settings import CONFIG, load_settings
from notifier.share import share
from notifier.web.app import create_app
from notifier.web.server import make_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

AUTHOR, REVIEWER = "mara (author)", "jonas (legal)"
CAMPAIGN = f"{POLICY}@{NEW}"
WORDS = (
    "We are changing how we handle some of the information that you have given us. You can say no."
)
_MARK = ".notifier-demo"


@dataclass(frozen=True, kw_only=True)
class _Stage:
    """Where the story plays."""

    home: Home
    mailbox: Mailbox
    folder: Path
    say: Callable[[str], None]

    def title(self, number: int, text: str) -> None:
        self.say(f"\n{number}. {text}\n{'-' * (len(text) + 3)}")

    def run(self) -> None:
        for sentence in asyncio.run(turn(self.home, asyncio.Event())).says:
            self.say(f"   {sentence}")


def play(folder: Path, say: Callable[[str], None]) -> None:
    """Make ``folder`` anew and play the story there, saying what happens.

    :raises OutsideError: the folder holds something else, or cannot be written
    """
    _clear(folder)
    began = time.monotonic()
    with Mailbox(folder / "mailbox") as mailbox, _opened(folder, mailbox.port) as home:
        stage = _Stage(home=home, mailbox=mailbox, folder=folder, say=say)
        for number, act in enumerate(_ACTS, 1):
            stage.title(number, (act.__doc__ or "").splitlines()[0].rstrip("."))
            act(stage)
        mailbox.write_index()
    say(_where(folder, time.monotonic() - began))


def _clear(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()) and not (folder / _MARK).exists():
        raise OutsideError(
            f"{folder} holds something that is not a demo. Nothing was removed.",
            next_step="Name another folder with --dir.",
        )
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / _MARK).touch()


@contextmanager
def _opened(folder: Path, port: int) -> Iterator[Home]:
    path = folder / "home"
    path.mkdir()
    text = share("data", "example", CONFIG).read_text(encoding="utf-8")
    (path / CONFIG).write_text(re.sub(r"(?m)^port = \d+", f"port = {port}", text))
    begin(path)
    with Home(path=path, settings=load_settings(path)) as home:
        yield home


def _commit(stage: _Stage) -> None:
    """Legal commits a new version; it is compared with what people were told when they joined."""
    committed = fill_example(stage.home, author=AUTHOR)
    stage.say(f"   {CAMPAIGN} follows {committed.previous}, effective {committed.effective}.")
    with stage.home.store.read() as tx:
        plan = make_plan(stage.home, tx, need_campaign(tx, CAMPAIGN))
        document = review_document(stage.home, tx, plan)
        stage.say(_indent(head_text(document)))
        shown = review_text(plan, document, color=False)
    (stage.folder / "review.txt").write_text(shown + "\n", encoding="utf-8")
    material = [part for part in shown.split("\n\n") if "material" in part.splitlines()[0]]
    stage.say("\n   Three of the changes, with their reasons (all are in review.txt):\n")
    stage.say(_indent("\n\n".join(material[1:4])))


def _plan(stage: _Stage) -> None:
    """The plan says who would be told what; it adds up to everybody."""
    document = plan_campaign(stage.home, CAMPAIGN, stage.folder / "plan.jsonl")
    for name, people in document["totals"].items():
        stage.say(f"   {people:>3}  {name}")
    stage.say(f"   {document['population']:>3}  people in all; one line each in plan.jsonl")


def _approve(stage: _Stage) -> None:
    """Legal adds its own words; somebody else approves; from then on nothing may change."""
    set_note(stage.home, CAMPAIGN, text=WORDS, locale="en", change="", actor=AUTHOR)
    done = approve(stage.home, CAMPAIGN, actor=REVIEWER)
    publish(stage.home)
    stage.say(f"   approved by {REVIEWER}: digest {done.digest[:16]}…, {done.people} people")


def _send(stage: _Stage) -> None:
    """Everybody who must be told gets one mail, from the version they knew."""
    stage.run()
    mails = stage.mailbox.mails()
    stage.say(f"   {len(mails)} mails in {stage.folder / 'mailbox'}")


def _choose(stage: _Stage) -> None:
    """One reader opens the link twice (nothing happens) and then refuses."""
    with stage.home.store.read() as tx:
        reader = (
            tx.connection()
            .exec_driver_sql(
                "SELECT person_id FROM message WHERE state = 'sent' ORDER BY id LIMIT 1"
            )
            .scalar_one()
        )
    link = _link(stage.mailbox.mails()[0])
    with _serving(stage.home) as base:
        url = base + urllib.parse.urlsplit(link).path
        for _ in range(2):
            _open(url)
        _open(url, b"decision=refuse")
    answer = permit_document(stage.home, reader, campaign=CAMPAIGN)
    yes = "yes" if answer["may_apply"] else "no"
    stage.say(f"   May the new terms be applied to {reader}? {yes}: {answer['reason']}")


def _notice(stage: _Stage) -> None:
    """The websites show a notice until it has run its time."""
    for path in sorted(feed_folder(stage.home).glob("*.json")):
        stage.say(f"   {path.name}: {path.stat().st_size} bytes")
    shutil.copytree(share("data", "example", "site"), stage.folder / "site")


def _acquire(stage: _Stage) -> None:
    """Two of the five sites are sold; everybody whose data goes with them is told."""
    text = share("data", "example", "acquisition.toml").read_text(encoding="utf-8")
    today = stage.home.now().date()
    for key, day in (("announce", today - timedelta(days=1)), ("closes", today + timedelta(80))):
        text = re.sub(rf"(?m)^{key} = .*$", f"{key} = {day.isoformat()}", text)
    file = stage.folder / "acquisition.toml"
    file.write_text(text, encoding="utf-8")
    acquisition = open_acquisition(stage.home, file, actor=AUTHOR)
    done = approve(stage.home, acquisition.campaign, actor=REVIEWER)
    stage.say(f"   {acquisition.campaign}: {done.people} people, {', '.join(acquisition.sites)}")
    stage.run()


def _prove(stage: _Stage) -> None:
    """The proof leaves the house and verifies without it."""
    bundle = stage.folder / "evidence"
    made = export_bundle(stage.home, bundle)
    report = verify(bundle, key=made["fingerprint"])
    stage.say(_indent(render_report(report)))
    if not report.holds:
        raise OutsideError("The evidence of the demo does not hold.", code="evidence")


_ACTS = (_commit, _plan, _approve, _send, _choose, _notice, _acquire, _prove)


@contextmanager
def _serving(home: Home) -> Iterator[str]:
    """Serve the home's web face on a free port for a moment."""
    server = make_server(create_app(PublicFace(home), home.templates), "127.0.0.1:1")
    server.config.port = 0
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.01)
    try:
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


def _open(url: str, form: bytes | None = None) -> None:
    with urllib.request.urlopen(url, data=form, timeout=10) as answer:  # noqa: S310  our own loopback URL
        answer.read()


def _link(mail: Path) -> str:
    import email  # noqa: PLC0415  only here
    import email.policy  # noqa: PLC0415  only here

    message = email.message_from_bytes(mail.read_bytes(), policy=email.policy.default)
    body = message.get_body(("plain",))
    found = re.search(r"https?://\S+/choice/\S+", body.get_content() if body else "")
    if found is None:
        raise OutsideError("The demo's first mail has no choice link.", code="demo")
    return found[0]


def _indent(text: str) -> str:
    return "\n".join(f"   {line}".rstrip() for line in text.splitlines())


def _where(folder: Path, seconds: float) -> str:
    return f"""
All of this took {seconds:.0f} seconds and lies in {folder}:
   mailbox/index.html   the mails, to read
   review.txt           every change with its reasons
   plan.jsonl           who is told, who is not, and why
   home/var/feed/       what the websites read
   evidence/            the proof
Bring the links in the mails to life, and see the notice on site/index.html:
   {sys.argv[0] or "notifier"} --home {folder / "home"} serve"""
