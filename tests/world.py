"""A home, a channel and a clock that the test moves; every step of a state is checked.

    channel = ScriptedChannel({"ada@example.com": [DEFERRED, DROPPED]})
    with World(tmp_path, channel=channel) as world:
        world.commit("v2", V2, "2027-03-01")

The database refuses every step of a campaign or message that the tables of
``notifier.campaign.machine`` do not hold, whoever takes it.
"""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from notifier.campaign.machine import CAMPAIGN, MESSAGE
from notifier.channels.model import (
    Accepted,
    Bounced,
    Deferred,
    InDoubt,
    NotStarted,
    Phase,
    Rejected,
    Reply,
)
from notifier.home import Home
from notifier.pipeline.begin import begin
from notifier.pipeline.choose import record
from notifier.pipeline.commit import Submission, commit_version
from notifier.pipeline.permits import permit_document
from notifier.pipeline.run import turn
from notifier.pipeline.sending import choice_url
from notifier.pipeline.show import status_document
from notifier.pipeline.take import take_in
from notifier.settings import Mail, load_settings
from notifier.store.campaigns import find_campaign
from notifier.store.choices import message_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from notifier.channels.model import Letter, Outcome
    from notifier.consent import Choice
    from notifier.pipeline.run import Turn

START = datetime(2027, 1, 4, 12, tzinfo=UTC)
TOML = """
[sites.alpha]
name = "Alpha"
url = "https://alpha.example.com"
[policies.privacy]
sites = ["alpha"]
timezone = "Europe/Berlin"
notice_days = 10
[mail]
tls = "none"
port = {port}
"""
V1 = """# Privacy policy

## Use

We use your email address to answer your questions.
We do not sell your personal information.

## Retention

We keep your account for 24 months after you last signed in.
"""
V2 = V1.replace("We do not sell", "We may sell")
V3 = V2.replace("24 months", "36 months")
TYPO = V2.replace("questions", "questins")


@dataclass(frozen=True)
class Taken:
    """One mail that the channel took."""

    recipient: str
    message_id: str
    sha256: str
    data: bytes
    at: datetime


ACCEPTED = Accepted(reply=Reply(code=250))
DEFERRED = Deferred(reply=Reply(code=450, text="later"), phase=Phase.RECIPIENT)
DEFERRED_AT_END = Deferred(reply=Reply(code=451, text="later"), phase=Phase.BODY)
BOUNCED = Bounced(reply=Reply(code=550, text="nobody"), phase=Phase.RECIPIENT)
REJECTED = Rejected(reply=Reply(code=554, text="no"), phase=Phase.BODY, why="refused_content")
DROPPED = InDoubt(reply=Reply())
"""The relay took the mail, and nobody read its answer."""
LOST = InDoubt(reply=Reply(text="lost"))
"""The connection broke, and the relay did not take the mail."""
_MESSAGE_ID = re.compile(rb"(?mi)^Message-ID:\s*(\S+)")


@dataclass
class ScriptedChannel:
    """A channel in this process: one outcome for each attempt, then it takes everything.

    ``taken`` is the truth of what arrived.
    """

    script: dict[str, list[Outcome]] = field(default_factory=dict)
    first: list[Outcome] = field(default_factory=list)
    """For the next attempts, whoever they are for."""
    taken: list[Taken] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    """Message-IDs whose outcome the sender could not know, once for each attempt."""
    clock: World | None = None
    name: str = "email"

    async def connect(self) -> _Line:
        return _Line(self)

    def recipients(self) -> list[str]:
        return sorted(mail.recipient for mail in self.taken)

    def next_for(self, letter: Letter) -> Outcome:
        rest = self.first or self.script.get(letter.recipient)
        return rest.pop(0) if rest else ACCEPTED

    def handed(self, letter: Letter, outcome: Outcome) -> None:
        found = _MESSAGE_ID.search(letter.data)
        assert found
        name = found[1].decode()
        if isinstance(outcome, InDoubt):
            self.unread.append(name)
        if isinstance(outcome, Accepted) or outcome is DROPPED:
            assert self.clock is not None
            taken = Taken(letter.recipient, name, letter.sha256, letter.data, self.clock.now)
            self.taken.append(taken)


class _Line:
    def __init__(self, channel: ScriptedChannel) -> None:
        self.channel, self.usable = channel, True
        self.outcome: Outcome = ACCEPTED

    async def offer(self, letter: Letter) -> Outcome | None:
        self.outcome = self.channel.next_for(letter)
        if isinstance(self.outcome, NotStarted):
            self.usable = False
        refused = getattr(self.outcome, "phase", Phase.BODY) is not Phase.BODY
        return self.outcome if refused else None

    async def body(self, letter: Letter) -> Outcome:
        self.channel.handed(letter, self.outcome)
        if isinstance(self.outcome, InDoubt):
            self.usable = False
        return self.outcome

    def abort(self) -> None:
        self.usable = False

    async def close(self) -> None:
        self.usable = False


