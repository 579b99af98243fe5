"""The entries of the lexicon's files: phrases that name grounds, words that may be exchanged."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from notifier.classify.inflect import inflections
from notifier.classify.model import Ground
from notifier.classify.text import keys

if TYPE_CHECKING:
    from collections.abc import Iterator

WEIGHTS = {"strong": 3.0, "plain": 2.0, "weak": 1.0}
"""``strong``: the words alone name the ground; ``plain``: with company; ``weak``: a hint."""
ANY_NUMBER = "#"
"""Stands in a form for one number, which must then be the same on both sides."""


@dataclass(frozen=True, kw_only=True)
class Equivalence:
    """Forms that may be exchanged without changing meaning, with the proof that somebody tried."""

    name: str
    forms: tuple[tuple[str, ...], ...]
    example: tuple[str, str]
    counter: tuple[str, str]
    before: tuple[tuple[str, ...], ...] = ()
    """If given, one of these must follow the form."""
    after: tuple[tuple[str, ...], ...] = ()
    """If given, one of these must stand before the form."""

    @cached_property
    def longest_first(self) -> tuple[tuple[str, ...], ...]:
        """Return the forms of at least a word, longest first."""
        return tuple(sorted((form for form in self.forms if form), key=len, reverse=True))

    @cached_property
    def openers(self) -> frozenset[str]:
        """Return the first words of the forms."""
        return frozenset(form[0] for form in self.forms if form)

    @cached_property
    def needed(self) -> tuple[frozenset[str], ...]:
        """Return, for each form of at least a word, the words without which it cannot stand."""
        return tuple(frozenset(form) - {ANY_NUMBER} for form in self.forms if form)


def phrases_of(table: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], Ground, float]]:
    """Yield every phrase of a taxonomy file, inflections included, with its ground and weight.

    A file has one ``ground`` and tables ``strong``, ``plain``, ``weak``; further ``[[more]]``
    tables name their own ``level`` and ``source``. Raises KeyError or ValueError where it does not
    hold together.
    """
    ground = Ground(table["ground"])
    groups = [(WEIGHTS[level], table.get(level, {})) for level in WEIGHTS]
    groups += [(WEIGHTS[group["level"]], group) for group in table.get("more", ())]
    for weight, group in groups:
        for phrase in group.get("phrases", ()):
            yield keys(phrase), ground, weight
        for phrase in group.get("verbs", ()):
            first, *rest = keys(phrase)
            for form in inflections(first, verb=True):
                yield (form, *rest), ground, weight
        for phrase in group.get("nouns", ()):
            *start, last = keys(phrase)
            for form in inflections(last, verb=False):
                yield (*start, form), ground, weight


def equivalences_of(table: dict[str, Any]) -> Iterator[Equivalence]:
    """Yield the entries of an equivalence file; KeyError where one lacks a field."""
    for entry in table["entry"]:
        example, counter = entry["example"], entry["counter"]
        yield Equivalence(
            name=entry["name"],
            forms=tuple(_form(form) for form in entry["forms"]),
            example=(example[0], example[1]),
            counter=(counter[0], counter[1]),
            before=tuple(keys(form) for form in entry.get("before", ())),
            after=tuple(keys(form) for form in entry.get("after", ())),
        )


def _form(text: str) -> tuple[str, ...]:
    return tuple(
        key for word in text.split() for key in ((word,) if word == ANY_NUMBER else keys(word))
    )


def words_of_list(text: str) -> Iterator[str]:
    """Yield the words of a word list, with the inflections that its marks ask for."""
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        for word in line.split():
            lemma, _, marks = word.partition("/")
            yield lemma
            if "v" in marks:
                yield from inflections(lemma, verb=True)
            if "n" in marks:
                yield from inflections(lemma, verb=False)
            if "a" in marks:
                yield lemma + "ly" if not lemma.endswith("le") else lemma[:-1] + "y"
