"""Baselines, choices and proof, through the installed command and a real web server."""

from __future__ import annotations

import contextlib
import json
import os
import urllib.parse
from typing import TYPE_CHECKING

import pytest
import warm
from sample import FIRST, SELLS, approved, commit, people
from served import get, serving
from walk import begin, copy_of, in_days, links, mails, recipients, settings

if TYPE_CHECKING:
    from pathlib import Path

    from walk import Walker

    from notifier.channels.mailbox import Mailbox


def test_p1_what_came_and_went_is_told_to_those_who_knew_it(
    tmp_path: Path, mailbox: Mailbox
) -> None:
    walk = begin(tmp_path, mailbox.port, settings(("alpha", "beta")))
    promise = "We never use your messages for advertising.\n"
    commit(walk, "v1", FIRST, "2023-01-01")
    commit(walk, "v2", FIRST.replace("We use your", promise + "We use your"), "2024-01-01",
           "--historical")  # fmt: skip
    commit(walk, "v3", FIRST, in_days(60))
    rows = (
        "person_id,site,category,policy,version,collected_at\n"
        "ada,alpha,contact,privacy,v1,\nben,beta,usage,privacy,v2,\n"
    )
    people(walk, collections=rows)
    out = tmp_path / "plan.jsonl"
    plan = walk.show("plan", "privacy@v3", "--people", out)
    decided = {r["person_id"]: r for r in map(json.loads, out.read_text().splitlines())}
    assert (decided["ada"]["decision"], decided["ada"]["reason"]) == ("excluded", "not_affected")
    assert (decided["ben"]["decision"], decided["ben"]["baselines"]) == ("email", ["v2"])
    assert sum(plan["totals"].values()) == plan["population"] == 3
    walk("review", "approve", "privacy@v3", "--as", "second")
    walk("run", "--until-idle")
    assert recipients(mailbox.folder) == ["ben@example.com"]


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Walker:
    """Return a home in which a change that everybody must be told was approved."""
    return approved(tmp_path_factory.mktemp("ready"), 9)


def test_p9_reading_decides_nothing_and_a_refusal_holds(
    tmp_path: Path, mailbox: Mailbox, ready: Walker
) -> None:
    walk = copy_of(ready, tmp_path, mailbox.port)
    walk("run", "--until-idle")
    assert recipients(mailbox.folder) == ["ada@example.com", "ben@example.com"]
    before = walk("choices", "--format", "json").out
    with serving(walk) as base:
        found = mails(mailbox.folder)
        urls = {url for mail in found for url in links(mail)}
        ours = [u for u in urls if u.startswith("http://127.0.0.1:8080/")]
        assert {urllib.parse.urlsplit(u).path.split("/")[1] for u in ours} == {
            "choice", "policies", "changes",
        }  # fmt: skip
        for url in ours * 3:
            assert get(url.replace("http://127.0.0.1:8080", base))
        assert walk("choices", "--format", "json").out == before
        (ada,) = [m for m in found if m["To"] == "ada@example.com"]
        (link,) = {u for u in links(ada) if "/choice/" in u}
        for _ in range(2):
            get(link.replace("http://127.0.0.1:8080", base), {"decision": "refuse"})
        assert [c["decision"] for c in walk.show("choices")["choices"]] == ["refuse"]
        assert get(f"{base}/feed/alpha.json") == (walk.home / "var/feed/alpha.json").read_text()
    assert walk.show("permit", "ada", "--policy", "privacy")["reason"] == "refused"
    assert walk.show("permit", "ben", "--policy", "privacy")["reason"] == "before_effective"
    assert walk.show("permit", "nobody")["reason"] == "unknown_person"
    assert walk.show("person", "show", "ada")["choices"][0]["decision"] == "refuse"


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory, ready: Walker) -> Path:
    folder = tmp_path_factory.mktemp("proof")
    ready("evidence", "export", "--out", folder / "bundle")
    ready("evidence", "verify")
    return folder / "bundle"


def lines_of(bundle: Path) -> list[str]:
    return (bundle / "entries.jsonl").read_text().splitlines(keepends=True)


def edited(lines: list[str]) -> list[str]:
    return [lines[0], lines[1].replace('"revision":1', '"revision":2', 1), *lines[2:]]


def shortened(lines: list[str]) -> list[str]:
    return [lines[0], *lines[2:]]


def swapped(lines: list[str]) -> list[str]:
    return [lines[0], lines[2], lines[1], *lines[3:]]


