"""The redline as one self-contained page: inline or side by side, nothing loaded from anywhere."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from notifier.diff.flow import Piece, Side, flow, lines
from notifier.diff.labels import ignored_sentence, short, summary
from notifier.diff.model import Change, ChangeKind, Diff, Word, WordOp
from notifier.diff.places import Place, RenamePlaces, rename_places, term_places
from notifier.diff.shown import (
    ShownChange,
    is_bulleted,
    one_line,
    reading,
    runs_on,
    shown_change,
    shown_units,
    with_bullets,
)
from notifier.policy.hidden import make_visible
from notifier.policy.model import UnitKind
from notifier.render import Templates

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from notifier.policy.model import Unit

_CONTEXT = 240
"""Characters of the unchanged passage shown on either side of a change."""
_LOWEST = 6
"""HTML has six levels of headings; the page's own are the first two."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """One change on the page, or the place that a passage moved away from."""

    number: int
    shown: ShownChange
    short: str
    left: bool = False
    """Only says that something stood here which stands elsewhere now."""
    moved: bool = False
    before: str = ""
    """The unchanged passage above it, where there is one."""
    after: str = ""
    places: RenamePlaces | None = None
    uses: tuple[tuple[str, tuple[Place, ...]], ...] = ()
    """Terms that it defines, with where each is used."""

    @property
    def anchor(self) -> str:
        """Return the id of its element."""
        return f"{self.shown.id}-from" if self.left else self.shown.id


@dataclass(frozen=True, kw_only=True, slots=True)
class Segment:
    """A passage inside a row of the whole text."""

    words: tuple[Word, ...]
    old_words: tuple[Word, ...]
    new_words: tuple[Word, ...]
    card: Card | None = None
    """The change that it is part of; none where nothing changed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A paragraph, heading, list item or table row of the whole text."""

    tag: str
    """``p``, ``item``, ``numbered``, ``row``, or a heading's tag."""
    segments: tuple[Segment, ...]
    units: tuple[int, ...] = ()
    """Where its units that a changed definition reaches begin, in bytes of the new text."""
    changed: bool = False

    @property
    def element(self) -> str:
        """Return the element that its text is, where there is any."""
        return self.tag if self.tag.startswith("h") else "div"

    @property
    def sides(self) -> tuple[str, str]:
        """Return the elements of the old and the new side; an empty heading is none."""
        old = any(segment.old_words for segment in self.segments)
        new = any(segment.new_words for segment in self.segments)
        return self.element if old else "div", self.element if new else "div"


def render_page(diff: Diff, *, title: str, full: bool, lang: str = "en") -> str:
    """Return a whole page that reads without colour, without a script and without a network.

    Inline and side by side are two views of the same changes, switched without a script; the script
    adds the keys to the next and the previous change, and can be turned off. ``full`` adds the
    whole text with the changes in their places. The page's own policy lets nothing else run.
    """
    templates = Templates()
    pieces = flow(diff)
    cards = _cards(diff, pieces)
    style = b"".join(templates.source(f"web/{name}") for name in ("style.css", "redline.css"))
    script = templates.source("web/redline.js")
    return templates.render(
        "web/diff.html",
        title=one_line(title),
        lang=lang,
        summary=summary(diff.changes),
        cards=cards,
        total=len({card.shown.id for card in cards}),
        rows=_rows(pieces, {card.anchor: card for card in cards}) if full else [],
        notes=[one_line(note) for note in (*diff.notes, ignored_sentence(diff.ignored)) if note],
        style=style.decode(),
        script=script.decode(),
        policy=(
            f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)};"
            " base-uri 'none'; form-action 'none'"
        ),
    )


def _hash(source: bytes) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(source).digest()).decode()}'"


def _cards(diff: Diff, pieces: Sequence[Piece]) -> list[Card]:
    """Return the changes in their order, and before each what moved away just above it."""
    changes = [change for change in diff.changes if change.kind is not ChangeKind.EQUAL]
    numbers = {change.id: number for number, change in enumerate(changes, 1)}
    near: dict[str, tuple[str, str]] = {}
    left: dict[str, list[Change]] = {}
    waiting: list[Change] = []
    for index, piece in enumerate(pieces):
        if piece.change.id not in numbers:
            continue
        if piece.moved and piece.side is Side.OLD:
            waiting.append(piece.change)
            continue
        left[piece.change.id] = waiting
        waiting = []
        near[piece.change.id] = (
            _context(pieces[index - 1] if index else None),
            _context(pieces[index + 1] if index + 1 < len(pieces) else None),
        )
    cards: list[Card] = []
    for change in changes:
        cards += [_left(stub, numbers) for stub in left.get(change.id, ())]
        cards.append(_card(diff, change, numbers, near.get(change.id, ("", ""))))
    return cards + [_left(stub, numbers) for stub in waiting]


