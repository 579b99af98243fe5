"""``make bench-diff``: our differ and its peers, side by side in one run."""

from __future__ import annotations

import argparse

from . import growth, real, synthetic, traps
from .cases import one_edit, twenty_edits
from .peers import peers

HELD_OUT = 500_000
"""First of the seeds that nobody looks at while tuning; the small ones are for that."""


def main() -> None:
    """Measure everything and print one table."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--documents", type=int, default=60, help="with twenty edits; twice with one")
    ask.add_argument("--first-seed", type=int, default=HELD_OUT)
    ask.add_argument("--largest", type=int, default=growth.SIZES[-1], help="words, for growth")
    ask.add_argument("--misses", action="store_true", help="name each operation that ours missed")
    wanted = ask.parse_args()
    others, absent = peers()
    for line in absent:
        print(line)
    seeds = range(wanted.first_seed, wanted.first_seed + wanted.documents)
    twenty, lost = synthetic.measure(twenty_edits, seeds, others)
    more = range(wanted.first_seed, wanted.first_seed + 2 * wanted.documents)
    one, lost_one = synthetic.measure(one_edit, more, others)
    _synthetic(twenty, one)
    print(f"\nguards folded or cleaned away by ours: {lost + lost_one}")
    print(f"sentence-boundary traps: {traps.passed()} of {len(traps.TRAPS)}")
    if wanted.misses:
        print("\n".join([*twenty["notifier"].score.misses, *one["notifier"].score.misses]))
    _real(others)
    _growth(wanted.largest)


def _synthetic(twenty: dict[str, synthetic.Result], one: dict[str, synthetic.Result]) -> None:
    names = list(twenty)
    print("| known edits | " + " | ".join(names) + " |\n" + "|---" * (len(names) + 1) + "|")
    moves = ("moved", "moved, edited")
    rows = [
        ("micro-F1, 20 edits", [twenty[n].score.f1() for n in names]),
        ("micro-F1, 1 edit", [one[n].score.f1() for n in names]),
        ("move F1", [twenty[n].score.f1(*moves) for n in names]),
        ("word precision", [twenty[n].precision for n in names]),
        ("word recall", [twenty[n].recall for n in names]),
    ]
    kinds = twenty["notifier"].score.kinds()
    rows += [(f"F1 {kind}", [twenty[n].score.f1(kind) for n in names]) for kind in kinds]
    for what, values in rows:
        print(f"| {what} | " + " | ".join(f"{value:.4f}" for value in values) + " |")


def _real(others: list[real.Peer]) -> None:
    found = real.measure(others)
    if found is None:
        print("\nreal pairs: none here, rows left out")
        return
    print(
        f"\n{found.pairs} real pairs; bytes rebuilt on {found.rebuilt} of {2 * found.pairs} sides"
    )
    print(
        "| | changed words / minimum | the same, a move counted as gone and come | islands"
        " | CPU / difflib words: median | p90 | total |\n|---|---|---|---|---|---|---|"
    )
    base = found.by["difflib words"].seconds
    for name, marked in found.by.items():
        middle, most, total = real.ratios(marked.seconds, base)
        print(
            f"| {name} | {marked.changed / found.least:.3f} | {marked.with_moves / found.least:.3f}"
            f" | {marked.islands} | {middle:.2f} | {most:.2f} | {total:.2f} |"
        )
    mine = found.by["notifier"].seconds
    both = [a + b for a, b in zip(mine, found.parse_seconds, strict=True)]
    middle, most, total = real.ratios(both, base)
    print(f"| notifier, both texts parsed too | | | | {middle:.2f} | {most:.2f} | {total:.2f} |")


def _growth(largest: int) -> None:
    print(f"\n| growth to {largest} words | exponent | CPU seconds at the end |\n|---|---|---|")
    for case, (exponent, seconds) in growth.exponents(largest).items():
        print(f"| {case} | {exponent:.2f} | {seconds:.2f} |")


if __name__ == "__main__":
    main()
