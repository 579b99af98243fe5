"""A reference to the same clause under its new number is no change of what is said."""

from __future__ import annotations

import pytest

from notifier.diff import compare
from notifier.policy.parse import parse

KEEPING = "Keeping\n\n{n}.1 We keep it.\n\n# {m}. Rights\n\nYou may ask.\n"


def kind_of(old: str, new: str) -> str:
    """Return what became of a passage while a clause was put in before those it points to."""
    before = f"# 1. Scope\n\n{old}\n\n# 2. {KEEPING.format(n=2, m=3)}"
    after = f"# 1. Scope\n\n{new}\n\n# 2. Use\n\nWe use it.\n\n# 3. {KEEPING.format(n=3, m=4)}"
    diff = compare(parse(before, markup="markdown"), parse(after, markup="markdown"))
    (change,) = [each for each in diff.changes if each.heading == "Scope"]
    return change.kind.value


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("This is subject to Section 2.", "This is subject to Section 3."),
        ("Sections 2 and 3 apply here.", "Sections 3 and 4 apply here."),
        ("Clauses 1, 2 and 2.1 apply.", "Clauses 1, 3 and 3.1 apply."),
        ("Es gilt Abschnitt 2 oder § 3.", "Es gilt Abschnitt 3 oder § 4."),
        ("Véase la sección 2 y 3.", "Véase la sección 3 y 4."),
        ("See [Section 2](#2-keeping) there.", "See [Section 3](#3-keeping) there."),
    ],
)
def test_a_reference_that_followed_its_clause_is_renumbered(old: str, new: str) -> None:
    assert kind_of(old, new) == "renumbered"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("This is subject to Section 2.", "This is subject to Section 4."),
        ("Sections 2 and 3 apply here.", "Sections 3 and 3 apply here."),
        ("We keep 2 copies of Section 2.", "We keep 3 copies of Section 3."),
        ("We keep names and 2 copies.", "We keep names and 3 copies."),
        ("See Section 2 in 2 days.", "See Section 3 in 3 days."),
        ("See [Section 2](#2-keeping) there.", "See [Section 3](#4-rights) there."),
        ("See Section 2 now.", "See Section 3 never."),
        ("See Section 2 and 3.", "See Section 3 and 3."),
    ],
)
def test_another_clause_a_quantity_or_another_word_is_a_change(old: str, new: str) -> None:
    assert kind_of(old, new) == "modified"