class World:
    """A home, whoever takes its mails, and a clock; ``made`` is one to copy, which is quicker."""

    def __init__(
        self,
        folder: Path,
        *,
        channel: ScriptedChannel | None = None,
        port: int = 9,
        toml: str = TOML,
        made: Path | None = None,
    ) -> None:
        self.folder, self.channel, self.now = folder, channel, START
        if channel is not None:
            channel.clock = self
        path = folder / "home"
        if made is not None:
            shutil.copytree(made, path)
        else:
            path.mkdir()
            (path / "notifier.toml").write_text(toml.format(port=port))
            begin(path, clock=lambda: START)
            watch_states(path / "var/notifier.db")
        self.home = Home(path=path, settings=load_settings(path), clock=lambda: self.now)
        if made is None:
            self.commit("v1", V1, "2024-01-01")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.home.close()

    def mail(self, **changes: object) -> None:
        """Change ``[mail]``, as whoever edits the file and starts the next process does."""
        old = self.home.settings.mail.model_dump(by_alias=True)
        mail = Mail.model_validate({**old, **changes})
        self.home.settings = self.home.settings.model_copy(update={"mail": mail})

    def commit(self, name: str, text: str, effective: str, *, historical: bool = False) -> None:
        file = self.folder / f"{name}.md"
        file.write_text(text)
        submission = Submission(
            file=file, policy="privacy", version=name, effective=effective, historical=historical
        )
        commit_version(self.home, submission, actor="author")

    def people(self, **versions: str) -> None:
        self.crowd(versions)

    def crowd(self, versions: Mapping[str, str]) -> None:
        """Import people by id, each with the version under which their data was collected."""
        rows = ["person_id,email", *(f"{p},{p}@example.com" for p in versions)]
        held = ["person_id,site,category,policy,version,collected_at"]
        held += [f"{p},alpha,contact,privacy,{v}," for p, v in versions.items()]
        for what, lines in (("people", rows), ("collections", held)):
            file = self.folder / f"{what}.csv"
            file.write_text("\n".join(lines) + "\n")
            assert take_in(self.home, what, file).refused == 0

    def turn(self) -> Turn:
        return asyncio.run(turn(self.home, asyncio.Event(), self.channel))

    def run(self) -> tuple[str, ...]:
        """Do what ``run --until-idle`` does; return all that it said."""
        says: list[str] = []
        while True:
            done = self.turn()
            says += done.says
            if not done.more:
                return tuple(says)

    def told(self) -> int:
        if self.channel is not None:
            return len(self.channel.taken)
        return len(list((self.folder / "mailbox").glob("*.eml")))

    def permit(self, person: str) -> str:
        return str(permit_document(self.home, person)["reason"])

    def status(self, campaign: str = "privacy@v2") -> dict:
        return status_document(self.home, campaign)["campaigns"][0]

    def state(self, campaign: str = "privacy@v2") -> str:
        return str(self.status(campaign)["state"])

    def counts(self, campaign: str = "privacy@v2") -> dict[str, int]:
        return dict(self.status(campaign)["people"])

    def notices(self) -> list[str]:
        feed = json.loads((self.home.path / "var/feed/alpha.json").read_text())
        return [notice["id"] for notice in feed["notices"]]

    def link(self, person: str, campaign: str = "privacy@v2") -> str:
        """Return the token of a person's choice link."""
        with self.home.store.read() as tx:
            message, row = message_of(tx, campaign, person), find_campaign(tx, campaign)
        assert message is not None
        assert row is not None
        return choice_url(self.home, row, message.ref).rsplit("/", 1)[1]

    def choose(self, person: str, decision: Choice, campaign: str = "privacy@v2") -> None:
        assert record(self.home, self.link(person, campaign), decision) is not None

    def rows(self, query: str) -> list[tuple]:
        """Return what a query finds in the database, as another process would read it."""
        with closing(sqlite3.connect(self.home.path / "var/notifier.db")) as connection:
            return connection.execute(query).fetchall()

    def entries(self, kind: str) -> list[dict]:
        found = self.rows(f"SELECT body FROM entry WHERE kind = '{kind}' ORDER BY seq")
        return [json.loads(body) for (body,) in found]


def watch_states(database: Path) -> None:
    """Let the database refuse every step of a state that the machine does not know."""
    allowed = {
        "campaign": {(s, to) for s, events in CAMPAIGN.items() if s for to in events.values()},
        "message": {(s, to) for s, events in MESSAGE.items() for to in events.values()},
    }
    with closing(sqlite3.connect(database)) as connection:
        for table, steps in allowed.items():
            listed = ", ".join(f"'{old}>{new}'" for old, new in sorted(steps))
            connection.execute(
                f"CREATE TRIGGER watch_{table} BEFORE UPDATE OF state ON {table}"
                f" WHEN OLD.state <> NEW.state AND OLD.state || '>' || NEW.state NOT IN ({listed})"
                f" BEGIN SELECT RAISE(ABORT, 'no such step of a {table}'); END"
            )


def people_under(version: str, names: Iterable[str]) -> dict[str, str]:
    return dict.fromkeys(names, version)
