"""Where postal addresses stand in a text, from the house number or the street to the town."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.words import bag

if TYPE_CHECKING:
    from notifier.classify.text import Token

_STREET = bag(
    "street st road rd avenue ave boulevard blvd lane ln drive dr way square sq place court suite "
    "ste floor parkway pkwy highway terrace yard quay alley box strasse straße platz rue"
)
_STREET_ENDS = ("strasse", "straße", "platz", "gasse", "allee", "straat", "gatan")
_SMALL = bag("of the de der am im la du and floor th st nd rd")
_LONGEST = 16
_NEAR = 4


def address_runs(side: tuple[Token, ...]) -> tuple[tuple[int, int], ...]:
    """Return the spans of letters in which an address stands; linear in the number of words.

    An address opens with a number close before a street word ("100 New Street") or with the street
    itself where a number follows ("Hauptstraße 5"), and goes on over capitals and numbers.
    """
    found: list[tuple[int, int]] = []
    for place, token in enumerate(side):
        if not _is_street(token) or (found and token.start < found[-1][1]):
            continue
        start = _start(side, place)
        if start is None:
            continue
        end = start
        while end < len(side) and end - start < _LONGEST and _goes_on(side[end]):
            end += 1
        found.append((side[start].start, side[end - 1].end))
    return tuple(found)


def _is_street(token: Token) -> bool:
    return token.text[:1].isupper() and (token.key in _STREET or token.key.endswith(_STREET_ENDS))


def _start(side: tuple[Token, ...], place: int) -> int | None:
    for back in range(place - 1, max(-1, place - 1 - _NEAR), -1):
        if side[back].kind == "number":
            return back
        if not _goes_on(side[back]):
            break
    follows = side[place + 1 : place + 2]
    return place if follows and follows[0].kind == "number" else None


def _goes_on(token: Token) -> bool:
    return token.kind == "number" or token.text[:1].isupper() or token.key in _SMALL
