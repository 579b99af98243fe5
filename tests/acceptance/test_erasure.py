"""P5, P13, P17: erasing a person, in the middle of everything, through the installed command."""

from __future__ import annotations

import json
import urllib.error
from typing import TYPE_CHECKING

import pytest
from sample import COLLECTIONS, PEOPLE, approved
from served import get, started
from walk import copy_of, links, mails, recipients

if TYPE_CHECKING:
    from pathlib import Path

    from walk import Walker

    from notifier.channels.mailbox import Mailbox

MARKS = (b"ada@example.com", b"Ada", b"cem@", b"Cem")
"""What must be in no file of the home afterwards."""


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Walker:
    return approved(tmp_path_factory.mktemp("ready"), 9)


def kept(home: Path) -> dict[str, list[str]]:
    """Return in which files of the home each mark still stands."""
    found: dict[str, list[str]] = {}
    for path in home.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            for mark in MARKS:
                if mark in data:
                    found.setdefault(mark.decode(), []).append(path.name)
    return found


def refusal(url: str) -> tuple[int, str]:
    """Return with what an address that leads nowhere is answered."""
    with pytest.raises(urllib.error.HTTPError) as raised:
        get(url)
    with raised.value as answer:
        return answer.code, answer.read().decode()


def test_p5_p13_p17_an_erased_person_leaves_true_totals_and_a_green_chain(
    tmp_path: Path, mailbox: Mailbox, ready: Walker
) -> None:
    walk = copy_of(ready, tmp_path, mailbox.port)
    walk("run", "--until-idle")
    (ada,) = [m for m in mails(mailbox.folder) if m["To"] == "ada@example.com"]
    (link,) = {u for u in links(ada) if "/choice/" in u}
    assert '"cem"' in (walk.home / "var/interstitial/beta.jsonl").read_text()
    assert kept(walk.home)
    done = walk.show("person", "erase", "ada", "--as", "operator")
    assert (done["repeated"], done["stopped"], done["collections"]) == (False, 0, 1)
    again = walk.show("person", "erase", "ada", "--as", "operator")
    assert (again["repeated"], again["pseudonym"]) == (True, done["pseudonym"])
    walk("person", "erase", "cem", "--as", "operator")
    assert kept(walk.home) == {}
    assert '"cem"' not in (walk.home / "var/interstitial/beta.jsonl").read_text()

    (campaign,) = walk.show("status")["campaigns"]
    assert campaign["people"] == {"sent": 2, "suppressed": 1}
    plan = walk.show("plan", "privacy@v2", "--people", tmp_path / "plan.jsonl")
    assert plan["totals"]["excluded:erased"] == 2
    assert sum(plan["totals"].values()) == plan["population"] == 3
    lines = (tmp_path / "plan.jsonl").read_text().splitlines()
    listed = {json.loads(line)["person_id"] for line in lines}
    assert done["pseudonym"] in listed
    assert "ada" not in listed
    for name in ("ada", done["pseudonym"]):
        assert walk.show("permit", name)["reason"] == "erased"
        assert walk.show("person", "show", name)["person_id"] == done["pseudonym"]
    with started(walk) as served:
        assert refusal(served.here(link)) == refusal(f"{served.base}/choice/forged")
    walk("evidence", "verify")
    refused = walk.show("evidence", "export", "--out", tmp_path / "x", "--person", "ada", code=2)
    assert refused["code"] == "unknown"


