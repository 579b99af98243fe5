"""Which words changed inside a pair of texts, so that a person can read it."""

from __future__ import annotations

import re
from itertools import groupby

from notifier.diff.align import Steps, align
from notifier.diff.model import Word, WordOp

_LINK = r"(?:https?://|www\.)[^\s<>\"'“”‘’()\[\]]+(?<![.,;:!?])"
_MAIL = r"(?<![\w.+-])[\w.+-]{1,64}+@[\w-]++(?:\.[\w-]++)++"
_LINKS = re.compile(f"({_LINK})")
_ADDRESSES = re.compile(f"({_LINK}|{_MAIL})")
_NUMBER = r"\d+(?:[.,:/]\d+)*%?"
_CJK = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
_IDEOGRAPHS = re.compile(f"[{_CJK}]")
_LETTERS = (
    rf"[{_CJK}]|(?:[^\W\d_{_CJK}]|[\u0300-\u036f])+(?:[-.·](?=[^\W\d_])[^\W\d_{_CJK}]+)*"
    r"(?:['’](?:t|re|ll|ve|d|m)\b)?"
)
_REST = rf"|{_NUMBER}|[^\W{_CJK}]+|['’]s\b|."
_PLAIN = re.compile(rf"\s+|{_LETTERS}{_REST}", re.DOTALL)
_ASCII = re.compile(
    r" |[A-Za-z]+(?:[-.](?=[A-Za-z])[A-Za-z]+)*(?:'(?:t|re|ll|ve|d|m)\b)?"
    rf"|{_NUMBER}|\s+|\w+|'s\b|.",
    re.DOTALL | re.ASCII,
)

_BY_SPACES = re.compile(r"\s+|\S+")
_CELL = re.compile(r"((?<!\\)\|)")

Op = tuple[str, str, str]
"""What stayed; else what went, and what came."""

_MARKS = str.maketrans(dict.fromkeys("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", " "))
_BARE = re.compile(r"[^\W_]+")

_LITTLE = """
a an the of to in on at by for and or as with from that this it its is are be we you our your their
they which who such
"""
LITTLE_WORDS = frozenset(_LITTLE.split())
"""Little words that may be shown as changed with their neighbours.

A closed list, so no number, negation, modal or quantifier can ever be among them.
"""


def tokens(text: str) -> list[str]:
    """Return words, numbers, addresses, white space and marks; they concatenate to ``text``.

    Scripts without spaces between words are taken character by character.
    """
    if "@" in text:
        return _around(_ADDRESSES, text)
    if "://" in text or "www." in text:
        return _around(_LINKS, text)
    return (_ASCII if text.isascii() else _PLAIN).findall(text)


def _around(addresses: re.Pattern[str], text: str) -> list[str]:
    """Return the tokens of a text in which addresses are one token each."""
    simple = _ASCII if text.isascii() else _PLAIN
    found: list[str] = []
    for index, part in enumerate(addresses.split(text)):
        if index % 2:
            found.append(part)
        elif part:
            found += simple.findall(part)
    return found


def bare_words(text: str) -> list[str]:
    """Return the words of a folded text in lower case, marks left out."""
    if text.isascii():
        return text.lower().translate(_MARKS).split()
    if not _IDEOGRAPHS.search(text):
        return _BARE.findall(text.lower())
    return [token for token in _PLAIN.findall(text.lower()) if token[0].isalnum()]


def word_diff(old: str, new: str, *, steps: Steps | None = None) -> tuple[Word, ...]:
    """Return what stayed, went and came, as runs of whole words.

    The ``equal`` and ``delete`` runs concatenate exactly to ``old``, the ``equal`` and ``insert``
    runs to ``new``. A short run of little words between two changes is shown as changed with them,
    but never one that holds a number, a negation or a modal verb. ``steps`` bounds the work over
    many calls.
    """
    return runs_of(operations(old, new, steps=steps))


def spaced_diff(old: str, new: str) -> tuple[Word, ...]:
    """Return the same with all that stands between two spaces as one word: ``name,``, ``name ,``.

    It shows where words stand closer or further apart and nothing else differs.
    """
    return runs_of(_operations(_BY_SPACES.findall(old), _BY_SPACES.findall(new), None))


def operations(
    old: str, new: str, *, steps: Steps | None = None, by_cell: bool = False
) -> list[Op]:
    """Return the words that stayed, went and came, one by one, before any are joined.

    ``by_cell``: both are rows of a table with as many cells, and no word leaves its cell.
    """
    if old == new:
        return [(old, "", "")] if old else []
    if by_cell:
        left, right = _CELL.split(old), _CELL.split(new)
        if len(left) == len(right):
            pairs = zip(left, right, strict=True)
            return [op for a, b in pairs for op in _operations(tokens(a), tokens(b), steps)]
    return _operations(tokens(old), tokens(new), steps)


