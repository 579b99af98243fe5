"""A change as people see it: one model for terminal, page, comment, mail and change page.

The words shown are those that a reader of the published text sees: no markup, no wraps, numbers
included, hidden characters written out. They are for eyes; what was compared, and what is proved,
are the exact words of the change itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from notifier.diff.keys import fold, number_of
from notifier.diff.labels import label, plain_words, remark
from notifier.diff.model import Change, ChangeKind, Word, WordOp
from notifier.diff.words import spaced_diff, word_diff
from notifier.policy.hidden import make_visible
from notifier.policy.model import UnitKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from notifier.policy.model import Unit

_SPACES = re.compile(r"[ \t\f\v]*\n[ \t\r\n\f\v]*|[ \t\r\f\v]+")
_RUN = re.compile(r"[ \t\r\n]+")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_EDGE = " \t\r\n"
_UNMARKED = frozenset({ChangeKind.MOVED, ChangeKind.REORDERED, ChangeKind.EQUAL})
"""Kinds that show their words without marks, unless the words were edited too."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownChange:
    """One change, ready to be shown; nothing in it can hide or steer."""

    id: str
    kind: ChangeKind
    label: str
    """``Moved and changed``."""
    heading: str
    """The heading that it stands under; may be empty."""
    remark: str
    """What the words alone do not say: ``It stood in “Security”.`` May be empty."""
    words: tuple[Word, ...]
    """The redline. A line feed parts paragraphs, list items and rows."""
    old_words: tuple[Word, ...]
    """The old side alone: equal and deleted runs; empty where there was none."""
    new_words: tuple[Word, ...]
    """The new side alone: equal and inserted runs; empty where there is none."""


def shown_change(change: Change) -> ShownChange:
    """Return a change as people see it."""
    words = shown_words(change)
    marked = any(word.op is not WordOp.EQUAL for word in words)
    old = tuple(word for word in words if word.op is not WordOp.INSERT)
    new = tuple(word for word in words if word.op is not WordOp.DELETE)
    if not marked and change.kind is ChangeKind.REORDERED:
        old = _settled((Word(op=WordOp.EQUAL, text=reading(change.old_units) or change.old),))
    return ShownChange(
        id=change.id,
        kind=change.kind,
        label=label(change),
        heading=one_line(change.heading),
        remark=one_line(remark(change)),
        words=words,
        old_words=() if change.kind is ChangeKind.ADDED else old,
        new_words=() if change.kind is ChangeKind.REMOVED else new,
    )


def one_line(text: str) -> str:
    """Return a text on one line, its hidden characters written out."""
    return make_visible(" ".join(text.split()))


def reading(units: Sequence[Unit], *, links: bool = False) -> str:
    """Return units as they are read: one line a paragraph, list item, heading or row.

    With ``links`` their targets follow in parentheses, for a form that has no other place for them.
    """
    parts: list[str] = []
    for index, unit in enumerate(units):
        if index:
            parts.append(" " if runs_on(units[index - 1], unit) else "\n")
        parts.append(plain_words([unit]))
        if links and unit.links:
            parts.append(f" (link: {', '.join(unit.links)})")
    return "".join(parts)


def runs_on(before: Unit, unit: Unit) -> bool:
    """Tell whether a unit goes on in the paragraph or list item of the one before it."""
    return before.block == unit.block and UnitKind.ROW not in {before.kind, unit.kind}


def reading_words(
    old: Sequence[Unit], new: Sequence[Unit], *, links: bool = False
) -> tuple[Word, ...]:
    """Return the redline of units as they are read.

    The ``equal`` and ``delete`` runs concatenate exactly to ``reading(old)``, the ``equal`` and
    ``insert`` runs to ``reading(new)``.
    """
    return word_diff(reading(old, links=links), reading(new, links=links))


def shown_words(change: Change) -> tuple[Word, ...]:
    """Return a change's redline for eyes.

    White space and typography that nobody notices are settled to the new text's; a changed link
    target is added in parentheses; where only spaces within a line differ, the words beside them
    are marked; where nothing that is read differs, the source's own words are shown, so that no
    change can hide in markup. No mark holds white space only.
    """
    if change.kind is ChangeKind.RENAMED:
        return _settled(_replaced(change.old, change.new))
    if change.kind in _UNMARKED and not change.edited:
        text = reading(change.new_units) or change.new
        return _settled((Word(op=WordOp.EQUAL, text=text),))
    words = _settled((*_levelled(change.old_units, change.new_units), *_links(change)))
    if any(word.op is not WordOp.EQUAL for word in words):
        return words
    words = _settled(tuple(_levelled(change.old_units, change.new_units, spaced_diff)))
    if any(word.op is not WordOp.EQUAL for word in words):
        return words
    return _settled([Word(op=w.op, text=_RUN.sub(" ", w.text)) for w in change.words])