@pytest.mark.parametrize("damage", [edited, shortened, swapped])
def test_p5_a_damaged_bundle_names_the_entry(bundle: Path, tmp_path: Path, damage) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    for path in bundle.rglob("*"):
        target = copy / path.relative_to(bundle)
        if path.is_dir():
            target.mkdir()
        else:
            target.write_bytes(path.read_bytes())
    alone = Verifier(tmp_path)
    alone(copy, code=0)
    (copy / "entries.jsonl").write_text("".join(damage(lines_of(copy))))
    assert "entry 2" in alone(copy, code=1)


class Verifier:
    """``evidence verify`` in an empty folder, without any home."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "empty"
        self.folder.mkdir()

    def __call__(self, bundle: Path, *, code: int) -> str:
        with contextlib.chdir(self.folder):
            ended, said, errors = warm.run(("evidence", "verify", str(bundle)), os.environ)
        assert ended == code, said + errors
        return said


def test_no_change_opens_nothing(tmp_path: Path) -> None:
    walk = begin(tmp_path, 9, settings(("alpha",)))
    commit(walk, "v1", FIRST, "2024-01-01")
    crlf = FIRST.replace("\n", "\r\n")
    assert commit(walk, "v2", crlf, in_days(60))["kind"] == "no_change"
    assert commit(walk, "v1", FIRST, "2024-01-01")["kind"] == "known"
    file = walk.write("v1.md", SELLS)
    again = ("commit", file, "--policy", "privacy", "--version", "v1", "--effective", "2024-01-01")
    assert walk.show(*again, code=2)["code"] == "version_exists"
    assert walk.show("review", "list")["campaigns"] == []


def test_p1_a_relay_that_is_down_is_a_deferral(
    tmp_path: Path, mailbox: Mailbox, ready: Walker
) -> None:
    walk = copy_of(ready, tmp_path, mailbox.port)
    down = {"NOTIFIER_MAIL__PORT": "9"}
    ran = walk("run", "--until-idle", **down)
    assert "relay cannot be reached" in ran.err
    (campaign,) = walk.show("status")["campaigns"]
    assert campaign["people"] == {"deferred": 2, "suppressed": 1}
    assert sum(campaign["people"].values()) == walk.show("plan", "privacy@v2")["people_affected"]
    walk("run", "--until-idle")
    assert recipients(mailbox.folder) == ["ada@example.com", "ben@example.com"]


def test_p2_changed_words_void_an_approval(tmp_path: Path, mailbox: Mailbox, ready: Walker) -> None:
    walk = copy_of(ready, tmp_path, mailbox.port)
    template = walk.home / "templates/banner/title.txt"
    template.parent.mkdir(parents=True)
    template.write_text("Something nobody approved\n")
    assert "void" in walk("run", "--until-idle").err
    assert recipients(mailbox.folder) == []
    assert walk.show("status")["campaigns"][0]["state"] == "proposed"
    template.unlink()
    walk("review", "approve", "privacy@v2", "--as", "second")
    walk("review", "note", "privacy@v2", "--text", "Please read this.", "--as", "second")
    assert walk.show("status")["campaigns"][0]["state"] == "proposed"
    walk("run", "--until-idle")
    assert recipients(mailbox.folder) == []
    walk("review", "approve", "privacy@v2", "--as", "second")
    walk("run", "--until-idle")
    body = mails(mailbox.folder)[0].get_body(("plain",)).get_content()
    assert body.index("Please read this.") < body.index("WHO WE ARE")


def test_p2_pause_cancel_and_reject(tmp_path: Path, mailbox: Mailbox, ready: Walker) -> None:
    walk = copy_of(ready, tmp_path, mailbox.port)
    walk("campaign", "pause", "privacy@v2", "--as", "operator")
    walk("run", "--until-idle")
    assert recipients(mailbox.folder) == []
    walk("campaign", "resume", "privacy@v2", "--as", "operator")
    walk("campaign", "cancel", "privacy@v2", "--as", "operator")
    walk("run", "--until-idle")
    assert recipients(mailbox.folder) == []
    assert json.loads((walk.home / "var/feed/alpha.json").read_text())["notices"] == []
    states = {v["version"]: v["state"] for v in walk.show("versions", "list")["versions"]}
    assert states == {"v1": "in_force", "v2": "withdrawn"}
    assert walk.show("permit", "ada", "--campaign", "privacy@v2")["reason"] == "not_approved"
    walk("review", "approve", "privacy@v2", "--as", "second", code=2)