def runs_of(ops: list[Op], *, join: bool = True) -> tuple[Word, ...]:
    """Return operations as the runs that a person reads; ``join`` folds little words between."""
    settled = _attached(ops)
    if join:
        settled = _join_islands(settled)
    return tuple(Word(op=op, text=text) for op, text in _runs(settled) if text)


def check_words(words: tuple[Word, ...], old: str, new: str) -> None:
    """Assert that the runs rebuild both sides.

    :raises AssertionError: they do not: a bug, and nothing made of it may be shown
    """
    before = "".join(word.text for word in words if word.op is not WordOp.INSERT)
    after = "".join(word.text for word in words if word.op is not WordOp.DELETE)
    if before != old or after != new:
        raise AssertionError("the words of a change do not rebuild its texts")


def _operations(left: list[str], right: list[str], steps: Steps | None) -> list[Op]:
    """Align the words, then settle the white space between them."""
    solid_left = [index for index, token in enumerate(left) if not token.isspace()]
    solid_right = [index for index, token in enumerate(right) if not token.isspace()]
    pairs = align([left[i] for i in solid_left], [right[j] for j in solid_right], steps=steps)
    ops: list[Op] = []
    i = j = 0
    for a, b in [(solid_left[x], solid_right[y]) for x, y in pairs]:
        ops += _between(left[i:a], right[j:b])
        ops.append((left[a], "", ""))
        i, j = a + 1, b + 1
    return ops + _between(left[i:], right[j:])


def _between(old: list[str], new: list[str]) -> list[Op]:
    """Return the operations for the tokens between two equal words: equal white space stays.

    Where words only went, or only came, one white space stands between the neighbours on the other
    side; it is taken for the one before them or the one behind, whichever is equal to it.
    """
    if old == new:
        return [("".join(old), "", "")] if old else []
    (lead, gone, tail), (new_lead, came, new_tail) = _parted("".join(old)), _parted("".join(new))
    if not came and tail == new_lead != lead:
        new_lead, new_tail = "", new_lead
    elif not gone and new_tail == lead != new_lead:
        lead, tail = "", lead
    middle: list[Op] = [("", gone, came)] if gone or came else []
    return [*_space(lead, new_lead), *middle, *_space(tail, new_tail)]


def _parted(text: str) -> tuple[str, str, str]:
    """Return the white space before the words of a text, these, and the white space behind them."""
    behind = text.lstrip()
    words = behind.rstrip()
    return text[: len(text) - len(behind)], words, behind[len(words) :]


def _space(old: str, new: str) -> list[Op]:
    if old == new:
        return [(old, "", "")] if old else []
    return [("", old, new)]


def _attached(ops: list[Op]) -> list[Op]:
    """Join changes that stand side by side: changed white space goes with the word beside it."""
    found: list[Op] = []
    for same, gone, came in ops:
        if found and not same and not found[-1][0]:
            _, before, after = found.pop()
            found.append(("", before + gone, after + came))
        else:
            found.append((same, gone, came))
    return found


def _join_islands(ops: list[Op]) -> list[Op]:
    """Fold short equal runs between two changes into one change; a new wrap is no change."""
    found: list[Op] = []
    island: list[Op] = []
    for op in ops:
        if op[0] or not (op[1] + op[2]).strip():
            island.append(op)
            continue
        if found and _is_foldable(island):
            parts = [found.pop(), *island, op]
            island = []
            gone = "".join(same or old for same, old, _ in parts)
            found.append(("", gone, "".join(same or new for same, _, new in parts)))
        else:
            found += [*island, op]
            island = []
    return found + island


def _is_foldable(island: list[Op]) -> bool:
    words = [same for same, _, _ in island if same and not same.isspace()]
    little = all(word.lower() in LITTLE_WORDS or word in ",;" for word in words)
    return little and len(words) <= 2  # noqa: PLR2004 - "of the"


def _runs(ops: list[Op]) -> list[tuple[WordOp, str]]:
    runs: list[tuple[WordOp, str]] = []
    for stays, group in groupby(ops, key=lambda op: bool(op[0])):
        if stays:
            runs.append((WordOp.EQUAL, "".join(same for same, _, _ in group)))
        else:
            for _, gone, came in group:
                runs += [(WordOp.DELETE, gone), (WordOp.INSERT, came)]
    return [(op, text) for op, text in runs if text]
