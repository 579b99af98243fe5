"""P1, P4, P15: killed before any system call, every command keeps what it acknowledged.

In an ordinary run a few points; ``make sweep`` takes more of them, ``make sweep POINTS=all`` all.
"""

from __future__ import annotations

import http.client
import signal
import urllib.error
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from faults import (
    CALLS,
    Point,
    attached,
    choose,
    counting,
    injection,
    inside,
    killing,
    most,
    need_strace,
    people_of,
    verifies,
    write_rows,
)
from sample import FIRST, SELLS, first_schema, people
from served import get, started
from walk import begin, copy_of, in_days, links, settings

from tests.relay import HostileRelay

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from walk import Walker

PEOPLE = 10
CONNECTIONS = 4
CAMPAIGN = "privacy@v2"
APPROVE = ("review", "approve", CAMPAIGN, "--as", "second")


@dataclass
class Sweep:
    """What a sweep over some points came to."""

    name: str
    points: int = 0
    kills: int = 0
    """Points that were reached: another thread may have made the calls that were counted."""
    acknowledged: int = 0
    duplicates: int = 0
    lost: list[str] = field(default_factory=list)
    """What went wrong, by the point at which it did; the sweep goes on behind it."""

    def over(self, points: list[Point], one: Callable[[Point], None]) -> None:
        for point in points:
            self.points += 1
            try:
                one(point)
            except AssertionError as error:
                self.lost.append(f"{point}: {error}")

    def report(self) -> str:
        return (
            f"{self.name:8} {self.points:4} points, {self.kills:4} kills, {self.acknowledged:3}"
            f" acknowledged before it, {len(self.lost)} lost, {self.duplicates} duplicates"
        )


@pytest.fixture(scope="module", autouse=True)
def _strace() -> None:
    need_strace()


@pytest.fixture(scope="module")
def committed(tmp_path_factory: pytest.TempPathFactory) -> Walker:
    """Return a home with version v1 and ten people under it."""
    walk = begin(tmp_path_factory.mktemp("committed"), 9, settings(("alpha",)))
    commit(walk, "v1", FIRST, "2024-01-01")
    people(walk, *write_rows(PEOPLE))
    return walk


@pytest.fixture(scope="module")
def proposed(committed: Walker, tmp_path_factory: pytest.TempPathFactory) -> Walker:
    walk = copy_of(committed, tmp_path_factory.mktemp("proposed"), 9)
    commit(walk, "v2", SELLS, in_days(60))
    return walk


@pytest.fixture(scope="module")
def approved(proposed: Walker, tmp_path_factory: pytest.TempPathFactory) -> Walker:
    walk = copy_of(proposed, tmp_path_factory.mktemp("approved"), 9)
    walk(*APPROVE)
    return walk


@pytest.fixture(scope="module")
def told(approved: Walker, tmp_path_factory: pytest.TempPathFactory) -> tuple[Walker, str]:
    """Return a home whose people were told, and the choice link of one of them."""
    with HostileRelay() as relay:
        walk = copy_of(approved, tmp_path_factory.mktemp("told"), relay.port)
        walk("run", "--until-idle")
        (mail,) = relay.mails("p0000@example.org")
    (link,) = [url for url in links(mail) if "/choice/" in url]
    return walk, link


def commit(walk: Walker, name: str, text: str, effective: str) -> None:
    walk(*commit_of(walk, name, text, effective))


def commit_of(walk: Walker, name: str, text: str, effective: str) -> tuple[Any, ...]:
    file = walk.write(f"{name}.md", text)
    return (
        "commit", file, "--policy", "privacy", "--version", name, "--effective", effective,
        "--as", "author",
    )  # fmt: skip


@pytest.fixture
def points(request: pytest.FixtureRequest, tmp_path: Path):
    """Return what chooses the points of a command: the few named ones, or of all that it has."""
    wanted, seed = (request.config.getoption(name) for name in ("--points", "--fault-seed"))

    def chosen(few: str, log: Callable[[Path], None]) -> list[Point]:
        if wanted == "few":
            return [Point.read(word) for word in few.split()]
        path = tmp_path / "calls.log"
        log(path)
        counts = most(path)
        print(f"\n{counts}, seed {seed}")
        return choose(counts, 0 if wanted == "all" else int(wanted), seed)

    return chosen


@pytest.fixture
def sweep(request: pytest.FixtureRequest):
    """Return an empty sweep; at the end it is printed, and nothing may be lost."""
    sweep = Sweep(request.node.name.split("_")[2])
    yield sweep
    print(f"\n{sweep.report()}")
    assert sweep.lost == [], "\n".join([sweep.report(), *sweep.lost])
    assert sweep.kills >= sweep.points * 0.7


