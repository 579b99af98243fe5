"""A home of an older schema opens, goes on where it stood, and is refused when it is newer."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from sample import first_schema
from walk import recipients

if TYPE_CHECKING:
    from pathlib import Path

    from walk import Walker

    from notifier.channels.mailbox import Mailbox


@pytest.fixture
def old(tmp_path: Path, mailbox: Mailbox) -> Walker:
    return first_schema(tmp_path, mailbox.port)


def test_a_home_of_the_first_schema_goes_on_in_the_middle_of_a_campaign(
    old: Walker, mailbox: Mailbox
) -> None:
    refused = old.show("status", code=2)
    assert (refused["code"], "init" in refused["next"]) == ("no_database", True)
    assert "0002_erasure" in old.show("init")["migrations"]
    assert old.show("init")["migrations"] == []
    old("run", "--until-idle")
    told = recipients(mailbox.folder)
    (campaign,) = old.show("status")["campaigns"]
    assert (campaign["state"], campaign["people"]) == ("complete", {"sent": 5})
    assert len(told) == 3
    old("person", "erase", "p0", "--as", "operator")
    assert old.show("permit", "p0")["reason"] == "erased"
    old("evidence", "verify")


def test_a_home_of_a_newer_schema_is_refused(old: Walker) -> None:
    with closing(sqlite3.connect(old.home / "var/notifier.db")) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.commit()
    for command in (["init"], ["status"]):
        assert old.show(*command, code=2)["code"] == "newer_database"
