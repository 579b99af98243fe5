"""The redline for a terminal."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from notifier.diff.flow import Side, flow, lines
from notifier.diff.labels import ignored_sentence, label, remark, summary
from notifier.diff.model import Change, ChangeKind, Diff, Word, WordOp
from notifier.diff.places import rename_places
from notifier.diff.shown import (
    is_bulleted,
    one_line,
    reading,
    shown_units,
    shown_words,
    with_bullets,
)
from notifier.policy.hidden import make_visible
from notifier.policy.model import UnitKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from notifier.diff.flow import Piece
    from notifier.diff.places import Place
    from notifier.policy.model import Unit

WIDTH = 80
"""Columns, where the terminal says nothing else."""

_RESET = "\x1b[0m"
_STYLES = {WordOp.EQUAL: "", WordOp.INSERT: "\x1b[4;32m", WordOp.DELETE: "\x1b[9;31m"}
_MARKS = {WordOp.EQUAL: ("", ""), WordOp.INSERT: ("{+", "+}"), WordOp.DELETE: ("[-", "-]")}
_BOLD = "\x1b[1m"
_BREAK = re.compile(r"(\n| +|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff01-\uff60])")
_WIDE = frozenset("WF")


def render_text(diff: Diff, *, color: bool, full: bool = False, width: int = WIDTH) -> str:
    """Return the redline, ending in a line feed, in lines of at most ``width`` columns.

    With colour: green and underlined, red and struck through; without: ``[-gone-]`` and
    ``{+come+}``. ``full`` shows the whole text with the changes in their places. Hidden and control
    characters are written out, so nothing in a policy can steer the terminal. Only a word that is
    longer than a line runs over.
    """
    body = _whole(diff, color=color, width=width) if full else _blocks(diff, color, width)
    tail = [one_line(line) for line in (*diff.notes, ignored_sentence(diff.ignored)) if line]
    lines = [*body, *([""] if tail else [])]
    for line in tail:
        lines += _wrapped((Word(op=WordOp.EQUAL, text=line),), color=False, width=width)
    return "\n".join(lines).rstrip("\n") + "\n"


def redline(change: Change, *, color: bool) -> str:
    """Return one change's words, marked, in as many lines as it has paragraphs."""
    return "\n".join(_wrapped(shown_words(change), color=color, width=0))


def _blocks(diff: Diff, color: bool, width: int) -> Iterator[str]:
    yield from _plain(summary(diff.changes), width)
    changes = [change for change in diff.changes if change.kind is not ChangeKind.EQUAL]
    margin = len(str(len(changes))) + 3
    for number, change in enumerate(changes, 1):
        yield ""
        place = f" · {one_line(change.heading)}" if change.heading else ""
        first, *more = _plain(f"{label(change)}{place}", width - margin)
        yield f"{_bold(f'{number:>{margin - 2}}  {first}', color=color)}"
        yield from (_bold(" " * margin + line, color=color) for line in more)
        lines = _wrapped(shown_words(change), color=color, width=width - margin)
        said = _plain(one_line(remark(change)), width - margin) if remark(change) else []
        for line in (*lines, *said, *_places(diff, change, width - margin)):
            yield f"{' ' * margin}{line}".rstrip()


def _places(diff: Diff, change: Change, width: int) -> Iterator[str]:
    """Return where a name was replaced and where it was not, a line each."""
    if change.kind is not ChangeKind.RENAMED:
        return
    found = rename_places(diff, change)
    for title, places in (("Replaced", found.replaced), ("Not replaced", found.kept)):
        if places:
            yield f"{title}:"
            for place in places:
                first, *more = _plain(_place(place), width - 2)
                yield f"- {first}"
                yield from (f"  {line}" for line in more)


def _place(place: Place) -> str:
    heading = f" ({place.heading})" if place.heading else ""
    return f"{place.before}{place.name}{place.after}{heading}"


def _whole(diff: Diff, *, color: bool, width: int) -> Iterator[str]:
    """Return the new text with the changes in it, a blank line before each paragraph."""
    before: Piece | None = None
    for line in lines(flow(diff)):
        if before and not _tight(before, line[0]):
            yield ""
        held = [Word(op=WordOp.EQUAL, text="- ")] if is_bulleted(_first(line[0])) else []
        for piece in line:
            if piece is not line[0]:
                held.append(Word(op=WordOp.EQUAL, text=" "))
            held += with_bullets(_piece_words(piece), piece.new or piece.old, "-")
        yield from _wrapped(held, color=color, width=width)
        before = line[-1]


