"""Real policies: every command within its time, both texts rebuilt byte for byte."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from policies import MOST_SECONDS, PAIRS, Walk, names

if TYPE_CHECKING:
    from pathlib import Path

EVERY = bool(os.environ.get("EVERY_PAIR"))
SAMPLE = 13
"""Every so many pairs are walked in each run; ``make policies`` walks all and prints the table."""


def test_real_pairs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not PAIRS.is_dir():
        pytest.skip("the real policies (../shared/policies) are not here")
    monkeypatch.setenv("NOTIFIER_HOME", "")  # so that it is undone
    walk = Walk(tmp_path, names()[:: 1 if EVERY else SAMPLE])
    for number in range(len(walk.pairs)):
        row = walk.measure(number)
        assert sum(row.outcomes.values()) == sum(row.kinds.values())
        assert row.route in {"email", "prominent_banner", "banner", "changelog", "none"}
        # Twice what is promised: other tests share the machine
        assert max(row.seconds.values()) < 2 * MOST_SECONDS, row
