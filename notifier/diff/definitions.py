"""A definition that changed, and every passage that uses the term: it changes them all."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from notifier.diff.keys import fold, is_silent
from notifier.diff.model import Change, ChangeKind, Definition

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from notifier.policy.model import Document, Unit

_MOST = 200
"""Terms of one comparison; a text that defines more changed ones was written anew."""
_TOO_MANY = f"Very many definitions changed: the uses of the first {_MOST} terms were sought."
_QUOTED = r"\" ?(?P<term>[^\"]{1,60}?) ?\""
_SAYS = (
    r"(?:shall |will )?(?:means?|refers? to|designates?|includes?|is defined|are defined"
    r"|has the meaning|have the meaning"
    r"|bedeute[nt]|bezeichne[nt]|meint|umfass(?:t|en)|sind|ist"
    r"|désigne(?:nt)?|signifie(?:nt)?|s'entend(?:ent)?|comprend|comprennent"
    r"|significan?|designan?|se refieren? a|se entienden?|incluyen?)\b"
)
"""What stands between a term and its meaning: English, German, French, Spanish."""
_LEADS = (
    r"(?:the|an?|each|any|our|collectively|together|individually|hereinafter|hereafter|referred|to"
    r"|as|and|or|nachfolgend|nachstehend|im|folgenden|kurz|gemeinsam|und|oder|die|der|das"
    r"|ci-après|dénommée?s?|ensemble|les?|la|et|ou|en|adelante|conjuntamente|l[ao]s|el|y|o)"
)
"""What stands before a term that is given in brackets behind its meaning."""
_SAID = re.compile(rf"{_QUOTED} ?(?:,[^,\"]{{1,60}}, )?{_SAYS}", re.IGNORECASE)
"""``"Personal Data" means``, in folded text, where one space parts words."""
_IN_BRACKETS = re.compile(rf"\((?:{_LEADS}[ ,:]{{1,3}}){{0,6}}{_QUOTED}", re.IGNORECASE)
"""``(collectively, the "Services")``."""
_UNQUOTED = re.compile(
    r"(?:The term )?(?P<term>(?:[A-Z][\w&-]{0,40} ){1,5})(?:shall )?(?:means?|refers? to)\b"
)
"""``Personal Data means``, at the beginning."""
_JAPANESE = re.compile("「(?P<term>[^「」]{1,30})」(?:とは|という|といいます|と呼)")
"""``「個人情報」とは``."""
_MAY_DEFINE = re.compile('["「]|mean|refer')
_SPEAKING = frozenset({ChangeKind.ADDED, ChangeKind.REMOVED, ChangeKind.MODIFIED})


def terms_of(units: Iterable[Unit]) -> tuple[str, ...]:
    """Return the terms that passages define, each once, in their order.

    A single small word (“we”, “process”) is no term: it stands everywhere in its common sense.
    """
    found: dict[str, None] = {}
    for unit in units:
        for match in _defining(fold(unit.text)):
            term = " ".join(match["term"].split()).strip(",.;")
            if any(map(str.isalpha, term)) and (" " in term or not term.islower()):
                found[term] = None
    return tuple(found)


def _defining(text: str) -> Iterator[re.Match[str]]:
    if _MAY_DEFINE.search(text):
        yield from _SAID.finditer(text)
        yield from _IN_BRACKETS.finditer(text)
        yield from _JAPANESE.finditer(text)
        if found := _UNQUOTED.match(text):
            yield found


def with_definitions(
    changes: Sequence[Change], new: Document
) -> tuple[list[Change], tuple[str, ...]]:
    """Return the changes, each with the terms it defines and where the new text uses them.

    And a sentence where there were too many terms to follow them all.
    """
    defined = {
        number: names
        for number, change in enumerate(changes)
        if change.kind in _SPEAKING or change.edited
        if (names := terms_of((*change.new_units, *change.old_units)))
    }
    every = list(dict.fromkeys(name for names in defined.values() for name in names))
    uses: dict[str, list[int]] = {name: [] for name in every[:_MOST]}
    units = [unit for unit in new.units if not is_silent(unit)] if uses else []
    for index, term in _uses(units, uses):
        uses[term].append(index)
    found = list(changes)
    for number, names in defined.items():
        defines = tuple(_definitions(changes[number], names, uses, units))
        found[number] = replace(changes[number], defines=defines)
    return found, (_TOO_MANY,) if len(every) > _MOST else ()


def _definitions(
    change: Change, names: Sequence[str], uses: dict[str, list[int]], units: Sequence[Unit]
) -> Iterator[Definition]:
    own = {unit.span for unit in change.new_units}
    for name in names:
        if name in uses:
            spans = tuple(s for n in uses[name] if (s := units[n].span) not in own)
            yield Definition(term=name, used=spans)


def _uses(units: Sequence[Unit], terms: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Yield which passage uses which term: as a whole word, as it is written, or its plural."""
    longest = sorted(terms, key=lambda term: (-len(term), term))
    words = "|".join(map(re.escape, longest))
    pattern = re.compile(rf"(?<![A-Za-zÀ-ÿ])({words})(?:e?s)?(?![A-Za-zÀ-ÿ])")
    for index, unit in enumerate(units):
        for term in dict.fromkeys(pattern.findall(fold(unit.text))):
            yield index, term
