"""Write Markdown that reads back as exactly the words and the structure that were put in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from notifier.extract.model import MAX_TEXT, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

DEEPEST = 12
"""Lists in lists; what lies deeper is written at this depth."""

_SPACES = re.compile(r"[ \t\r\f\v]+")
# What Markdown would take for markup, and only there: a redline shows these marks too.
_MARKS = re.compile(
    r"\\(?=[!-/:-@\[-`{-~])|`|\*|(?<!\w)_|_(?!\w)|<(?=[A-Za-z/!?])|\](?=\()"
    r"|&(?=#?[A-Za-z0-9]{1,32};)"
)
_BRACKETS = re.compile(r"(?<!\\)[\[\]]")
_LINE_START = re.compile(
    r"(?:#{1,6}(?=\s|\Z)|>|\+(?=\s|\Z)|~~~|[-=|:](?=[-=|: \t]*\Z)|\[(?=[^\]]*\]:))"
)
_URL_MARKS = str.maketrans(
    {" ": "%20", "(": "%28", ")": "%29", "<": "%3C", ">": "%3E", "\\": "%5C", "|": "%7C"}
    | dict.fromkeys("\t\r\n\f\v", "")
)


class Run(NamedTuple):
    """Words with one look. A line feed in ``text`` is a line break that the author made.

    A tuple, since a document has a hundred thousand of them.
    """

    text: str
    bold: bool = False
    italic: bool = False
    struck: bool = False
    """Struck through: it may be what the company no longer says, so it stays visible as such."""
    link: str = ""


def plain(runs: Iterable[Run]) -> str:
    """Return the words alone, in one line."""
    return " ".join("".join(run.text for run in runs).split())


def inline(runs: Sequence[Run], *, emphasis: bool = True) -> str:
    """Return runs as Markdown; a line feed for each line break, no other white space but spaces."""
    groups = [list(group) for _, group in groupby(_settled(runs), key=lambda run: run.link)]
    pieces: list[str] = []
    for index, words in enumerate(groups):
        if link := words[0].link:
            label = _BRACKETS.sub(r"\\\g<0>", _styled(words, "[", "]", emphasis=emphasis))
            pieces.append(f"[{label}]({link.translate(_URL_MARKS)})" if label.strip() else label)
        else:
            before = pieces[-1][-1:] if pieces else ""
            after = groups[index + 1][0].text[:1] if index + 1 < len(groups) else ""
            pieces.append(_styled(words, before, after, emphasis=emphasis))
    return _lines("".join(pieces))


def _settled(runs: Sequence[Run]) -> list[Run]:
    """Join runs of one look and collapse white space, also where it reaches over several runs."""
    found: list[Run] = []
    last = ""
    for look, group in groupby(runs, key=lambda run: run[1:]):
        text = _SPACES.sub(" ", "".join(run.text for run in group))
        if last in {" ", "\n"}:
            text = text.lstrip(" ")
        if text:
            found.append(Run(text, *look))
            last = text[-1]
    return found


def _styled(words: list[Run], before: str, after: str, *, emphasis: bool) -> str:
    """Return the runs of one link, or of the text between links, with their emphasis."""
    out = ""
    for index, run in enumerate(words):
        follow = words[index + 1].text[:1] if index + 1 < len(words) else after
        text = _MARKS.sub(lambda found: "&amp;" if found[0] == "&" else f"\\{found[0]}", run.text)
        mark = "**" if run.bold else "*" if run.italic else ""
        core = text.strip()
        if run.struck and core:
            text = text.replace(core, f"<s>{core}</s>", 1)
        elif mark and emphasis and "\n" not in core and _may_stand(core, text, out, before, follow):
            text = text.replace(core, f"{mark}{core}{mark}", 1)
        out += text
    return out


def _may_stand(core: str, text: str, out: str, before: str, after: str) -> bool:
    """Tell whether Markdown would read stars around ``core`` as emphasis, by its flanking rules."""
    if not core:
        return False
    left = " " if text[0].isspace() else (out[-1:] or before or " ")
    right = " " if text[-1].isspace() else (after or " ")
    opens = left != "*" and (core[0].isalnum() or not left.isalnum())
    return opens and right != "*" and (core[-1].isalnum() or not right.isalnum())


def _lines(text: str) -> str:
    lines = [line.strip(" ") for line in text.strip().split("\n")]
    return "\n".join(_LINE_START.sub(_escape_first, line, count=1) for line in lines if line)


def _escape_first(found: re.Match[str]) -> str:
    return f"\\{found[0]}" if found.start() == 0 else found[0]


@dataclass(kw_only=True, slots=True)
class _Container:
    """A list item or a quotation that blocks stand in."""

    first: str
    rest: str
    used: bool = False


@dataclass(kw_only=True, slots=True)
class Writer:
    """Takes blocks in reading order; ``text()`` returns them as Markdown.

    :raises Refusal: more than ``MAX_TEXT`` characters were written
    """

    _blocks: list[str] = field(default_factory=list)
    _inside: list[_Container] = field(default_factory=list)
    _length: int = 0

    def heading(self, level: int, runs: Sequence[Run]) -> None:
        """Write a heading of level 1 to 6; one without words is nothing."""
        text = inline(runs, emphasis=False).replace("\n", " ")
        if text:
            self._write(f"{'#' * min(6, max(1, level))} {text}")

    def paragraph(self, runs: Sequence[Run], *, prefix: str = "") -> None:
        """Write a paragraph; ``prefix`` is an enumerator that stands before its words."""
        text = inline(runs)
        if text:
            self._write(f"{prefix} {text}".lstrip())

    def rule(self) -> None:
        """Write a separator."""
        self._write("* * *")

    def table(self, rows: Sequence[Sequence[Sequence[Run]]]) -> None:
        """Write rows of cells; the first one stands as the head, as Markdown wants it."""
        cells = [[inline(cell).replace("\n", " ").replace("|", "\\|") for cell in r] for r in rows]
        cells = [row for row in cells if any(row)]
        if not cells:
            return
        width = max(len(row) for row in cells)
        lines = [f"| {' | '.join([*row, *[''] * (width - len(row))])} |" for row in cells]
        self._write("\n".join([lines[0], f"|{' --- |' * width}", *lines[1:]]))

    def begin_item(self, marker: str = "-") -> None:
        """Open a list item: what is written until ``end`` belongs to it."""
        list_marker = marker if marker[:-1].isdigit() else "-"
        first = f"{marker} " if list_marker == marker else f"- {marker} "
        self._open(first, " " * (len(list_marker) + 1))

    def begin_quote(self) -> None:
        """Open a quotation."""
        self._open("> ", "> ")

    def _open(self, first: str, rest: str) -> None:
        self._inside.append(_Container(first=first, rest=rest))

    def end(self) -> None:
        """Close what was opened last."""
        self._inside.pop()

    @property
    def depth(self) -> int:
        """Return how many items and quotations are open."""
        return len(self._inside)

    def _write(self, text: str) -> None:
        inside = self._inside
        if len(inside) > DEEPEST:  # written as a sibling of the deepest ones
            inside = [*inside[: DEEPEST - 1], inside[-1]]
        head = "".join(c.rest if c.used else c.first for c in inside)
        tail = "".join(c.rest for c in inside)
        for container in self._inside:
            container.used = True
        block = head + text.replace("\n", f"\n{tail}")
        self._length += len(block) + 2
        if self._length > MAX_TEXT:
            raise Refusal(
                f"its text is above the limit of {MAX_TEXT // 1_000_000} million characters",
                "Hand in the policy's text alone.",
                code="file_too_big",
            )
        self._blocks.append(block)

    def text(self) -> str:
        """Return everything that was written."""
        return "\n\n".join(self._blocks) + "\n" if self._blocks else ""
