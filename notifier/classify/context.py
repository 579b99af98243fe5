"""What a rule may know beside the change: both documents, the lexicon, the policy's own names."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from notifier.classify.numbering import labels, references
from notifier.classify.text import fold, is_english, keys
from notifier.diff.definitions import terms_of
from notifier.policy.model import UnitKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from notifier.classify.lexicon import Lexicon
    from notifier.classify.numbering import Reference
    from notifier.classify.ruleset import RuleSet
    from notifier.policy.model import Document, Unit


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """The policy's own names, so that a sentence that plainly names one site is told there only."""

    sites: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Site id to the names and URLs by which a text may call it."""
    categories: tuple[str, ...] = ()
    """The categories of personal data that the company keeps."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Side:
    """One whole document, indexed by what its units say."""

    units: Mapping[str, tuple[Unit, ...]]
    """By folded text."""
    order: tuple[Unit, ...]
    """All of them, in reading order."""
    places: Mapping[int, int]
    """The byte where a unit begins to its place in ``order``."""
    titles: Mapping[tuple[str, ...], tuple[int, ...]]
    """The words of a heading, its enumerator left out, to its places in ``order``."""
    headings: Mapping[str, str]
    """Enumerator of a numbered heading to its folded title."""
    labels: frozenset[str]
    """The numbers and letters in front of passages: ``5``, ``b``."""
    references: Mapping[str, tuple[Reference, ...]]
    """The numbers and letters that sentences may refer to."""
    definitions: Mapping[tuple[str, ...], frozenset[tuple[str, ...]]]
    """The words of a defined term to those of every passage that defines it."""
    vocabulary: Mapping[str, int]
    """Every folded word and how often it stands there."""
    defined: frozenset[str]
    """The folded words of every term that the document defines."""
    words: int
    """How many words the document has; counted once, since rules ask for every change."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """Everything a rule may look at. Frozen; made once per diff."""

    lexicon: Lexicon
    ruleset: RuleSet
    old: Side
    new: Side
    english: bool = True
    whole_documents: bool = True
    """False where only the changed passage was handed in, as in a row of cases."""
    scope: Scope = field(default_factory=Scope)


_TWINS = 100
"""Units with the same words that rules may look through; no policy says a thing as often."""


def index(document: Document) -> Side:
    """Return a document indexed for the rules; linear in its length."""
    units: dict[str, list[Unit]] = {}
    order = tuple(unit for unit in document.units if unit.kind is not UnitKind.RULE)
    headings: dict[str, str] = {}
    words: list[str] = []
    for unit in order:
        own = keys(unit.text)
        words += own
        twins = units.setdefault(" ".join(own), [])
        if len(twins) < _TWINS:
            twins.append(unit)
        if unit.kind is UnitKind.HEADING:
            number, title = split_number(f"{unit.marker} {unit.text}")
            if number:
                headings[number] = title
    definitions = _definitions(order)
    return Side(
        units={key: tuple(values) for key, values in units.items()},
        order=order,
        titles=_titles(order),
        places={unit.span.start: place for place, unit in enumerate(order)},
        headings=headings,
        definitions=definitions,
        defined=frozenset(word for term in definitions for word in term),
        labels=labels(order),
        references=references(order),
        vocabulary=Counter(words),
        words=len(words),
    )


def _titles(order: tuple[Unit, ...]) -> dict[tuple[str, ...], tuple[int, ...]]:
    found: dict[tuple[str, ...], list[int]] = {}
    for place, unit in enumerate(order):
        if unit.kind is UnitKind.HEADING:
            found.setdefault(tuple(split_number(unit.text)[1].split()), []).append(place)
    return {words: tuple(places) for words, places in found.items() if words}


def _definitions(order: tuple[Unit, ...]) -> dict[tuple[str, ...], frozenset[tuple[str, ...]]]:
    found: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
    for unit in order:
        for term in terms_of((unit,)):
            found.setdefault(keys(term), set()).add(keys(unit.text))
    return {term: frozenset(passages) for term, passages in found.items() if term}


def split_number(heading: str) -> tuple[str, str]:
    """Return a heading's enumerator (``5``, ``d.7``) and its folded title."""
    first, _, rest = heading.strip().partition(" ")
    number = first.strip("().:#").casefold()
    if number and (number[0].isdigit() or len(number) == 1) and rest.strip():
        return number, fold(rest)
    return "", fold(heading)


def context_for(
    old: Document,
    new: Document,
    *,
    lexicon: Lexicon,
    ruleset: RuleSet,
    scope: Scope | None = None,
    whole_documents: bool = True,
) -> Context:
    """Return the context of a diff between two documents."""
    return Context(
        lexicon=lexicon,
        ruleset=ruleset,
        old=index(old),
        new=index(new),
        english=_english(old) and _english(new),
        whole_documents=whole_documents,
        scope=scope or Scope(),
    )


_SAMPLE = 20_000


def _english(document: Document) -> bool:
    text = document.source[:_SAMPLE].decode("utf-8", "ignore")
    return is_english(text)
