"""``make bench``: what our care costs, as ratios against plain baselines of the same run."""

from __future__ import annotations

import tempfile
from pathlib import Path

from . import audience, delivery, people, texts


def main() -> None:
    """Measure everything and print one table."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        rows = [
            texts.measure(), people.measure(place), audience.measure(place), delivery.measure(place)
        ]  # fmt: skip
    print(f"{'what':<40} {'ours':>8} {'baseline':>9} {'ratio':>6}  clock  baseline is")
    for row in rows:
        print(
            f"{row.what:<40} {row.ours_seconds:>7.3f}s {row.baseline_seconds:>8.3f}s"
            f" {row.ratio:>6.2f}  {row.clock:<5}  {row.baseline}"
        )
    print("\nThe differ and its peers in full: make bench-diff")


if __name__ == "__main__":
    main()
