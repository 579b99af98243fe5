"""Edit distance of two words, with transpositions, up to a limit."""

from __future__ import annotations


def distance(one: str, two: str, *, limit: int) -> int:
    """Return how many letters are added, dropped, replaced or swapped, ``limit + 1`` at most."""
    if abs(len(one) - len(two)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(two) + 1))
    for i, left in enumerate(one, start=1):
        before, previous, row = row, before, [i] + [0] * len(two)
        for j, right in enumerate(two, start=1):
            row[j] = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (left != right))
            if i > 1 and j > 1 and left == two[j - 2] and one[i - 2] == right:
                row[j] = min(row[j], previous[j - 2] + 1)
        if min(row) > limit:
            return limit + 1
    return min(row[-1], limit + 1)
