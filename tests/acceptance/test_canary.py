"""P13: marked names, addresses and tokens through a campaign full of errors; then none is found.

What the program says (stdout and stderr of every command but those that are asked for a person's
data), its error documents, the public files, the ledger, the web face's log and the arguments of
its processes are all searched.
"""

from __future__ import annotations

import contextlib
import json
import socket
import sqlite3
import subprocess
import urllib.error
from contextlib import closing
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sample import FIRST, SELLS, commit
from served import get, started
from walk import COMMAND, begin, in_days, links, settings

from tests.relay import Fault, HostileRelay, drop, refuse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from walk import Walker

NAME, LOCAL = "Canaryname", "canary.address"
MARKS = ("canaryname", "canary.address", "kanari")
CALM, FULL, GONE, SPAM, LATER, CUT, NEVER, POISON = (
    f"{LOCAL}{n}@example.org" for n in ("0", "1", "2", "3", "4", "5", "6", "7")
)
PEOPLE = [CALM, FULL, GONE, SPAM, LATER, CUT, NEVER, POISON]
BAD_ROWS = f"""\
b1,{LOCAL}@@example.org,{NAME} Bad
b2,"{LOCAL}8@example.org,{LOCAL}9@example.org",{NAME} Two
b3,{LOCAL}8@example.org,{NAME}\x00Nul
b4,{LOCAL}8@example.org,{NAME},{NAME}
b5,{LOCAL}8@example.org,"{NAME}
b6,{LOCAL}8@{LOCAL},{NAME * 200}
,{LOCAL}8@example.org,{NAME}
{NAME * 30},{LOCAL}8@example.org,{NAME}
"""


def faults() -> dict[str, list[Fault | None] | repeat[Fault]]:
    """Return replies that echo whatever the relay knows: address, name, link."""

    def echo(text: str, to: str) -> str:
        return f"{text} <{to}> ({to}) {to.upper()} {NAME} Number{to[14]} {NAME.upper()}"

    link = f"http://127.0.0.1:8080/choice/kanari.{'t0ken' * 20}"
    return {
        FULL: [refuse("rcpt", echo("452 4.2.2 full:", FULL)), None],
        GONE: [refuse("rcpt", echo("550 5.1.1 unknown:", GONE))],
        SPAM: [refuse("end", f"554 5.7.1 blocked for {link} in mail to {NAME} Number3")],
        LATER: repeat(refuse("end", echo("451 4.3.0 oops", LATER))),
        CUT: [drop("end", taken=True), None],
        NEVER: [refuse("rcpt", echo("421 4.3.2 bye", NEVER), drop=True)],
    }


class Ear:
    """Everything that was said, by where."""

    def __init__(self) -> None:
        self.heard: dict[str, str] = {}

    def hear(self, where: str, text: str) -> None:
        self.heard[f"{len(self.heard)} {where}"] = text

    def call(self, walk: Walker, *arguments: object, **more: str) -> str:
        done = walk(*arguments, code=None, **more)
        self.hear(" ".join(map(str, arguments[:2])), done.out + done.err)
        return done.out

    def leaks(self, marks: list[str]) -> list[str]:
        return [
            f"{mark[:30]} in {where}: …{text[max(0, at - 80) : at + 40]!r}"
            for where, text in self.heard.items()
            for mark in marks
            if (at := text.casefold().find(mark.casefold())) >= 0
        ]


@pytest.fixture(scope="module")
def ear(tmp_path_factory: pytest.TempPathFactory) -> Ear:
    """Go through a campaign in which everything goes wrong, listening."""
    ear = Ear()
    folder = tmp_path_factory.mktemp("canary")
    with HostileRelay(faults()) as relay:
        walk = begin(folder, relay.port, settings(("alpha",), "connections = 2\n"))
        commit(walk, "v1", FIRST, "2024-01-01")
        commit(walk, "v2", SELLS, in_days(60))
        take_in(walk, ear, folder)
        ear.call(walk, "review", "approve", "privacy@v2", "--as", "second", "--format", "json")
        poison(walk)
        ear.call(walk, "run", "--until-idle", NOTIFIER_MAIL__PORT="9")
        with arguments_of(walk, ear, "run") as process:
            relay.wait_for(lambda r: len(r.accepted) >= 4, 60)
            relay.wait_for(lambda r: r.commands.count("QUIT") >= 1, 60)
            process.terminate()
        ear.call(walk, "run", "--until-idle")
        everywhere(walk, ear, folder)
        (mail,) = relay.mails(CALM)
        (link,) = [url for url in links(mail) if "/choice/" in url]
        ask_the_web(walk, ear, link)
    ear.token = link.rpartition("/")[2]
    return ear


