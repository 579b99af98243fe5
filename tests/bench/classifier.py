"""``make bench-classify``: the classifier beside trivial baselines, and its speed beside difflib.

Speed is CPU in the same run, by turns, the best of several rounds, nothing remembered of any text.
Baselines: everything material; a threshold of similarity; a logistic regression over the changed
words. Both thresholds are those that keep a recall of .99 on the training companies, so that all
roads are compared at the safety that is asked for.
"""

import difflib
import itertools
import json
import statistics
import sys
from functools import cache
from pathlib import Path

from notifier.classify.cases import CaseReader
from notifier.classify.engine import classify, judge
from notifier.classify.evaluate import evaluate_cases
from notifier.classify.lexicon import load_lexicon
from notifier.classify.reading import read_pair
from notifier.classify.ruleset import load_ruleset
from notifier.classify.text import keys
from notifier.classify.wilson import Share
from notifier.diff.compare import compare as differ
from notifier.policy.parse import parse
from tests.bench.measure import compare
from tests.train_opinion import PENALTY, fit

CASES = Path(__file__).resolve().parents[3] / "shared" / "cases"
OWN = Path(__file__).resolve().parents[1] / "data" / "minimal-pairs.jsonl"
RECALL = 0.99
ROOT = Path(__file__).resolve().parents[2]
POLICIES = ROOT.parent / "shared" / "policies"
EXAMPLE = ROOT / "data" / "example" / "policies" / "privacy"
SAMPLE = (
    "aetna__privacy-policy__06",
    "booking-com__privacy-policy__06",
    "deutsche-bahn__privacy-policy__02",
    "foursquare__privacy-policy__03",
    "github__policies-github-subprocessors-and-cookies__09",
    "glassdoor__privacy-policy__02",
    "ipinfo__privacy-policy__04",
    "medium__terms-of-service__02",
    "open-collective__terms-of-service__03",
    "qwant__privacy-policy__02",
    "starbucks__privacy-policy__02",
    "thryv-yellowpages__privacy-policy__03",
    "whatsapp__privacy-policy__03",
)


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


def forget():
    """Empty what the classifier remembers of texts, as in a process that has just begun."""
    for name, module in list(sys.modules.items()):
        if name.startswith("notifier.classify."):
            for value in vars(module).values():
                # What has no bound holds rules and digests, and is set up once a process.
                if hasattr(value, "cache_clear") and value.cache_parameters()["maxsize"]:
                    value.cache_clear()


def word_level(texts):
    """Run difflib over the words of pairs of texts."""
    for old, new in texts:
        difflib.SequenceMatcher(None, old.split(), new.split(), autojunk=False).get_opcodes()


def speed(path):
    """Return the CPU of the classifier beside that of difflib for the rows of a file.

    Documents are parsed beforehand: a policy is parsed once, however many changes it has.
    """
    reader = CaseReader(base=path.parent, lexicon=load_lexicon(), ruleset=load_ruleset())
    rows = rows_of(path)
    pairs = [reader.read(row, line) for line, row in enumerate(rows, start=1)]

    def ours():
        forget()
        for change, context in pairs:
            judge(change, context)

    texts = [(row["old"], row["new"]) for row in rows]
    return compare(path.name, ours, "difflib over words", lambda: word_level(texts)), len(rows)


def policy_speed(name, old, new):
    """Return the CPU of ``classify``, and of ``compare`` and it, beside difflib over two texts."""
    lexicon, ruleset = load_lexicon(), load_ruleset()
    documents = [parse(path.read_bytes(), markup="markdown") for path in (old, new)]
    diff = differ(*documents)

    def classified():
        forget()
        classify(diff, ruleset=ruleset, lexicon=lexicon)

    def chain():
        forget()
        classify(differ(*documents), ruleset=ruleset, lexicon=lexicon)

    texts = [(old.read_text("utf-8"), new.read_text("utf-8"))]
    return tuple(
        compare(name, work, "difflib over words", lambda: word_level(texts))
        for work in (classified, chain)
    )


def policies():
    """Return every sixth real pair by name, as they stood in November 2026, and our own example."""
    folders = [POLICIES / name for name in SAMPLE if (POLICIES / name).is_dir()]
    pairs = [(folder.name, folder / "old.md", folder / "new.md") for folder in folders]
    versions = sorted(EXAMPLE.glob("*.md"))
    pairs += [(f"example {two.stem}", one, two) for one, two in itertools.pairwise(versions)]
    return pairs


def print_policies():
    """Print how classification of whole policies compares, pair by pair and together."""
    rows = [policy_speed(*pair) for pair in policies()]
    print("\nwhole policies: times the CPU of difflib over the words of both texts")
    print(f"{'':54} {'classify':>9} {'diff and classify':>18}")
    for alone, chain in rows:
        print(f"{alone.what:54} {alone.ratio:9.2f} {chain.ratio:18.2f}")
    columns = list(zip(*rows, strict=True))
    middle = [statistics.median(row.ratio for row in column) for column in columns]
    whole = [
        sum(row.ours_seconds for row in column) / sum(row.baseline_seconds for row in column)
        for column in columns
    ]
    for what, values in (("median", middle), ("all together", whole)):
        print(f"{what:54} {values[0]:9.2f} {values[1]:18.2f}")


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
        row, count = speed(path)
        print(
            f"speed: {count / row.ours_seconds:.0f} pairs/s; {row.ratio:.1f} times the CPU of "
            "difflib over the words of the same pairs"
        )
    print_policies()


if __name__ == "__main__":
    main()
