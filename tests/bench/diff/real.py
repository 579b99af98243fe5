"""Real pairs of versions, where they are: how much is marked, how readable it is, what it costs."""

from __future__ import annotations

import difflib
import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from notifier.diff.align import longest_common
from notifier.diff.compare import compare
from notifier.diff.keys import fold, number_of
from notifier.diff.model import ChangeKind, WordOp
from notifier.diff.tiling import full
from notifier.diff.words import word_diff
from notifier.policy.parse import parse

from .peers import Peer, wikidiff2_seconds, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from notifier.diff.model import Diff
    from notifier.policy.model import Document, Unit

POLICIES = Path(__file__).parents[4] / "shared" / "policies"
"""Versions of other people's policies, never shipped; each row that needs them says so."""

STOPWORDS = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "to",
        "in",
        "on",
        "at",
        "by",
        "for",
        "and",
        "or",
        "as",
        "with",
        "from",
        "that",
        "this",
        "these",
        "those",
        "it",
        "its",
        "is",
        "are",
        "be",
        "been",
        "was",
        "were",
        "has",
        "have",
        "had",
        "do",
        "does",
        "we",
        "you",
        "i",
        "he",
        "she",
        "they",
        "them",
        "us",
        "our",
        "your",
        "their",
        "his",
        "her",
        "which",
        "who",
        "whom",
        "what",
        "when",
        "where",
        "how",
        "if",
        "then",
        "than",
        "so",
        "such",
        "into",
        "onto",
        "over",
        "under",
        "about",
        "between",
        "through",
        "during",
        "also",
        "there",
        "here",
        "but",
        "while",
        "because",
        "s",
    ]
)
"""What an island is made of; negations, modals, numbers and quantifiers are none: those must stay
apart however short they are."""
_ISLAND = 2


@dataclass(kw_only=True)
class Marked:
    """What one differ marks over all pairs."""

    changed: int = 0
    with_moves: int = 0
    islands: int = 0
    seconds: list[float] = field(default_factory=list)


@dataclass(kw_only=True)
class Real:
    """All that was measured on real pairs."""

    pairs: int = 0
    least: int = 0
    rebuilt: int = 0
    parse_seconds: list[float] = field(default_factory=list)
    by: dict[str, Marked] = field(default_factory=dict)


def measure(others: list[Peer]) -> Real | None:
    """Return what was measured, or nothing where no pairs are."""
    if not POLICIES.is_dir():
        return None
    found = Real(by={"notifier": Marked(), **{peer.name: Marked() for peer in others}})
    for line in (POLICIES / "index.jsonl").read_text().splitlines():
        folder = POLICIES / json.loads(line)["pair"]
        _pair(folder, found, others)
    return found


def _pair(folder: Path, found: Real, others: list[Peer]) -> None:
    raw_old, raw_new = (folder / "old.md").read_bytes(), (folder / "new.md").read_bytes()
    old, new = parse(raw_old, markup="markdown"), parse(raw_new, markup="markdown")
    found.pairs += 1
    found.parse_seconds.append(
        _best(lambda: (parse(raw_old, markup="markdown"), parse(raw_new, markup="markdown")))
    )
    diff = compare(old, new)
    mine = found.by["notifier"]
    mine.seconds.append(_best(lambda: compare(old, new)))
    _rebuild(diff, found)
    _count_ours(diff, mine)
    left, right = visible(old), visible(new)
    olds, news = words(left), words(right)
    found.least += len(olds) + len(news) - 2 * len(longest_common(olds, news))
    for peer in others:
        answer = peer.run(left, right)
        theirs = found.by[peer.name]
        if peer.name == "wikidiff2":
            theirs.seconds.append(wikidiff2_seconds(answer))
        else:
            theirs.seconds.append(_best(lambda p=peer: p.run(left, right)))
        _count_theirs(olds, news, peer.pairs(left, right, answer), theirs)


