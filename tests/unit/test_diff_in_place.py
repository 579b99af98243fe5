"""What stands where something else stood: one changed passage, not one gone and one come."""

from __future__ import annotations

import pytest

from notifier.diff import compare
from notifier.diff.model import Diff, WordOp
from notifier.policy.parse import parse

OTHERS = "\n\n".join(
    f"Passage {name} of this text is about {name} alone, for a while and for them."
    for name in ("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota")
)


def diff_of(old: str, new: str) -> Diff:
    """Compare two short texts inside a longer one, where common words weigh little."""
    before, after = (f"{OTHERS}\n\n{text}\n\n# The end\n\nWords.\n" for text in (old, new))
    return compare(parse(before, markup="markdown"), parse(after, markup="markdown"))


def kinds(diff: Diff) -> list[str]:
    return [change.kind.value for change in diff.changes]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("- E-mail\n- Kept for a while\n- Erased", "- E-mail\n- Kept for 24 months\n- Erased"),
        ("# More\n\nSee this\n\nThen that.", "# More\n\nSee our list\n\nThen that."),
        (
            "# Sale\n\nWe do not sell your personal information.",
            "# Sale\n\nWe may sell and, to brokers, rent your personal information.",
        ),
        ("Effective date: 1 June 2026", "Effective date: 15 January 2027"),
        ("# What we take\n\nWe take names.", "# Information collected by us\n\nWe take names."),
    ],
)
def test_few_common_words_at_the_same_place_are_one_change(old: str, new: str) -> None:
    assert kinds(diff_of(old, new)) == ["modified"]


def test_several_in_a_row_are_paired_in_their_order() -> None:
    diff = diff_of(
        "- Kept a year\n- Sold never\n- Ask us", "- Kept forever\n- Sold daily\n- Ask us"
    )
    assert [(change.old, change.new) for change in diff.changes] == [
        ("- Kept a year", "- Kept forever"),
        ("- Sold never", "- Sold daily"),
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("- E-mail\n- Bank account\n- Erased", "- E-mail\n- Browsing habits\n- Erased"),
        ("# Sale\n\nIt is for you to say.", "# Sale\n\nWe are the ones on it."),
    ],
)
def test_nothing_but_little_words_in_common_is_gone_and_come(old: str, new: str) -> None:
    assert kinds(diff_of(old, new)) == ["removed", "added"]


def table(*rows: str) -> str:
    return "\n".join(["| Data | Kept | Where |", "|---|---|---|", *rows])


def test_a_row_is_what_its_first_cell_names_and_changes_cell_by_cell() -> None:
    diff = diff_of(
        table("| Logs | a while | US |", "| Mail | ever | US |"),
        table("| Video | 3 days | EU |", "| Logs | 24 months | Ireland |", "| Mail | ever | US |"),
    )
    assert kinds(diff) == ["added", "modified"]
    words = diff.changes[1].words
    gone = [word.text for word in words if word.op is WordOp.DELETE]
    came = [word.text for word in words if word.op is WordOp.INSERT]
    assert (gone, came) == (["a while", "US"], ["24 months", "Ireland"])


def test_numbers_and_repeated_names_say_nothing_about_a_row() -> None:
    counted = diff_of(
        table("| 1 | Mail | US |", "| 2 | Logs | US |"),
        table("| 1 | Mail | US |", "| 2 | Video | EU |", "| 3 | Logs | US |"),
    )
    assert sorted(kinds(counted)) == ["added", "modified"]
    assert next(c for c in counted.changes if c.kind.value == "modified").new == "| 3 | Logs | US |"
    twice = diff_of(
        table("| Logs | a while | US |", "| Logs | always | here |"),
        table("| Logs | 3 days | EU |", "| Logs | always | here |"),
    )
    assert "equal" not in kinds(twice)
    assert [change.old for change in twice.changes if change.old] == ["| Logs | a while | US |"]
