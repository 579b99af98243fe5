"""Content keys: the same change from any baseline has the same key."""

from dataclasses import replace

import pytest

from notifier.diff.model import Change, ChangeKind
from notifier.plan.keys import CHANGE_KEY_LENGTH, change_key
from notifier.policy.model import Span, Unit, UnitKind


def unit(text, start=0):
    return Unit(kind=UnitKind.SENTENCE, text=text, span=Span(start=start, end=start + len(text)))


CHANGE = Change(
    id="c1",
    kind=ChangeKind.MODIFIED,
    old="We do **not** sell.",
    new="We may sell.",
    old_units=(unit("We do not sell."),),
    new_units=(unit("We may sell."),),
    heading="Sharing",
)


def test_a_key_is_short_hex_and_always_the_same():
    key = change_key(CHANGE)
    assert len(key) == CHANGE_KEY_LENGTH
    assert int(key, 16) >= 0
    assert change_key(CHANGE) == key


@pytest.mark.parametrize(
    "same",
    [
        {"id": "c9"},
        {"heading": "3. Sharing"},
        {"old": "We do not\nsell."},
        {"new_units": (unit("We may sell.", start=700),)},
        {"old_units": (unit("We do  not sell."),)},
        {"kind": ChangeKind.SPLIT},
    ],
)
def test_places_markup_and_white_space_do_not_matter(same):
    assert change_key(replace(CHANGE, **same)) == change_key(CHANGE)


@pytest.mark.parametrize(
    "other",
    [
        {"new_units": (unit("We may sell it."),)},
        {"old_units": ()},
        {"kind": ChangeKind.MOVED},
        {"kind": ChangeKind.RENAMED},
        {"old_units": CHANGE.new_units, "new_units": CHANGE.old_units},
    ],
)
def test_other_words_or_another_family_are_another_change(other):
    if other == {"old_units": ()}:
        other = {"old_units": (), "old": ""}
    assert change_key(replace(CHANGE, **other)) != change_key(CHANGE)


def test_a_rename_without_units_is_known_by_its_names():
    rename = Change(id="r", kind=ChangeKind.RENAMED, old="Acme", new="Apex")
    assert change_key(rename) != change_key(replace(rename, new="Apix"))