def _piece_words(piece: Piece) -> Sequence[Word]:
    change = piece.change
    if piece.moved:
        end = "from here" if piece.side is Side.OLD else "to here"
        units = piece.old or piece.new
        name = f"⟨{label(change).lower()} {end}⟩ "
        if piece.side is Side.OLD or not change.edited:
            op = WordOp.DELETE if piece.side is Side.OLD else WordOp.INSERT
            return Word(op=WordOp.EQUAL, text=name), Word(op=op, text=_read(units))
        return (Word(op=WordOp.EQUAL, text=name), *shown_words(change))
    if change.kind is ChangeKind.EQUAL:
        return shown_units(piece.old or piece.new, piece.new or piece.old)
    return shown_words(change)


def _first(piece: Piece) -> Unit:
    return (piece.new or piece.old)[0]


def _read(units: Sequence[Unit]) -> str:
    return make_visible(reading(units))


def _tight(before: Piece, piece: Piece) -> bool:
    """Tell whether two pieces are neighbours in a list or a table."""
    kinds = {(before.new or before.old)[-1].kind, (piece.new or piece.old)[0].kind}
    return kinds in ({UnitKind.ITEM}, {UnitKind.ROW})


def _plain(text: str, width: int) -> list[str]:
    return _wrapped((Word(op=WordOp.EQUAL, text=text),), color=False, width=width)


def _bold(text: str, *, color: bool) -> str:
    return f"{_BOLD}{text}{_RESET}" if color else text


def _wrapped(words: Sequence[Word], *, color: bool, width: int) -> list[str]:
    """Break marked words into lines of at most ``width`` columns; 0 breaks at line feeds only."""
    lines: list[str] = []
    line: list[Word] = []
    used = 0
    for atom in _atoms(words, color=color):
        text = atom[0].text
        size = sum(_columns(word.text) for word in atom)
        if text == "\n" or (line and used + size > width > 0):
            lines.append(_painted(line, color=color))
            line, used = [], 0
        if text != "\n" and (line or text != " "):
            line += atom
            used += size
    return [*lines, _painted(line, color=color)]


def _atoms(words: Sequence[Word], *, color: bool) -> Iterator[list[Word]]:
    """Yield what no line may break: words with their marks, single spaces, line feeds.

    Between wide characters (Chinese, Japanese, Korean) a line may break anywhere.
    """
    held: list[Word] = []
    before: Word | None = None
    for word in words:
        if color and before and (before.op, word.op) == (WordOp.DELETE, WordOp.INSERT):
            held.append(Word(op=WordOp.EQUAL, text=" "))  # "3060" would be misread
        before = word
        begin, end = ("", "") if color else _MARKS[word.op]
        for part in _BREAK.split(f"{begin}{word.text}{end}"):
            if held and (part.isspace() or _is_wide(part[:1])):
                yield held
                held = []
            if part.isspace():
                yield [Word(op=word.op, text="\n" if "\n" in part else " ")]
            elif part:
                held.append(Word(op=word.op, text=part))
    if held:
        yield held


def _painted(line: Sequence[Word], *, color: bool) -> str:
    """Return one line; each run of colour ends on it."""
    if not color:
        return "".join(word.text for word in line).rstrip()
    runs: list[tuple[WordOp, str]] = []
    for word in line:
        if runs and runs[-1][0] is word.op:
            runs[-1] = (word.op, runs[-1][1] + word.text)
        else:
            runs.append((word.op, word.text))
    if runs:
        runs[-1] = (runs[-1][0], runs[-1][1].rstrip())
    return "".join(
        f"{_STYLES[op]}{text}{_RESET}" if _STYLES[op] and text else text for op, text in runs
    )


def _is_wide(char: str) -> bool:
    return bool(char) and unicodedata.east_asian_width(char) in _WIDE


def _columns(text: str) -> int:
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 1 + (unicodedata.east_asian_width(char) in _WIDE)
        for char in text
    )
