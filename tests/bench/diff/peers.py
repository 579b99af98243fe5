"""The other differs, each asked in its own way, each answer as pairs of equal words.

A peer says which words it thinks are the same, by number; one projector for all of them reads that
as operations over the truth's own sentences, which is more than any of them is told by a user.
"""

from __future__ import annotations

import difflib
import importlib
import json
import shutil
import subprocess
from bisect import bisect_left
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .answers import WORD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Pairs = list[tuple[int, int]]
"""Numbers of a word in the old and in the new text."""


@dataclass(frozen=True, kw_only=True)
class Peer:
    """A differ; ``prepare`` is not timed, ``run`` is, ``pairs`` reads what it returned."""

    name: str
    run: Callable[[str, str], Any]
    pairs: Callable[[str, str, Any], Pairs]


def words(text: str) -> list[str]:
    return WORD.findall(text)


def _from_opcodes(old: Sequence[str], new: Sequence[str], opcodes: Iterable[Any]) -> Pairs:
    """Read opcodes over tokens: the words in equal tokens, numbered over the whole text."""
    before, after = _numbers(old), _numbers(new)
    found = []
    for tag, a, b, c, _ in opcodes:
        if tag == "equal":
            for step in range(b - a):
                i, j = before[a + step], after[c + step]
                size = min(before[a + step + 1] - i, after[c + step + 1] - j)
                found += [(i + n, j + n) for n in range(size)]
    return found


def _numbers(tokens: Sequence[str]) -> list[int]:
    """Return for each token the number of its first word, and the count of all at the end."""
    found, total = [0], 0
    for token in tokens:
        total += len(WORD.findall(token))
        found.append(total)
    return found


def _difflib() -> Peer:
    def run(old: str, new: str) -> Any:
        a, b = old.split(), new.split()
        return difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes()

    return Peer(
        name="difflib words",
        run=run,
        pairs=lambda old, new, ops: _from_opcodes(old.split(), new.split(), ops),
    )


def _rapidfuzz() -> Peer:
    indel = importlib.import_module("rapidfuzz.distance").Indel

    def pairs(old: str, new: str, ops: Any) -> Pairs:
        plain = [(op.tag, op.src_start, op.src_end, op.dest_start, op.dest_end) for op in ops]
        return _from_opcodes(old.split(), new.split(), plain)

    return Peer(
        name="rapidfuzz opcodes",
        run=lambda old, new: indel.opcodes(old.split(), new.split()),
        pairs=pairs,
    )


def _redlines() -> Peer:
    module = importlib.import_module("redlines")

    def run(old: str, new: str) -> Any:
        made = module.Redlines(old, new)
        return made, made.opcodes

    def pairs(old: str, new: str, answer: Any) -> Pairs:
        tokens = json.loads(answer[0].output_json())
        return _from_opcodes(tokens["source_tokens"], tokens["test_tokens"], answer[1])

    return Peer(name="redlines", run=run, pairs=pairs)


def _diff_match_patch() -> Peer:
    """Word by word, as its own documentation does it for lines; without a deadline, which would
    make the answer depend on the machine."""
    module = importlib.import_module("diff_match_patch")

    def run(old: str, new: str) -> Any:
        matcher = module.diff_match_patch()
        matcher.Diff_Timeout = 0
        letters: dict[str, str] = {}
        sides = [
            "".join(letters.setdefault(word, chr(0xE000 + len(letters))) for word in text.split())
            for text in (old, new)
        ]
        found = matcher.diff_main(*sides, False)
        matcher.diff_cleanupSemantic(found)
        return found

    def pairs(old: str, new: str, ops: Any) -> Pairs:
        coded, i, j = [], 0, 0
        for op, text in ops:
            size = len(text)
            if op == 0:
                coded.append(("equal", i, i + size, j, j + size))
            i += size if op <= 0 else 0
            j += size if op >= 0 else 0
        return _from_opcodes(old.split(), new.split(), coded)

    return Peer(name="diff-match-patch", run=run, pairs=pairs)


