"""A translation beside its source: the numbers, units, dates and links of both; never a judgement.

Whether two sentences say the same in two languages is for whoever attests the translation. That
"24 months" became "36 Monate", that a date or a link is missing, can be seen without knowing.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING

from notifier.share import share

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from notifier.policy.model import Document

_MOST = 20
"""Items named of each side; the rest is counted."""
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>\"()\[\]|]{1,400}|[\w.%+-]{1,64}@[\w.-]{1,253}")
_NUMERIC_DATE = re.compile(
    r"(?<!\d)(?:(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})"
    r"|(?P<a>\d{1,2})(?P<sep>[./-]) ?(?P<b>\d{1,2})(?P=sep) ?(?P<year>\d{4})"
    r"|(?P<cy>\d{4})年 ?(?P<cm>\d{1,2})月 ?(?P<cd>\d{1,2})日)(?!\d)"
)
_TOKEN = re.compile(r"\d{1,3}(?:[.,'’\u00a0\u202f]\d{3})+(?!\d)|\d+[.,]\d+|\d+|[^\W\d_]+|[%٪％]")
_GROUPED = re.compile(r"\d{1,3}(?:[.,'’\u00a0\u202f]\d{3})+")
_YEAR_AHEAD = 3
"""A month's name and its year or day stand this many words apart at most ("de enero de 2027")."""
_LONGEST_UNIT = 2
_YEARS = range(1900, 2200)
_DAYS = range(1, 32)
_TWELVE = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Language:
    """How one language tells numbers in words."""

    months: Mapping[str, int] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)
    units: Mapping[tuple[str, ...], str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """What only one side has, of one kind: ``numbers``, ``units``, ``dates`` or ``links``."""

    kind: str
    source_only: tuple[str, ...]
    translation_only: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """A translation beside its source."""

    differences: tuple[Difference, ...]
    uncompared: tuple[str, ...] = ()
    """Kinds that could not be compared, since the words of one language are not known."""


@dataclass(kw_only=True, slots=True)
class _Found:
    numbers: Counter[str] = field(default_factory=Counter)
    units: Counter[str] = field(default_factory=Counter)
    dates: Counter[str] = field(default_factory=Counter)
    links: Counter[str] = field(default_factory=Counter)


def compare_translation(
    source: Document, translation: Document, *, language: str, locale: str
) -> Comparison:
    """Return what the two texts do not share, of numbers, units, dates and links.

    ``language`` is the source's tag, ``locale`` the translation's. Dates and units are compared
    where the words of both languages are known (``data/reference/quantities.toml``); else the
    numbers in them are.
    """
    pairs = ((source, language), (translation, locale))
    known = all(_primary(tag) in _languages() for _, tag in pairs)
    ours, theirs = (_read(document, tag, dates=known) for document, tag in pairs)
    kinds = ("numbers", "units", "dates", "links") if known else ("numbers", "links")
    found = (_difference(kind, getattr(ours, kind), getattr(theirs, kind)) for kind in kinds)
    return Comparison(
        differences=tuple(each for each in found if each is not None),
        uncompared=() if known else ("units", "dates"),
    )


def _difference(kind: str, ours: Counter[str], theirs: Counter[str]) -> Difference | None:
    left, right = ours - theirs, theirs - ours
    if not left and not right:
        return None
    return Difference(kind=kind, source_only=_named(left), translation_only=_named(right))


def _named(found: Counter[str]) -> tuple[str, ...]:
    items = sorted(found.elements())
    more = len(items) - _MOST
    return (*items[:_MOST], *((f"{more} more",) if more > 0 else ()))


def _primary(tag: str) -> str:
    return tag.partition("-")[0].lower()


@cache
def _languages() -> Mapping[str, Language]:
    # Folded as the texts are, so that "dreißig" meets itself.
    text = share("data", "reference", "quantities.toml").read_text("utf-8").casefold()
    table = tomllib.loads(text)
    return {
        tag: Language(
            months={
                name: number
                for number, names in enumerate(words["months"], start=1)
                for name in names.split()
            },
            numbers={
                name: int(value)
                for value, names in words["numbers"].items()
                for name in names.split()
            },
            units={
                tuple(form.split()): unit
                for unit, forms in words["units"].items()
                for form in forms
            },
        )
        for tag, words in table.items()
    }


def _read(document: Document, tag: str, *, dates: bool) -> _Found:
    """Return what one text holds; without ``dates`` their years and days count as numbers."""
    language = _languages().get(_primary(tag), Language())
    month_first = _primary(tag) == "en" and tag.upper() not in _DAY_FIRST
    found = _Found()
    # By paragraph: in "am 5. März" the point of the day looks like the end of a sentence.
    for _, units in groupby(document.units, key=lambda unit: unit.block):
        block = tuple(units)
        text = " ".join(unit.text for unit in block)
        found.links.update(link for unit in block for link in unit.links)
        found.links.update(_addresses(text))
        text = _ADDRESS.sub(" ", text)
        if dates:
            text = _NUMERIC_DATE.sub(
                lambda each: _dated(each, found, month_first=month_first), text
            )
        _count(tuple(_tokens(text)), language, found, dates=dates)
    # A link that is named twice in one language need not be in the other.
    found.links = Counter(dict.fromkeys(found.links, 1))
    return found


_DAY_FIRST = frozenset({"EN-GB", "EN-AU", "EN-IE", "EN-NZ", "EN-IN", "EN-ZA"})


def _addresses(text: str) -> Iterator[str]:
    for each in _ADDRESS.finditer(text):
        yield each.group().rstrip(".,;:!?*")


def _dated(each: re.Match[str], found: _Found, *, month_first: bool) -> str:
    if each["year"]:
        first, second = int(each["a"]), int(each["b"])
        swap = first <= _TWELVE and (month_first or second > _TWELVE)
        day, month = (second, first) if swap else (first, second)
        year = int(each["year"])
    else:
        year, month, day = (
            int(each[a] or each[b]) for a, b in (("y", "cy"), ("m", "cm"), ("d", "cd"))
        )
    found.dates[f"{year:04}-{month:02}-{day:02}"] += 1
    return " "


def _tokens(text: str) -> Iterator[str]:
    for each in _TOKEN.finditer(text):
        token = each.group()
        if not token[0].isdecimal():
            yield token.casefold()
        elif _GROUPED.fullmatch(token):
            yield _digits(token)
        else:
            whole, _, part = token.replace(",", ".").partition(".")
            yield f"{_digits(whole)}.{_digits('1' + part)[1:]}" if part else _digits(whole)


def _digits(token: str) -> str:
    """Return the digits of any script as 0 to 9, without leading zeros."""
    plain = "".join(str(unicodedata.decimal(char)) for char in token if char.isdecimal())
    return plain.lstrip("0") or "0"


def _count(tokens: tuple[str, ...], language: Language, found: _Found, *, dates: bool) -> None:
    taken: set[int] = set()
    if dates:
        for at, token in enumerate(tokens):
            if token in language.months:
                taken |= _date_around(tokens, at, language.months[token], found, taken)
    for at, token in enumerate(tokens):
        if at in taken:
            continue
        value = token if token[0].isdecimal() else str(language.numbers.get(token, ""))
        unit = _unit_after(tokens, at, language) if value else ""
        said_again = tokens[at + 1 : at + 2] == (value,)  # "thirty (30) days"
        if not value or (not token[0].isdecimal() and (said_again or not unit)):
            continue
        found.numbers[value] += 1
        if unit:
            found.units[f"{value} {unit}"] += 1


def _date_around(
    tokens: tuple[str, ...], at: int, month: int, found: _Found, taken: set[int]
) -> set[int]:
    """Count the date whose month stands at ``at``; return the tokens it is made of."""
    before = range(max(0, at - 2), at)
    after = range(at + 1, min(len(tokens), at + 1 + _YEAR_AHEAD))
    year = next((i for i in after if _is_in(tokens[i], _YEARS)), None)
    if year is None:
        return set()
    near = [i for i in (*reversed(before), *range(at + 1, year)) if i not in taken]
    day = next((i for i in near if _is_in(tokens[i], _DAYS)), None)
    date = f"{int(tokens[year]):04}-{month:02}"
    found.dates[date if day is None else f"{date}-{int(tokens[day]):02}"] += 1
    return {year} if day is None else {year, day}


def _is_in(token: str, values: range) -> bool:
    return token.isdecimal() and len(token) <= _LONGEST_NUMBER and int(token) in values


_LONGEST_NUMBER = 4


def _unit_after(tokens: tuple[str, ...], at: int, language: Language) -> str:
    """Return the unit of the number at ``at``; one word may stand between ("30 calendar days")."""
    if tokens[at + 1 : at + 2] in {("%",), ("٪",), ("％",)}:
        return "percent"
    for start in (at + 1, at + 2):
        for length in range(_LONGEST_UNIT, 0, -1):
            unit = language.units.get(tokens[start : start + length])
            if unit is not None:
                return unit
        if tokens[start : start + 1] and tokens[start][0].isdecimal():
            break
    return ""
