"""The words of a change as people see them: white space that nobody sees is settled first."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from notifier.diff.model import Word, WordOp
from notifier.policy.hidden import make_visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SPACES = re.compile(r"[ \t\r\n\f\v]+")


def shown_words(words: Sequence[Word], *, layout: bool) -> list[Word]:
    """Return the words to show: hidden characters written out, no marks around mere white space.

    With ``layout`` line breaks stay as the new text has them, else a wrapped paragraph is rejoined.
    What is returned no longer concatenates to the source; it is for eyes only.
    """
    found: list[Word] = []
    for old, new, same in _groups(words):
        if same:
            found.append(Word(op=WordOp.EQUAL, text=same))
            continue
        head, gone, came, tail = _outer_space(old, new)
        found += [
            Word(op=WordOp.EQUAL, text=head),
            Word(op=WordOp.DELETE, text=gone),
            Word(op=WordOp.INSERT, text=came),
            Word(op=WordOp.EQUAL, text=tail),
        ]
    return [Word(op=word.op, text=_settle(word.text, layout=layout)) for word in found if word.text]


def _groups(words: Sequence[Word]) -> Iterator[tuple[str, str, str]]:
    """Return (gone, come, equal): a deletion and the insertion beside it belong together."""
    gone = came = ""
    for word in words:
        if word.op is WordOp.DELETE:
            gone += word.text
        elif word.op is WordOp.INSERT:
            came += word.text
        else:
            if gone or came:
                yield gone, came, ""
            gone = came = ""
            yield "", "", word.text
    if gone or came:
        yield gone, came, ""


def _outer_space(old: str, new: str) -> tuple[str, str, str, str]:
    """Take the outer white space off a replacement; the new text's is kept."""
    gone, came = old.strip(" \t\r\n"), new.strip(" \t\r\n")
    if not gone or not came:
        return ("", "", "", new) if not gone and not came else ("", old, new, "")
    begin = len(new) - len(new.lstrip(" \t\r\n"))
    return new[:begin], gone, came, new[begin + len(came) :]


def _settle(text: str, *, layout: bool) -> str:
    if not layout:
        return make_visible(_SPACES.sub(" ", text))
    return make_visible(text.replace("\r\n", "\n").replace("\r", "\n"))
