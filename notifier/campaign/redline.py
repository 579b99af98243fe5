"""The words of a change for mail and page: as a reader sees them, cut where they are too many."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from notifier.campaign.content import ChangeView
from notifier.diff.labels import label
from notifier.diff.model import Change, ChangeKind, Word, WordOp
from notifier.diff.shown import shown_words

if TYPE_CHECKING:
    from collections.abc import Sequence

_BLOCK_MARK = re.compile(r"^[ \t]*(?:#{1,6}[ \t]+|[-*+][ \t]+|>[ \t]?|\|[ \t]*)+", re.MULTILINE)
"""What Markdown writes before a heading, an item, a quotation or a table row."""
_WRAP = re.compile(r"(?<=[^\n])\n(?=[^\n])(?![ \t]*(?:#|[-*+|>][ \t]|\d{1,3}[.)][ \t]))")
"""A line end inside a paragraph."""
_INLINE_MARK = re.compile(r"\*\*|__|`")
_LINK = re.compile(r"\[([^\[\]]+)\]\([^()\s]*\)")
_CONTEXT = 120
"""Characters of unchanged words kept on either side of a change in a passage that is cut."""


def change_view(
    change: Change, *, says: Sequence[str], note: str = "", key: str = ""
) -> ChangeView:
    """Return a change as a reader sees it: hidden characters written out, wraps rejoined.

    ``says`` are the findings' (or the reviewer's) sentences, each said once; ``note`` is legal's
    own word on it; ``key`` is its anchor on the change page, the change's id where it is empty.
    """
    return ChangeView(
        id=key or change.id,
        kind=label(change),
        heading=" ".join(change.heading.split()),
        says=tuple(dict.fromkeys(says)),
        words=_words(change),
        old=change.old,
        new=change.new,
        note=note,
    )


def _words(change: Change) -> tuple[Word, ...]:
    if change.kind is ChangeKind.EQUAL or (change.kind is ChangeKind.MOVED and not change.edited):
        whole = (Word(op=WordOp.EQUAL, text=change.new),)
        return _undressed(shown_words(whole, layout=len(change.new_units) > 1))
    return _undressed(shown_words(change.words, layout=len(change.new_units) > 1))


def _undressed(words: Sequence[Word]) -> tuple[Word, ...]:
    """Take off the markup that a reader of the published page does not see.

    Link targets inside a run go too; where a target itself differs it stands in a run of its own
    and stays. Should nothing but markup differ, the words stay as they are.
    """
    shown: list[Word] = []
    begins = True
    for word in words:
        text = _WRAP.sub(" ", word.text)
        text = text if begins else f"\0{text}"
        text = _BLOCK_MARK.sub("", text).removeprefix("\0")
        text = _LINK.sub(r"\1", _INLINE_MARK.sub("", text))
        begins = word.text.endswith("\n") or (begins and not text.strip())
        if text:
            shown.append(Word(op=word.op, text=text))
    if shown and "|" in words[0].text[:2]:
        last = shown[-1]
        shown[-1] = Word(op=last.op, text=last.text.rstrip().removesuffix("|").rstrip())
    differs = any(word.op is not WordOp.EQUAL for word in words)
    kept = any(word.op is not WordOp.EQUAL for word in shown)
    return tuple(shown) if kept or not differs else tuple(words)


def plain_redline(words: Sequence[Word]) -> str:
    """Return the words in plain text, with ``[removed: …]`` and ``[added: …]``."""
    parts: list[str] = []
    marked = False
    for word in words:
        if word.op is WordOp.EQUAL:
            parts.append(word.text)
            marked = False
            continue
        parts.append(" " if marked else "")
        parts.append(f"[{'removed' if word.op is WordOp.DELETE else 'added'}: {word.text}]")
        marked = True
    return "\n".join(" ".join(line.split()) for line in "".join(parts).split("\n")).strip()


def size(words: Sequence[Word]) -> int:
    """Return the number of characters that the words take."""
    return sum(len(word.text) for word in words)


def cut(view: ChangeView, limit: int) -> ChangeView:
    """Return the change with at most about ``limit`` characters of its words.

    Unchanged words far from any change go first; what is still too long ends where the limit is,
    and ``too_long`` says so either way.
    """
    if size(view.words) <= limit:
        return view
    near = [_near(word, first=not index) for index, word in enumerate(view.words)]
    kept: list[Word] = []
    left = limit
    for word in near:
        if left <= 0:
            break
        text = word.text if len(word.text) <= left else _short(word.text, left)
        kept.append(Word(op=word.op, text=text))
        left -= len(word.text)
    return replace(view, words=tuple(kept), too_long=True)


def _near(word: Word, *, first: bool) -> Word:
    """Keep only the ends of a long unchanged run, which stand beside the changes."""
    if word.op is not WordOp.EQUAL or len(word.text) <= 2 * _CONTEXT + 20:
        return word
    head = "" if first else word.text[:_CONTEXT].rsplit(" ", 1)[0]
    tail = word.text[-_CONTEXT:].split(" ", 1)[-1]
    return Word(op=word.op, text=f"{head} … {tail}".lstrip())


def _short(text: str, limit: int) -> str:
    return text[:limit].rsplit(" ", 1)[0] + " …"
