"""P5, P15: backup and restore, done as the how-to page says, with the installed command."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from sample import approved
from walk import Walker, recipients

if TYPE_CHECKING:
    from pathlib import Path

    from notifier.channels.mailbox import Mailbox

CAMPAIGN = "privacy@v2"


@pytest.fixture
def walk(tmp_path: Path, mailbox: Mailbox) -> Walker:
    """Return a home in the middle of a campaign: ada was told, ben is planned."""
    walk = approved(tmp_path / "first", mailbox.port)
    walk("run", "--until-idle", NOTIFIER_MAIL__PER_DAY="1")
    assert recipients(mailbox.folder) == ["ada@example.com"]
    return walk


def back_up(home: Path, to: Path) -> None:
    """Do what the page says under "What to keep"; the database is in use meanwhile."""
    to.mkdir(mode=0o700)
    shutil.copy(home / "notifier.toml", to)
    shutil.copytree(home / "policies", to / "policies")
    shutil.copytree(home / "var/keys", to / "keys")
    with (
        closing(sqlite3.connect(home / "var/notifier.db")) as reader,
        closing(sqlite3.connect(home / "var/notifier.db", isolation_level=None)) as database,
    ):
        reader.execute("SELECT count(*) FROM person").fetchone()
        database.execute("VACUUM INTO ?", (str(to / "backup.db"),))
    keep_checkpoints(home, to)


def keep_checkpoints(home: Path, to: Path) -> None:
    shutil.copytree(home / "var/checkpoints", to / "checkpoints", dirs_exist_ok=True)


def restore(kept: Path, home: Path, walk: Walker) -> Walker:
    """Do what the page says under "Restore" up to the third step, on another machine."""
    shutil.rmtree(walk.home)
    (home / "var").mkdir(parents=True)
    shutil.copy(kept / "notifier.toml", home)
    shutil.copytree(kept / "policies", home / "policies")
    shutil.copytree(kept / "keys", home / "var/keys")
    shutil.copytree(kept / "checkpoints", home / "var/checkpoints")
    shutil.copy(kept / "backup.db", home / "var/notifier.db")
    again = Walker(home, **walk.environment)
    assert again.show("init")["migrations"] == []
    return again


def test_p5_an_older_backup_is_restored_and_somebody_decides(
    walk: Walker, tmp_path: Path, mailbox: Mailbox
) -> None:
    back_up(walk.home, tmp_path / "kept")
    walk("run", "--until-idle")
    walk("person", "erase", "ben", "--as", "operator")
    assert recipients(mailbox.folder) == ["ada@example.com", "ben@example.com"]
    keep_checkpoints(walk.home, tmp_path / "kept")

    walk = restore(tmp_path / "kept", tmp_path / "second", walk)
    assert "are missing" in walk("evidence", "verify", code=1).out
    assert walk.show("person", "erase", "ben", "--as", "operator")["stopped"] == 1
    said = walk("run", "--until-idle").err
    assert "restored" in said
    assert "decide" in said
    (campaign,) = walk.show("status")["campaigns"]
    assert campaign["state"] == "needs_decision"
    walk(
        "campaign", "decide", CAMPAIGN, "continue", "--as", "second",
        "--reason", "the relay's log shows whom it took mail for",
    )  # fmt: skip
    walk("run", "--until-idle")
    (campaign,) = walk.show("status")["campaigns"]
    assert (campaign["state"], campaign["people"]) == ("complete", {"sent": 1, "suppressed": 2})
    assert recipients(mailbox.folder) == ["ada@example.com", "ben@example.com"]
    assert (walk.home / "var/interstitial/beta.jsonl").is_file()
    walk("evidence", "verify")
    assert b"ben@example.com" not in (walk.home / "var/notifier.db").read_bytes()


def test_p15_a_backup_of_the_last_moment_goes_on_where_it_stood(
    walk: Walker, tmp_path: Path, mailbox: Mailbox
) -> None:
    back_up(walk.home, tmp_path / "kept")
    walk = restore(tmp_path / "kept", tmp_path / "second", walk)
    walk("evidence", "verify")
    walk("doctor", code=None)
    walk("run", "--until-idle")
    (campaign,) = walk.show("status")["campaigns"]
    assert (campaign["state"], campaign["people"]) == ("complete", {"sent": 2, "suppressed": 1})
    assert recipients(mailbox.folder) == ["ada@example.com", "ben@example.com"]
    walk("evidence", "verify")
