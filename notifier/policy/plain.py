"""Plain text to units: paragraphs rejoined, whether hard-wrapped or one sentence a line."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from notifier.policy.collect import Collector, Draft, clean
from notifier.policy.enumerators import BARE_NUMBER, match_enumerator, numbers
from notifier.policy.flow import Flow
from notifier.policy.model import UnitKind

_LINE_END = re.compile(r"\r\n?|\n")
_SEPARATOR = re.compile(r"[ \t]*(?:([=\-_*~#+])[ \t]?(?:\1[ \t]?){2,})[ \t]*\Z")
_ITEM = re.compile(
    r"[ \t]*+(?P<mark>[-*+•·‣◦▪–]|\(?(?:[a-zA-Z]|[ivx]{1,4})[.)]"
    r"|(?P<marked>\(?\d{1,3}(?:\.\d{1,3})*[.)])|(?P<bare>\d{1,2}(?:\.\d{1,2}){1,4}))[ \t]++(?=\S)"
)
_TERMINAL = re.compile(r"[.!?:;…。！？][\"'”’»)\]]*\Z")
_FURNITURE = re.compile(
    r"(?:back to (?:the )?top|learn more|read more|top|skip to)\b.{0,16}\Z", re.IGNORECASE
)
_BLANK = re.compile(r"[ \t]")
_INNER_END = re.compile(r"[a-z][.!?] [A-Z]")
_JOINED_WORD = re.compile(r"(?:and|or|to)\b")
_DIGITS = re.compile(r"\d+")
_PARTS = re.compile(r"\w+")

_HEADING_CHARS = 90
_HEADING_WORDS = 12
_WRAP_LONGEST = 120
"""Characters: a longer line was not wrapped by hand."""
_WRAP_SHORTEST = 35
"""Characters: a shorter line that does not end a sentence stands for itself."""

Line = tuple[int, int]


def read_plain(collector: Collector, begin: int) -> None:
    """Read the text from offset ``begin``, block by block."""
    run: list[Line] = []
    for start, end in _lines(collector.source, begin):
        line = collector.source[start:end]
        if not line.strip():
            _read_run(collector, run)
            run = []
        elif _SEPARATOR.match(line):
            underlined = _is_underlined(collector.source, run, line)
            _read_run(collector, run, underlined=underlined)
            run = []
            lead = len(line) - len(line.lstrip())
            collector.rule(start + lead, start + len(line.rstrip()))
        else:
            run.append((start, end))
    _read_run(collector, run)


def _lines(source: str, begin: int) -> list[Line]:
    lines = []
    for end in _LINE_END.finditer(source, begin):
        lines.append((begin, end.start()))
        begin = end.end()
    lines.append((begin, len(source)))
    return lines


def _is_underlined(source: str, run: list[Line], rule: str) -> bool:
    """Tell whether the rule underlines the one line above it, as long as the line itself."""
    if len(run) != 1:
        return False
    line = source[run[0][0] : run[0][1]].strip()
    return abs(len(line) - len(rule.strip())) <= 1 and not _TERMINAL.search(line)


def _read_run(collector: Collector, run: list[Line], *, underlined: bool = False) -> None:
    """Read lines between two blank lines or separators."""
    blocks = _blocks(collector.source, run)
    for block in blocks:
        _read_block(collector, block, alone=len(blocks) == 1, underlined=underlined)


def _blocks(source: str, run: list[Line]) -> list[list[Line]]:
    """Group a run's lines into paragraphs, items and lines that stand for themselves."""
    blocks: list[list[Line]] = []
    texts = [source[start:end].rstrip() for start, end in run]
    widths = _widths([len(text) for text in texts])
    for index, line in enumerate(run):
        last = index + 1 == len(run)
        if index and _goes_on(texts[index - 1], texts[index], widths[index], last=last):
            blocks[-1].append(line)
        else:
            blocks.append([line])
    return blocks


