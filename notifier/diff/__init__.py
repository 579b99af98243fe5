"""Two documents in, aligned changes out."""

from notifier.diff.compare import compare

__all__ = ["compare"]
