"""One name replaced throughout is one decision: find such names, and every place of each.

Only proper names and defined terms are ever found. A replacement that changes a digit, a negation,
a modal verb, a place, a legal form, a statute or any other word of law stays a change of the
sentence in which it stands, however uniform it is.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from notifier.diff.keys import fold
from notifier.diff.law_words import LAW_WORDS
from notifier.policy.model import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from notifier.diff.words import Op
    from notifier.policy.model import Document

_FEWEST = 2
"""Places: a name that was replaced once is a change of one sentence."""
_LONGEST = 6
"""Words of a name."""
_GAP = 200
"""Bytes of white space looked through between two words of a name."""
_INNER = frozenset(["of", "the", "and", "&", "for", "de", "du", "la", "von", "van"])
_OPENS = frozenset(".!?:;|•*#")
_QUOTED = re.compile(r"[\"“]([^\"“”\n]{2,60})[\"”]")
_WORD = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Passage:
    """The words of one matched passage, and where it stands."""

    ops: Sequence[Op]
    old_start: int
    new_start: int
    is_heading: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Name:
    """One name that became another one; places in the order of the new text."""

    old: str
    new: str
    places: tuple[tuple[Span, Span], ...]
    not_replaced: tuple[Span, ...]


@dataclass(kw_only=True, slots=True)
class Names:
    """What was found, and which passages differ in nothing else."""

    found: tuple[Name, ...] = ()
    covered: dict[int, tuple[int, ...]] = field(default_factory=dict)
    """Number of a passage that differs in names only → the numbers of these names."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Hunk:
    """Words replaced in one place."""

    passage: int
    op: int
    old: str
    new: str
    inside: bool
    """It stands within a sentence, so that a capital there is no accident."""


def find_names(passages: Sequence[Passage], old: Document, new: Document) -> Names:
    """Return the names that were replaced in at least two places.

    Linear in the length of the passages.
    """
    hunks = [hunk for number, each in enumerate(passages) for hunk in _hunks(number, each)]
    likely: defaultdict[tuple[str, str], list[_Hunk]] = defaultdict(list)
    for hunk in hunks:
        if hunk.old and hunk.new:
            likely[hunk.old, hunk.new].append(hunk)
    texts = _Texts(old, new)
    accepted: dict[tuple[str, str], tuple[tuple[str, ...], tuple[str, ...]]] = {}
    for pair, places in likely.items():
        if len(places) >= _FEWEST and _could_be(*pair):
            wide = _widened(pair, places, passages)
            if _is_name(wide, places, texts):
                accepted[pair] = wide
    if not accepted:
        return Names()
    return _located(accepted, hunks, passages, texts)


def _hunks(number: int, passage: Passage) -> Iterable[_Hunk]:
    before = ""
    for index, (same, gone, came) in enumerate(passage.ops):
        if same:
            before = same if same.strip() else before
        elif (gone + came).strip():
            inside = bool(before) and before[-1] not in _OPENS and not passage.is_heading
            yield _Hunk(
                passage=number,
                op=index,
                old=" ".join(gone.split()),
                new=" ".join(came.split()),
                inside=inside,
            )
            before = came or before


def _could_be(old: str, new: str) -> bool:
    """Tell whether two runs of words could be names: cheap, before anything is counted."""
    for text in (old, new):
        parts = text.split()
        if len(parts) > _LONGEST or not all(_is_plain(part) for part in parts):
            return False
    return not any(part.casefold() in LAW_WORDS for part in (*old.split(), *new.split()))


def _is_plain(part: str) -> bool:
    """Tell whether a word is letters only: marks, digits and addresses are no part of a name."""
    return part == "&" or (part.replace("-", "").replace("'", "").replace("’", "").isalpha())


class _Texts:
    """Both whole texts, and what they say about a word."""

    def __init__(self, old: Document, new: Document) -> None:
        self.old_source, self.new_source = old.source, new.source
        self.old, self.new = old.source.decode(), new.source.decode()
        self.quoted_old = {" ".join(each.split()) for each in _QUOTED.findall(self.old)}
        self.quoted_new = {" ".join(each.split()) for each in _QUOTED.findall(self.new)}


