"""Inline Markdown to what a reader sees, in linear time, every character tied to its source.

markdown-it-py's own inline parser keeps no positions and is quadratic on some texts; structure
comes from it, the words from here.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from notifier.policy.flow import Flow
from notifier.policy.inline_marks import bracket_pairs, code_spans, emphasis, run_length
from notifier.policy.unseen import hides, strikes

if TYPE_CHECKING:
    from collections.abc import Mapping

_SPECIAL = re.compile(r"[\\`\[\]!<&*_\n\r]")
_ESCAPABLE = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_AUTOLINK = re.compile(
    r"<([A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]{0,2000}|[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w.-]{1,253})>"
)
# Tags that only shape what is read. <del> and <s> change what is said, so they stay visible; so
# does a tag that hides what follows, where its element never ends: `unseen` left out those that do.
_TAG = re.compile(
    r"</?(?:a|abbr|b|big|br|center|code|div|em|font|h[1-6]|hr|i|img|li|mark|ol|p|small|span|strong"
    r"|sub|sup|table|tbody|td|th|thead|tr|u|ul)(?=[\s/>])[^<>]{0,2000}>",
    re.IGNORECASE,
)
_BREAKING = re.compile(r"</?(?:br|div|hr|li|ol|p|table|td|th|tr|ul|h[1-6])\b", re.IGNORECASE)
_HREF = re.compile(r"\b(?:href|src)\s*=\s*[\"']?([^\s\"'>]+)", re.IGNORECASE)
_DESTINATION = re.compile(
    r"\(\s*+(?:<([^<>\n]*+)>|([^\s()]*+(?:\([^\s()]*+\)[^\s()]*+)*+))"
    r"(?:\s++(?:\"[^\"]*+\"|'[^']*+'|\([^()]*+\)))?+\s*+\)"
)
_LABEL = re.compile(r"\[([^\[\]]{0,999})\]")
_LINK_REACH = 6000
"""A link target longer than this is shown as text."""

_LONGEST_BLOCK = 65_536
"""Characters; ten times the longest paragraph known. A longer one is read as it stands."""


@dataclass(kw_only=True, slots=True)
class _Scan:
    """One pass over one block."""

    flow: Flow
    end: int
    references: Mapping[str, str]
    brackets: dict[int, int]
    emphasis: frozenset[int]
    ticks: dict[int, int]
    closers: dict[int, tuple[int, str]] = field(default_factory=dict)
    """Closing bracket → where the link ends, and its target."""


def normalise_label(label: str) -> str:
    """Return a reference label as CommonMark compares them."""
    return " ".join(label.split()).casefold().upper()


def inline_flow(
    source: str, pieces: list[tuple[int, int]], references: Mapping[str, str] | None = None
) -> Flow:
    """Return the visible flow of a block that stands in ``pieces`` (one source range a line)."""
    flow = Flow(source=source)
    if pieces and pieces[-1][1] - pieces[0][0] > _LONGEST_BLOCK:
        return _verbatim(flow, pieces)
    joined, back = _join(source, pieces)
    local = Flow(source=joined)
    scan = _Scan(
        flow=local,
        end=len(joined),
        references=references or {},
        ticks=code_spans(joined),
        brackets={},
        emphasis=frozenset(),
    )
    scan.brackets = bracket_pairs(joined, scan.ticks)
    scan.emphasis = emphasis(joined, scan.ticks)
    _run(scan, joined)
    _transfer(local, flow, back)
    return flow.close()


def _verbatim(flow: Flow, pieces: list[tuple[int, int]]) -> Flow:
    for index, (start, end) in enumerate(pieces):
        if index:
            flow.add(pieces[index - 1][1], start, " ")
        flow.add(start, end)
    return flow.close()


def _join(source: str, pieces: list[tuple[int, int]]) -> tuple[str, list[tuple[int, int, int]]]:
    """Join line pieces with a line feed; return the text and (local start, source start, end)."""
    parts: list[str] = []
    back: list[tuple[int, int, int]] = []
    at = 0
    for start, end in pieces:
        parts.append(source[start:end])
        back.append((at, start, end))
        at += end - start + 1
    return "\n".join(parts), back


def _transfer(local: Flow, flow: Flow, back: list[tuple[int, int, int]]) -> None:
    """Move the pieces of a block's own flow into one over the whole source."""
    line = 0
    for text, (start, end) in local.pieces():
        while line + 1 < len(back) and back[line + 1][0] <= start:
            line += 1
        at, origin, stop = back[line]
        last = line
        while last + 1 < len(back) and back[last + 1][0] < end:
            last += 1
        first = min(origin + start - at, stop)
        final = min(back[last][1] + end - back[last][0], back[last][2])
        if last + 1 < len(back) and end == back[last + 1][0]:
            final = back[last + 1][1]  # the line break itself, with the next line's prefix
        flow.add(first, max(first, final), text)
    flow.links = list(local.links)


