"""Rows written to be cleared wrongly, by somebody who had not seen the rules: none is."""

from __future__ import annotations

import json
from pathlib import Path

from tests.classifying import verdict

ROWS = [
    json.loads(line)
    for line in (Path(__file__).resolve().parents[1] / "data" / "adversarial.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]


def test_nothing_material_is_cleared_and_nothing_stored_is_freed() -> None:
    cleared, freed = [], []
    for row in ROWS:
        found = verdict(row["old"], row["new"], row["kind"])
        if row["material"] and not found.material:
            cleared.append((row["id"], [finding.rule for finding in found.findings]))
        elif row["touches_stored"] and not (found.touches_stored or row["contested"]):
            freed.append(row["id"])
    assert cleared == []
    assert freed == []
