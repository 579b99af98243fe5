"""In which language the people of each locale can read a version, and who would be left without."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifier.plan.model import Decision

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from notifier.plan.model import Ruling, ShapeRow

_SCRIPT = 4
"""Letters of the subtag that names a script (BCP 47): zh-Hant and zh-Hans are read by others."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Readers:
    """The recipients of one locale, and the language in which the text is there for them."""

    locale: str
    people: int
    reads: str
    """A locale of the version; empty: none, and no fallback was recorded."""
    fallback: bool = False
    """Whether ``reads`` is what the policy names for whoever has no translation."""


def readers(
    shapes: Iterable[ShapeRow],
    rulings: Mapping[int, Ruling],
    *,
    language: str,
    translations: Collection[str],
    fallbacks: Iterable[str],
) -> tuple[Readers, ...]:
    """Return the recipients of a version by locale.

    ``translations`` are those that are current; ``fallbacks`` are tried in order, where neither the
    authoritative ``language`` nor a translation is one that the locale's people read. Whoever has
    no locale, and no site with one, reads the authoritative text.
    """
    people: dict[str, int] = {}
    for row in shapes:
        ruling = rulings[row.id]
        if ruling.decision is not Decision.EXCLUDED:
            locale = ruling.locale or language
            people[locale] = people.get(locale, 0) + row.people
    there = (language, *sorted(translations))
    after = [text for wanted in fallbacks for text in there if serves(text, wanted)]
    return tuple(_readers(locale, count, there, after) for locale, count in sorted(people.items()))


def _readers(locale: str, people: int, there: tuple[str, ...], after: list[str]) -> Readers:
    own = next((text for text in there if serves(text, locale)), "")
    reads = own or next(iter(after), "")
    return Readers(locale=locale, people=people, reads=reads, fallback=bool(reads) and not own)


def serves(text: str, locale: str) -> bool:
    """Say whether people of a locale read a text in a language: en-US is read in the UK too.

    >>> serves("en-US", "en-GB"), serves("de", "de-AT"), serves("zh-Hans", "zh-Hant")
    (True, True, False)
    """
    (ours, our_script), (theirs, their_script) = _parts(text), _parts(locale)
    alike = not our_script or not their_script or our_script == their_script
    return bool(ours) and ours == theirs and alike


def _parts(tag: str) -> tuple[str, str]:
    primary, *rest = tag.lower().split("-")
    return primary, next((part for part in rest if len(part) == _SCRIPT and part.isalpha()), "")
