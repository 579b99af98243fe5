"""No text may hold the program: every pattern, and the whole way, on the worst that can be sent."""

from __future__ import annotations

import importlib
import itertools
import re
import signal
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest

import notifier.diff
import notifier.policy
from notifier.diff import compare
from notifier.diff.render.document import diff_document
from notifier.policy.canonical import canonical_text
from notifier.policy.hidden import mixed_words, notes_on
from notifier.policy.parse import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

SIZE = 100_000
"""Bytes of a hostile text, about."""
TEXT = SIZE // 2
"""Bytes of one that is parsed and compared as a whole: some two seconds at worst."""
BOUND = 5.0
"""Seconds of processor time, more than twice what the worst needs on a busy machine."""

SUSPECT = 0.003
"""Seconds for two thousand bytes; a linear pattern needs a hundredth of it."""
SOURCES = [
    path
    for package in (notifier.policy, notifier.diff)
    for path in sorted(Path(package.__path__[0]).glob("*.py"))
]

Method = Literal["match", "search", "finditer"]


def patterns() -> dict[str, tuple[re.Pattern[Any], tuple[Method, ...]]]:
    """Return every compiled pattern of the two packages, with how the code uses it.

    A pattern that is only ever matched at a known place need not be fast when it is searched for.
    """
    found: dict[str, tuple[re.Pattern[Any], tuple[Method, ...]]] = {}
    for path in SOURCES:
        source = path.read_text()
        module = importlib.import_module(f"notifier.{path.parent.name}.{path.stem}")
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern) and f"{name} = re.compile(" in source:
                found[f"{path.parent.name}.{path.stem}.{name}"] = (value, methods(name, source))
    return found


def methods(name: str, source: str) -> tuple[Method, ...]:
    used: tuple[Method, ...] = ("match",)
    if re.search(rf"\b{name}\.search\(", source):
        used += ("search",)
    if re.search(rf"\b{name}\.(?:finditer|findall|sub|split)\(", source):
        used += ("finditer",)
    return used


PATTERNS = patterns()

# What each pattern likes, over and over, behind a beginning that draws it in, before an end that
# lets it down.
ATOMS = (
    *("é", "a", "1", "1.", "1.1.", "1,", "\u0430", "a\u0430", "\u0301\u0316", "\u200b", "中"),
    *(" ", "\t", "\n", "\r\n", "= ", "==", "- ", "-", "--", "* ", "**", "_", "`", "~~~\n", "``` "),
    *(
        "[",
        "[a](",
        "[a](b ",
        "[a]: ",
        "[a]: ( ",
        "(",
        "()",
        "(a",
        "((((( x ",
        "<",
        "<a:",
        "<p ",
        "</",
    ),
    *("&a", "\\", "\\[", "|", "| |", "!", "...", ".", '."', "。", '"', "’", "’s", "a-", "a·", "a@"),
    *(
        "a.@",
        "www.",
        "www.,",
        "a.a",
        "#",
        "a: ",
        "# x\n",
        "§",
        "§ 1",
        "(1) ",
        "I",
        "i. ",
        "Section ",
    ),
    *("href=", "<a href= ", "> ", "1. x\n", "back to the top", "yahoo! ", "A. ", "{[(", "---\n"),
)
BEGINNINGS = ("", "a", "1", "§", "[", "[a](", "[a]: ", "<a ", "---\na", "www.", "a@", "**")
ENDS = ("", "!", "\0a")
Recipe = tuple[str, str, str]
RECIPES = [*itertools.product(BEGINNINGS, ATOMS, ENDS)]


def cook(recipe: Recipe, size: int) -> str:
    beginning, atom, end = recipe
    return f"{beginning}{atom * (size // len(atom.encode()))}{end}"


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Stop what takes more processor time, even inside one call of a pattern."""

    def stop(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def spend(pattern: re.Pattern[Any], method: Method, text: str) -> float:
    """Return the seconds that one use takes; above ``BOUND`` it is stopped there."""
    given = text.encode() if isinstance(pattern.pattern, bytes) else text
    begun = time.process_time()
    try:
        with at_most(BOUND):
            if method == "finditer":
                for _ in pattern.finditer(given):
                    pass
            else:
                getattr(pattern, method)(given)
    except TimeoutError:
        return BOUND
    return time.process_time() - begun


def test_the_patterns_are_found() -> None:
    names = {name.rpartition(".")[2] for name in PATTERNS}
    assert {"_WORD", "_SHAPE", "BARE_NUMBER", "_DESTINATION", "_REFERENCE", "_STOP"} <= names
    assert {"_PLAIN", "_DASHES"} <= names


def test_no_pattern_is_compiled_where_this_test_cannot_see_it() -> None:
    for path in SOURCES:
        used = set(re.findall(r"\bre\.([a-z]+)\(", path.read_text()))
        assert used <= {"compile", "escape"}, path.name


def test_the_measure_notices_a_pattern_that_backtracks() -> None:
    before = re.compile(r"(?=\w*[A-Za-z])\w*[\u0370-\u03ff\u0400-\u052f]\w*")
    assert spend(before, "search", "é" * 2_000) > SUSPECT


@pytest.mark.parametrize("name", PATTERNS)
def test_no_pattern_backtracks(name: str) -> None:
    """A fiftieth of the size first: what is quadratic shows there, at little cost."""
    pattern, used = PATTERNS[name]
    slow = [
        (recipe, method)
        for recipe in RECIPES
        for method in used
        if spend(pattern, method, cook(recipe, SIZE // 50)) > SUSPECT
    ]
    for recipe, method in slow[:10]:
        assert spend(pattern, method, cook(recipe, SIZE)) < BOUND, (recipe, method)


TEXTS: list[Recipe] = [
    *(("", atom, "") for atom in ATOMS),
    *(("a ", atom, "\n\nWe sell it.\n") for atom in ATOMS if atom.strip()),
    ("| a |\n|---|\n", "| x ", "|"),
    ("| a" * 50 + "\n" + "|---" * 50 + "\n", "|", ""),
    ("# ", "a ", ""),
    ("", "We do. ", ""),
    ("", "x a ", ""),
    ("", "- a\n  ", ""),
    ("", "[a]: b\n\n[a][a] ", ""),
]


@pytest.mark.parametrize("recipe", TEXTS, ids=ascii)
@pytest.mark.parametrize("markup", ["text", "markdown"])
def test_hostile_texts_are_read_and_compared_in_time(
    recipe: Recipe, markup: Literal["text", "markdown"]
) -> None:
    old = cook(recipe, TEXT)
    new = old[: len(old) // 2] + " sold " + old[len(old) // 2 :].replace("a", "b", 7)
    begun = time.process_time()
    with at_most(2 * BOUND):
        left, right = parse(old, markup=markup), parse(new, markup=markup)
        read = time.process_time() - begun
        diff_document(compare(left, right), full=True)
    assert read < BOUND
    assert left.source.decode() == old


def test_marks_heaped_on_one_letter_are_normalised_in_time() -> None:
    heap = "a" + "\u0301\u0316" * (SIZE // 4)
    with at_most(BOUND):
        once = canonical_text(heap.encode())
        assert canonical_text(once.encode()) == once
    assert canonical_text("a\u0316\u0301".encode()) == "\u00e1\u0316"


def test_words_of_two_alphabets_are_found_and_shown_in_part() -> None:
    assert mixed_words("p\u0430y, pay \u0434\u0430 \u00b5m x\u03b1 p\u0430y") == [
        "p\u0430y",
        "x\u03b1",
    ]
    (note,) = notes_on("a" * SIZE + "\u0430")
    assert len(note) < 200
