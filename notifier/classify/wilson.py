"""Wilson's bounds of a share: what a count of cases lets one say about all of them."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

_Z95 = 1.959963984540054


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """``count`` of ``total``, with a two-sided 95 % Wilson interval."""

    count: int
    total: int

    @property
    def value(self) -> float | None:
        """Return the share, or ``None`` of nothing."""
        return self.count / self.total if self.total else None

    @property
    def bounds(self) -> tuple[float, float]:
        """Return the lower and upper 95 % bound; 0 and 1 of nothing."""
        if not self.total:
            return 0.0, 1.0
        n, p, z2 = self.total, self.count / self.total, _Z95**2
        middle = (p + z2 / (2 * n)) / (1 + z2 / n)
        half = _Z95 * sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
        return max(0.0, middle - half), min(1.0, middle + half)
