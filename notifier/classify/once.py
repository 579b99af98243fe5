"""What many rules ask about one change is worked out once."""

from __future__ import annotations

from functools import wraps
from operator import is_
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
T = TypeVar("T")


def once(work: Callable[P, T]) -> Callable[P, T]:
    """Return ``work``, which keeps its answer until it is asked about something else.

    Arguments are positional and count as the same if they are the same objects. The answer is taken
    and set in one step each, so that threads at worst work twice.
    """
    last: tuple[tuple[object, ...], T] | None = None

    @wraps(work)
    def asked(*args: P.args, **kwargs: P.kwargs) -> T:
        nonlocal last
        kept = last
        if kept is not None and all(map(is_, kept[0], args)):
            return kept[1]
        found = work(*args, **kwargs)
        last = args, found
        return found

    return asked
