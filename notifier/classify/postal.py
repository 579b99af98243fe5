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


def is_address(side: tuple[Token, ...]) -> bool:
    """Return whether a line is an address without a town: "330 West 34th Street, 5th Floor".

    It opens with the house number and ends with a number or with a word for a street or a floor;
    so it names neither a company nor a country.
    """
    return (
        1 < len(side) <= _LONGEST
        and side[0].kind == "number"
        and all(_goes_on(token) for token in side)
        and any(_is_street(token) for token in side[1 : 2 + _NEAR])
        and (side[-1].kind == "number" or side[-1].key in _STREET)
    )


def postcodes(side: tuple[Token, ...]) -> tuple[tuple[int, int], ...]:
    """Return the spans of "Street 9, D-20459 Town" and of "State 10011", in a line of mere names.

    Where any word of weight is written small, the line is a sentence, and its numbers may be any;
    where neither a street with a number nor a state stands before it, a number may be an amount.
    """
    if not side or not all(_goes_on(token) for token in side):
        return ()
    found: list[tuple[int, int]] = []
    for place, token in enumerate(side):
        if token.kind != "number" or not _CODE[0] <= len(token.key) <= _CODE[1] or not place:
            continue
        if side[place - 1].key in STATES:
            found.append((token.start, token.end))
            continue
        start = place - 1 if len(side[place - 1].key) == 1 else place  # the D of D-20459
        kinds = [each.kind for each in side[max(0, start - 2) : start]]
        town = [each.kind for each in side[place + 1 : place + 2]]
        if kinds == ["word", "number"] and town == ["word"]:
            found.append((side[start - 2].start, token.end))
    return tuple(found)


_CODE = (5, 6)
"""Digits of a postcode; four would also be a year."""
STATES = bag(
    "alabama alaska arizona arkansas california colorado connecticut delaware florida georgia "
    "idaho illinois indiana iowa kansas kentucky louisiana maine maryland massachusetts michigan "
    "minnesota mississippi missouri montana nebraska nevada hampshire jersey york carolina dakota "
    "ohio oklahoma oregon pennsylvania tennessee texas utah vermont virginia washington wisconsin "
    "wyoming"
)
"""The states of the USA, each by its last word."""


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
