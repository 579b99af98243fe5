"""A Word document as Markdown: body, tables, foot- and endnotes, tracked changes resolved."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from notifier.extract.docx_numbering import Numbering
from notifier.extract.docx_package import Element, Package
from notifier.extract.docx_revisions import Tracked
from notifier.extract.docx_runs import RunReader
from notifier.extract.docx_styles import Styles
from notifier.extract.markdown import Run, Writer, plain
from notifier.extract.model import Extracted, LeftOut, Refusal, Revisions, names

if TYPE_CHECKING:
    from collections.abc import Iterator

_WRAPPERS = names(
    "w:sdt w:sdtContent w:customXml w:smartTag w:ins w:del w:moveFrom w:moveTo mc:Choice"
    " w:txbxContent w:body w:footnote w:endnote"
)
_ELSEWHERE = frozenset({"w:altChunk", "w:subDoc"})
_MOST_NOTES = 5_000


def extract_docx(raw: bytes, revisions: Revisions | None) -> Extracted:
    """Return the document's text.

    Read are the body, text boxes, foot- and endnotes; comments, headers, footers, pictures and a
    generated table of contents are not part of it, hidden text is left out and named.

    :raises Refusal: it is no Word document, its tracked changes are unresolved, text of it lies in
        another file, it has no text, or it is above the bounds
    """
    package = Package(raw)
    root = package.part(package.main)
    body = root.first("w:body") if root else None
    if body is None:
        raise Refusal(
            "it is no Word document: it has no body",
            "Hand in the policy as .docx.",
            code="wrong_kind",
        )
    styles = Styles(package.linked("styles"))
    tracked, left_out = Tracked(resolve=revisions), LeftOut()
    reader = _Reader(
        writer=Writer(),
        styles=styles,
        numbering=Numbering(package.linked("numbering"), styles),
        tracked=tracked,
        left_out=left_out,
        runs=RunReader(
            styles=styles, tracked=tracked, left_out=left_out, links=package.links(package.main)
        ),
        footnotes={kind: _notes(package, kind) for kind in ("footnote", "endnote")},
    )
    reader.blocks(body)
    reader.end()
    tracked.refuse()
    text = reader.writer.text()
    if not text:
        raise Refusal(
            "there is no text in it", "Hand in the whole text of the policy.", code="no_text"
        )
    notes = left_out.notes()
    if tracked.found and revisions:
        many = len(tracked.found)
        notes = (f"Tracked changes were read as if {revisions.value}ed: {many}.", *notes)
    return Extracted(text=text, notes=notes)


def _notes(package: Package, kind: str) -> dict[str, Element]:
    root = package.linked(f"{kind}s")
    return {note.get("w:id"): note for note in (root.all(f"w:{kind}") if root else ())}


@dataclass(kw_only=True)
class _Reader:
    """The walk over a document's blocks."""

    writer: Writer
    styles: Styles
    numbering: Numbering
    tracked: Tracked
    left_out: LeftOut
    runs: RunReader
    footnotes: dict[str, dict[str, Element]]
    pending: list[Run] = field(default_factory=list)
    """Words of a paragraph whose mark is gone: they run on into the next one."""
    levels: list[int] = field(default_factory=list)
    """Levels of the list items that are open in the writer."""
    in_note: bool = False
    notes_written: int = 0

    def blocks(self, node: Element) -> None:
        """Read the blocks of the body, a note or a text box."""
        for child in node.children:
            if child.name == "w:p":
                self._paragraph(child)
            elif child.name == "w:tbl":
                self._table(child)
            elif child.name in _ELSEWHERE:
                raise Refusal(
                    "a part of its text lies in another document that is only linked in",
                    "Save it anew as one .docx from Word.",
                    code="linked_text",
                )
            elif child.name == "mc:AlternateContent":
                self.blocks(child.first("mc:Choice") or child)
            elif child.name in _WRAPPERS and not _is_contents(child):
                self.blocks(child)
            elif child.name in _WRAPPERS:
                self.left_out.count("table of contents")

    def end(self) -> None:
        """End what is still open."""
        if self.pending:
            self._close_items(0)
            self.writer.paragraph(self.pending)
            self.pending = []
        self._close_items(0)

    def _paragraph(self, node: Element) -> None:
        self.tracked.paragraphs += 1
        found = node.first("w:pPr")
        mark = found.first("w:rPr") if found else None
        properties = self.tracked.settled(found, "w:pPrChange")
        named = properties.first("w:pStyle") if properties else None
        style = named.get("w:val") if named else ""
        runs = [*self.pending, *self.runs.read(node, style)]
        self.pending = []
        if self.tracked.note_mark(mark):
            self.pending = runs
        elif self.styles.is_contents(style):
            self.left_out.count("table of contents")
        else:
            self._write(runs, properties, style)
        self._hanging()

    def _write(self, runs: list[Run], properties: Element | None, style: str) -> None:
        level = self.styles.level(style, properties)
        number = self.numbering.next(properties, style)
        if not plain(runs):
            return
        marker = number.marker if number else ""
        if level:
            self._close_items(0)
            self.tracked.heading = plain(runs)
            before = [Run(text=f"{marker} ")] if marker.strip("-") else []
            self.writer.heading(level, [*before, *runs])
        elif number is None or number.is_clause:
            self._close_items(0)
            self.writer.paragraph(runs, prefix=marker)
        else:
            self._close_items(number.level)
            self.writer.begin_item(number.marker)
            self.levels.append(number.level)
            self.writer.paragraph(runs)

    def _close_items(self, level: int) -> None:
        """Close list items at this level and below it."""
        while self.levels and self.levels[-1] >= level:
            self.levels.pop()
            self.writer.end()

    def _hanging(self) -> None:
        """Read what hangs on the paragraph or table just read: text boxes, then notes."""
        boxes, self.runs.boxes = self.runs.boxes, []
        for box in boxes:
            self.blocks(box)
        if self.in_note:
            return
        notes, self.runs.notes = self.runs.notes, []
        for kind, number in notes:
            note = self.footnotes[kind].get(number)
            self.notes_written += 1
            if note is not None and self.notes_written <= _MOST_NOTES:
                self._note(kind, note)

    def _note(self, kind: str, note: Element) -> None:
        """Write a note below the paragraph that refers to it: numbers would change with each."""
        pending, self.pending = self.pending, []
        self.in_note = True
        runs: list[Run] = []
        for paragraph in _paragraphs(note):
            runs += [*self.runs.read(paragraph, ""), Run(text=" ")]
        self.in_note = False
        self._close_items(0)
        self.writer.paragraph([Run(text=f"{kind.capitalize()}: "), *runs])
        self.pending = pending

    def _table(self, node: Element) -> None:
        rows = [cells for row in _rows(node) if (cells := self._row(row)) is not None]
        if not rows:
            return
        self._close_items(0)
        if len(rows) == 1 or max(len(row) for row in rows) == 1:
            for cell in (cell for row in rows for cell in row if cell is not None):
                self.blocks(cell)
                self.end()
            return
        self.writer.table([[self._cell(cell) if cell else [] for cell in row] for row in rows])
        self._hanging()

    def _row(self, row: Element) -> list[Element | None] | None:
        """Return a row's cells, ``None`` where one spans on; ``None`` for a row that is gone."""
        cells: list[Element | None] = []
        gone = self.tracked.note_row(row.first("w:trPr"), "")
        for cell in _cells(row):
            properties = cell.first("w:tcPr")
            if self.tracked.note_cell(properties, ""):
                continue
            merged = properties.first("w:vMerge") if properties else None
            span = properties.first("w:gridSpan") if properties else None
            width = span.get("w:val") if span else "1"
            across = min(int(width), 60) if width.isdecimal() and len(width) < 4 else 1  # noqa: PLR2004 - three digits
            goes_on = merged is not None and merged.get("w:val") != "restart"
            cells += [None if goes_on else cell, *[None] * (across - 1)]
        return None if gone else cells

    def _cell(self, node: Element) -> list[Run]:
        """Return a cell's words in one line, its list items and inner tables marked off."""
        found: list[Run] = []
        for child in node.children:
            if child.name == "w:p":
                found += self._cell_paragraph(child)
            elif child.name == "w:tbl":
                for row in _rows(child):
                    for cell in self._row(row) or ():
                        found += [*(self._cell(cell) if cell else ()), Run(text="; ")]
            elif child.name in _WRAPPERS:
                found += self._cell(child)
        return found

    def _cell_paragraph(self, node: Element) -> list[Run]:
        self.tracked.paragraphs += 1
        found = node.first("w:pPr")
        properties = self.tracked.settled(found, "w:pPrChange")
        named = properties.first("w:pStyle") if properties else None
        style = named.get("w:val") if named else ""
        number = self.numbering.next(properties, style)
        mark = "" if number is None else "• " if number.marker == "-" else f"{number.marker} "
        runs = self.runs.read(node, style)
        gone = self.tracked.note_mark(found.first("w:rPr") if found else None)
        return [Run(text=mark), *runs, *([] if gone else [Run(text=" ")])]


def _is_contents(node: Element) -> bool:
    gallery = node.first("w:sdtPr", "w:docPartObj", "w:docPartGallery")
    return gallery is not None and gallery.get("w:val") == "Table of Contents"


def _rows(table: Element) -> Iterator[Element]:
    yield from _inside(table, "w:tr")


def _cells(row: Element) -> Iterator[Element]:
    yield from _inside(row, "w:tc")


def _paragraphs(note: Element) -> Iterator[Element]:
    yield from _inside(note, "w:p")


def _inside(node: Element, name: str) -> Iterator[Element]:
    """Yield the children of a name, through whatever merely wraps them."""
    for child in node.children:
        if child.name == name:
            yield child
        elif child.name in _WRAPPERS:
            yield from _inside(child, name)
