"""The numbers that Word makes up while it shows a document: "3.", "(b)", "1.2"."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from notifier.extract.docx_package import Element
    from notifier.extract.docx_styles import Styles

_LEVELS = 9
_PLACE = re.compile(r"%([1-9])")
_CLAUSE = re.compile(r"[A-Za-z]*\s?\d+(?:\.\d+)+\.?\Z")
_ROMANS = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
    (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_MOST = 100_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Number:
    """What stands before a numbered paragraph."""

    marker: str
    """``-`` for a bullet, else the number as it is shown."""
    level: int

    @property
    def is_clause(self) -> bool:
        """Tell whether it numbers a clause (``4.2``) rather than an item of a list."""
        return bool(_CLAUSE.match(self.marker))


@dataclass(kw_only=True, slots=True)
class _Level:
    start: int = 1
    kind: str = "decimal"
    pattern: str = ""


@dataclass(kw_only=True, slots=True)
class _Definition:
    levels: list[_Level]
    counters: list[int | None] = field(default_factory=lambda: [None] * _LEVELS)


class Numbering:
    """All numberings of a document, counting as its paragraphs go by."""

    def __init__(self, root: Element | None, styles: Styles) -> None:
        self._styles = styles
        self._abstract: dict[str, Element] = {}
        self._numbers: dict[str, Element] = {}
        self._definitions: dict[str, _Definition] = {}
        self._restarted: set[tuple[str, int]] = set()
        for child in root.children if root else ():
            if child.name == "w:abstractNum":
                self._abstract[child.get("w:abstractNumId")] = child
            elif child.name == "w:num":
                self._numbers[child.get("w:numId")] = child

    def next(self, properties: Element | None, style: str) -> Number | None:
        """Return the number of the next paragraph, or ``None`` where it has none."""
        direct = properties.first("w:numPr") if properties else None
        inherited = self._styles.numbering(style)
        number_id = _value(direct, "w:numId") or _value(inherited, "w:numId")
        level = _value(direct, "w:ilvl") or _value(inherited, "w:ilvl") or "0"
        number = self._numbers.get(number_id)
        if number is None or number_id == "0":
            return None
        at = int(level) if level.isdecimal() and int(level[:2]) < _LEVELS else 0
        definition = self._definition(number)
        self._count(definition, number, at)
        return self._number(definition, at)

    def _definition(self, number: Element) -> _Definition:
        link = number.first("w:abstractNumId")
        key = self._resolve(link.get("w:val") if link else "")
        if key not in self._definitions:
            levels = [_Level() for _ in range(_LEVELS)]
            abstract = self._abstract.get(key)
            for level in abstract.all("w:lvl") if abstract else ():
                _read_level(level, levels)
            self._definitions[key] = _Definition(levels=levels)
        return self._definitions[key]

    def _resolve(self, key: str) -> str:
        """Follow a numbering that only points to a list style."""
        abstract = self._abstract.get(key)
        link = abstract.first("w:numStyleLink") if abstract else None
        if link is None:
            return key
        number = self._numbers.get(_value(self._styles.numbering(link.get("w:val")), "w:numId"))
        target = number.first("w:abstractNumId") if number else None
        return target.get("w:val") if target else key

    def _count(self, definition: _Definition, number: Element, at: int) -> None:
        number_id = number.get("w:numId")
        for override in number.all("w:lvlOverride"):
            start = override.first("w:startOverride")
            level = _int(override.get("w:ilvl"), 0)
            if start is not None and level == at and (number_id, at) not in self._restarted:
                self._restarted.add((number_id, at))
                definition.counters[at] = _int(start.get("w:val"), 1) - 1
        counters = definition.counters
        for above in range(at):
            if counters[above] is None:
                counters[above] = definition.levels[above].start
        before = counters[at]
        counters[at] = definition.levels[at].start if before is None else before + 1
        counters[at + 1 :] = [None] * (_LEVELS - at - 1)

    @staticmethod
    def _number(definition: _Definition, at: int) -> Number | None:
        level = definition.levels[at]
        if level.kind == "bullet":
            return Number(marker="-", level=at)

        def shown(found: re.Match[str]) -> str:
            place = int(found.group(1)) - 1
            return _format(definition.counters[place] or 0, definition.levels[place].kind)

        marker = " ".join(_PLACE.sub(shown, level.pattern[:100]).split())
        if not marker:
            return None
        return Number(marker=f"{marker}." if marker.isdecimal() else marker, level=at)


def _read_level(element: Element, levels: list[_Level]) -> None:
    at = _int(element.get("w:ilvl"), 0)
    if at >= _LEVELS:
        return
    levels[at] = _Level(
        start=_int(_value(element, "w:start"), 1),
        kind=_value(element, "w:numFmt") or "decimal",
        pattern=_value(element, "w:lvlText"),
    )


def _value(element: Element | None, name: str) -> str:
    found = element.first(name) if element else None
    return found.get("w:val") if found else ""


def _int(text: str, default: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else default  # noqa: PLR2004 - below _MOST


def _format(value: int, kind: str) -> str:
    value = max(0, min(value, _MOST))
    if kind == "none":
        return ""
    if kind in {"lowerLetter", "upperLetter"} and value:
        letter = chr(ord("a") + (value - 1) % 26) * min(10, (value - 1) // 26 + 1)
        return letter.upper() if kind == "upperLetter" else letter
    if kind in {"lowerRoman", "upperRoman"} and value < 4000:  # noqa: PLR2004 - Roman numbers end there
        roman = ""
        for worth, sign in _ROMANS:
            roman += sign * (value // worth)
            value %= worth
        return roman.upper() if kind == "upperRoman" else roman
    if kind == "decimalZero":
        return f"{value:02d}"
    return str(value)
