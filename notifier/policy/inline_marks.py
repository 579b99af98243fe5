"""Which backticks, brackets, stars and underscores of a Markdown block belong together."""

from __future__ import annotations

import re

_TICKS = re.compile(r"`+")
_BRACKETS = re.compile(r"[\\`\[\]]")
_EMPHASIS = re.compile(r"[\\`]|\*+|_+")
_LONGEST_EMPHASIS = 32
"""A longer run of stars or underscores is a line that somebody drew."""


def code_spans(text: str) -> dict[int, int]:
    """Pair runs of backticks of equal length: start of the opening run → start of the closing."""
    runs = [(m.start(), len(m.group())) for m in _TICKS.finditer(text)]
    following: dict[int, list[int]] = {}
    for index in range(len(runs) - 1, -1, -1):
        following.setdefault(runs[index][1], []).append(runs[index][0])
    pairs: dict[int, int] = {}
    busy = -1
    for start, size in runs:
        stack = following[size]
        while stack and stack[-1] <= max(start, busy):
            stack.pop()
        escaped = start > 0 and text[start - 1] == "\\"
        if start > busy and stack and not escaped:
            pairs[start] = stack[-1]
            busy = stack[-1]
    return pairs


def _skip(text: str, at: int, ticks: dict[int, int]) -> int:
    """Return where to go on after an escape or a code span at ``at``, else ``at`` itself."""
    if text[at] == "\\":
        return at + 2
    if at in ticks:
        return ticks[at] + run_length(text, ticks[at])
    return at


def run_length(text: str, at: int) -> int:
    """Return how often the character at ``at`` stands there in a row."""
    end = at
    while end < len(text) and text[end] == text[at]:
        end += 1
    return end - at


def bracket_pairs(text: str, ticks: dict[int, int]) -> dict[int, int]:
    """Match square brackets outside escapes and code: opening → closing."""
    pairs: dict[int, int] = {}
    stack: list[int] = []
    resume = 0
    for found in _BRACKETS.finditer(text):
        at = found.start()
        if at < resume:
            continue
        resume = _skip(text, at, ticks)
        if text[at] == "[":
            stack.append(at)
        elif text[at] == "]" and stack:
            pairs[stack.pop()] = at
    return pairs


def emphasis(text: str, ticks: dict[int, int]) -> frozenset[int]:
    """Return the places of ``*`` and ``_`` that are markup, by CommonMark's flanking rules."""
    used: set[int] = set()
    openers: dict[str, list[list[int]]] = {"*": [], "_": []}
    resume = 0
    for found in _EMPHASIS.finditer(text):
        at, mark = found.start(), found.group()
        if at < resume:
            continue
        if mark[0] in "\\`":
            resume = _skip(text, at, ticks)
            continue
        if len(mark) > _LONGEST_EMPHASIS:
            continue
        can_open, can_close = _flanking(text, at, found.end())
        places = list(range(at, found.end()))
        stack = openers[mark[0]]
        while can_close and places and stack:
            pair = stack[-1]
            used.add(pair.pop())
            used.add(places.pop(0))
            if not pair:
                stack.pop()
        if can_open and places:
            stack.append(places)
    return frozenset(used)


def _flanking(text: str, start: int, end: int) -> tuple[bool, bool]:
    """Return whether a run of stars or underscores can open and can close emphasis."""
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    space_before, space_after = before.isspace(), after.isspace()
    word_before = before.isalnum() or before == "_"
    word_after = after.isalnum() or after == "_"
    left = not space_after and (word_after or space_before or not word_before)
    right = not space_before and (word_before or space_after or not word_after)
    if text[start] == "_":
        return left and (not right or not word_before), right and (not left or not word_after)
    return left, right
