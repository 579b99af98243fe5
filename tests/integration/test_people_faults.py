"""P1, P8, P11: what can be wrong with a person, one row a fault, from the file to the relay.

All rows go through one import and one campaign, between people with nothing wrong: first, last and
everywhere. Who is refused is named by row; who is taken ends in a state of the closed list.
"""

from __future__ import annotations

import asyncio
import contextlib
import csv
import io
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import repeat
from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import select

from notifier.consent import Choice
from notifier.errors import InputError, PromiseError
from notifier.home import Home
from notifier.pipeline.begin import begin
from notifier.pipeline.choose import record
from notifier.pipeline.commit import Submission, commit_version
from notifier.pipeline.decide import approve
from notifier.pipeline.prove import verify_home
from notifier.pipeline.run import turn
from notifier.pipeline.show import status_document
from notifier.pipeline.steer import retry
from notifier.pipeline.take import take_in
from notifier.settings import load_settings
from notifier.store.campaigns import find_campaign, skeletons_of
from notifier.store.tables import EntryRow, MessageRow
from tests.relay import Fault, HostileRelay, drop, refuse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from notifier.store.people import ImportResult

START = datetime(2027, 1, 4, 12, tzinfo=UTC)
TOML = """
[sites.alpha]
name = "Alpha"
url = "https://alpha.example.com"
[sites.beta]
name = "Beta"
url = "https://beta.example.com"
[policies.privacy]
sites = ["alpha", "beta"]
[mail]
tls = "none"
port = {port}
rate_per_second = 5000
"""
V1 = "# Privacy policy\n\n## Use\n\nWe do not sell your personal information.\n"
V2 = V1.replace("do not", "may")
GOOD = [f"good{n}" for n in range(6)]
LONGEST = f"{'x' * 64}@{'d' * 60}.{'e' * 60}.{'f' * 60}.exam".ljust(254, "m")
SENT, NO_ADDRESS = "sent", "suppressed: no_address"
PARKED = "needs_attention: render_failed: bad_address"


@dataclass(frozen=True, kw_only=True)
class Case:
    """One person, and what becomes of them."""

    email: str
    name: str = "Ann"
    refused: str = ""
    """A word of the reason for which the row is refused."""
    end: str = SENT
    to: str = ""
    """To whom the relay was told to deliver, where it is not the address as written."""
    says: str = ""
    """What the mail calls the person, where it is not the name as written."""
    status: str = "active"
    opt_out: str = ""


CASES = {
    "cr": Case(email="a\r@example.org", refused="control"),
    "lf": Case(email="a\n@example.org", refused="control"),
    "crlf": Case(email="a@example.org\r\nBcc: x@example.org", refused="control"),
    "nul": Case(email="a\0@example.org", refused="control"),
    "two": Case(email="a@example.org,b@example.org", refused="more than one"),
    "two-spaced": Case(email="a@example.org b@example.org", refused="more than one"),
    "two-semicolon": Case(email="a@example.org;b@example.org", refused="more than one"),
    "with-name": Case(email="Ann <a@example.org>", refused="a name beside it"),
    "idn": Case(email="idn@bücher.example", to="idn@xn--bcher-kva.example"),
    "utf8-local": Case(email="jörg@example.org", end=PARKED),
    "quoted": Case(email='"john doe"@example.org'),
    "quoted-at": Case(email='"a@b"@example.org', refused="more than one"),
    "254": Case(email=LONGEST),
    "255": Case(email=f"{LONGEST}m", refused="254"),
    "rtl-address": Case(email="a\u202e@example.org", refused="before the @"),
    "rtl-name": Case(email="rtl@example.org", name="Ann\u202egro.elpmaxe", says="Anngro.elpmaxe"),
    "10kb": Case(email="long@example.org", name="x" * 10_000, refused="1,000"),
    "1kb": Case(email="long2@example.org", name="x" * 1_000, says="x" * 60),
    "name-lf": Case(email="lf@example.org", name="Ann\nBcc: x@example.org", refused="control"),
    "name-template": Case(email="t@example.org", name="{{ 7*7 }}{% raise %}${7*7}@@name@@"),
    "name-html": Case(email="h@example.org", name="<script>alert(1)</script>&amp;"),
    "name-formula": Case(email="f@example.org", name='=HYPERLINK("x")'),
    "same-1": Case(email="same@example.org"),
    "same-2": Case(email="same@example.org"),
    "none": Case(email="", end=NO_ADDRESS),
    "opted-out": Case(email="out@example.org", opt_out="true"),
    "deactivated": Case(email="off@example.org", status="deactivated"),
    "deleted": Case(email="gone@example.org", status="deleted"),
    "bad-status": Case(email="s@example.org", status="asleep", refused="status"),
}
TAKEN = [person for person, case in CASES.items() if not case.refused]