Wide = tuple[tuple[str, ...], tuple[str, ...]]
"""The words left and right of a replaced one that belong to its name."""


def _widened(pair: tuple[str, str], places: list[_Hunk], passages: Sequence[Passage]) -> Wide:
    """Return the words around that are the same in every place: "Personal" of "Personal Data"."""
    left: list[str] = []
    right: list[str] = []
    room = _LONGEST - max(len(pair[0].split()), len(pair[1].split()))
    for side, step in ((left, -1), (right, 1)):
        while len(side) < room:
            words = {
                _neighbour(passages[h.passage].ops, h.op, step * len(side), step) for h in places
            }
            word = words.pop()
            if words or not _joins(word, pair):
                break
            side.append(word)
    return tuple(reversed(left)), tuple(right)


def _neighbour(ops: Sequence[Op], at: int, beyond: int, step: int) -> str:
    """Return the next equal word on one side, with only blanks between, or an empty string."""
    skip = abs(beyond)
    at += step
    blank = False
    while 0 <= at < len(ops):
        same, gone, came = ops[at]
        if not same and (gone + came).strip():
            return ""
        if not same.strip():
            if blank:
                return ""
            blank = True
        elif not blank:
            return ""
        elif skip:
            skip, blank = skip - 1, False
        else:
            return same
        at += step
    return ""


def _joins(word: str, pair: tuple[str, str]) -> bool:
    if not word or not _is_plain(word) or word.casefold() in LAW_WORDS:
        return False
    capital = pair[0][0].isupper() and pair[1][0].isupper()
    return word[0].isupper() if capital else word.islower() and len(word) > 3  # noqa: PLR2004


def _is_name(wide: Wide, places: list[_Hunk], texts: _Texts) -> bool:
    """Tell whether a replacement is that of a proper name or a defined term."""
    old = " ".join((*wide[0], places[0].old, *wide[1]))
    new = " ".join((*wide[0], places[0].new, *wide[1]))
    if old in texts.quoted_old and new in texts.quoted_new:
        return True
    if old.casefold() == new.casefold():
        return _is_capital(old) != _is_capital(new) or old.isupper() != new.isupper()
    if not _is_capital(old) or not _is_capital(new) or not any(hunk.inside for hunk in places):
        return False
    if _is_acronym(old) or _is_acronym(new):
        return False
    return _mostly_capital(old, texts.old) and _mostly_capital(new, texts.new)


def _is_capital(name: str) -> bool:
    parts = name.split()
    ends = parts[0][0].isupper() and parts[-1][0].isupper()
    return ends and all(part[0].isupper() or part in _INNER for part in parts)


def _is_acronym(name: str) -> bool:
    """A name of capitals only is as likely a statute or a framework as a company."""
    return name.isupper()


def _mostly_capital(name: str, text: str) -> bool:
    """Tell whether a text writes the name with its capitals more often than as common words."""
    small = name.lower()
    if small == name:
        return False
    common = len(pattern_of(small).findall(text))
    return not common or common < len(pattern_of(name).findall(text))


def _located(
    accepted: dict[tuple[str, str], Wide],
    hunks: list[_Hunk],
    passages: Sequence[Passage],
    texts: _Texts,
) -> Names:
    """Give every name its places, and say which passages differ in names only."""
    numbers = {pair: number for number, pair in enumerate(accepted)}
    spots: list[list[tuple[int, int, int, int]]] = [[] for _ in accepted]
    whole: defaultdict[int, list[bool]] = defaultdict(list)
    inside: defaultdict[int, set[int]] = defaultdict(set)
    by_op = {(hunk.passage, hunk.op) for hunk in hunks}
    by_passage: defaultdict[int, list[_Hunk]] = defaultdict(list)
    for hunk in hunks:
        by_passage[hunk.passage].append(hunk)
    for passage in sorted(by_passage):
        old_at, new_at = passages[passage].old_start, passages[passage].new_start
        if not any(pair[0] in hunk.old for hunk in by_passage[passage] for pair in accepted):
            continue
        for index, (same, gone, came) in enumerate(passages[passage].ops):
            if (passage, index) in by_op:
                found, clean = _parse(gone, came, accepted)
                whole[passage].append(clean)
                for pair, a, b in found:
                    inside[passage].add(numbers[pair])
                    spots[numbers[pair]].append(
                        (*_bytes(gone, a, old_at), *_bytes(came, b, new_at))
                    )
            old_at += len((same or gone).encode())
            new_at += len((same or came).encode())
    names = [_name(pair, accepted[pair], spots[number], texts) for pair, number in numbers.items()]
    keep = {n: at for at, n in enumerate(n for n, name in enumerate(names) if name)}
    covered = {
        passage: tuple(sorted(keep[n] for n in inside[passage]))
        for passage, clean in whole.items()
        if all(clean) and inside[passage] and inside[passage] <= set(keep)
    }
    return Names(found=tuple(name for name in names if name), covered=covered)


