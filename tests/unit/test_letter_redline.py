from __future__ import annotations

import pytest

from notifier.campaign.redline import change_view, cut, plain_redline, size
from notifier.diff import compare
from notifier.diff.model import Change, ChangeKind, WordOp
from notifier.policy.parse import parse
from tests.letters import SELLING, words


def test_plain_redline_marks_both_sides_and_parts_neighbours() -> None:
    assert plain_redline(SELLING.words) == (
        "We [removed: do not] [added: may] sell or rent your personal information."
    )
    assert plain_redline(words(("insert", "Now "), ("equal", "all."))) == "[added: Now] all."


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
    ("old", "new", "shown"),
    [
        ("## 6. Keeping", "## 5. Keeping", "[removed: 6] [added: 5]. Keeping"),
        (
            "- Your account is kept for a while",
            "- Your account is kept for 24 months",
            "Your account is kept for [removed: a while] [added: 24 months]",
        ),
        (
            "**We** read [this](https://a.example).",
            "**We** read [this](https://a.example) too.",
            "We read this [added: too].",
        ),
        (
            "See [this](https://a).",
            "See [this](https://b).",
            "See this. (link: [removed: https://a] [added: https://b])",
        ),
        (
            "Read about it in [this](https://a).",
            "Read about it in [that](https://b).",
            "Read about it in [removed: this] [added: that]. (link: [removed: https://a] [added: https://b])",
        ),
        ("We sell 5 - 6.", "We sell 5 - \\# 7.", "We sell 5 - [removed: 6] [added: # 7]."),
        (
            "Terms &amp; “more”\nof it.",
            'Terms &amp; "more" of\nall.',
            'Terms & "more" of [removed: it] [added: all].',
        ),
    ],
)
def test_readers_see_words_and_no_markup(old: str, new: str, shown: str) -> None:
    changes = compare(parse(old, markup="markdown"), parse(new, markup="markdown")).changes
    assert [plain_redline(change_view(change, says=()).words) for change in changes] == [shown]


def test_a_row_that_came_is_shown_without_its_bars() -> None:
    table = "| Who | Why |\n| --- | --- |\n| Small | Hosting |\n"
    old, new = (
        parse(table, markup="markdown"),
        parse(f"{table}| Tall | Cards |\n", markup="markdown"),
    )
    (change,) = compare(old, new).changes
    assert plain_redline(change_view(change, says=()).words) == "[added: Tall | Cards]"


def test_what_differs_in_nothing_that_is_read_is_shown_as_it_stands() -> None:
    change = Change(
        id="x",
        kind=ChangeKind.MODIFIED,
        old="Now bold",
        new="Now **bold",
        words=words(("equal", "Now "), ("insert", "**"), ("equal", "bold")),
    )
    assert plain_redline(change_view(change, says=()).words) == "Now [added: **]bold"


def test_a_moved_section_keeps_its_paragraphs_and_loses_its_wraps() -> None:
    moved = "## 9. Small files\n\nA small file\nis kept. For long.\n\n- one\n- two\n  more\n"
    units = parse(moved, markup="markdown").units
    change = Change(id="m", kind=ChangeKind.MOVED, old=moved, new=moved, new_units=units)
    shown = plain_redline(change_view(change, says=()).words)
    assert shown == "9. Small files\nA small file is kept. For long.\none\ntwo more"


def test_the_two_sides_and_what_words_do_not_say() -> None:
    old = parse("# A\n\nOne sentence here stays.\n\n# B\n\nWe keep it 30 days.\n", markup="text")
    change = compare(
        old, parse("# A\n\nOne sentence here stays.\n\n# B\n\nWe keep it 60 days.\n", markup="text")
    ).changes[0]
    view = change_view(change, says=())
    assert "".join(word.text for word in view.old_words) == "We keep it 30 days."
    assert "".join(word.text for word in view.new_words) == "We keep it 60 days."
    units = parse("# Old home\n\nA moved line.\n", markup="markdown").units[1:]
    moved = Change(
        id="m", kind=ChangeKind.MOVED, heading="New home", old_units=units, new_units=units
    )
    assert change_view(moved, says=()).remark == "It stood in “Old home”."
