"""How the CPU time grows with the length of the texts, in six cases."""

from __future__ import annotations

import time
from math import log
from random import Random
from typing import TYPE_CHECKING

from notifier.diff.compare import compare
from notifier.policy.parse import parse

from .stock import Stock

if TYPE_CHECKING:
    from collections.abc import Callable

SIZES = (1_000, 3_000, 10_000, 30_000, 100_000)


def texts(case: str, size: int) -> tuple[str, str]:
    """Return two texts of so many words."""
    chance = Random(size)  # noqa: S311 - the same texts every time
    first = _sentences(chance, size)
    if case == "rewritten":
        return _written(first), _written(_sentences(Random(size + 1), size))  # noqa: S311
    if case == "repeated":
        few = [first[n % 7] for n in range(len(first))]
        return _written(few), _written([*few[3:], few[0], "We omit this now.", *few[:2]])
    second = list(first)
    if case == "reversed":
        second.reverse()
    share = {"light": 100, "heavy": 3}.get(case, 0)
    if share:
        for at in range(0, len(second), share):
            second[at] = second[at].replace(" may ", " must ").replace(" the ", " every ") + " Now."
    return _written(first), _written(second)


def _sentences(chance: Random, size: int) -> list[str]:
    stock = Stock(chance)
    found: list[str] = []
    total = 0
    while total < size:
        found.append(stock.sentence())
        total += len(found[-1].split())
    return found


def _written(sentences: list[str]) -> str:
    parts = []
    for at in range(0, len(sentences), 4):
        if at % 40 == 0:
            parts.append(f"## Part {' '.join(sentences[at].split()[:5])}")
        parts.append(" ".join(sentences[at : at + 4]))
    return "\n\n".join(parts) + "\n"


CASES = ("light", "heavy", "rewritten", "reversed", "repeated", "identical")


def exponents(largest: int = SIZES[-1]) -> dict[str, tuple[float, float]]:
    """Return for each case the exponent of the growth, and the seconds at the largest size."""
    found = {}
    for case in CASES:
        points = []
        for size in (size for size in SIZES if size <= largest):
            old, new = (parse(text, markup="markdown") for text in texts(case, size))
            points.append((log(size), _seconds(lambda o=old, n=new: compare(o, n), size)))
        found[case] = slope([(x, log(y)) for x, y in points]), points[-1][1]
    return found


def _seconds(work: Callable[[], object], size: int) -> float:
    best = float("inf")
    for _ in range(3 if size < SIZES[-1] else 2):
        began = time.process_time()
        work()
        best = min(best, time.process_time() - began)
    return max(best, 1e-6)


def slope(points: list[tuple[float, float]]) -> float:
    """Return the least-squares slope."""
    n = len(points)
    mx, my = sum(x for x, _ in points) / n, sum(y for _, y in points) / n
    return sum((x - mx) * (y - my) for x, y in points) / sum((x - mx) ** 2 for x, _ in points)
