"""Cross-references: equal where the clause that is meant is the same one under a new number."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from notifier.diff.keys import number_of
from notifier.diff.words import tokens
from notifier.policy.model import UnitKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notifier.diff.draft import Draft, Ends
    from notifier.diff.pairing import Pairing
    from notifier.policy.model import Unit

_NUMBER = re.compile(r"\d{1,3}(?:\.\d{1,3})*\Z")
_NUMBERS = re.compile(r"(\d+(?:\.\d+)*)")
_NAMES = frozenset(
    ["section", "sections", "clause", "clauses", "article", "articles", "paragraph", "paragraphs",
     "part", "parts", "chapter", "chapters", "§", "§§",
     "abschnitt", "abschnitte", "abschnitten", "ziffer", "ziffern", "artikel", "artikeln",
     "kapitel", "chapitre", "paragraphe", "sección", "secciones", "artículo", "artículos",
     "cláusula", "cláusulas", "apartado", "apartados", "第"]
)  # fmt: skip
_JOINS = frozenset(["and", "or", "to", "und", "oder", "bis", "et", "ou", "à", "y", "o", "a",
                    ",", "-", "–", "/", "(", ")"])  # fmt: skip
_ENDS = ".):"
_SLUG = re.compile(r"[^\w\- ]")


def only_references(draft: Draft, ends: Ends) -> bool:
    """Tell whether a pair differs only in references whose clauses have these new numbers.

    A number counts as a reference behind a word such as ``Section``, or in a list of such numbers;
    a link counts where it leads to the heading that was paired with the old one. In one passage
    all references must have followed.
    """
    (i, _), (j, _) = ends
    if not draft.clause_numbers or not _same_targets(draft, i, j):
        return False
    old = _NUMBERS.split(draft.pairing.old.keys[i])
    new = _NUMBERS.split(draft.pairing.new.keys[j])
    return old[::2] == new[::2] and _all_followed(old, new, draft.clause_numbers)


def _all_followed(old: list[str], new: list[str], known: dict[str, str]) -> bool:
    """Tell whether numbers differ only as references that are known under the new ones.

    Words and numbers stand by turns on both sides, and the words are the same.
    """
    refers = False
    for index, (one, two) in enumerate(zip(old, new, strict=True)):
        if index % 2 == 0:
            for token in tokens(one.casefold()):
                if not token.isspace():
                    refers = token in _NAMES or (refers and token in _JOINS)
        elif two != (known.get(one, one) if refers else one):
            return False
    return True


def _same_targets(draft: Draft, i: int, j: int) -> bool:
    old, new = draft.pairing.old.units[i].links, draft.pairing.new.units[j].links
    if old == new:
        return True
    known = draft.anchors
    return len(old) == len(new) and all(
        a == b or known.get(a) == b for a, b in zip(old, new, strict=True)
    )


def clause_numbers(pairing: Pairing) -> dict[str, str]:
    """Return old clause numbers with their new ones, where one clause is known on both sides.

    A heading's number goes before that of a passage; a number that two passages have, as items of
    two lists do, names none of them.
    """
    headings: dict[str, set[str]] = {}
    passages: dict[str, set[str]] = {}
    for i, j in pairing.to_new.items():
        old, new = pairing.old.units[i], pairing.new.units[j]
        both = old.kind is UnitKind.HEADING and new.kind is UnitKind.HEADING
        one, two = number_of(old).strip(_ENDS), number_of(new).strip(_ENDS)
        if _NUMBER.match(one) and _NUMBER.match(two):
            (headings if both else passages).setdefault(one, set()).add(two)
    found = {**passages, **headings}
    sure = {one: two for one, numbers in found.items() for two in numbers if len(numbers) == 1}
    return {one: two for one, two in sure.items() if one != two}


def anchors(pairing: Pairing) -> dict[str, str]:
    """Return the links to old headings with those to the headings that they were paired with."""
    return dict(_anchors(pairing))


def _anchors(pairing: Pairing) -> Iterator[tuple[str, str]]:
    for i, j in pairing.to_new.items():
        old, new = pairing.old.units[i], pairing.new.units[j]
        if old.kind is UnitKind.HEADING and new.kind is UnitKind.HEADING:
            yield _anchor(old), _anchor(new)


def _anchor(heading: Unit) -> str:
    """Return the link to a heading as GitHub and most generators of pages make it."""
    said = f"{number_of(heading)} {heading.text}".strip().lower()
    return f"#{_SLUG.sub('', said).replace(' ', '-')}"