class World:
    """A home, a hostile relay, and a clock."""

    def __init__(self, folder: Path, relay: HostileRelay) -> None:
        self.folder, self.relay, self.now = folder, relay, START
        path = folder / "home"
        path.mkdir()
        (path / "notifier.toml").write_text(TOML.format(port=relay.port))
        begin(path, clock=lambda: START)
        self.home = Home(path=path, settings=load_settings(path), clock=lambda: self.now)
        for name, text, day in (("v1", V1, "2024-01-01"), ("v2", V2, "2027-03-01")):
            file = folder / f"{name}.md"
            file.write_text(text)
            submission = Submission(file=file, policy="privacy", version=name, effective=day)
            commit_version(self.home, submission, actor="author")

    def people(self, rows: list[list[str]]) -> ImportResult:
        head = ["person_id", "email", "name", "status", "marketing_opt_out"]
        return take_in(self.home, "people", self.write("people.csv", [head, *rows]))

    def collections(self, ids: list[str], version: str = "v1", at: str = "") -> ImportResult:
        head = ["person_id", "site", "category", "policy", "version", "collected_at"]
        rows = [[person, "alpha", "contact", "privacy", version, at] for person in ids]
        return take_in(self.home, "collections", self.write("collections.csv", [head, *rows]))

    def write(self, name: str, rows: list[list[str]]) -> Path:
        text = io.StringIO()
        csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
        path = self.folder / name
        path.write_bytes(text.getvalue().encode())
        return path

    def approve(self) -> None:
        approve(self.home, "privacy@v2", actor="second")

    def run(self) -> tuple[str, ...]:
        while True:
            done = asyncio.run(turn(self.home, asyncio.Event()))
            if not done.more:
                return done.says

    def ends(self) -> dict[str, str]:
        with self.home.store.read() as tx:
            rows = tx.exec(select(MessageRow)).all()
        return {r.person_id: f"{r.state}: {r.reason}" if r.reason else r.state for r in rows}

    def digests(self, kind: str) -> list[str]:
        """Return the digests of the mail in the ledger's entries of one kind, in order."""
        with self.home.store.read() as tx:
            entries = tx.exec(select(EntryRow).where(EntryRow.kind == kind).order_by(EntryRow.seq))
            return [json.loads(entry.body)["sha256"] for entry in entries]

    def shown(self, site: str) -> dict[str, Any]:
        """Return what a site shows to single people at their next sign-in."""
        file = self.home.path / f"var/interstitial/{site}.jsonl"
        assert file.stat().st_mode & 0o077 == 0
        lines = map(json.loads, file.read_text().splitlines())
        return {line["person_id"]: line for line in lines}

    def state(self) -> str:
        return str(status_document(self.home, "privacy@v2")["campaigns"][0]["state"])

    def totals(self) -> dict[str, int]:
        return dict(status_document(self.home, "privacy@v2")["campaigns"][0]["people"])


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with HostileRelay() as relay:
        world = World(tmp_path, relay)
        with world.home:
            yield world


def good(person: str) -> list[str]:
    return [person, f"{person}@example.org", "Good", "active", ""]