Found = tuple[tuple[str, str], tuple[int, int], tuple[int, int]]
"""Which name; where it stands in the words that went, and in those that came."""


def _parse(gone: str, came: str, accepted: dict[tuple[str, str], Wide]) -> tuple[list[Found], bool]:
    """Find the names replaced in one run of changed words; say whether it holds nothing else.

    Kinds of quotes and dashes are nothing, as everywhere.
    """
    found: list[Found] = []
    for names in accepted:
        old, new = pattern_of(names[0]), pattern_of(names[1])
        olds, news = list(old.finditer(gone)), list(new.finditer(came))
        if olds and len(olds) == len(news):
            found += [(names, a.span(), b.span()) for a, b in zip(olds, news, strict=True)]
            gone, came = old.sub(_blank, gone), new.sub(_blank, came)
    found.sort(key=lambda each: each[1])
    in_order = [b for _, _, b in found] == sorted(b for _, _, b in found)
    return found, in_order and fold(gone) == fold(came)


def _blank(found: re.Match[str]) -> str:
    return " " * len(found.group())


@lru_cache(maxsize=256)
def pattern_of(name: str) -> re.Pattern[str]:
    """Return what finds a name as a whole, however its words are spaced."""
    words = r"\s+".join(re.escape(word) for word in name.split())
    return re.compile(rf"(?<![\w@]){words}(?![\w@])")


def _bytes(text: str, within: tuple[int, int], base: int) -> tuple[int, int]:
    """Return where a part of a text that begins at ``base`` stands, in bytes."""
    start = base + len(text[: within[0]].encode())
    return start, start + len(text[slice(*within)].encode())


def _stretched(source: bytes, start: int, end: int, wide: Wide) -> Span:
    """Return the place with the words around that belong to the name, however they are spaced."""
    for word in reversed(wide[0]):
        before = source[max(0, start - _GAP) : start]
        start -= len(before) - len(before.rstrip()) + len(word.encode())
    for word in wide[1]:
        after = source[end : end + _GAP]
        end += len(after) - len(after.lstrip()) + len(word.encode())
    return Span(start=start, end=end)


def _name(
    pair: tuple[str, str], wide: Wide, spots: list[tuple[int, int, int, int]], texts: _Texts
) -> Name | None:
    if len(spots) < _FEWEST:
        return None
    old = " ".join((*wide[0], pair[0], *wide[1]))
    new = " ".join((*wide[0], pair[1], *wide[1]))
    return Name(
        old=old,
        new=new,
        places=tuple(
            (_stretched(texts.old_source, a, b, wide), _stretched(texts.new_source, c, d, wide))
            for a, b, c, d in sorted(spots, key=lambda spot: spot[2])
        ),
        not_replaced=_left_standing(old, new, texts.new),
    )


def _left_standing(old: str, new: str, text: str) -> tuple[Span, ...]:
    """Return where the old name still stands in the new text, outside the new name."""
    words = r"\s+".join(re.escape(word) for word in old.split())
    fresh = r"\s+".join(re.escape(word) for word in new.split())
    pattern = re.compile(rf"(?<![\w@])(?:(?P<new>{fresh})|(?P<old>{words}))(?![\w@])")
    found, at, total = [], 0, 0
    for match in pattern.finditer(text):
        if match["old"] is None:
            continue
        start = total + len(text[at : match.start()].encode())
        end = start + len(match.group().encode())
        found.append(Span(start=start, end=end))
        at, total = match.end(), end
    return tuple(found)