def run_killed(sweep: Sweep, walk: Walker, point: Point, *command: Any) -> str:
    """Run a command that is killed at a point, and return what it had said until then."""
    done = walk(*command, code=None, before=killing(point))
    assert done.code in {0, -signal.SIGKILL}, (done.code, done.err)
    sweep.kills += done.code != 0
    return done.out + done.err


@pytest.mark.slow
def test_p15_commit_killed_anywhere(committed: Walker, tmp_path: Path, points, sweep: Sweep):
    effective = in_days(60)

    def fresh(name: str) -> tuple[Walker, tuple[Any, ...]]:
        walk = copy_of(committed, tmp_path / name, 9)
        return walk, commit_of(walk, "v2", SELLS, effective)

    def count(log: Path) -> None:
        walk, command = fresh("count")
        walk(*command, before=counting(log))

    def one(point: Point) -> None:
        walk, command = fresh(str(point))
        said = run_killed(sweep, walk, point, *command)
        known = [v["version"] for v in inside(walk, "versions", "list")["versions"]]
        assert len(known) == len(set(known)), known
        if said:
            sweep.acknowledged += 1
            assert "v2" in known, "what was said to be committed is gone"
        walk(*command)
        (campaign,) = inside(walk, "status")["campaigns"]
        assert campaign["state"] == "proposed"
        assert inside(walk, "plan", CAMPAIGN)["people_affected"] == PEOPLE
        assert verifies(walk)

    sweep.over(points("fdatasync:1 rename:1", count), one)


@pytest.mark.slow
def test_p15_approve_killed_anywhere(proposed: Walker, tmp_path: Path, points, sweep: Sweep):
    def count(log: Path) -> None:
        copy_of(proposed, tmp_path / "count", 9)(*APPROVE, before=counting(log))

    def one(point: Point) -> None:
        walk = copy_of(proposed, tmp_path / str(point), 9)
        said = run_killed(sweep, walk, point, *APPROVE)
        (shown,) = inside(walk, "status")["campaigns"]
        if said:
            sweep.acknowledged += 1
            assert shown["state"] == "approved", "what was said to be approved is not"
        if shown["state"] == "proposed":
            assert shown["people"] == {}, "an audience without an approval"
            walk(*APPROVE)
        else:
            walk("feed", "publish")
        (shown,) = inside(walk, "status")["campaigns"]
        assert (shown["state"], shown["people"]) == ("approved", {"planned": PEOPLE})
        assert verifies(walk)

    sweep.over(points("pwrite64:12 fsync:1", count), one)


@pytest.mark.slow
def test_p15_cancel_killed_anywhere(approved: Walker, tmp_path: Path, points, sweep: Sweep):
    cancel = ("campaign", "cancel", CAMPAIGN, "--as", "operator", "--reason", "a mistake")

    def count(log: Path) -> None:
        copy_of(approved, tmp_path / "count", 9)(*cancel, before=counting(log))

    def one(point: Point) -> None:
        with HostileRelay() as relay:
            walk = copy_of(approved, tmp_path / str(point), relay.port)
            said = run_killed(sweep, walk, point, *cancel)
            state = inside(walk, "status")["campaigns"][0]["state"]
            if said:
                sweep.acknowledged += 1
                assert state == "cancelled", "what was said to be cancelled is not"
            if state == "approved":
                walk(*cancel)
            walk("run", "--until-idle")
            assert relay.accepted == []
        assert inside(walk, "status")["campaigns"][0]["state"] == "cancelled"
        assert verifies(walk)

    sweep.over(points("pwrite64:6", count), one)


@pytest.mark.slow
def test_p15_erase_killed_anywhere(approved: Walker, tmp_path: Path, points, sweep: Sweep):
    erase = ("person", "erase", "p0000", "--as", "operator")

    def count(log: Path) -> None:
        copy_of(approved, tmp_path / "count", 9)(*erase, before=counting(log))

    def gone(walk: Walker) -> bool:
        files = [path for path in walk.home.rglob("*") if path.is_file()]
        return not any(b"p0000" in path.read_bytes() for path in files)

    def one(point: Point) -> None:
        with HostileRelay() as relay:
            walk = copy_of(approved, tmp_path / str(point), relay.port)
            said = run_killed(sweep, walk, point, *erase)
            if said:
                sweep.acknowledged += 1
                assert inside(walk, "permit", "p0000")["reason"] == "erased"
                assert gone(walk), "what was said to be erased is there"
            walk(*erase)
            assert gone(walk), "a second erasure leaves something"
            walk("run", "--until-idle")
            assert len(relay.recipients()) == PEOPLE - 1
        assert people_of(walk) == {"sent": PEOPLE - 1, "suppressed": 1}
        assert verifies(walk)

    sweep.over(points("pwrite64:12 fdatasync:3", count), one)


