"""The words of a Word paragraph: runs, links, fields, notes, and what is hidden."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from notifier.extract.docx_revisions import KINDS
from notifier.extract.markdown import Run
from notifier.extract.model import names

if TYPE_CHECKING:
    from notifier.extract.docx_package import Element
    from notifier.extract.docx_revisions import Tracked
    from notifier.extract.docx_styles import Styles
    from notifier.extract.model import LeftOut

_LINK_FIELD = re.compile(r"\s*HYPERLINK\s+(?:\\l\s+)?\"([^\"]{0,2000})\"", re.IGNORECASE)
_LOCAL_FIELD = re.compile(r"\s*HYPERLINK\s+\\l\b", re.IGNORECASE)
_TRANSPARENT = names(
    "w:smartTag w:sdt w:sdtContent w:customXml w:dir w:bdo w:fldSimple w:rubyBase m:oMath"
    " m:oMathPara m:r m:e m:num m:den m:f m:sub m:sup m:sSub m:sSup mc:Choice"
)
_TRACKED = frozenset({"w:ins", "w:del", "w:moveFrom", "w:moveTo"})
_PICTURES = frozenset({"w:drawing", "w:pict", "w:object"})
_SAFE = re.compile(r"(?:https?|mailto|tel):", re.IGNORECASE)
_SYMBOLS = {
    "wingdings": {
        "FC": "✓", "FB": "✗", "A8": "☐", "FE": "☑", "FD": "☒", "6F": "☐", "78": "☒",
        "A7": "▪", "6C": "●", "6E": "■", "E0": "→", "D8": "➢",
    },
    "symbol": {"B7": "•", "AE": "→", "B3": "≥", "A3": "≤", "D2": "®", "D3": "©", "D4": "™"},
}  # fmt: skip


@dataclass(kw_only=True, slots=True)
class _Field:
    """A field that is open: Word keeps its code and its last result side by side."""

    code: str = ""
    in_code: bool = True
    link: str = ""


@dataclass(kw_only=True)
class RunReader:
    """Reads the content of paragraphs; fields may reach over several of them."""

    styles: Styles
    tracked: Tracked
    left_out: LeftOut
    links: dict[str, tuple[str, str, bool]]
    fields: list[_Field] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    """Foot- and endnotes that were referred to: kind and id."""
    boxes: list[Element] = field(default_factory=list)
    """Text boxes that hang on what was read."""

    def read(self, node: Element, style: str, *, link: str = "") -> list[Run]:
        """Return the runs of everything in a paragraph."""
        found: list[Run] = []
        for child in node.children:
            name = child.name
            if name == "w:r":
                found += self._run(child, style, link)
            elif name in _TRACKED:
                found += self._tracked(child, style, link)
            elif name == "w:hyperlink":
                found += self.read(child, style, link=self._target(child) or link)
            elif name == "mc:AlternateContent":
                found += self._alternate(child, style, link)
            elif name == "m:t":
                found.append(Run(text=child.text))
            elif name == "w:fldSimple":
                found += self.read(child, style, link=_field_link(child.get("w:instr")) or link)
            elif name in _TRANSPARENT:
                found += self.read(child, style, link=link)
        return found

    def _tracked(self, node: Element, style: str, link: str) -> list[Run]:
        boxes, notes = len(self.boxes), len(self.notes)
        runs = self.read(node, style, link=link)
        words = "".join(run.text for run in runs)
        if node.children:
            self.tracked.note(node.name, words, what=KINDS[node.name])
        if not self.tracked.is_gone(node.name):
            return runs
        del self.boxes[boxes:], self.notes[notes:]
        return []

    def _alternate(self, node: Element, style: str, link: str) -> list[Run]:
        """Read the newer of two ways in which Word writes the same thing."""
        choice = node.first("mc:Choice") or node.first("mc:Fallback")
        return self._pieces(choice, Run(text="", link=link), style) if choice else []

    def _target(self, node: Element) -> str:
        kind, target, outside = self.links.get(node.get("r:id"), ("", "", False))
        anchor = node.get("w:anchor")
        if outside and kind and _SAFE.match(target):
            return f"{target}#{anchor}" if anchor else target
        return f"#{anchor}" if anchor else ""

    def _run(self, node: Element, style: str, link: str) -> list[Run]:
        properties = self.tracked.settled(node.first("w:rPr"), "w:rPrChange")
        look = Run(
            text="",
            bold=self.styles.switched("w:b", properties, ""),
            italic=self.styles.switched("w:i", properties, ""),
            struck=any(
                self.styles.switched(n, properties, style) for n in ("w:strike", "w:dstrike")
            ),
            link=link,
        )
        hidden = any(
            self.styles.switched(n, properties, style) for n in ("w:vanish", "w:specVanish")
        )
        pieces = self._pieces(node, look, style)
        if hidden:
            self.left_out.hide("".join(run.text for run in pieces))
            return []
        return pieces

    def _pieces(self, node: Element, look: Run, style: str) -> list[Run]:
        found: list[Run] = []
        for child in node.children:
            text = self._text_of(child)
            if child.name == "w:ruby":
                found += self.read(child, style, link=look.link)
            elif child.name == "w:r":
                found += self._run(child, style, look.link)
            elif child.name == "mc:AlternateContent":
                found += self._alternate(child, style, look.link)
            elif text and not (self.fields and self.fields[-1].in_code):
                found.append(look._replace(text=text, link=look.link or self._open_link()))
        return found

    def _open_link(self) -> str:
        return next((each.link for each in reversed(self.fields) if each.link), "")

    def _text_of(self, node: Element) -> str:  # noqa: PLR0911 - a table of cases
        """Return what one element inside a run shows."""
        name = node.name
        if name in {"w:t", "w:delText"}:
            return " ".join(node.text.split("\n")) if "\n" in node.text else node.text
        if name in {"w:tab", "w:ptab"}:
            return " "
        if name in {"w:br", "w:cr"}:
            return " " if node.get("w:type") in {"page", "column"} else "\n"
        if name == "w:noBreakHyphen":
            return "\u2011"
        if name == "w:sym":
            return _symbol(node)
        self._mark(node)
        if name in {"w:footnoteReference", "w:endnoteReference"}:
            kind = name.removeprefix("w:").removesuffix("Reference")
            self.notes.append((kind, node.get("w:id")))
            return f"[{kind}]"
        return ""

    def _mark(self, node: Element) -> None:
        """Take what shows nothing by itself: field marks, pictures, comments."""
        if node.name == "w:fldChar":
            self._field(node.get("w:fldCharType"))
        elif node.name in {"w:instrText", "w:delInstrText"} and self.fields:
            self.fields[-1].code += node.text[:2000]
        elif node.name == "w:commentReference":
            self.left_out.count("comments")
        elif node.name in _PICTURES:
            boxes = _boxes(node)
            self.boxes += boxes
            if not boxes:
                self.left_out.count("pictures")

    def _field(self, kind: str) -> None:
        if kind == "begin":
            self.fields.append(_Field())
        elif kind == "separate" and self.fields:
            self.fields[-1].in_code = False
            self.fields[-1].link = _field_link(self.fields[-1].code)
        elif kind == "end" and self.fields:
            self.fields.pop()


def _field_link(code: str) -> str:
    found = _LINK_FIELD.match(code)
    if found is None:
        return ""
    if _LOCAL_FIELD.match(code):
        return f"#{found.group(1)}"
    return found.group(1) if _SAFE.match(found.group(1)) else ""


def _boxes(node: Element) -> list[Element]:
    """Return the contents of the text boxes in a drawing, the older copy of each left out."""
    found = []
    stack = [node]
    while stack:
        each = stack.pop()
        if each.name == "w:txbxContent":
            found.append(each)
        elif each.name != "mc:Fallback":
            stack += reversed(each.children)
    return found


def _symbol(node: Element) -> str:
    """Return a sign of a symbol font; an unknown one is named, since it may mean yes or no."""
    font, code = node.get("w:font"), node.get("w:char").upper()[-2:]
    known = _SYMBOLS.get(font.lower().rstrip(" 23"), {}).get(code)
    return known or f"⟨{font} {code}⟩"
