"""``make bench-classify``: the classifier beside trivial baselines, and its speed beside difflib.

Baselines: everything material; a threshold of similarity; a logistic regression over the changed
words. Both thresholds are those that keep a recall of .99 on the training companies, so that all
roads are compared at the safety that is asked for.
"""

import difflib
import json
import time
from functools import cache
from pathlib import Path

from notifier.classify.cases import CaseReader
from notifier.classify.engine import judge
from notifier.classify.evaluate import evaluate_cases
from notifier.classify.lexicon import load_lexicon
from notifier.classify.reading import read_pair
from notifier.classify.ruleset import load_ruleset
from notifier.classify.text import keys
from notifier.classify.wilson import Share
from tests.train_opinion import PENALTY, fit

CASES = Path(__file__).resolve().parents[3] / "shared" / "cases"
OWN = Path(__file__).resolve().parents[1] / "data" / "minimal-pairs.jsonl"
RECALL = 0.99


def rows_of(path):
    """Return the labelled rows of a case file."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [row for row in rows if "material" not in row["contested"]]


@cache
def likeness(old, new):
    """Return difflib's ratio of two texts, word by word."""
    return difflib.SequenceMatcher(None, keys(old), keys(new), autojunk=False).ratio()


def words(row):
    """Return the changed words of a row as features."""
    reading = read_pair(row["old"], row["new"])
    sides = (("-", reading.deleted), ("+", reading.inserted))
    return {"one": 1.0} | {f"{sign}{token.key}": 1.0 for sign, side in sides for token in side}


def threshold(scores, rows):
    """Return the highest score below which at most one in a hundred material rows lies."""
    up = sorted(s for s, row in zip(scores, rows, strict=True) if row["material"])
    return up[int((1 - RECALL) * len(up))]


def measured(routed, rows):
    """Return recall, specificity and wrong clearances of a decision on rows."""
    material = [r for r, row in zip(routed, rows, strict=True) if row["material"]]
    plain = [r for r, row in zip(routed, rows, strict=True) if not row["material"]]
    cleared = len(routed) - sum(routed)
    missed = len(material) - sum(material)
    return (
        Share(count=sum(material), total=len(material)),
        Share(count=len(plain) - sum(plain), total=len(plain)),
        Share(count=missed, total=cleared),
    )


def shown(share):
    """Return a share with its bounds."""
    low, high = share.bounds
    value = "–" if share.value is None else f"{share.value:.3f}"
    return f"{value} ({low:.3f}–{high:.3f}) {share.count}/{share.total}"


def speed(path):
    """Return seconds of CPU of the classifier and of difflib over words for the pairs of a file.

    Documents are parsed beforehand: a policy is parsed once, however many changes it has.
    """
    reader = CaseReader(base=path.parent, lexicon=load_lexicon(), ruleset=load_ruleset())
    rows = rows_of(path)
    pairs = [reader.read(row, line) for line, row in enumerate(rows, start=1)]
    began = time.process_time()
    for change, context in pairs:
        judge(change, context)
    ours = time.process_time() - began
    texts = [(row["old"].split(), row["new"].split()) for row in rows]
    began = time.process_time()
    for old, new in texts:
        difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return ours, time.process_time() - began, len(pairs)


def main():
    """Print one table a case file."""
    train = rows_of(CASES / "real-train.jsonl")
    model = fit([words(row) for row in train], [float(row["material"]) for row in train], PENALTY)

    def scored(row):
        return sum(model.get(name, 0.0) * value for name, value in words(row).items())

    limits = (
        threshold([1 - likeness(row["old"], row["new"]) for row in train], train),
        threshold([scored(row) for row in train], train),
    )
    for path in (CASES / "real-dev.jsonl", CASES / "pairs.jsonl", OWN):
        rows = rows_of(path)
        base = sum(row["material"] for row in rows) / len(rows)
        seen = {item.id: item.verdict for item in evaluate_cases(rows, path.parent).judged}
        roads = {
            "all material": [True] * len(rows),
            "similarity of words": [
                1 - likeness(row["old"], row["new"]) >= limits[0] for row in rows
            ],
            "regression on changed words": [scored(row) >= limits[1] for row in rows],
            "notifier": [seen[row["id"]].material for row in rows],
        }
        print(f"\n{path.name}: {len(rows)} rows, {base:.2f} material")
        print(f"{'':28} {'recall':34} {'specificity':34} wrong among cleared")
        for name, routed in roads.items():
            print(f"{name:28} " + " ".join(f"{shown(s):34}" for s in measured(routed, rows)))
        ours, theirs, count = speed(path)
        print(
            f"speed: {count / ours:.0f} pairs/s; {ours / theirs:.2f} times the CPU of difflib over "
            "the words of the same pairs"
        )


if __name__ == "__main__":
    main()
