"""What an organisation says about its own words: products, defined terms, vendors.

A file ``lexicon/<any name>.toml`` of the home holds any of these tables::

    [[product]]                       # one thing that goes by several names
    names = ["Example Meet", "Example Meetings"]

    [[term]]                          # a defined term, and what the policy also writes for it
    names = ["Services", "our sites and products"]

    [[vendor]]                        # companies that receive information
    names = ["Quuxbase"]

Names of one product or term may replace each other; the organisation answers for that. Words that
decide meaning (numbers aside, every negation, modal and limit) are refused in them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from notifier.classify.entries import WEIGHTS, Equivalence
from notifier.classify.model import Ground
from notifier.classify.text import keys
from notifier.classify.words import GUARDED

if TYPE_CHECKING:
    from collections.abc import Iterator

_TABLES = {"product", "term", "vendor"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Overlay:
    """One file of an organisation's own words."""

    names: tuple[Equivalence, ...]
    """Products and defined terms: names that may replace each other."""
    phrases: tuple[tuple[tuple[str, ...], Ground, float], ...]
    """Vendors: words that name the ground ``recipients``."""


def read_overlay(table: dict[str, Any]) -> Overlay:
    """Return an organisation's own words.

    Raises ValueError or KeyError where the table does not hold together: a table or key of another
    name, an entry without names, a name that holds a negation, a modal or a limit.
    """
    unknown = set(table) - _TABLES
    if unknown:
        raise ValueError(f"tables are product, term and vendor, not {', '.join(sorted(unknown))}")
    return Overlay(
        names=tuple(_names(table, "product")) + tuple(_names(table, "term")),
        phrases=tuple(
            (name, Ground.RECIPIENTS, WEIGHTS["strong"])
            for entry in table.get("vendor", ())
            for name in _keys(entry)
        ),
    )


def _names(table: dict[str, Any], kind: str) -> Iterator[Equivalence]:
    for entry in table.get(kind, ()):
        forms = _keys(entry)
        for form in forms:
            if GUARDED & set(form):
                raise ValueError(f"{' '.join(form)!r} holds a word that decides meaning")
        first, last = str(entry["names"][0]), str(entry["names"][-1])
        yield Equivalence(
            name=f"{kind} {first}", forms=forms, example=(first, last), counter=(first, "")
        )


def _keys(entry: dict[str, Any]) -> tuple[tuple[str, ...], ...]:
    if set(entry) != {"names"}:
        raise ValueError("an entry has the one key names")
    forms = tuple(keys(str(name)) for name in entry["names"])
    if not forms or not all(forms):
        raise ValueError("an entry names nothing")
    return forms
