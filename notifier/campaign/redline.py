"""The words of a change for mail and page: as a reader sees them, cut where they are too many."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from notifier.campaign.content import ChangeView
from notifier.diff.model import Word, WordOp
from notifier.diff.shown import shown_change

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notifier.diff.model import Change

_CONTEXT = 120
"""Characters of unchanged words kept on either side of a change in a passage that is cut."""


def change_view(
    change: Change, *, says: Sequence[str], note: str = "", key: str = ""
) -> ChangeView:
    """Return a change as a reader sees it: hidden characters written out, wraps rejoined.

    ``says`` are the findings' (or the reviewer's) sentences, each said once; ``note`` is legal's
    own word on it; ``key`` is its anchor on the change page, the change's id where it is empty.
    """
    shown = shown_change(change)
    return ChangeView(
        id=key or change.id,
        kind=shown.label,
        heading=shown.heading,
        says=tuple(dict.fromkeys(says)),
        remark=shown.remark,
        words=shown.words,
        old_words=shown.old_words,
        new_words=shown.new_words,
        old=change.old,
        new=change.new,
        note=note,
    )


def plain_redline(words: Sequence[Word]) -> str:
    """Return the words in plain text, with ``[removed: …]`` and ``[added: …]``.

    White space at the edge of a changed run stands outside its brackets.
    """
    parts: list[str] = []
    marked = False
    for word in words:
        if word.op is WordOp.EQUAL:
            parts.append(word.text)
            marked = False
            continue
        text = word.text.strip()
        before, _, after = word.text.partition(text)
        mark = f"[{'removed' if word.op is WordOp.DELETE else 'added'}: {text}]"
        parts += [" " if marked else "", before, mark, after]
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
