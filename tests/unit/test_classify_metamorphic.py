"""Mutations with a known meaning, over every sentence of the example and of what is beside us."""

import os
from collections import Counter
from pathlib import Path

import pytest

from notifier.classify.cases import change_of
from notifier.classify.engine import judge
from notifier.classify.stamps import is_stamp
from notifier.policy.model import UnitKind
from notifier.policy.parse import parse
from notifier.share import share
from tests.classifying import context
from tests.mutations import CRITICAL, EDITORIAL

NOTHING = context()
SHARED = Path(__file__).resolve().parents[3] / "shared"
SAMPLE = int(os.environ.get("NOTIFIER_METAMORPHIC_SENTENCES", "60"))
"""Sentences taken of the real policies, evenly over all; 0 takes every one (minutes)."""


def sentences(files, *, sample=0):
    found = {
        unit.text: None
        for path in files
        for unit in parse(
            path.read_bytes(), markup="markdown" if path.suffix == ".md" else "text"
        ).units
        if unit.kind is not UnitKind.RULE and 15 < len(unit.text) < 1500
    }
    every = list(found)
    return every[:: max(1, len(every) // sample)] if sample else every


EXAMPLE = sentences(sorted(share("data", "example").rglob("*.md")))
REAL = sentences(
    [*sorted((SHARED / "seed").glob("*.txt")), *sorted((SHARED / "policies").rglob("*.md"))],
    sample=SAMPLE,
)
BODIES = [
    pytest.param(EXAMPLE, id="example"),
    pytest.param(
        REAL,
        id="real",
        marks=pytest.mark.skipif(not REAL, reason="no real policies beside this checkout"),
    ),
]


def tried(mutations, body):
    """Return how often each mutation applied, and every verdict."""
    counts, found = Counter(), []
    for sentence in body:
        for name, mutate in mutations.items():
            changed = mutate(sentence)
            if changed is not None and changed != sentence:
                counts[name] += 1
                changes = change_of({"id": name}, (sentence, changed), NOTHING)
                found.append((name, sentence, changed, judge(changes, NOTHING)))
    return counts, found


def report(capsys, title, counts, cleared):
    with capsys.disabled():
        print(f"\n{title}: {sum(counts.values())} changes by {len(counts)} mutations")
        for name, count in sorted(counts.items()):
            print(f"  {name:28} {count:>5}  cleared {cleared[name]:>5}")


@pytest.mark.parametrize("body", BODIES)
def test_an_editorial_mutation_is_never_a_named_fact(body, capsys):
    counts, found = tried(EDITORIAL, body)
    cleared = Counter(name for name, *_, seen in found if not seen.material)
    report(capsys, "editorial", counts, cleared)
    wrong = [(n, old, new) for n, old, new, seen in found if seen.outcome == "material"]
    assert not wrong
    assert len(counts) >= 15
    # A mutation that no proof ever clears would show that the proofs are dead.
    assert sum(cleared.values()) > 0.8 * sum(counts.values())


@pytest.mark.parametrize("body", BODIES)
def test_a_critical_mutation_is_never_cleared(body, capsys):
    counts, found = tried(CRITICAL, [s for s in body if not is_stamp(s)])
    cleared = Counter(name for name, *_, seen in found if not seen.material)
    report(capsys, "critical", counts, cleared)
    wrong = [(n, old, new) for n, old, new, seen in found if not seen.material]
    assert not wrong
    assert len(counts) >= 15