def ordered(place: str) -> list[list[str]]:
    """Return the rows of the table before, behind or between those of the good people."""
    bad = [[p, c.email, c.name, c.status, c.opt_out] for p, c in CASES.items()]
    fine = [good(person) for person in GOOD]
    if place == "everywhere":
        size = -(-len(bad) // len(fine))
        parts = [[row, *bad[n * size : (n + 1) * size]] for n, row in enumerate(fine)]
        return [row for part in parts for row in part]
    return bad + fine if place == "first" else fine + bad


@pytest.mark.parametrize("place", ["first", "last", "everywhere"])
def test_p11_each_fault_of_a_person_stops_nobody_else(world: World, place: str) -> None:
    rows = ordered(place)
    result = world.people(rows)
    assert result.taken == len(GOOD) + len(TAKEN)
    refused = [person for person, case in CASES.items() if case.refused]
    assert result.refused == len(refused)
    in_file = [row[0] for row in rows if row[0] in refused]
    for person, bad in zip(in_file, result.bad, strict=True):
        assert CASES[person].refused in bad.reason, (person, bad.reason)
    assert world.collections([*GOOD, *CASES]).taken == len(GOOD) + len(TAKEN)
    world.approve()
    world.run()
    assert world.ends() == dict.fromkeys(GOOD, SENT) | {p: CASES[p].end for p in TAKEN}
    assert sum(world.totals().values()) == len(GOOD) + len(TAKEN)
    told = [p for p in TAKEN if CASES[p].end == SENT]
    wanted = [CASES[p].to or CASES[p].email for p in told] + [f"{p}@example.org" for p in GOOD]
    assert sorted(mail.recipient for mail in world.relay.accepted) == sorted(wanted)
    for person in told:
        assert_mail(world.relay, CASES[person])
    assert verify_home(world.home, checkpoint=None, key="").holds


def assert_mail(relay: HostileRelay, case: Case) -> None:
    """The mail is one whole message that calls the person by the name, and by nothing else."""
    for mail in relay.mails(case.to or case.email):
        assert set(mail) >= {"From", "To", "Date", "Subject", "Message-ID"}
        assert "Bcc" not in mail
        text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
        assert (case.says or case.name) in text.replace("\r\n", ""), text[:200]
        assert "<script" not in html
        assert "\u202e" not in text + html


def test_p1_the_same_address_twice_is_two_people_with_a_link_each(world: World) -> None:
    world.people(
        [["one", "same@example.org", "One", "", ""], ["two", "same@example.org", "", "", ""]]
    )
    world.collections(["one", "two"])
    world.approve()
    world.run()
    mails = world.relay.mails("same@example.org")
    links = {
        re.search(r"http\S+/choice/\S+", m.get_body(("plain",)).get_content())[0] for m in mails
    }
    assert len(mails) == len(links) == len({m["Message-ID"] for m in mails}) == 2


def test_p1_without_a_version_the_one_in_force_or_the_oldest_counts(world: World) -> None:
    world.people([good(person) for person in GOOD[:3]])
    world.collections(GOOD[:1], version="", at="2025-06-01T00:00:00Z")
    world.collections(GOOD[1:2], version="")
    world.collections(GOOD[2:3], version="v2")
    world.approve()
    world.run()
    assert world.ends() == dict.fromkeys(GOOD[:2], SENT)


def test_p4_re_addressed_before_the_first_attempt_the_new_address_gets_it(world: World) -> None:
    world.people([good("good0")])
    world.collections(["good0"])
    world.approve()
    world.people([["good0", "new@example.org", "Good", "active", ""]])
    world.run()
    assert [mail.recipient for mail in world.relay.accepted] == ["new@example.org"]


BETTER = ["good0", "new@example.org", "Better", "active", ""]
"""Another address and another name, imported between two attempts."""


@contextlib.contextmanager
def tried(folder: Path, fault: Fault) -> Iterator[World]:
    """Give a world whose relay had this fault at the first attempt for the one person of it."""
    with HostileRelay({"good0@example.org": [fault]}) as relay:
        world = World(folder, relay)
        world.people([good("good0")])
        world.collections(["good0"])
        world.approve()
        asyncio.run(turn(world.home, asyncio.Event()))
        with world.home:
            yield world


def again(world: World) -> None:
    world.now += timedelta(hours=1)
    world.run()


@pytest.mark.parametrize(
    "fault", [refuse("rcpt", "450 4.2.1 later"), refuse("data", "451 4.3.0 later")]
)
def test_p4_what_was_refused_before_it_left_goes_to_the_new_address_by_the_new_name(
    tmp_path: Path, fault: Fault
) -> None:
    """Nobody got anything, so there is nothing to repeat; the ledger has what leaves now."""
    with tried(tmp_path, fault) as world:
        assert world.ends() == {"good0": "deferred: deferred"}
        world.people([BETTER])
        again(world)
        assert world.ends() == {"good0": SENT}
        (mail,) = world.relay.accepted
        (read,) = world.relay.mails("new@example.org")
        assert "Hello Better" in read.get_body(("plain",)).get_content()
        assert world.digests("intent") == [mail.sha256]
        assert world.digests("outcome")[-1] == mail.sha256
        assert verify_home(world.home, checkpoint=None, key="").holds


@pytest.mark.parametrize(
    ("fault", "stands", "taken"),
    [
        (refuse("end", "451 4.3.0 later"), "deferred: deferred", 1),
        (drop("end"), "unknown: reply_never_read", 1),
        (drop("end", taken=True), "unknown: reply_never_read", 2),
    ],
)
def test_p4_what_left_once_is_repeated_byte_for_byte_whatever_is_imported_since(
    tmp_path: Path, fault: Fault, stands: str, taken: int
) -> None:
    with tried(tmp_path, fault) as world:
        assert world.ends() == {"good0": stands}
        world.people([BETTER])
        again(world)
        assert world.ends() == {"good0": SENT}
        assert [m.recipient for m in world.relay.accepted] == ["good0@example.org"] * taken
        (digest,) = {mail.sha256 for mail in world.relay.accepted}
        assert world.digests("intent") == [digest] * 2
        assert "Hello Good" in world.relay.mails("good0@example.org")[0].as_string()


def test_p4_p8_of_a_child_only_the_guardian_hears_even_where_the_bytes_left_before(
    tmp_path: Path,
) -> None:
    """The same bytes would go to the child: nothing is sent, and somebody has to look."""
    with tried(tmp_path, refuse("end", "451 4.3.0 later")) as world:
        rows = [["person_id", "email", "name", "guardian_email"], ["good0", "", "", "g@a.example"]]
        assert take_in(world.home, "people", world.write("people.csv", rows)).taken == 1
        again(world)
        assert world.ends() == {"good0": "needs_attention: bytes_changed"}
        assert world.relay.accepted == []


def test_p1_what_needs_attention_is_tried_again_when_somebody_says_so(tmp_path: Path) -> None:
    """The same bytes as before, not at the author's word, with the reason in the ledger."""
    with tried(tmp_path, refuse("end", "554 5.7.1 blocked")) as world:
        world.run()
        assert (world.state(), world.ends()) == (
            "complete", {"good0": "needs_attention: refused_policy"},
        )  # fmt: skip
        mended = {"reason": "the relay knows us now"}
        with pytest.raises(PromiseError):
            retry(world.home, "privacy@v2", actor="author", **mended)
        for wrong in ({"reason": " "}, {**mended, "person": "nobody"}):
            with pytest.raises(InputError):
                retry(world.home, "privacy@v2", actor="second", **wrong)
        assert world.state() == "complete"
        assert retry(world.home, "privacy@v2", actor="second", **mended) == 1
        world.people([BETTER])
        world.run()
        assert (world.state(), world.ends()) == ("complete", {"good0": SENT})
        (mail,) = world.relay.accepted
        assert (mail.recipient, world.digests("intent")) == (
            "good0@example.org", [mail.sha256] * 2,
        )  # fmt: skip
        with pytest.raises(InputError):
            retry(world.home, "privacy@v2", actor="second", **mended)
        assert verify_home(world.home, checkpoint=None, key="").holds


def test_p1_p3_a_corrected_address_is_tried_again_until_the_version_is_in_force(
    world: World,
) -> None:
    world.people([["utf8", "jörg@example.org", "Jörg", "active", ""]])
    world.collections(["utf8"])
    world.approve()
    world.run()
    assert world.ends() == {"utf8": PARKED}
    world.people([["utf8", "joerg@example.org", "Jörg", "active", ""]])
    start, world.now = world.now, datetime(2027, 3, 2, tzinfo=UTC)
    with pytest.raises(InputError, match="took effect"):
        retry(world.home, "privacy@v2", reason="corrected", actor="second")
    world.now = start
    assert retry(world.home, "privacy@v2", reason="corrected", actor="second") == 1
    world.run()
    assert world.ends() == {"utf8": SENT}
    assert [mail.recipient for mail in world.relay.accepted] == ["joerg@example.org"]


def test_p8_whoever_loses_the_address_before_the_mail_leaves_is_handed_to_the_site(
    tmp_path: Path,
) -> None:
    with tried(tmp_path, refuse("rcpt", "450 4.2.1 later")) as world:
        world.people([["good0", "", "Good", "active", ""]])
        says = world.run()
        assert "1 people have no address any more" in " ".join(says)
        assert world.ends() == {"good0": NO_ADDRESS}
        assert world.state() == "complete"
        assert set(world.shown("alpha")) == {"good0"}
        assert world.relay.accepted == []

        world.people([good("good0")])
        assert "have an address now" in " ".join(world.run())
        assert world.ends() == {"good0": SENT}
        assert world.shown("alpha") == {}
        assert world.state() == "complete"
        assert verify_home(world.home, checkpoint=None, key="").holds


@pytest.mark.parametrize("decided", [True, False])
def test_p8_p9_an_address_that_comes_too_late_or_after_a_decision_sends_nothing(
    world: World, decided: bool
) -> None:
    world.people([["none", "", "None", "active", ""]])
    world.collections(["none"])
    world.approve()
    world.run()
    if decided:
        token = world.shown("alpha")["none"]["choice_url"].rpartition("/")[2]
        record(world.home, token, Choice.REFUSE)
    else:
        world.now = datetime(2027, 3, 2, tzinfo=UTC)
    world.people([["none", "none@example.org", "None", "active", ""]])
    world.run()
    assert world.ends() == {"none": NO_ADDRESS}
    assert world.relay.accepted == []


def test_p8_nobody_who_could_be_told_is_left_in_silence(world: World) -> None:
    """Opted out of marketing, deactivated, deleted while data remains: each gets the mail."""
    kinds = {"opted-out", "deactivated", "deleted", "none"}
    world.people(
        [[p, c.email, c.name, c.status, c.opt_out] for p, c in CASES.items() if p in kinds]
    )
    world.collections(sorted(kinds))
    world.approve()
    world.run()
    assert world.totals() == {"sent": 3, "suppressed": 1}


def test_p8_who_cannot_be_reached_is_handed_to_the_site(tmp_path: Path) -> None:
    refused = {"good0@example.org": repeat(refuse("rcpt", "550 5.1.1 no such user"))}
    with HostileRelay(refused) as relay:
        world = World(tmp_path, relay)
        world.people([good("good0"), good("good1"), ["none", "", "", "", ""]])
        world.collections(["good0", "good1", "none"])
        world.approve()
        assert world.shown("alpha") == {}  # not before the campaign is heard of
        world.run()
        shown = world.shown("alpha")
        assert {p: line["reason"] for p, line in shown.items()} == {
            "good0": "refused_recipient",
            "none": "no_address",
        }
        assert world.shown("beta") == {}
        feed = (world.home.path / "var/feed/alpha.json").read_text()
        (notice,) = json.loads(feed)["notices"]
        for line in shown.values():
            assert {name: line[name] for name in ("title", "text", "url", "from", "until")} == {
                name: notice[name] for name in ("title", "text", "url", "from", "until")
            }
        assert "good0" not in feed
        # Whoever decides there has seen it.
        token = shown["none"]["choice_url"].rpartition("/")[2]
        assert record(world.home, token, Choice.REFUSE) is not None
        world.run()
        assert set(world.shown("alpha")) == {"good0"}
        # Data on another site; and the notice ends by itself.
        file = world.folder / "more.csv"
        file.write_text(
            "person_id,site,category,policy,version,collected_at\ngood0,beta,usage,privacy,v1,\n"
        )
        take_in(world.home, "collections", file)
        world.run()
        assert set(world.shown("beta")) == {"good0"}
        world.now = datetime.fromisoformat(notice["until"])
        world.run()
        assert world.shown("alpha") == world.shown("beta") == {}
        assert len(relay.accepted) == 1
        world.home.close()


def test_p1_a_campaign_is_not_complete_while_one_is_open(tmp_path: Path) -> None:
    later = {"good0@example.org": repeat(refuse("rcpt", "450 4.2.1 later"))}
    with HostileRelay(later) as relay:
        world = World(tmp_path, relay)
        world.people([good(person) for person in GOOD])
        world.collections(GOOD)
        world.approve()
        seen = []
        while world.state() != "complete":
            world.run()
            seen.append((world.state(), world.ends()["good0"]))
            world.now += timedelta(hours=4)
            assert len(seen) < 50
        world.home.close()
    assert set(seen[:-1]) == {("sending", "deferred: deferred")}
    assert seen[-1] == ("complete", "needs_attention: retries_exhausted")


def test_p17_status_is_counted_from_the_rows_and_from_nothing_else(world: World) -> None:
    world.people([good(person) for person in GOOD])
    world.collections(GOOD)
    world.approve()
    world.run()
    assert world.totals() == {"sent": 6}
    with world.home.store.write() as tx:
        first, second, third = tx.exec(select(MessageRow).limit(3)).all()
        first.state, second.state = "bounced", "deferred"
        tx.delete(third)
    assert world.totals() == {"bounced": 1, "deferred": 1, "sent": 3}


def test_p2_the_author_does_not_approve(world: World) -> None:
    world.people([good("good0")])
    world.collections(["good0"])
    for author in ("author", "Author"):
        with pytest.raises(PromiseError):
            approve(world.home, "privacy@v2", actor=author)
    world.run()
    assert world.relay.connections == 0
    assert world.state() == "proposed"


def test_p12_two_homes_of_the_same_history_approve_the_same_words(tmp_path: Path) -> None:
    approved = []
    with HostileRelay() as relay:
        for name in ("one", "two"):
            (tmp_path / name).mkdir()
            world = World(tmp_path / name, relay)
            world.people([good(person) for person in GOOD])
            world.collections(GOOD)
            world.approve()
            with world.home.store.read() as tx:
                row = find_campaign(tx, "privacy@v2")
                words = {
                    key: (w.subject, w.text, w.html) for key, w in skeletons_of(tx, row.id).items()
                }
            approved.append((row.approved_digest, row.approval, words))
            world.home.close()
    assert approved[0] == approved[1]
