"""Paragraphs of marked runs as the body of a Word document (ECMA-376, part 1, 17.13.5)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from notifier.diff.keys import number_of
from notifier.diff.render.tracked.paragraphs import OLD, Op, Paragraph, Run
from notifier.policy.model import UnitKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from notifier.policy.model import Unit

AUTHOR = "notifier"
MOMENT = "1980-01-01T00:00:00Z"
"""A diff has no date of its own, but Word's schema wants one of a move; the same for all."""

_TAGS = {
    Op.INSERT: "w:ins",
    Op.DELETE: "w:del",
    Op.MOVE_FROM: "w:moveFrom",
    Op.MOVE_TO: "w:moveTo",
}
_UNWRITABLE = re.compile("[^\t\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold, and line ends, which a run cannot."""


@dataclass(kw_only=True, slots=True)
class Body:
    """Writes the body; numbers every mark, since Word wants each id once."""

    _count: int = 0
    _moves: dict[str, int] = field(default_factory=dict)
    """Change → the number by which Word joins the two ends of a move."""
    _open: tuple[str, str, int] | None = None
    """The range of a move that is open: kind, change, id."""

    def write(self, paragraphs: Sequence[Paragraph]) -> str:
        """Return the paragraphs as XML."""
        following = [p.runs[0] if p.runs else p.end for p in paragraphs[1:]]
        nexts: list[Run | None] = [*following, None]
        return "\n".join(self._paragraph(p, n) for p, n in zip(paragraphs, nexts, strict=True))

    def _paragraph(self, paragraph: Paragraph, following: Run | None) -> str:
        end = paragraph.end
        marks = "" if end.op is Op.EQUAL else f"<w:rPr><{_TAGS[end.op]} {self._mark()}/></w:rPr>"
        style, before = _style(end.unit), _style(end.old_unit or end.unit)
        changed = ""
        if end.op is Op.EQUAL and before != style:
            changed = f"<w:pPrChange {self._mark()}><w:pPr>{before}</w:pPr></w:pPrChange>"
        inner = f"{style}{marks}{changed}"
        properties = f"<w:pPr>{inner}</w:pPr>" if inner else ""
        parts = list(self._content(paragraph.runs))
        if self._open and (following is None or _range_of(following) != self._open[:2]):
            parts.append(self._close())
        return f"<w:p>{properties}{''.join(parts)}</w:p>"

    def _content(self, runs: Sequence[Run]) -> Iterator[str]:
        for run in runs:
            kind, move = _range_of(run)
            if self._open and self._open[:2] != (kind, move):
                yield self._close()
            if move and not self._open:
                yield self._begin(kind, move)
            yield self._run(run)

    def _run(self, run: Run) -> str:
        if run.op is Op.EQUAL:
            return _text(run.text, "w:t")
        tag = _TAGS[run.op]
        text = _text(run.text, "w:delText" if run.op is Op.DELETE else "w:t")
        return f"<{tag} {self._mark()}>{text}</{tag}>"

    def _begin(self, kind: str, move: str) -> str:
        number = self._moves.setdefault(move, len(self._moves) + 1)
        mark = self._mark()
        self._open = (kind, move, self._count)
        return f'<{kind}RangeStart {mark} w:name="move{number}"/>'

    def _close(self) -> str:
        if self._open is None:
            return ""
        kind, _, number = self._open
        self._open = None
        return f'<{kind}RangeEnd w:id="{number}"/>'

    def _mark(self) -> str:
        self._count += 1
        return f'w:id="{self._count}" w:author="{AUTHOR}" w:date="{MOMENT}"'


def _range_of(run: Run) -> tuple[str, str]:
    """Return which range of a move a run stands in: the kind of its end, and the change."""
    if not run.move:
        return "", ""
    return _TAGS[Op.MOVE_FROM if run.op in OLD else Op.MOVE_TO], run.move


def _style(unit: Unit | None) -> str:
    if unit is None:
        return ""
    match unit.kind:
        case UnitKind.HEADING:
            name = f"Heading{min(max(unit.level, 1), 6)}"
        case UnitKind.ITEM:
            name = "ListParagraph" if number_of(unit) else "ListBullet"
        case UnitKind.ROW:
            name = "TableRow"
        case _:
            return ""
    return f'<w:pStyle w:val="{name}"/>'


def _text(text: str, tag: str) -> str:
    """Return one run; a tab is an element of its own."""
    text = _UNWRITABLE.sub(lambda found: f"⟨U+{ord(found.group()):04X}⟩", text)
    pieces = (
        f'<{tag} xml:space="preserve">{escape(part)}</{tag}>' if part else ""
        for part in text.split("\t")
    )
    return f"<w:r>{'<w:tab/>'.join(pieces)}</w:r>"
