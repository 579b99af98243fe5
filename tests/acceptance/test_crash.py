"""P1, P4, P5, P17: kill -9 of ``notifier run`` at random moments, and the relay's log afterwards.

In an ordinary run a few kills; ``make crash`` does it with 200 people and 25 kills. The seed is
printed: ``make crash SEED=…`` kills at the same moments again (as far as a machine repeats itself).
"""

from __future__ import annotations

import contextlib
import random
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest
from faults import inside, people_of, verifies, write_rows
from sample import approved_for
from walk import COMMAND

from tests.relay import HostileRelay

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from walk import Walker

CONNECTIONS = 4
PACE = {
    "NOTIFIER_MAIL__CONNECTIONS": str(CONNECTIONS),
    "NOTIFIER_MAIL__RATE_PER_SECOND": "20",
}
_LONGEST_START = 2.0
"""A kill of a run that has not connected yet falls within so many seconds of its start."""


@contextlib.contextmanager
def running(walk: Walker) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [*COMMAND, "run"],
        env=walk.variables(**PACE),
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        process.kill()
        said = b"".join(process.communicate(timeout=30))
        assert b"Traceback" not in said, said.decode()


def kill_once(
    walk: Walker, relay: HostileRelay, chance: random.Random, *, left: bool, spread: float
) -> bool:
    """Start a run and kill it at a random moment; say whether it was sending then.

    One in five is killed while it starts, as are all when nobody is ``left`` to tell; the others
    within ``spread`` seconds of the first message of this run that the relay saw.
    """
    early, moment = chance.random() < 0.2 or not left, chance.random()
    before = relay.bodies
    with running(walk) as process:
        if early:
            time.sleep(moment * _LONGEST_START)
        else:
            relay.wait_for(lambda r: r.bodies > before, 60.0)
            time.sleep(moment * spread)
        process.send_signal(signal.SIGKILL)
        process.wait(20)
    return relay.bodies > before


@pytest.mark.slow
def test_p4_kill_9_at_random_moments(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    number, kills, seed = (
        int(request.config.getoption(name)) for name in ("--people", "--kills", "--fault-seed")
    )
    chance = random.Random(seed)  # noqa: S311  a moment, not a secret
    with HostileRelay(seconds_per_message=0.03) as relay:
        walk = approved_for(tmp_path, relay.port, *write_rows(number))
        live = 0
        # Twice the mean, so that most people are told by runs that are killed.
        spread = 2 * 0.8 * number / (kills * float(PACE["NOTIFIER_MAIL__RATE_PER_SECOND"]))
        for _ in range(kills):
            left = len(relay.recipients()) < number
            live += kill_once(walk, relay, chance, left=left, spread=spread)
        assert sum(people_of(walk).values()) == number
        walk("run", "--until-idle", **PACE)
        copies = relay.recipients()
    duplicates = sum(len(mails) - 1 for mails in copies.values())
    print(
        f"\nseed {seed}: {number} people, {kills} kills ({live} while sending),"
        f" {number - len(copies)} lost, {duplicates} duplicates"
    )
    assert set(copies) == {f"p{n:04}@example.org" for n in range(number)}
    assert duplicates <= CONNECTIONS * kills
    for mails in copies.values():
        assert len({(m.message_id, m.data) for m in mails}) == 1
    assert people_of(walk) == {"sent": number}
    assert inside(walk, "status")["campaigns"][0]["state"] == "complete"
    assert verifies(walk)
    assert live >= kills / 2
