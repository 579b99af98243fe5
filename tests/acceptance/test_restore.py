"""P5, P15: backup and restore as the how-to page says them: its commands, word for word."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from page import Page
from sample import approved
from walk import Walker, recipients

if TYPE_CHECKING:
    from pathlib import Path

    from notifier.channels.mailbox import Mailbox

CAMPAIGN = "privacy@v2"
ADA, BEN = "ada@example.com", "ben@example.com"


@pytest.fixture
def walk(tmp_path: Path, mailbox: Mailbox) -> Walker:
    """Return a home in the middle of a campaign: ada was told, ben is planned."""
    walk = approved(tmp_path, mailbox.port)
    walk("run", "--until-idle", NOTIFIER_MAIL__PER_DAY="1")
    assert recipients(mailbox.folder) == [ADA]
    return walk


@pytest.fixture
def page(walk: Walker) -> Page:
    given = {"PERSON": "ben", "CAMPAIGN": CAMPAIGN, "WHO": "second"}
    return Page("how-to/backup-and-restore.md", walk, given)


def back_up(page: Page, walk: Walker) -> None:
    """Follow "Back up" while another process reads the database and has written to it."""
    with closing(sqlite3.connect(walk.home / "var/notifier.db")) as reader:
        reader.execute("SELECT count(*) FROM person").fetchone()
        for _ in ("database and texts", "keys", "checkpoints"):
            page.follow("Back up")
    kept = [path for path in walk.home.parent.glob("kept/**/*") if path.is_file()]
    assert len(kept) > 3
    assert [path for path in kept if path.stat().st_mode & 0o077] == []


def lose(walk: Walker) -> None:
    """Lose the machine; what was kept elsewhere stays."""
    shutil.rmtree(walk.home)


def people(walk: Walker) -> tuple[str, dict[str, int]]:
    (campaign,) = walk.show("status")["campaigns"]
    return campaign["state"], campaign["people"]


def test_p5_an_older_backup_is_restored_and_somebody_decides(
    walk: Walker, page: Page, mailbox: Mailbox
) -> None:
    back_up(page, walk)
    walk("run", "--until-idle")
    walk("person", "erase", "ben", "--as", "operator")
    assert recipients(mailbox.folder) == [ADA, BEN]
    page.follow("Back up", again=True)
    lose(walk)

    page.follow("Restore")
    assert "are missing" in page.follow("Restore", code=1)
    safe = "When the restored database is old"
    page.follow(safe)
    said = page.follow(safe)
    assert "restored" in said
    assert "decide" in said
    assert people(walk)[0] == "needs_decision"
    page.follow(safe)
    page.end()
    assert people(walk) == ("complete", {"sent": 1, "suppressed": 2})
    assert recipients(mailbox.folder) == [ADA, BEN]
    assert (walk.home / "var/interstitial/beta.jsonl").is_file()
    assert BEN.encode() not in (walk.home / "var/notifier.db").read_bytes()


def test_p15_a_backup_of_the_last_moment_goes_on_where_it_stood(
    walk: Walker, page: Page, mailbox: Mailbox
) -> None:
    back_up(page, walk)
    lose(walk)
    page.follow("Restore")
    page.follow("Restore")
    walk("doctor", code=None)
    walk("run", "--until-idle")
    assert people(walk) == ("complete", {"sent": 2, "suppressed": 1})
    assert recipients(mailbox.folder) == [ADA, BEN]
    walk("evidence", "verify")