def _run(scan: _Scan, text: str) -> None:
    at = 0
    while at < scan.end:
        found = _SPECIAL.search(text, at)
        if found is None:
            scan.flow.add(at, scan.end)
            return
        scan.flow.add(at, found.start())
        at = _special(scan, text, found.start())


def _special(scan: _Scan, text: str, at: int) -> int:  # noqa: PLR0911 - a table of cases
    """Handle the special character at ``at``; return where to go on."""
    char = text[at]
    if char in "[]!":
        return _bracket(scan, text, at)
    if char in "<&":
        return _angle(scan, text, at)
    if char == "`" and at in scan.ticks:
        return _code(scan, text, at)
    if char == "\\" and at + 1 < scan.end and text[at + 1] in _ESCAPABLE:
        scan.flow.add(at, at + 2, text[at + 1])
        return at + 2
    if (char == "\\" and text[at + 1 : at + 2] == "\n") or char in "\n\r":
        size = 2 if char == "\\" else 1
        scan.flow.add(at, at + size, " ")
        return at + size
    if char in "*_" and at in scan.emphasis:
        return at + 1
    scan.flow.add(at, at + 1)
    return at + 1


def _code(scan: _Scan, text: str, at: int) -> int:
    size = run_length(text, at)
    close = scan.ticks[at]
    scan.flow.add(at + size, close)
    return close + size


def _angle(scan: _Scan, text: str, at: int) -> int:
    if text[at] == "&":
        entity = _ENTITY.match(text, at)
        shown = html.unescape(entity.group()) if entity else ""
        if entity and shown != entity.group():
            scan.flow.add(at, entity.end(), shown)
            return entity.end()
    elif link := _AUTOLINK.match(text, at):
        scan.flow.links.append((scan.flow.length, link.group(1)))
        scan.flow.add(at + 1, link.end() - 1)
        return link.end()
    elif (tag := _TAG.match(text, at)) and not _speaks(tag.group()):
        if target := _HREF.search(tag.group()):
            scan.flow.links.append((scan.flow.length, html.unescape(target.group(1))))
        if _BREAKING.match(tag.group()):
            scan.flow.add(at, tag.end(), " ")
        return tag.end()
    scan.flow.add(at, at + 1)
    return at + 1


def _speaks(tag: str) -> bool:
    """Return whether a tag does more than shape: readers do not see its text, or see it struck."""
    return hides(tag) or strikes(tag)


def _bracket(scan: _Scan, text: str, at: int) -> int:
    if at in scan.closers:
        return scan.closers[at][0]
    bang = 1 if text[at] == "!" else 0
    opening = at + bang
    close = scan.brackets.get(opening, -1) if text[opening : opening + 1] == "[" else -1
    if close >= 0:
        target = _target(scan, text, opening, close)
        if target is not None:
            scan.closers[close] = target
            scan.flow.links.append((scan.flow.length, target[1]))
            return opening + 1
    scan.flow.add(at, at + 1)
    return at + 1


def _target(scan: _Scan, text: str, opening: int, close: int) -> tuple[int, str] | None:
    """Return where a link that closes at ``close`` ends, and its target; None if it is no link."""
    follow = text[close + 1 : close + 2]
    if follow == "(":
        found = _DESTINATION.match(text, close + 1, min(scan.end, close + _LINK_REACH))
        if found:
            return found.end(), html.unescape(found.group(1) or found.group(2) or "")
    if not scan.references:
        return None
    label, end = text[opening + 1 : min(close, opening + 1000)], close + 1
    if follow == "[" and (named := _LABEL.match(text, close + 1)):
        label, end = named.group(1) or label, named.end()
    target = scan.references.get(normalise_label(label))
    return None if target is None else (end, target)