class _Starts:
    """The words of a text by where they begin."""

    def __init__(self, text: str) -> None:
        spans = [found.span() for found in WORD.finditer(text)]
        self.starts = [start for start, _ in spans]
        self.ends = [end for _, end in spans]
        self.number = {start: n for n, start in enumerate(self.starts)}


def _equal_stretch(before: _Starts, after: _Starts, i: int, j: int, size: int) -> Pairs:
    found = []
    n = bisect_left(before.starts, i)
    while n < len(before.starts) and before.ends[n] <= i + size:
        other = after.number.get(before.starts[n] - i + j)
        if other is not None and after.ends[other] - after.starts[other] == (
            before.ends[n] - before.starts[n]
        ):
            found.append((n, other))
        n += 1
    return found


_PHP = Path(__file__).with_name("wikidiff2.php")


def _wikidiff2() -> Peer:
    php = shutil.which("php")
    if php is None:
        raise ImportError("php-cli is not installed")
    have = subprocess.run(
        [php, "-r", 'exit(function_exists("wikidiff2_inline_json_diff") ? 0 : 1);'],
        check=False,
        stdin=subprocess.DEVNULL,
    )
    if have.returncode:
        raise ImportError("php-wikidiff2 is not installed")

    def run(old: str, new: str) -> Any:
        asked = json.dumps([old, new])
        done = subprocess.run(
            [php, str(_PHP)], input=asked, capture_output=True, text=True, check=True, timeout=120
        )
        return json.loads(done.stdout)

    return Peer(name="wikidiff2", run=run, pairs=_read_lines)


def wikidiff2_seconds(answer: Any) -> float:
    """Return the CPU time that the extension itself took."""
    return float(answer["seconds"])


def _read_lines(old: str, new: str, answer: Any) -> Pairs:
    before, after = _Starts(old), _Starts(new)
    if old == new:  # of equal texts it says nothing
        return _equal_stretch(before, after, 0, 0, len(old))
    back = _Characters(old), _Characters(new)
    lines = answer["diff"]
    moved = {line["moveInfo"]["id"]: line["offset"]["from"] for line in lines if line["type"] == 4}
    found: Pairs = []
    for line in lines:
        if line["type"] not in {0, 3, 5}:
            continue
        start = line["offset"]["from"]
        if line["type"] == 5:
            start = moved.get(line["moveInfo"]["linkId"])
        if start is None or line["offset"]["to"] is None:
            continue
        i, j = back[0].at(start), back[1].at(line["offset"]["to"])
        for kind, size in _ranges(line):
            if kind == 0:
                found += _equal_stretch(before, after, i, j, size)
            i += size if kind <= 0 else 0
            j += size if kind >= 0 else 0
    return found


def _ranges(line: Any) -> Iterable[tuple[int, int]]:
    """Return (-1 gone, 0 equal or 1 come, characters) for the text of one line."""
    raw = line["text"].encode()
    at = 0
    for each in line.get("highlightRanges", []):
        start, end = each["start"], each["start"] + each["length"]
        yield 0, len(raw[at:start].decode())
        yield (1 if each["type"] == 0 else -1), len(raw[start:end].decode())
        at = end
    yield 0, len(raw[at:].decode())


class _Characters:
    """From bytes to characters."""

    def __init__(self, text: str) -> None:
        self._raw = None if text.isascii() else text.encode()

    def at(self, byte: int) -> int:
        return byte if self._raw is None else len(self._raw[:byte].decode())


def peers() -> tuple[list[Peer], list[str]]:
    """Return the peers that are installed, and a sentence for each that is not."""
    found, absent = [], []
    for make in (_difflib, _rapidfuzz, _redlines, _diff_match_patch, _wikidiff2):
        try:
            found.append(make())
        except ImportError as error:
            absent.append(f"{make.__name__.strip('_').replace('_', '-')}: left out ({error}).")
    return found, absent