@pytest.mark.slow
def test_p15_init_killed_anywhere_in_a_migration(tmp_path: Path, points, sweep: Sweep):
    def count(log: Path) -> None:
        first_schema(tmp_path / "count", 9)("init", before=counting(log))

    def one(point: Point) -> None:
        with HostileRelay() as relay:
            walk = first_schema(tmp_path / str(point), relay.port)
            said = run_killed(sweep, walk, point, "init")
            if said:
                sweep.acknowledged += 1
                inside(walk, "status")
            walk("init")
            walk("run", "--until-idle")
            assert len(relay.accepted) == 3, "two of five were told before"
        assert people_of(walk) == {"sent": 5}
        assert verifies(walk)

    sweep.over(points("pwrite64:6 fdatasync:2", count), one)


@pytest.mark.slow
def test_p15_choice_killed_anywhere(told, tmp_path: Path, points, sweep: Sweep):
    ready, link = told

    def count(log: Path) -> None:
        walk = copy_of(ready, tmp_path / "count", 9)
        tracing = ("-o", str(log), "-e", f"trace={','.join(CALLS)}")
        with started(walk) as served, attached(served.process.pid, *tracing):
            get(served.here(link), {"decision": "refuse"})

    def one(point: Point) -> None:
        walk = copy_of(ready, tmp_path / str(point), 9)
        options = ("-o", "/dev/null", *injection(point.call, point.kill))
        with started(walk) as served, attached(served.process.pid, *options):
            recorded = posted(served.here(link))
        sweep.kills += 1  # at the point, or as soon as the answer was read
        choices = [c["decision"] for c in inside(walk, "choices")["choices"]]
        if recorded:
            sweep.acknowledged += 1
            assert choices == ["refuse"], "what was said to be recorded is gone"
        with started(walk) as served:
            get(served.here(link), {"decision": "refuse"})
        assert [c["decision"] for c in inside(walk, "choices")["choices"]] == ["refuse"]
        assert inside(walk, "permit", "p0000", "--policy", "privacy")["reason"] == "refused"
        assert verifies(walk)

    sweep.over(points("fdatasync:1 sendto:1", count), one)


def posted(url: str) -> bool:
    """Refuse by a link; say whether the server answered that it is recorded."""
    try:
        get(url, {"decision": "refuse"})
    except http.client.IncompleteRead:
        return True  # its 200 came, its page did not
    except (urllib.error.URLError, ConnectionError):
        return False
    return True


@pytest.mark.slow
def test_p4_run_killed_anywhere(approved: Walker, tmp_path: Path, points, sweep: Sweep):
    run = ("run", "--until-idle")

    def count(log: Path) -> None:
        with HostileRelay() as relay:
            copy_of(approved, tmp_path / "count", relay.port)(*run, before=counting(log))

    def one(point: Point) -> None:
        with HostileRelay() as relay:
            walk = copy_of(approved, tmp_path / str(point), relay.port)
            run_killed(sweep, walk, point, *run)
            assert sum(people_of(walk).values()) == PEOPLE
            said = walk(*run).err
            copies = relay.recipients()
        again = sum(len(mails) - 1 for mails in copies.values())
        sweep.duplicates += again
        skipped = {f"p{n:04}@example.org" for n in range(PEOPLE)} - set(copies)
        assert not skipped, f"{len(skipped)} were skipped: {people_of(walk)}, {said}"
        assert again <= CONNECTIONS, f"{again} duplicates"
        assert all(len({m.data for m in mails}) == 1 for mails in copies.values()), "other bytes"
        assert people_of(walk) == {"sent": PEOPLE}
        assert verifies(walk)
        sent = Counter(person_of(e) for e in outcomes(walk))
        assert set(sent.values()) == {1}
        assert len(sent) == PEOPLE

    sweep.over(points("sendto:12 pwrite64:60", count), one)


def outcomes(walk: Walker) -> list[Any]:
    """Return the ledger's entries that say that a message was sent."""
    from notifier.home import open_home
    from notifier.store import ledger

    with open_home(walk.home) as home, home.store.read() as tx:
        return [e for e in ledger.entries(tx) if '"state":"sent"' in e.body]


def person_of(entry: Any) -> str:
    return str(entry.subject)
