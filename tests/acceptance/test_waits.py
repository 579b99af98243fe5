"""A hold through the installed command: run ends, says when it goes on, and goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sample import approved
from walk import recipients

if TYPE_CHECKING:
    from pathlib import Path

    from notifier.channels.mailbox import Mailbox

FIRST = '{{"people": 1, "hold_hours": {hours}, "max_bounce": 0.5}}'


def test_a_first_wave_and_the_rest(tmp_path: Path, mailbox: Mailbox) -> None:
    walk = approved(tmp_path, mailbox.port)
    walk.environment["NOTIFIER_MAIL__FIRST"] = FIRST.format(hours=24)
    said = walk("run", "--until-idle").err
    assert "the first wave is out; the other 1 wait until 20" in said
    assert len(recipients(mailbox.folder)) == 1
    (campaign,) = walk.show("status")["campaigns"]
    assert campaign["people"] == {"held": 1, "sent": 1, "suppressed": 1}
    goes_on = campaign["first_wave"].pop("goes_on_at")
    assert goes_on in said
    assert campaign["first_wave"] == {"accepted": 1, "refused": 0, "open": 0, "held": 1}
    assert f"the other 1 wait until {goes_on}" in walk("status").out
    walk("campaign", "decide", "privacy@v2", "continue", "--reason", "soon", "--as", "x", code=2)
    assert walk("run", "--until-idle").code == 0
    assert len(recipients(mailbox.folder)) == 1
    walk.environment["NOTIFIER_MAIL__FIRST"] = FIRST.format(hours=0)
    assert "is complete" in walk("run", "--until-idle").err
    assert recipients(mailbox.folder) == ["ada@example.com", "ben@example.com"]
    walk("evidence", "verify")