def _card(diff: Diff, change: Change, numbers: Mapping[str, int], near: tuple[str, str]) -> Card:
    return Card(
        number=numbers[change.id],
        shown=shown_change(change),
        short=one_line(short(change)),
        moved=change.kind is ChangeKind.MOVED,
        before=near[0],
        after=near[1],
        places=rename_places(diff, change) if change.kind is ChangeKind.RENAMED else None,
        uses=tuple((one_line(d.term), term_places(diff, d)) for d in change.defines if d.used),
    )


def _left(change: Change, numbers: Mapping[str, int]) -> Card:
    return Card(
        number=numbers[change.id],
        shown=shown_change(change),
        short=one_line(short(change)),
        left=True,
        moved=True,
    )


def _context(piece: Piece | None) -> str:
    """Return an unchanged passage beside a change; a heading is already said above the change."""
    if piece is None or piece.change.kind is not ChangeKind.EQUAL or not piece.new:
        return ""
    if piece.new[0].kind is UnitKind.HEADING:
        return ""
    text = one_line(reading(piece.new))
    return text if len(text) <= _CONTEXT else text[:_CONTEXT].rsplit(" ", 1)[0] + " …"


def _rows(pieces: Sequence[Piece], cards: Mapping[str, Card]) -> list[Row]:
    used = {place.unit for card in cards.values() for _, found in card.uses for place in found}
    left = dict(cards)  # each is marked once, at the beginning of its change
    above: list[int] = []
    return [
        Row(
            tag=_tag((line[0].new or line[0].old)[0], above),
            segments=tuple(_segment(piece, left) for piece in line),
            units=tuple(u.span.start for p in line for u in p.new if u.span.start in used),
            changed=any(piece.change.kind is not ChangeKind.EQUAL for piece in line),
        )
        for line in lines([part for piece in pieces for part in _parts(piece)])
    ]


def _parts(piece: Piece) -> Iterator[Piece]:
    """Yield the headings, paragraphs, items and rows of a passage that moved as it was."""
    units = piece.new or piece.old
    if not piece.moved or piece.change.edited:
        yield piece
        return
    begin = 0
    for end in range(1, len(units) + 1):
        if end == len(units) or not runs_on(units[end - 1], units[end]):
            yield replace(piece, old=piece.old[begin:end], new=piece.new[begin:end])
            begin = end


def _tag(unit: Unit, above: list[int]) -> str:
    """Return what a row is; ``above`` holds the levels of the headings that it stands under.

    A heading goes one level below the one that it stands under, whichever levels a policy skips.
    """
    match unit.kind:
        case UnitKind.HEADING:
            while above and above[-1] >= unit.level:
                above.pop()
            above.append(unit.level)
            return f"h{min(len(above) + 2, _LOWEST)}"
        case UnitKind.ITEM:
            return "item" if is_bulleted(unit) else "numbered"
        case UnitKind.ROW:
            return "row"
        case _:
            return "p"


def _segment(piece: Piece, cards: dict[str, Card]) -> Segment:
    change = piece.change
    left = piece.moved and piece.side is Side.OLD
    words = _words(piece, left=left)
    old = tuple(word for word in words if word.op is not WordOp.INSERT)
    new = tuple(word for word in words if word.op is not WordOp.DELETE)
    if piece.side is Side.BOTH and change.kind is ChangeKind.REORDERED and not change.edited:
        old = with_bullets(shown_change(change).old_words, piece.old, "•")
    return Segment(
        words=words,
        old_words=old if piece.old else (),
        new_words=new if piece.new else (),
        card=cards.pop(f"{change.id}-from" if left else change.id, None),
    )


def _words(piece: Piece, *, left: bool) -> tuple[Word, ...]:
    """Return what stands at this place; an end of a move is marked as what went or came."""
    change, units = piece.change, piece.new or piece.old
    if change.kind is ChangeKind.EQUAL:
        words = shown_units(piece.old or piece.new, piece.new or piece.old)
    elif left or (piece.moved and not change.edited):
        op = WordOp.DELETE if left else WordOp.INSERT
        words = (Word(op=op, text=make_visible(reading(units))),)
    else:
        words = shown_change(change).words
    return with_bullets(words, units, "•")
