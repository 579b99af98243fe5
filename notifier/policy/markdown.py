"""Markdown to units: markdown-it-py says which lines are what, the words come from ``inline``."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

from notifier.policy.collect import Collector, clean
from notifier.policy.enumerators import is_quantity
from notifier.policy.flow import Flow
from notifier.policy.inline import inline_flow, normalise_label
from notifier.policy.model import UnitKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.token import Token

MAX_LINES = 100_000
"""Lines; a longer Markdown text is read as plain text."""
CHUNK_LINES = 2_000
"""About so many lines are handed to the block parser at once: its tokens are large."""

_LINE_END = re.compile(r"\r\n?|\n")
_REFERENCE = re.compile(
    r"^ {0,3}\[((?:[^\[\]\\]|\\.){1,999}+)\]:[ \t]*+<?([^\s<>]++)>?[ \t]*+"
    r"(?:[\"'(][^\r\n]{0,999}+)?+(?=\r?$)",
    re.MULTILINE,
)
_MOST_CELLS = 1_000
"""Cells of a row; a text with a longer one is read without tables, since each cell costs."""
_CELL = re.compile(r"(?<!\\)\|")
_BOLD_LINE = re.compile(r"(\*\*|__)(?=\S)(?:(?!\1).){1,120}(?<=\S)\1:?\Z")
_FENCE = re.compile(r" {0,3}(```|~~~)")
_LIST_NUMBER = re.compile(r"\d{1,9}[.)][ \t]+\Z")
_BOLD_LEVEL = 6
_HEADING_WORDS = 14


@dataclass(kw_only=True, slots=True)
class _Reader:
    """The walk over one text's tokens."""

    source: str
    lines: list[tuple[int, int]]
    collector: Collector
    references: dict[str, str]
    base: int = 0
    """Line at which the present chunk begins."""
    items: int = 0
    lead_ins: list[str] = field(default_factory=list)
    last_text: str = ""


def read_markdown(collector: Collector, begin: int) -> list[tuple[int, int]]:
    """Read the text from offset ``begin``; return ranges that no reader sees (link definitions)."""
    source = collector.source
    quiet = [(m.start(), m.end()) for m in _REFERENCE.finditer(source, begin) if m.group(1) != "^"]
    references: dict[str, str] = {}
    for found in _REFERENCE.finditer(source, begin):
        references.setdefault(normalise_label(found.group(1)), found.group(2))
    reader = _Reader(
        source=source,
        lines=_line_ranges(source, begin),
        collector=collector,
        references=references,
    )
    tables = all(source.count("|", a, b) <= _MOST_CELLS for a, b in reader.lines)
    parser = _parser(tables=tables)
    for first, last in _chunks(reader):
        reader.base = first
        text = "\n".join(source[a:b] for a, b in reader.lines[first:last])
        _walk(reader, parser.parse(text))
    return quiet


def _parser(*, tables: bool) -> MarkdownIt:
    """Return a block parser: no HTML, tables, and indented text is text, not code."""
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 40})
    if tables:
        parser.enable("table")
    parser.disable(["code", "reference", "inline", "text_join"])
    return parser


def _line_ranges(source: str, begin: int) -> list[tuple[int, int]]:
    lines = []
    for end in _LINE_END.finditer(source, begin):
        lines.append((begin, end.start()))
        begin = end.end()
    lines.append((begin, len(source)))
    return lines


def _chunks(reader: _Reader) -> Iterator[tuple[int, int]]:
    """Cut at blank lines before a line that opens at the margin, outside fences."""
    first, fenced, source = 0, False, reader.source
    for index, (start, end) in enumerate(reader.lines):
        if _FENCE.match(source, start, end):
            fenced = not fenced
        long_enough = index - first >= CHUNK_LINES
        if not long_enough or (fenced and index - first < 2 * CHUNK_LINES):
            continue
        before = reader.lines[index - 1]
        blank = not source[before[0] : before[1]].strip()
        opens = (
            end > start and not source[start].isspace() and source[start] not in "*-+>0123456789"
        )
        if (blank and opens) or index - first >= 4 * CHUNK_LINES:
            yield first, index
            first = index
    yield first, len(reader.lines)


def _walk(reader: _Reader, tokens: list[Token]) -> None:
    reader.lead_ins.clear()
    reader.items = 0
    row = 0
    heading = 0
    for token in tokens:
        kind = token.type
        if kind in {"bullet_list_open", "ordered_list_open"}:
            reader.lead_ins.append(reader.last_text)
        elif kind in {"bullet_list_close", "ordered_list_close"}:
            reader.last_text = reader.lead_ins.pop()
        elif kind in {"heading_open", "heading_close"}:
            heading = int(token.tag[1]) if kind == "heading_open" else 0
        elif kind in {"tr_open", "tr_close"}:
            row += token.nesting
            if token.map and kind == "tr_open":
                _row(reader, reader.base + token.map[0])
        elif kind == "inline" and not row:
            _block(reader, token, heading)
        elif kind == "hr" and token.map:
            _rule(reader, reader.base + token.map[0])
        elif kind == "fence":
            _literal(reader, token)