def _best(work: Any) -> float:
    """Return the CPU seconds of the better of two runs: noise only ever adds."""
    seconds = []
    for _ in range(2):
        began = time.process_time()
        work()
        seconds.append(time.process_time() - began)
    return min(seconds)


def visible(document: Document) -> str:
    """Return what a reader sees, one unit a paragraph: what every differ is given to count on."""
    return "\n\n".join(seen(unit) for unit in document.units if unit.text or unit.marker)


def seen(unit: Unit) -> str:
    return fold(f"{number_of(unit)} {unit.text}")


def _rebuild(diff: Diff, found: Real) -> None:
    pieces = [change for change in full(diff) if change.kind is not ChangeKind.RENAMED]
    for side, document in (("old", diff.old), ("new", diff.new)):
        spans = [
            (getattr(change, f"{side}_span").start, getattr(change, side))
            for change in pieces
            if getattr(change, f"{side}_span")
        ]
        whole = "".join(text for _, text in sorted(spans)).encode()
        found.rebuilt += whole == document.source


def _count_ours(diff: Diff, mine: Marked) -> None:
    """Count the words marked in what a reader sees; ``with_moves``: a move is all gone and come."""
    for change in diff.changes:
        old = " ".join(seen(unit) for unit in change.old_units)
        new = " ".join(seen(unit) for unit in change.new_units)
        if change.kind is ChangeKind.RENAMED:
            size = len(change.occurrences) * (len(words(change.old)) + len(words(change.new)))
            mine.changed += size
            mine.with_moves += size
            continue
        if change.names and not change.edited:
            continue
        parts = [(word.op, words(word.text)) for word in word_diff(old, new)]
        size = sum(len(each) for op, each in parts if op is not WordOp.EQUAL)
        mine.changed += size
        moved = change.kind is ChangeKind.MOVED
        mine.with_moves += len(words(old)) + len(words(new)) if moved else size
        mine.islands += islands((op is WordOp.EQUAL, each) for op, each in parts)


def _count_theirs(
    olds: Sequence[str], news: Sequence[str], pairs: Sequence[tuple[int, int]], theirs: Marked
) -> None:
    changed = len(olds) + len(news) - 2 * len(pairs)
    theirs.changed += changed
    theirs.with_moves += changed
    theirs.islands += islands(_runs(olds, news, pairs))


def _runs(
    olds: Sequence[str], news: Sequence[str], pairs: Sequence[tuple[int, int]]
) -> Iterable[tuple[bool, list[str]]]:
    run: list[str] = []
    i = j = 0
    for a, b in sorted(pairs, key=lambda pair: pair[1]):
        if (a, b) != (i, j):
            yield True, run
            yield False, [*olds[i:a], *news[j:b]] or ["moved"]
            run = []
        run.append(news[b])
        i, j = a + 1, b + 1
    yield True, run
    if i < len(olds) or j < len(news):
        yield False, ["tail"]


def islands(runs: Iterable[tuple[bool, list[str]]]) -> int:
    """Count equal runs of at most two stopwords, and nothing else, between two changes."""
    merged: list[tuple[bool, list[str]]] = []
    for same, said in runs:
        if merged and merged[-1][0] == same:
            merged[-1] = (same, merged[-1][1] + said)
        elif said:
            merged.append((same, list(said)))
    return sum(
        same
        and 0 < at < len(merged) - 1
        and len(said) <= _ISLAND
        and all(word.casefold() in STOPWORDS for word in said)
        for at, (same, said) in enumerate(merged)
    )


def ratios(seconds: Sequence[float], baseline: Sequence[float]) -> tuple[float, float, float]:
    """Return median, 90th percentile and total of the ratios pair by pair."""
    each = sorted(a / b for a, b in zip(seconds, baseline, strict=True))
    return each[len(each) // 2], each[int(len(each) * 0.9)], sum(seconds) / sum(baseline)


def difflib_seconds(left: str, right: str) -> float:
    a, b = left.split(), right.split()
    return _best(lambda: difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes())
