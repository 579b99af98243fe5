from __future__ import annotations

import pytest

from notifier.campaign.redline import change_view, cut, plain_redline, size
from notifier.diff.model import Change, ChangeKind, WordOp
from notifier.policy.model import Span, Unit, UnitKind
from tests.letters import SELLING, words


def test_plain_redline_marks_both_sides_and_parts_neighbours() -> None:
    assert plain_redline(SELLING.words) == (
        "We [removed: do not] [added: may] sell or rent your personal information."
    )
    assert plain_redline(words(("insert", "Now "), ("equal", "all."))) == "[added: Now ]all."


def test_a_change_is_seen_as_readers_see_it() -> None:
    change = Change(
        id="x1",
        kind=ChangeKind.MODIFIED,
        heading="Who\n sees it",
        old="We do\u200b not sell.",
        new="We may\nsell.",
        words=words(
            ("equal", "We "), ("delete", "do\u200b not "), ("insert", "may\n"), ("equal", "sell.")
        ),
    )
    view = change_view(change, says=["A.", "B.", "A."])
    assert view.says == ("A.", "B.")
    assert view.heading == "Who sees it"
    assert view.kind == "Changed"
    assert "⟨U+200B⟩" in plain_redline(view.words)
    assert "\n" not in plain_redline(view.words)


def test_a_mere_move_shows_its_words_unmarked() -> None:
    change = Change(
        id="m", kind=ChangeKind.MOVED, old="A b.", new="A b.", words=words(("equal", "A b."))
    )
    assert {word.op for word in change_view(change, says=()).words} == {WordOp.EQUAL}
    assert change_view(change, says=(), key="k").id == "k"


@pytest.mark.parametrize("limit", [0, 10, 100, 1000])
def test_cutting_keeps_the_change_and_says_so(limit: int) -> None:
    far = "word " * 1000
    view = change_view(
        Change(
            id="x",
            kind=ChangeKind.MODIFIED,
            old=far,
            new=far,
            words=words(("equal", far), ("insert", "NEW "), ("equal", far)),
        ),
        says=("s",),
    )
    less = cut(view, limit)
    assert less.too_long
    assert size(less.words) <= limit + 250
    if limit >= 200:
        assert any(word.text.strip() == "NEW" for word in less.words)
    assert cut(view, size(view.words)) == view


@pytest.mark.parametrize(
    ("runs", "shown"),
    [
        (
            (("equal", "## "), ("delete", "6"), ("insert", "5"), ("equal", ". Keeping")),
            "[removed: 6] [added: 5]. Keeping",
        ),
        ((("equal", "- Kept for "), ("insert", "24 months")), "Kept for [added: 24 months]"),
        ((("insert", "| Tall | Checks cards |"),), "[added: Tall | Checks cards]"),
        (
            (("equal", "**We** read [this](https://a.example) "), ("insert", "too")),
            "We read this [added: too]",
        ),
        (
            (
                ("equal", "See [this]("),
                ("delete", "https://a"),
                ("insert", "https://b"),
                ("equal", ")"),
            ),
            "See [this]([removed: https://a] [added: https://b])",
        ),
        ((("equal", "We sell 5 - "), ("insert", "# 7")), "We sell 5 - [added: # 7]"),
        ((("equal", "Now "), ("insert", "**"), ("equal", "bold")), "Now [added: **]bold"),
    ],
)
def test_readers_see_words_and_no_markup(runs, shown: str) -> None:
    sides = {"old": "x", "new": "y", "words": words(*runs)}
    view = change_view(Change(id="x", kind=ChangeKind.MODIFIED, **sides), says=())
    assert plain_redline(view.words) == shown


def test_a_moved_section_keeps_its_paragraphs_and_loses_its_wraps() -> None:
    moved = "## 9. Small files\n\nA small file\nis kept.\n\n- one\n- two\n  more\n"
    units = tuple(Unit(kind=UnitKind.SENTENCE, text=t, span=Span(start=0, end=1)) for t in "ab")
    change = Change(id="m", kind=ChangeKind.MOVED, old=moved, new=moved, new_units=units)
    shown = plain_redline(change_view(change, says=()).words)
    assert shown == "9. Small files\n\nA small file is kept.\n\none\ntwo more"