def take_in(walk: Walker, ear: Ear, folder: Path) -> None:
    rows = [f"p{n},{to},{NAME} Number{n}" for n, to in enumerate(PEOPLE)]
    file = walk.write("people.csv", "\n".join(["person_id,email,name", *rows, BAD_ROWS]))
    errors = folder / "errors.jsonl"
    ear.call(walk, "import", "people", file, "--errors", errors)
    ear.hear("--errors", errors.read_text())
    ear.call(walk, "import", "people", file, "--format", "json")
    ear.call(walk, "import", "people", file, "--strict")
    head = "person_id,site,category,policy,version,collected_at"
    held = [f"p{n},alpha,contact,privacy,v1," for n in range(len(PEOPLE))]
    bad = f"{NAME},alpha,contact,privacy,v1,\np0,alpha,contact,privacy,v1,{NAME}\n"
    file = walk.write("collections.csv", "\n".join([head, *held, bad]))
    ear.call(walk, "import", "collections", file)
    jsonl = json.dumps({"person_id": "j1", "email": [CALM], "name": {NAME: 1}}) + "\n{" + NAME
    ear.call(walk, "import", "people", walk.write("people.jsonl", jsonl))


def poison(walk: Walker) -> None:
    """Put a row into the database that no import would take."""
    with closing(sqlite3.connect(walk.home / "var/notifier.db")) as database, database:
        changed = database.execute(
            "UPDATE person SET email = ?, name = ? WHERE email = ?",
            (f"{POISON}\r\nBcc: {POISON}", f"{NAME}\r\n{{{{ {NAME} }}}}\x00", POISON),
        )
        assert changed.rowcount == 1


@contextlib.contextmanager
def arguments_of(walk: Walker, ear: Ear, *command: str) -> Iterator[subprocess.Popen[str]]:
    """Run a command until it is told to end; hear its words, arguments and title."""
    process = subprocess.Popen(
        [*COMMAND, *command],
        env=walk.variables(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
        hear_process(ear, process)
    finally:
        process.terminate()
        ear.hear(" ".join(command), "".join(process.communicate(timeout=60)))


def hear_process(ear: Ear, process: subprocess.Popen[str]) -> None:
    for task in Path(f"/proc/{process.pid}/task").glob("*"):
        with contextlib.suppress(OSError):
            ear.hear("process", (task / "cmdline").read_text() + (task / "comm").read_text())


def everywhere(walk: Walker, ear: Ear, folder: Path) -> None:
    """Ask every command that is not asked for a person's data, rightly and wrongly."""
    for words in (
        "status", "status --format json", "doctor", "doctor --format json", "plan privacy@v2",
        "review show privacy@v2 --format json", "review list", "evidence verify", "feed check",
        "permit nobody", "preview privacy@v2 nobody --format json", "person show nobody",
        "campaign resume privacy@v2", "versions list", "evidence checkpoint",
    ):  # fmt: skip
        ear.call(walk, *words.split())
    ear.call(walk, "status", NOTIFIER_MAIL__PORT="none")
    ear.call(walk, "evidence", "export", "--out", folder / "bundle")
    public = [*(folder / "bundle").rglob("*"), *(walk.home / "var/feed").rglob("*")]
    for path in public:
        ear.hear("path", str(path.relative_to(folder)))
        if path.is_file():
            ear.hear(path.name, path.read_bytes().decode(errors="replace"))
    with closing(sqlite3.connect(walk.home / "var/notifier.db")) as database:
        entries = database.execute("SELECT group_concat(body || subject) FROM entry").fetchone()
        said = database.execute("SELECT group_concat(reply_text || reason) FROM message").fetchone()
    ear.hear("entries", entries[0])
    ear.hear("replies", said[0])


def ask_the_web(walk: Walker, ear: Ear, link: str) -> None:
    """Use and misuse the choice link; hear what the server writes."""
    with started(walk) as served:
        url = served.here(link)
        get(url)
        get(url, {"decision": "refuse"})
        for wrong in (
            (url, {"decision": NAME}),
            (url + "x", None),
            (url.replace("/choice/", "/choice/../choice/kanari"), None),
            (f"{served.base}/{NAME}?email={CALM}", None),
            (f"{served.base}/feed/{NAME}.json", None),
        ):
            with contextlib.suppress(urllib.error.HTTPError):
                ear.hear("answer", get(*wrong))
        host, port = served.base.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as raw:
            raw.sendall(f"GARBAGE {link} {CALM}\r\n\r\n".encode())
            raw.recv(1000)
        hear_process(ear, served.process)
        served.process.terminate()
        ear.hear("serve", "".join(served.process.communicate(timeout=30)))


def test_p13_no_name_address_or_token_is_found_anywhere(ear: Ear) -> None:
    assert ear.leaks([*MARKS, ear.token]) == []


def test_p13_the_campaign_met_the_errors_that_it_should(ear: Ear) -> None:
    """A search that finds nothing proves nothing where nothing was there to be said."""
    said = "\n".join(ear.heard.values())
    for word in (
        "8 bad", "relay cannot be reached", "bad_address", "refused_recipient", "refused_policy",
        "deferred", "reply_never_read", "<recipient>", "<link>", "person_id is not known",
    ):  # fmt: skip
        assert word in said, word
