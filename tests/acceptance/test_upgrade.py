"""A home of an older schema opens, goes on where it stood, and is refused when it is newer."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from faults import inside, limited, verifies
from sample import first_schema
from walk import COMMAND, recipients

from notifier.store.migrations import revisions

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


def test_p15_two_processes_that_upgrade_at_once_do_it_once(old: Walker) -> None:
    command = [*COMMAND, "init", "--format", "json"]
    both = [
        subprocess.Popen(
            command, env=old.variables(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    said = [process.communicate(timeout=60) for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    begun = [json.loads(out) for out, _ in said]
    assert sorted(len(one["migrations"]) for one in begun) == [0, len(revisions()) - 1]
    assert len({one["fingerprint"] for one in begun}) == 1
    assert inside(old, "status")["campaigns"][0]["people"] == {"planned": 3, "sent": 2}


@pytest.mark.parametrize("blocks", [2, 40, 80])
def test_p15_without_room_the_old_schema_stays_and_room_is_all_it_takes(
    old: Walker, blocks: int
) -> None:
    """The limit of the shell gives the errors of a full disk, early, in the middle or late."""
    refused = old("init", code=1, before=limited("-f", blocks))
    assert re.search("disk is full|input/output|could not be written", refused.err), refused.err
    assert "Next: " in refused.err
    old("init")
    assert inside(old, "status")["campaigns"][0]["people"] == {"planned": 3, "sent": 2}
    assert verifies(old)
