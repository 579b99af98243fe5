"""The second opinion: what it looks at, and how its weights are made."""

import math

import pytest

from notifier.classify.facts import evidence
from notifier.classify.lexicon import load_lexicon
from notifier.classify.model import Ground
from notifier.classify.opinion import Opinion, features, features_above
from notifier.classify.reading import read
from notifier.policy.parse import parse
from tests.classifying import change, context
from tests.train_opinion import fit, levelled

KNOWN = load_lexicon().known
POLICY = "# Zyxqua Policy\n\n## How Zyxqua keeps information\n\n"


def under_heading(text):
    found = change("", text, "added")
    units = parse(POLICY + text, markup="markdown").units
    return type(found)(**{name: getattr(found, name) for name in found.__dataclass_fields__}
                       | {"new_units": units[-1:]})  # fmt: skip


def test_headings_speak_for_grounds_without_the_name_of_a_company():
    seen = features_above(under_heading("We do so for years."), KNOWN)
    assert {"h:keeps", "h:information", "h:policy"} <= seen.keys()
    assert not any("zyxqua" in name for name in seen)


def test_a_heading_can_bring_its_ground_to_the_front():
    one = under_heading("We do so for years.")
    found = evidence(one, context())
    seen = features(one, read(one), found, terms=False)
    opinion = Opinion(grounds={Ground.SECURITY: {"h:keeps": 9.0}})
    assert opinion.ranked(seen, found.scores)[0] is not Ground.SECURITY
    above = features_above(one, KNOWN)
    assert opinion.ranked(seen | above, found.scores)[0] is Ground.SECURITY


def test_a_frequent_ground_leans_half_as_much():
    rows = [{"one": 1.0}] * 10
    weights = fit(rows, [1.0] * 8 + [0.0] * 2, 0.0)
    assert weights["one"] == pytest.approx(math.log(4), abs=0.1)
    lean = math.log(4) - math.log(1 / (len(Ground) - 2))
    assert levelled(weights, 0.8)["one"] == pytest.approx(weights["one"] - lean / 2)
