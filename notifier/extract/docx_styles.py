"""Styles of a Word document: which are headings, and which hide, number or strike text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notifier.extract.docx_package import Element

_OFF = frozenset({"0", "false", "off", "none"})
_LONGEST_CHAIN = 30
_TITLES = {"title": 1, "subtitle": 2}


@dataclass(kw_only=True, slots=True)
class Style:
    """One style, without what it inherits."""

    name: str
    based_on: str
    paragraph: Element | None
    run: Element | None


def toggle(properties: Element | None, name: str) -> bool | None:
    """Return whether run properties switch something on or off; ``None`` where they are silent."""
    found = properties.first(name) if properties else None
    return None if found is None else found.get("w:val").lower() not in _OFF


class Styles:
    """All styles by id."""

    def __init__(self, root: Element | None) -> None:
        self._styles: dict[str, Style] = {}
        self._default = ""
        self._switched: dict[tuple[str, ...], bool] = {}
        for style in root.all("w:style") if root else ():
            name, based = style.first("w:name"), style.first("w:basedOn")
            self._styles[style.get("w:styleId")] = Style(
                name=name.get("w:val").lower() if name else "",
                based_on=based.get("w:val") if based else "",
                paragraph=style.first("w:pPr"),
                run=style.first("w:rPr"),
            )
            if style.get("w:type") == "paragraph" and style.get("w:default") in {"1", "true", "on"}:
                self._default = style.get("w:styleId")

    def _chain(self, style: str) -> Iterator[Style]:
        """Yield a style and those it is based on."""
        for _ in range(_LONGEST_CHAIN):
            found = self._styles.get(style)
            if found is None:
                return
            yield found
            style = found.based_on

    def level(self, style: str, properties: Element | None) -> int:
        """Return the heading level, 1 to 6, of a paragraph; 0 for text."""
        direct = properties.first("w:outlineLvl") if properties else None
        if direct is not None:
            return _outline(direct)
        for each in self._chain(style):
            if each.name in _TITLES:
                return _TITLES[each.name]
            word, _, number = each.name.partition(" ")
            if word == "heading" and number.isdecimal():
                return min(6, max(1, int(number[:2])))
            outline = each.paragraph.first("w:outlineLvl") if each.paragraph else None
            if outline is not None:
                return _outline(outline)
        return 0

    def is_contents(self, style: str) -> bool:
        """Tell whether a paragraph is a line of a generated table of contents."""
        return any(
            each.name.startswith("toc ") and each.name[4:].isdecimal()
            for each in self._chain(style)
        )

    def numbering(self, style: str) -> Element | None:
        """Return the ``w:numPr`` that a paragraph has from its style."""
        for each in self._chain(style or self._default):
            found = each.paragraph.first("w:numPr") if each.paragraph else None
            if found is not None:
                return found
        return None

    def switched(self, name: str, run: Element | None, paragraph_style: str) -> bool:
        """Return whether something is on for a run: of itself, by its style, its paragraph's."""
        direct = toggle(run, name)
        if direct is not None:
            return direct
        own = run.first("w:rStyle") if run else None
        styles = (own.get("w:val") if own else "", paragraph_style or self._default)
        if (name, *styles) not in self._switched:
            self._switched[name, *styles] = self._by_style(name, styles)
        return self._switched[name, *styles]

    def _by_style(self, name: str, styles: tuple[str, str]) -> bool:
        for style in styles:
            for each in self._chain(style):
                found = toggle(each.run, name)
                if found is not None:
                    return found
        return False


def _outline(found: Element) -> int:
    value = found.get("w:val")
    return min(6, int(value) + 1) if value.isdecimal() and int(value[:2]) < 9 else 0  # noqa: PLR2004 - 9 is body text
