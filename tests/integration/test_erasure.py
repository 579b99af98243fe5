"""P1, P2, P5, P8, P13, P15: an erased person is in no byte of the home, whatever happened to them.

And their line in the site's file of those whom mail does not reach, which is proved like a sending.
"""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator

from notifier.consent import Choice
from notifier.errors import InputError, OutsideError
from notifier.evidence.commitment import erased_mark
from notifier.pipeline.choose import record
from notifier.pipeline.decide import approve
from notifier.pipeline.erase import erase
from notifier.pipeline.permits import permit_document
from notifier.pipeline.plans import plan_campaign
from notifier.pipeline.prove import export_bundle, sign_head, verify_bundle, verify_home
from notifier.pipeline.publish import publish
from notifier.pipeline.steer import cancel
from notifier.pipeline.take import take_in
from notifier.share import share
from notifier.sources.people import read_people
from notifier.store import ledger
from notifier.store.engine import migrate, open_store
from notifier.store.erasure import erase_person
from notifier.store.people import find_person, import_people
from tests.world import (
    BOUNCED,
    DEFERRED,
    LOST,
    REJECTED,
    START,
    V2,
    V3,
    ScriptedChannel,
    World,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ZOE, ADDRESS, NAME, GUARDIAN = "zoe-4711", "zoe.q@mail.example", "Zoë Quux", "quux.p@mail.example"
MARKS = [text.encode() for text in (ZOE, "zoe.q", "Zoë", "Quux", "quux.p")]
OTHERS = ("ann", "bob")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home in which Zoe and two others must be told of a change."""
    with World(tmp_path_factory.mktemp("made")) as world:
        world.commit("v2", V2, "2027-03-01")
        take(world, (ZOE, ADDRESS, NAME, ""), *((p, f"{p}@example.com", p, "") for p in OTHERS))
        return world.home.path


def take(world: World, *people: tuple[str, str, str, str]) -> None:
    """Import people, and data of theirs under the first version."""
    rows = ["person_id,email,name,guardian_email", *map(",".join, people)]
    held = ["person_id,site,category,policy,version,collected_at"]
    held += [f"{person},alpha,contact,privacy,v1," for person, *_ in people]
    for what, lines in (("people", rows), ("collections", held)):
        file = world.folder / f"{what}.csv"
        file.write_text("\n".join(lines) + "\n")
        assert take_in(world.home, what, file).refused == 0


@pytest.fixture
def world(made: Path, tmp_path: Path) -> Iterator[World]:
    with World(tmp_path, channel=ScriptedChannel(), made=made) as world:
        yield world


def approved(world: World) -> None:
    approve(world.home, "privacy@v2", actor="second")


def traces(home: Path, marks: list[bytes] = MARKS) -> dict[str, list[bytes]]:
    """Return in which files of the home, by content or by name, a mark stands."""
    found = {}
    for path in home.rglob("*"):
        data = (path.read_bytes() if path.is_file() else b"") + path.name.encode()
        if here := [mark for mark in marks if mark in data]:
            found[path.name] = here
    return found


def lines(world: World) -> dict[str, dict]:
    """Return what the site shows to single people, by person."""
    text = (world.home.path / "var/interstitial/alpha.jsonl").read_text()
    return {line["person_id"]: line for line in map(json.loads, text.splitlines())}


def holds(world: World) -> bool:
    return verify_home(world.home, checkpoint=None, key="").holds


# ---- whatever became of their message -----------------------------------------------------------

ENDS = {
    "planned": (None, {}, "planned", "suppressed"),
    "held": (None, {"dry_run": True}, "held", "suppressed"),
    "rehearsal": (None, {"only_to": ["ann@example.com"]}, "held", "suppressed"),
    "deferred": ([DEFERRED], {}, "deferred", "suppressed"),
    "unknown": ([LOST, LOST], {}, "unknown", "suppressed"),
    "needs_attention": ([REJECTED], {}, "needs_attention", "suppressed"),
    "bounced": ([BOUNCED], {}, "bounced", "bounced"),
    "sent": ([], {}, "sent", "sent"),
}


@pytest.mark.parametrize("case", ENDS)
def test_p5_p13_p17_erased_in_any_state_leaves_no_byte_and_true_totals(
    world: World, case: str
) -> None:
    script, mail, before, after = ENDS[case]
    channel = world.channel
    channel.script[ADDRESS] = list(script or [])
    world.mail(**mail)
    approved(world)
    if case != "planned":
        world.run()
    assert world.rows(f"SELECT state FROM message WHERE person_id = '{ZOE}'") == [(before,)]
    assert traces(world.home.path)
    done = erase(world.home, ZOE, actor="operator", reason="request 17")
    assert traces(world.home.path) == {}
    assert done["log_emptied"]
    assert (done["stopped"], done["messages"], done["collections"]) == (before != after, 1, 1)

    told = channel.recipients().count(ADDRESS)
    world.mail(dry_run=False, only_to=[])
    world.now = START.replace(month=2)
    world.run()
    assert channel.recipients().count(ADDRESS) == told
    (state,) = world.rows(
        f"SELECT state, reason, recipient FROM message WHERE person_id = '{done['pseudonym']}'"
    )
    assert (state[0], state[2]) == (after, "")
    assert (state[1] == "erased") == (after == "suppressed")
    assert sum(world.counts().values()) == 3
    plan = plan_campaign(world.home, "privacy@v2")
    assert plan["totals"]["excluded:erased"] == 1
    assert sum(plan["totals"].values()) == plan["population"] == 3
    assert world.permit(ZOE) == world.permit(done["pseudonym"]) == "erased"
    assert holds(world)


def test_p5_erasure_is_an_entry_without_personal_data(world: World) -> None:
    approved(world)
    erase(world.home, ZOE, actor="operator", reason="request  17")
    (body,) = world.entries("erasure")
    assert body == {
        "actor": "operator",
        "reason": "request 17",
        "collections": 1,
        "messages": 1,
        "stopped": 1,
        "choices": 0,
    }
    again = erase(world.home, ZOE, actor="operator")
    assert again["repeated"]
    assert len(world.entries("erasure")) == 1


@pytest.mark.parametrize(
    "reason",
    [
        f"{NAME} asked for it",
        "quux asked for it",
        f"mail from {ADDRESS}",
        "mail from someone@else.example",
        f"account {ZOE.upper()}",
        "see https://tickets.example/1",
        "x" * 301,
    ],
)
def test_p13_a_reason_that_names_somebody_is_refused(world: World, reason: str) -> None:
    with pytest.raises(InputError) as refused:
        erase(world.home, ZOE, actor="operator", reason=reason)
    assert refused.value.code == "names_in_reason"
    assert not any(mark.decode() in refused.value.message for mark in MARKS)
    assert permit_document(world.home, ZOE)["reason"] != "erased"
    assert world.entries("erasure") == []


def test_p13_a_child_and_a_note_leave_nothing_either(world: World) -> None:
    take(world, ("kid-4711", "", "Quux Junior", GUARDIAN))
    approved(world)
    world.run()
    world.choose("kid-4711", Choice.REFUSE)
    with closing(sqlite3.connect(world.home.path / "var/notifier.db")) as database, database:
        database.execute("UPDATE choice SET note = 'quux.p wrote a letter', how = 'letter'")
    marks = [b"kid-4711", b"Junior", b"quux.p"]
    assert traces(world.home.path, marks)
    assert erase(world.home, "kid-4711", actor="operator")["choices"] == 1
    assert traces(world.home.path, marks) == {}
    assert world.rows("SELECT decision, note FROM choice") == [("refuse", "")]


def test_p9_the_link_of_an_erased_person_records_nothing(world: World) -> None:
    approved(world)
    world.run()
    token = world.link(ZOE)
    erase(world.home, ZOE, actor="operator")
    assert record(world.home, token, Choice.REFUSE) is None
    assert world.rows("SELECT count(*) FROM choice") == [(0,)]


@pytest.mark.parametrize("lone", ["v1", "v2"])
def test_p2_erasing_the_only_person_under_a_baseline_voids_no_approval(
    made: Path, tmp_path: Path, lone: str
) -> None:
    with World(tmp_path, channel=ScriptedChannel()) as world:
        world.commit("v2", V2, "2027-03-01")
        world.commit("v3", V3, "2027-04-01")
        world.crowd({"cat": lone, "ann": "v1" if lone == "v2" else "v2"})
        approve(world.home, "privacy@v3", actor="second", not_before=START.replace(day=10))
        cohorts = dict(world.rows("SELECT person_id, cohort FROM message"))
        assert cohorts["cat"] != cohorts["ann"]
        erase(world.home, "cat", actor="operator")
        world.now = START.replace(day=10)
        world.run()
        assert world.state("privacy@v3") == "complete"
        assert world.counts("privacy@v3") == {"sent": 1, "suppressed": 1}


def test_p1_erasing_everybody_completes_the_campaign(world: World) -> None:
    approved(world)
    for person in (ZOE, *OTHERS):
        erase(world.home, person, actor="operator")
    world.run()
    assert (world.state(), world.counts()) == ("complete", {"suppressed": 3})
    assert world.channel.taken == []
    assert holds(world)


# ---- what SQLite keeps --------------------------------------------------------------------------


def test_p13_rows_that_moved_between_pages_leave_nothing(tmp_path: Path) -> None:
    """With ``secure_delete`` alone some of these stay in the gaps of pages that were split."""
    store = open_store("sqlite:///notifier.db", tmp_path)
    migrate(store)
    chance = random.Random(1)  # noqa: S311  an order, not a secret
    ids = [f"person-{n:05}" for n in range(1500)]
    chance.shuffle(ids)
    for _ in range(2):
        rows = [f"{p},{p}@example.com,{'x' * chance.randrange(90)}\n" for p in ids]
        file = tmp_path / "people.csv"
        file.write_text("person_id,email,name\n" + "".join(rows))
        assert import_people(store, read_people(file), mark=mark).refused == 0
        file.unlink()
    gone = ids[:750]
    with store.write() as tx:
        for p in gone:
            pseudonym = f"erased-{chance.getrandbits(64):016x}"
            erase_person(tx, find_person(tx, p), pseudonym=pseudonym, mark=mark(p), now=START)
    assert store.forget()
    left = (tmp_path / "notifier.db").read_bytes()
    assert [p for p in gone if p.encode() in left] == []
    assert all(p.encode() in left for p in ids[750:])
    store.close()


def mark(person: str) -> str:
    return erased_mark(b"k" * 32, person)


def test_p13_while_another_process_reads_the_log_stays_and_is_said_to(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notifier.store.engine.open_store.__kwdefaults__", {"busy_seconds": 0.2})
    with World(tmp_path, made=made) as world:
        database = world.home.path / "var/notifier.db"
        with closing(sqlite3.connect(database, isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM person").fetchone()
            assert not erase(world.home, ZOE, actor="operator")["log_emptied"]
            reader.execute("COMMIT")
        assert erase(world.home, ZOE, actor="operator")["log_emptied"]
        assert traces(world.home.path) == {}


def test_p15_a_file_that_cannot_be_written_anew_does_not_undo_the_erasure(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: object) -> bool:
        raise OutsideError("The disk is full.", next_step="Free space.")

    with monkeypatch.context() as patched:
        patched.setattr("notifier.store.engine.Store.forget", full)
        with pytest.raises(OutsideError, match="is erased") as failed:
            erase(world.home, ZOE, actor="operator")
    assert "erase the person again" in failed.value.next_step
    assert world.permit(ZOE) == "erased"
    assert erase(world.home, ZOE, actor="operator")["repeated"]
    assert traces(world.home.path) == {}


# ---- the site's file ----------------------------------------------------------------------------


@pytest.fixture
def unreached(world: World) -> World:
    """Zoe is refused by the relay, Ned has no address; both are handed to the site."""
    take(world, ("ned", "", "", ""))
    world.channel.script[ADDRESS] = [BOUNCED]
    approved(world)
    world.run()
    assert set(lines(world)) == {ZOE, "ned"}
    return world


def test_p1_bounced_and_handed_to_the_interstitial_is_in_the_ledger(unreached: World) -> None:
    world = unreached
    bodies = world.entries("interstitial")
    assert sorted(b["reason"] for b in bodies) == ["no_address", "refused_recipient"]
    refs = dict(world.rows("SELECT ref, person_id FROM message"))
    assert {refs[b["message_ref"]] for b in bodies} == {ZOE, "ned"}
    with world.home.store.read() as tx:
        subject = next(e.subject for e in ledger.entries(tx) if e.kind == "interstitial")
        kinds = [e.kind for e in ledger.entries(tx, subject=subject)]
    assert kinds.count("interstitial") == 1
    world.run()
    (world.home.path / "var/interstitial/alpha.jsonl").unlink()
    publish(world.home)  # the file is made again; nobody is handed over twice
    assert set(lines(world)) == {ZOE, "ned"}
    assert len(world.entries("interstitial")) == 2
    export_bundle(world.home, world.folder / "proof", person="ned")
    assert verify_bundle(world.folder / "proof", checkpoint=None, key="").holds


def test_p15_a_hand_over_that_was_not_stored_is_made_again(
    unreached: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = unreached
    take(world, ("ola", "", "", ""))

    def fail(*_: object, **__: object) -> int:
        raise OutsideError("The disk is full.")

    with monkeypatch.context() as patched:
        patched.setattr("notifier.pipeline.publish.remember", fail)
        with pytest.raises(OutsideError):
            world.run()
    with monkeypatch.context() as patched:
        patched.setattr("notifier.pipeline.interstitial.ledger.append_many", fail)
        with pytest.raises(OutsideError):
            publish(world.home)
    world.run()
    assert "ola" in lines(world)
    assert len(world.entries("interstitial")) == 3
    assert holds(world)


def test_the_sites_file_is_private_whole_and_as_its_schema_says(unreached: World) -> None:
    folder = unreached.home.path / "var/interstitial"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    schema = share("data", "reference", "schemas", "interstitial-1.json").read_text()
    check = Draft202012Validator(json.loads(schema))
    for line in lines(unreached).values():
        assert list(check.iter_errors(line)) == []
        assert (line["policy"], line["version"]) == ("privacy", "v2")
    assert sorted(lines(unreached)) == list(lines(unreached))
    folder.chmod(0o755)  # as an older version made it
    publish(unreached.home)
    assert folder.stat().st_mode & 0o777 == 0o700


def test_unchanged_content_of_the_sites_file_is_not_written_again(unreached: World) -> None:
    file = unreached.home.path / "var/interstitial/alpha.jsonl"
    before = (file.stat().st_mtime_ns, file.read_bytes())
    unreached.run()
    publish(unreached.home)
    assert (file.stat().st_mtime_ns, file.read_bytes()) == before
    file.write_text("")  # whatever somebody does to it
    publish(unreached.home)
    assert file.read_bytes() == before[1]


def test_p2_a_cancelled_campaign_is_shown_to_nobody(unreached: World) -> None:
    cancel(unreached.home, "privacy@v2", actor="operator")
    publish(unreached.home)
    assert lines(unreached) == {}


def test_p2_erasing_in_a_restored_database_publishes_nothing(made: Path, tmp_path: Path) -> None:
    channel = ScriptedChannel(script={ADDRESS: [BOUNCED]})
    with World(tmp_path, channel=channel, made=made) as world:
        database, kept = world.home.path / "var/notifier.db", tmp_path / "yesterday.db"
        with closing(sqlite3.connect(database)) as now:
            now.execute("VACUUM INTO ?", (str(kept),))
        approved(world)
        world.run()
        sign_head(world.home)
        feed = (world.home.path / "var/feed/alpha.json").read_bytes()
        assert world.notices() == ["privacy@v2"]
        world.home.close()
        for path in database.parent.glob("notifier.db*"):
            path.unlink()
        shutil.copyfile(kept, database)
    with World(tmp_path / "again", channel=channel, made=world.home.path) as world:
        erase(world.home, ZOE, actor="operator")
        assert (world.home.path / "var/feed/alpha.json").read_bytes() == feed
        assert traces(world.home.path) == {}