def _widths(lengths: list[int]) -> list[int]:
    """For each line: the longest of the unbroken stretch of short lines in which it stands."""
    found = [0] * len(lengths)
    first = 0
    for index in range(len(lengths) + 1):
        if index == len(lengths) or lengths[index] > _WRAP_LONGEST:
            longest = max(lengths[first:index], default=0)
            found[first:index] = [longest] * (index - first)
            first = index + 1
    return found


def _goes_on(  # noqa: PLR0911 - a table of cases
    above: str, line: str, width: int, *, last: bool
) -> bool:
    """Tell whether ``line`` belongs to the paragraph of the line above it.

    A line break ends nothing by itself: after a full stop the sentence rules decide; within a
    sentence it is a wrap if the next word would not have fitted, or opens in lower case.
    """
    first = _BLANK.split(line.lstrip(), maxsplit=1)[0]  # nobody wraps at a fixed space
    full = len(above) >= min(_WRAP_SHORTEST, width * 3 // 4) and len(above) + 1 + len(first) > width
    if _item(line) and not (full and _is_wrapped_mark(above, line)):
        return False
    stripped = above.strip()
    if BARE_NUMBER.match(stripped) or stripped.isupper():
        return False
    if BARE_NUMBER.match(line.strip()):
        return last and full and _is_sentence_open(stripped)
    if line.lstrip().startswith("|") or stripped.startswith("|"):
        return False
    if _TERMINAL.search(stripped) or stripped.endswith((",", "-", "–", "—")):
        return True
    if first[0].islower() or first[0] in "([{":
        return True
    if _FURNITURE.match(stripped):
        return False
    if _INNER_END.search(stripped):
        return True  # a sentence ended within the line, so lines are no sentences here
    return bool(width) and full


def _is_sentence_open(above: str) -> bool:
    """Tell whether a number below may be the last word of the sentence: "at least / 13."."""
    return len(above) >= _WRAP_SHORTEST and not _TERMINAL.search(above)


def _item(line: str) -> re.Match[str] | None:
    """Return the bullet or enumerator that opens a line, the blanks behind it included."""
    found = _ITEM.match(line)
    if found is None or not (found["marked"] or found["bare"]):
        return found
    shape = "marked" if found["marked"] else "bare"
    return found if numbers(shape, line, found.end()) else None


def _is_wrapped_mark(above: str, line: str) -> bool:
    """Tell whether an apparent bullet or number was brought to the margin by a wrap.

    An en dash is one even after a full stop ("the U.S. – E.U. framework"), but not in a list.
    """
    if line.lstrip()[0] in "–—":
        return above.lstrip()[:1] not in "–—" and not above.rstrip().endswith(":")
    return not _TERMINAL.search(above.strip()) and not _item(above)


def _read_block(collector: Collector, lines: list[Line], *, alone: bool, underlined: bool) -> None:
    source = collector.source
    raw = source[lines[0][0] : lines[-1][1]]
    start = lines[0][0] + len(raw) - len(raw.lstrip())
    end = lines[0][0] + len(raw.rstrip())
    text = raw.strip()
    flow = _flow(source, lines, start, end)
    if text.startswith("|"):
        flow = Flow(source=source)
        flow.add(start, end, " | ".join(clean(cell) for cell in text.strip("|").split("|")))
        collector.whole(UnitKind.ROW, flow.close(), start, end)
        return
    if len(lines) == 1 and (underlined or _looks_like_heading(text, alone=alone)):
        level = _level(text)
        collector.whole(UnitKind.HEADING, flow, start, end, level=level)
        return
    item = _item(raw)
    if item is None or BARE_NUMBER.match(text):
        collector.prose(UnitKind.SENTENCE, flow, start, end)
        return
    words = lines[0][0] + item.end()
    collector.prose(
        UnitKind.ITEM,
        _flow(source, lines, words, end),
        start,
        end,
        marker=item["mark"],
        lead_in=_lead_in(collector.drafts),
    )


def _lead_in(drafts: list[Draft]) -> str:
    """Return the sentence above a list: the last one that is not itself an item."""
    if not drafts:
        return ""
    if drafts[-1].kind is UnitKind.ITEM:
        return drafts[-1].lead_in
    return drafts[-1].text if drafts[-1].kind is UnitKind.SENTENCE else ""


def _flow(source: str, lines: list[Line], start: int, end: int) -> Flow:
    flow = Flow(source=source)
    for index, (a, b) in enumerate(lines):
        flow.add(max(a, start), min(b, end))
        if index + 1 < len(lines):
            flow.add(min(b, end), lines[index + 1][0], _joint(source, b, lines[index + 1][0]))
    return flow.close()


def _joint(source: str, end: int, start: int) -> str:
    """Return what joins two lines: nothing where a wrap broke ``third-party`` at its hyphen."""
    above, below = source[max(0, end - 2) : end], source[start : start + 4]
    broken = above[:1].isalpha() and above[1:] == "-" and below[:1].islower()
    return "" if broken and not _JOINED_WORD.match(below) else " "


def _looks_like_heading(text: str, *, alone: bool) -> bool:
    if len(text) > _HEADING_CHARS or len(text.split()) > _HEADING_WORDS or _FURNITURE.match(text):
        return False
    letters = [char for char in text if char.isalpha()]
    if len(letters) <= 1 or (_TERMINAL.search(text) and not text.endswith("?")):
        return False
    numbered = match_enumerator(text)
    if text.isupper() and len(letters) > 3:  # noqa: PLR2004 - longer than an acronym
        return True
    if numbered:
        return text[numbered.end() : numbered.end() + 1].isupper() and not text.endswith("?")
    return alone and letters[0].isupper() and text[0] not in "-*•·" and not text.endswith("?")


def _level(text: str) -> int:
    numbered = match_enumerator(text)
    if not numbered:
        return 1
    return min(6, 1 + len(_DIGITS.findall(numbered.group())))


def number_headings(drafts: list[Draft]) -> list[Draft]:
    """Join a number on a line of its own, and the separator below it, with the heading it numbers.

    Where nothing that reads as a heading follows, the number stays a unit without words.
    """
    found: list[Draft] = []
    skip_to = 0
    ends = {a.block for a, b in pairwise(drafts) if a.block == b.block}
    for index, draft in enumerate(drafts):
        if index < skip_to:
            continue
        if draft.kind is UnitKind.SENTENCE and BARE_NUMBER.match(draft.text):
            heading = _heading_below(drafts, index, ends)
            if heading:
                skip_to = heading + 1
                found.append(_numbered(draft, drafts[heading]))
                continue
            draft = replace(draft, text="", marker=draft.text)  # noqa: PLW2901 - a corrected copy
        found.append(draft)
    return found


def _heading_below(drafts: list[Draft], index: int, many: set[int]) -> int:
    """Return the index of the heading that the number at ``index`` numbers, or 0."""
    at = index + 1
    while at < len(drafts) and drafts[at].kind is UnitKind.RULE:
        at += 1
    if at >= len(drafts):
        return 0
    unit = drafts[at]
    if unit.kind is UnitKind.HEADING and not unit.marker:
        return at
    short = len(unit.text) <= 2 * _HEADING_CHARS and unit.kind is UnitKind.SENTENCE
    question = unit.text.endswith("?") and not unit.marker
    title = not _TERMINAL.search(unit.text) and unit.block not in many
    return at if short and (question or title) else 0


def _numbered(number: Draft, heading: Draft) -> Draft:
    return Draft(
        kind=UnitKind.HEADING,
        text=heading.text,
        start=number.start,
        end=heading.end,
        level=min(6, len(_PARTS.findall(number.text)) or 1),
        marker=number.text,
        links=heading.links,
        block=heading.block,
    )
