"""The second opinion: what it looks at, and how its weights are made."""

import json
from collections import Counter
from pathlib import Path

from notifier.classify.facts import evidence
from notifier.classify.lexicon import load_lexicon
from notifier.classify.model import Ground
from notifier.classify.opinion import Opinion, features, features_above
from notifier.classify.reading import read
from notifier.policy.parse import parse
from tests.classifying import change, context
from tests.train_opinion import OWN, fit_grounds

LEXICON = load_lexicon()
POLICY = "# Zyxqua Policy\n\n## How Zyxqua keeps information\n\n"


def under_heading(text):
    found = change("", text, "added")
    units = parse(POLICY + text, markup="markdown").units
    return type(found)(**{name: getattr(found, name) for name in found.__dataclass_fields__}
                       | {"new_units": units[-1:]})  # fmt: skip


def test_headings_speak_for_grounds_without_the_name_of_a_company():
    seen = features_above(under_heading("We do so for years."), LEXICON)
    assert {"h:keeps", "h:information", "h:policy"} <= seen.keys()
    assert not any("zyxqua" in name for name in seen)


def test_the_nearest_heading_says_how_plainly_it_names_a_ground():
    seen = features_above(under_heading("We do so for years."), LEXICON)
    assert 0 < seen["above retention"] <= 1
    assert "above children" not in seen


def test_a_heading_can_bring_its_ground_to_the_front():
    one = under_heading("We do so for years.")
    found = evidence(one, context())
    seen = features(one, read(one), found, terms=False)
    opinion = Opinion(grounds={Ground.SECURITY: {"h:keeps": 9.0}})
    assert opinion.ranked(seen)[0] is not Ground.SECURITY
    assert opinion.ranked(seen | features_above(one, LEXICON))[0] is Ground.SECURITY


def test_without_weights_the_grounds_stand_as_the_rules_rank_them():
    one = change("", "We share your e-mail address with insurers and keep it for years.", "added")
    found = evidence(one, context())
    seen = features(one, read(one), found, terms=False)
    assert len(found.ranked()) > 2
    assert Opinion().ranked(seen) == found.ranked()


def test_a_ground_is_learned_from_its_words_and_from_what_counts_for_all():
    rows = [
        ({"one": 1.0, "~kept": 1.0, "says retention": 1.0}, ["retention"], 1.0),
        ({"one": 1.0, "~sold": 1.0, "above sale_ads": 1.0}, ["sale_ads"], 1.0),
        ({"one": 1.0, "~kept": 1.0, "above tracking": 1.0}, ["tracking", "retention"], 0.5),
    ]
    grounds, shared = fit_grounds(rows)
    assert grounds[Ground.RETENTION]["~kept"] > grounds[Ground.SALE_ADS]["~kept"]
    assert grounds[Ground.SALE_ADS]["~sold"] > 0 > grounds[Ground.RETENTION]["~sold"]
    assert shared["above"] > 0
    assert "above tracking" not in grounds[Ground.TRACKING]
    assert fit_grounds(rows) == (grounds, shared)


def test_the_changes_that_the_project_wrote_hold_together():
    rows = [json.loads(line) for line in Path(OWN).read_text("utf-8").splitlines()]
    counts = Counter(row["grounds"][0] for row in rows if row["material"])
    assert sum(counts.values()) >= 550
    assert set(counts) == set(Ground) - {Ground.NONE}
    assert min(counts.values()) >= 30
    assert len({row["id"] for row in rows}) == len({(r["old"], r["new"]) for r in rows})
    assert len({(r["old"], r["new"]) for r in rows}) == len(rows)
    for row in rows:
        assert set(row["grounds"]) <= set(Ground) - {Ground.NONE}
        assert bool(row["grounds"]) == row["material"] >= row["touches_stored"]
        assert row["old"] != row["new"]