def test_p5_the_mail_still_finds_its_proof_and_a_changed_one_does_not(
    tmp_path: Path, mailbox: Mailbox, ready: Walker
) -> None:
    walk = copy_of(ready, tmp_path, mailbox.port)
    walk("run", "--until-idle")
    (path,) = [p for p in mailbox.folder.glob("*.eml") if b"ada@example.com" in p.read_bytes()]
    walk("person", "erase", "ada", "--as", "operator")
    walk("evidence", "export", "--out", tmp_path / "proof")
    received = b"Received: from a by b;\r\n Mon, 1 Jan 2029 00:00:00 +0000\r\n" + path.read_bytes()
    saved = walk.write("saved.eml", received.replace(b"\r\n", b"\n").decode())
    for where in (("verify", tmp_path / "proof"), ("verify",)):
        found = walk.show("evidence", *where, "--mail", saved)["mail"]
        assert found["matches"]
        assert found["accepted"]
    changed = walk.write("changed.eml", received.decode().replace("Hello", "Hallo"))
    found = walk.show("evidence", "verify", tmp_path / "proof", "--mail", changed, code=1)["mail"]
    assert (found["altered"], found["matches"]) == (True, False)
    other = walk.write("other.eml", "Message-ID: <x@y.example>\n\nHello\n")
    assert not walk.show("evidence", "verify", "--mail", other, code=1)["mail"]["matches"]


def test_p1_p11_whoever_is_erased_before_the_mail_leaves_gets_none_and_stays_away(
    tmp_path: Path, mailbox: Mailbox, ready: Walker
) -> None:
    walk = copy_of(ready, tmp_path, mailbox.port)
    assert walk.show("person", "erase", "ada", "--as", "operator")["stopped"] == 1
    walk("run", "--until-idle", NOTIFIER_MAIL__DRY_RUN="true")
    assert walk.show("person", "erase", "ben", "--as", "operator")["stopped"] == 1
    (campaign,) = walk.show("status")["campaigns"]
    assert campaign["people"] == {"suppressed": 3}
    people, collected = walk.write("p.csv", PEOPLE), walk.write("c.csv", COLLECTIONS)
    again = walk.show("import", "people", people, code=2)
    assert (again["bad"], again["unchanged"]) == (2, 1)
    assert all("erased" in row["reason"] for row in again["rows"])
    assert walk.show("import", "collections", collected, code=2)["bad"] == 2
    walk("run", "--until-idle")
    assert recipients(mailbox.folder) == []

    assert walk.show("import", "people", people, "--readmit")["taken"] == 2
    walk("import", "collections", collected)
    walk("run", "--until-idle")
    assert recipients(mailbox.folder) == ["ada@example.com", "ben@example.com"]
    assert walk.show("permit", "ada")["reason"] == "before_effective"
    assert walk.show("person", "show", "ada")["status"] == "active"
    walk("evidence", "verify")


def test_unknown_people_cannot_be_erased(tmp_path: Path, ready: Walker) -> None:
    walk = copy_of(ready, tmp_path, 9)
    assert walk.show("person", "erase", "nobody", code=2)["code"] == "unknown"


def test_a_test_copy_is_marked_and_never_a_notice(
    tmp_path: Path, mailbox: Mailbox, ready: Walker
) -> None:
    walk = copy_of(ready, tmp_path, mailbox.port)
    before = walk("evidence", "verify").out
    walk("test-send", "privacy@v2", "--to", "colleague@example.com")
    (mail,) = mails(mailbox.folder)
    assert mail["To"] == "colleague@example.com"
    assert mail["Subject"].startswith("[Test copy] ")
    assert "TEST COPY" in mail.get_body(("plain",)).get_content()
    assert "TEST COPY" in mail.get_body(("html",)).get_content()
    assert walk("evidence", "verify").out == before
    assert walk.show("status")["campaigns"][0]["people"] == {"planned": 2, "suppressed": 1}
    assert walk("test-send", "privacy@v2", "--to", "a@b.c, d@e.f", code=2).err
    assert walk("test-send", "privacy@v2", "--to", "a@b.example", "--cohort", "x", code=2).err


def test_a_test_copy_needs_a_relay(tmp_path: Path, ready: Walker) -> None:
    walk = copy_of(ready, tmp_path, 9)
    failed = walk.show("test-send", "privacy@v2", "--to", "a@example.com", code=1)
    assert failed["code"] == "relay_down"
