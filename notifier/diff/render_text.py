"""The redline for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.diff.labels import ignored_sentence, label, plain_words, summary
from notifier.diff.model import Change, ChangeKind, Diff, WordOp
from notifier.diff.shown import shown_words
from notifier.diff.tiling import full as tile
from notifier.policy.hidden import make_visible

if TYPE_CHECKING:
    from collections.abc import Iterator

_RESET = "\x1b[0m"
_INSERT = "\x1b[4;32m"
_DELETE = "\x1b[9;31m"
_BOLD = "\x1b[1m"


def render_text(diff: Diff, *, color: bool, full: bool = False) -> str:
    """Return the redline, ending in a line feed.

    With colour: green and underlined, red and struck through; without: ``[-gone-]`` and
    ``{+come+}``. ``full`` shows the whole text with the changes in their places. Hidden and control
    characters are written out, so nothing in a policy can steer the terminal.
    """
    body = _whole(diff, color=color) if full else _blocks(diff, color=color)
    return "\n".join(body).rstrip("\n") + "\n"


def _blocks(diff: Diff, *, color: bool) -> Iterator[str]:
    yield summary(diff.changes)
    for change in diff.changes:
        place = f" · {_plain(change.heading)}" if change.heading else ""
        title = f"{label(change)}{place}"
        yield ""
        yield f"{_BOLD}{title}{_RESET}" if color else title
        for line in redline(change, color=color).strip("\n").split("\n"):
            yield f"  {line.rstrip()}"
    yield from _tail(diff)


def _tail(diff: Diff) -> Iterator[str]:
    tail = [*diff.notes, ignored_sentence(diff.ignored)]
    if any(tail):
        yield ""
    yield from (_plain(line) for line in tail if line)


def _whole(diff: Diff, *, color: bool) -> Iterator[str]:
    yield "".join(redline(change, color=color, layout=True) for change in tile(diff))
    yield from _tail(diff)


def redline(change: Change, *, color: bool, layout: bool = False) -> str:
    """Return one change's words, marked; ``layout`` keeps line breaks as the new text has them."""
    if change.kind is ChangeKind.EQUAL and not change.new:
        return ""
    if change.kind in {ChangeKind.MOVED, ChangeKind.EQUAL} and not change.edited:
        return _plain(change.new if layout else plain_words(change.new_units))
    parts = []
    for word in shown_words(change.words, layout=layout):
        text = word.text
        if word.op is WordOp.INSERT:
            parts.append(f"{_INSERT}{text}{_RESET}" if color else f"{{+{text}+}}")
        elif word.op is WordOp.DELETE:
            parts.append(f"{_DELETE}{text}{_RESET}" if color else f"[-{text}-]")
        else:
            parts.append(text)
    return "".join(parts)


def _plain(text: str) -> str:
    return make_visible(text.replace("\r\n", "\n").replace("\r", "\n"))