def _rule(reader: _Reader, line: int) -> None:
    start, end = _trim(reader.source, *reader.lines[line])
    reader.collector.rule(start, end)


def _trim(source: str, start: int, end: int) -> tuple[int, int]:
    text = source[start:end]
    body = text.strip(" \t>")
    lead = len(text) - len(text.lstrip(" \t>"))
    return start + lead, start + lead + len(body)


def _row(reader: _Reader, line: int) -> None:
    """Read one table row: its cells' visible texts, joined."""
    start, end = _trim(reader.source, *reader.lines[line])
    edges = [start, *(m.start() for m in _CELL.finditer(reader.source, start, end)), end]
    cells, links = [], []
    for a, b in itertools.pairwise(edges):
        begin = a + 1 if reader.source[a : a + 1] == "|" else a
        if begin > b or (begin == b and b in (start, end)):
            continue
        cell = inline_flow(reader.source, [(begin, b)], reader.references)
        cells.append(clean(cell.text))
        links += [target for _, target in cell.links]
    flow = Flow(source=reader.source)
    flow.add(start, end, " | ".join(cells))
    flow.close().links = [(0, target) for target in links]
    reader.collector.whole(UnitKind.ROW, flow, start, end)


def _literal(reader: _Reader, token: Token) -> None:
    """Read a fenced block as the lines that it shows."""
    if not token.map:
        return
    first, last = reader.base + token.map[0] + 1, reader.base + token.map[1]
    flow = Flow(source=reader.source)
    for start, end in reader.lines[first:last]:
        if not _FENCE.match(reader.source, start, end):
            flow.add(start, end)
            flow.add(end, end, "\n")
    flow.close()
    if flow.text.strip():
        begin, stop = _words(flow)
        reader.collector.prose(UnitKind.SENTENCE, flow, begin, stop)


def _words(flow: Flow) -> tuple[int, int]:
    text = flow.text
    begin = len(text) - len(text.lstrip())
    return flow.source_start(begin), flow.source_end(len(text.rstrip()))


def _block(reader: _Reader, token: Token, heading: int) -> None:
    pieces = _pieces(reader, token)
    if not pieces:
        return
    flow = inline_flow(reader.source, pieces, reader.references)
    line = next(start for start, end in reversed(_lines_of(reader, token)) if start <= pieces[0][0])
    prefix = reader.source[line : pieces[0][0]].lstrip(" \t>")
    start, end = pieces[0][0] - len(prefix), pieces[-1][1]
    number = _LIST_NUMBER.search(prefix)
    if number and is_quantity(reader.source, pieces[0][0]):
        # "13. Years" reads as a list to the block parser, but is a number that the text says
        prefix, pieces[0] = prefix[: number.start()], (start + number.start(), pieces[0][1])
        flow = inline_flow(reader.source, pieces, reader.references)
    marker = clean(prefix.replace("#", " "))
    in_list = bool(reader.lead_ins)
    level = heading or _bold_heading(reader, pieces, flow, in_list=in_list)
    if level:
        reader.collector.whole(UnitKind.HEADING, flow, start, end, level=level, marker=marker)
        reader.last_text = ""
        return
    kind = UnitKind.ITEM if in_list else UnitKind.SENTENCE
    before = len(reader.collector.drafts)
    lead_in = reader.lead_ins[-1] if in_list else ""
    reader.collector.prose(kind, flow, start, end, marker=marker, lead_in=lead_in)
    if len(reader.collector.drafts) > before:
        reader.last_text = reader.collector.drafts[-1].text


def _bold_heading(
    reader: _Reader, pieces: list[tuple[int, int]], flow: Flow, *, in_list: bool
) -> int:
    """Return a level for a short paragraph that is all bold: crawled policies head sections so."""
    if in_list or len(pieces) != 1:
        return 0
    raw = reader.source[pieces[0][0] : pieces[0][1]]
    short = len(flow.text.split()) <= _HEADING_WORDS and not flow.text.rstrip().endswith(".")
    return _BOLD_LEVEL if short and _BOLD_LINE.match(raw) else 0


def _lines_of(reader: _Reader, token: Token) -> list[tuple[int, int]]:
    first, last = token.map or (0, 0)
    return reader.lines[reader.base + first : reader.base + last]


def _pieces(reader: _Reader, token: Token) -> list[tuple[int, int]]:
    """Locate each line of a block's content in the source: container prefixes cut off."""
    found = []
    lines = _lines_of(reader, token)
    for (start, end), content in zip(lines, token.content.split("\n"), strict=False):
        raw = reader.source[start:end].replace("\0", "�")
        wanted = content.strip()
        if not wanted:
            continue
        body = raw.rstrip()
        at = len(body) - len(wanted) if body.endswith(wanted) else raw.find(wanted)
        if at < 0:
            at = len(raw) - len(raw.lstrip())
            wanted = raw.strip()
        found.append((start + at, start + at + len(wanted)))
    return found
