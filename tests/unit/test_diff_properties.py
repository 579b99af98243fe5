"""Promises of the diff that hold for any two texts."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from notifier.diff import compare
from notifier.diff.model import Change, ChangeKind, WordOp
from notifier.diff.render.comment import render_comment
from notifier.diff.render.document import diff_document
from notifier.diff.render.page import render_page
from notifier.diff.render.terminal import render_text
from notifier.diff.render.tracked import render_docx
from notifier.diff.shown import shown_words
from notifier.diff.tiling import full
from notifier.diff.words import tokens, word_diff
from notifier.policy.parse import parse

if TYPE_CHECKING:
    from types import FrameType

    from notifier.policy.model import Document

SENTENCES = [
    "We do not sell your data.",
    "We may sell your data to 3 partners.",
    "You may ask us to delete it.",
    "See [our list](https://example.com/list) for more.",
    "See [our list](https://example.com/other) for more.",
    "# Sharing",
    "## 5. Your rights",
    "## 6. Your rights",
    "- e-mail address",
    "- **name** and address",
    "  1. first\n  2. second",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "* * *",
    "Back to top ▲",
    "4.",
    "==========",
    "“Quoted” — text…",
    '"Quoted" - text...',
    "> quoted line\n> goes on",
    "```\ncode. More code.\n```",
    "---\ntitle: x\n---",
    "Zero\u200bwidth.",
    "Zerowidth.",
    "Bold **words. And** more.",
    "\ufeff",
    "[x]: https://example.com",
]
prose = st.lists(st.sampled_from(SENTENCES), max_size=14).flatmap(
    lambda parts: st.lists(
        st.sampled_from(["\n", "\n\n", " ", "\r\n", "\r\n\r\n"]),
        min_size=len(parts),
        max_size=len(parts),
    ).map(lambda joins: "".join(a + b for a, b in zip(parts, joins, strict=True)))
)
marks = st.text(alphabet="ab .*_`[](){}<>#-=|\\&;!1\n\r\t\u00a0\u200b\0é", max_size=80)
texts = st.one_of(prose, marks, st.text(max_size=60))
markups = st.sampled_from(["markdown", "text"])


def documents(old: str, new: str, markup: str) -> tuple[Document, Document]:
    return parse(old, markup=markup), parse(new, markup=markup)


@given(texts, markups)
@example("---\na: b\n---\n", "markdown")
@example("\r\na\rb", "markdown")
@settings(max_examples=300, deadline=None)
def test_units_are_ascending_exact_spans(text: str, markup: str) -> None:
    document = parse(text, markup=markup)
    at = 0
    for unit in document.units:
        assert at <= unit.span.start < unit.span.end <= len(document.source)
        document.source[unit.span.start : unit.span.end].decode()
        at = unit.span.end
    assert parse(document.source, markup=markup) == document


@given(texts, markups)
@settings(max_examples=100, deadline=None)
def test_a_text_differs_in_nothing_from_itself(text: str, markup: str) -> None:
    diff = compare(*documents(text, text, markup))
    assert diff.changes == ()
    assert diff.ignored == {}


@given(texts, texts, markups)
@settings(max_examples=300, deadline=None)
def test_full_rebuilds_both_texts_and_spans_never_overlap(old: str, new: str, markup: str) -> None:
    left, right = documents(old, new, markup)
    diff = compare(left, right)
    for changes in (full(diff), diff.changes):
        for side, source in (("old", left.source), ("new", right.source)):
            at, pieces = 0, []
            spans = sorted(
                (getattr(c, f"{side}_span").start, getattr(c, f"{side}_span").end, getattr(c, side))
                for c in changes
                if getattr(c, f"{side}_span")
            )
            for start, end, text in spans:
                assert at <= start <= end
                assert source[start:end] == text.encode()
                at = end
                pieces.append(text)
            if changes is not diff.changes:
                assert "".join(pieces).encode() == source


@given(texts, texts, markups)
@settings(max_examples=150, deadline=None)
def test_swapped_sides_swap_added_and_removed(old: str, new: str, markup: str) -> None:
    left, right = documents(old, new, markup)
    forth, back = compare(left, right), compare(right, left)
    assert bool(forth.changes) == bool(back.changes)
    if not any(c.kind is ChangeKind.MODIFIED or c.edited for c in (*forth.changes, *back.changes)):
        gone = Counter(c.old for c in forth.changes if c.kind is ChangeKind.REMOVED)
        came = Counter(c.new for c in back.changes if c.kind is ChangeKind.ADDED)
        assert gone == came


@given(texts, texts, markups)
@settings(max_examples=100, deadline=None)
def test_p12_same_in_same_out_and_every_view_can_be_made(old: str, new: str, markup: str) -> None:
    one = compare(*documents(old, new, markup))
    two = compare(*documents(old, new, markup))
    assert diff_document(one, full=True) == diff_document(two, full=True)
    assert len({change.id for change in one.changes}) == len(one.changes)
    for whole in (False, True):
        assert "\x1b" not in render_text(one, color=False, full=whole)
        page = render_page(one, title=old[:20], full=whole)
        assert page.count("<h1>") == 1
    assert render_docx(one, title=old[:20]) == render_docx(two, title=old[:20])
    assert len(render_comment(one, title=old[:20])) <= 60_000


@given(st.text(max_size=80), st.text(max_size=80))
@settings(max_examples=200, deadline=None)
def test_words_concatenate_to_both_sides(old: str, new: str) -> None:
    words = word_diff(old, new)
    assert "".join(w.text for w in words if w.op is not WordOp.INSERT) == old
    assert "".join(w.text for w in words if w.op is not WordOp.DELETE) == new
    assert "".join(tokens(old)) == old


@given(texts, texts, markups)
@example("We keep  it , now.", "We keep it, now.", "text")
@example("We use it only\nto ask.", "We use it\nto ask.", "text")
@example("4.\n# Sharing\n", "4. # Sharing\n", "text")
@settings(max_examples=150, deadline=None)
def test_no_mark_that_a_reader_sees_holds_white_space_only(old: str, new: str, markup: str) -> None:
    for change in compare(*documents(old, new, markup)).changes:
        runs = shown_words(change)
        assert all(run.text.strip(" \t\r\n") for run in runs if run.op is not WordOp.EQUAL)
        # A number may stand before a heading on one side, and be its first word on the other.
        respaced = change.old.split() == change.new.split()
        if change.kind is ChangeKind.MODIFIED and not respaced:
            assert any(run.op is not WordOp.EQUAL for run in runs)


@given(prose, st.sampled_from(["not", "may", "must", "never", "13", "only"]), markups)
@settings(max_examples=100, deadline=None)
def test_no_number_negation_or_modal_is_ever_ignored(text: str, word: str, markup: str) -> None:
    old = f"{text}\n\nWe will keep it for users.\n"
    new = f"{text}\n\nWe will {word} keep it for users.\n"
    diff = compare(*documents(old, new, markup))
    inserted = [w.text for c in diff.changes for w in c.words if w.op is WordOp.INSERT]
    assert any(word in text.split() for text in inserted)


def calls(old: str, new: str, markup: str) -> int:
    """Return how many functions a comparison calls: work that no other process makes longer."""
    left, right = documents(old, new, markup)
    counted = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal counted
        counted += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        compare(left, right)
    finally:
        sys.setprofile(None)
    return counted


@given(
    st.lists(st.sampled_from(SENTENCES), min_size=3, max_size=8),
    st.lists(st.sampled_from(SENTENCES), min_size=3, max_size=8),
    markups,
)
@settings(max_examples=10, deadline=None)
def test_work_grows_near_linearly(old: list[str], new: list[str], markup: str) -> None:
    small, large = (
        calls("\n\n".join(old * times), "\n\n".join(new * times), markup) for times in (15, 60)
    )
    assert large <= 4.5 * small + 2_000


def test_words_that_do_not_rebuild_are_a_bug_that_stops() -> None:
    diff = compare(parse("One thing.", markup="text"), parse("Two things.", markup="text"))
    broken = Change(id="x", kind=ChangeKind.EQUAL, old="no", old_span=diff.changes[0].old_span)
    object.__setattr__(diff, "changes", (broken,))
    with pytest.raises(AssertionError, match="rebuild the old file"):
        full(diff)