def _levelled(
    old: Sequence[Unit],
    new: Sequence[Unit],
    differ: Callable[[str, str], tuple[Word, ...]] = word_diff,
) -> Iterator[Word]:
    """Yield the redline as it is read, kinds of quotes, dashes and spaces taken as the new text's.

    Levelling keeps every character in its place, so that the runs can be cut from the texts.
    """
    before, after = reading(old), reading(new)
    i = j = 0
    for word in differ(_level(before), _level(after)):
        size = len(word.text)
        if word.op is WordOp.DELETE:
            yield Word(op=word.op, text=before[i : i + size])
            i += size
            continue
        yield Word(op=word.op, text=after[j : j + size])
        j += size
        i += size if word.op is WordOp.EQUAL else 0


def _level(text: str) -> str:
    return text if text.isascii() else _NOT_ASCII.sub(lambda found: _flat(found.group()), text)


@lru_cache(maxsize=4096)
def _flat(char: str) -> str:
    if char.isspace():
        return " "
    folded = fold(char)
    return folded if len(folded) == 1 else char


def shown_units(old: Sequence[Unit], new: Sequence[Unit]) -> tuple[Word, ...]:
    """Return units that are no change of their own: marks only where a name was replaced."""
    return _settled(tuple(_levelled(old, new)))


def is_bulleted(unit: Unit) -> bool:
    """Tell whether a unit is a list item without a number."""
    return unit.kind is UnitKind.ITEM and not number_of(unit)


def with_bullets(words: Sequence[Word], units: Sequence[Unit], bullet: str) -> tuple[Word, ...]:
    """Return the words of several list items with a bullet before each but the first."""
    if len(units) < 2 or not all(map(is_bulleted, units)):  # noqa: PLR2004  one needs none here
        return tuple(words)
    return tuple(Word(op=w.op, text=w.text.replace("\n", f"\n{bullet} ")) for w in words)


def _links(change: Change) -> tuple[Word, ...]:
    """Return changed link targets as words; those of one-sided changes are said as they are."""
    old = [link for unit in change.old_units for link in unit.links]
    new = [link for unit in change.new_units for link in unit.links]
    if old == new:
        return ()
    if not change.old_units or not change.new_units:
        op = WordOp.INSERT if change.new_units else WordOp.DELETE
        return (Word(op=op, text=f" (link: {', '.join(old or new)})"),)
    return (
        Word(op=WordOp.EQUAL, text=" (link: "),
        *word_diff(", ".join(old), ", ".join(new)),
        Word(op=WordOp.EQUAL, text=")"),
    )


def _replaced(old: str, new: str) -> tuple[Word, ...]:
    return (Word(op=WordOp.DELETE, text=old), Word(op=WordOp.INSERT, text=new))


def _settled(words: Sequence[Word]) -> tuple[Word, ...]:
    """Take the marks off mere white space, and write hidden characters out."""
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
    return tuple(_joined(Word(op=word.op, text=_visible(word.text)) for word in found if word.text))


def _joined(words: Iterator[Word]) -> Iterator[Word]:
    """Join neighbouring runs of one kind."""
    held: Word | None = None
    for word in words:
        if held and held.op is word.op:
            held = Word(op=held.op, text=held.text + word.text)
            continue
        if held:
            yield held
        held = word
    if held:
        yield held


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
    """Take the outer white space off what went and came; the new text's is kept.

    A space that only one of two replaced words has beside it stays with that word, since the words
    themselves stand closer or further apart: ", Inc" and " Europe Ltd".
    """
    if not old.strip(_EDGE) and not new.strip(_EDGE):
        return "", "", "", new
    if not old.strip(_EDGE) or not new.strip(_EDGE):
        lead, words, trail = _edges(new if new.strip(_EDGE) else old)
        return (lead, "", words, trail) if new.strip(_EDGE) else (lead, words, "", trail)
    (lead, gone, trail), (new_lead, came, new_trail) = _edges(old), _edges(new)
    if not lead or not new_lead:
        gone, came, new_lead = lead + gone, new_lead + came, ""
    if not trail or not new_trail:
        gone, came, new_trail = gone + trail, came + new_trail, ""
    return new_lead, gone, came, new_trail


def _edges(text: str) -> tuple[str, str, str]:
    behind = text.lstrip(_EDGE)
    words = behind.rstrip(_EDGE)
    return text[: len(text) - len(behind)], words, behind[len(words) :]


def _visible(text: str) -> str:
    text = _SPACES.sub(lambda found: "\n" if "\n" in found.group() else " ", text)
    return make_visible(text)
