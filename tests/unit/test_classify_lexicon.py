from pathlib import Path

import pytest

from notifier.classify.inflect import inflections
from notifier.classify.lexicon import load_lexicon
from notifier.classify.model import Direction, Ground, Route, Silence
from notifier.classify.ruleset import load_ruleset, ruleset_names
from notifier.errors import SettingsError
from tests.classifying import verdict

ENTRIES = load_lexicon().equivalences


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_the_example_of_every_equivalence_is_cleared(entry):
    old, new = entry.example
    assert old != new
    assert verdict(old, new).outcome == "editorial"
    assert verdict(new, old).outcome == "editorial"


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_the_counter_example_of_every_equivalence_is_not(entry):
    old, new = entry.counter
    assert verdict(old, new).material
    assert verdict(new, old).material


def test_the_taxonomy_names_every_ground_with_enough_phrases():
    lexicon = load_lexicon()
    named = {ground for entries in lexicon.taxonomy.values() for _, ground, _ in entries}
    assert named == set(Ground) - {Ground.NONE}
    assert lexicon.size >= 1500


def test_an_overlay_adds_words_and_changes_the_digest(tmp_path: Path):
    folder = tmp_path / "taxonomy"
    folder.mkdir()
    (folder / "vendors.toml").write_text(
        'ground = "recipients"\n[strong]\nphrases = ["quuxbase"]\n'
    )
    plain, overlaid = load_lexicon(), load_lexicon(tmp_path)
    assert plain.digest != overlaid.digest
    assert not plain.hits(("quuxbase",))
    assert overlaid.hits(("quuxbase",))[0].ground is Ground.RECIPIENTS


OVERLAY = """
[[product]]
names = ["Example Meet", "Example Meetings"]
[[term]]
names = ["the Services", "our sites and products"]
[[vendor]]
names = ["Quuxbase"]
"""


def test_an_organisation_names_its_products_terms_and_vendors(tmp_path: Path):
    (tmp_path / "ours.toml").write_text(OVERLAY)
    own = load_lexicon(tmp_path)
    pairs = [
        ("You can use Example Meet on a phone.", "You can use Example Meetings on a phone."),
        ("We tell you when the Services fail.", "We tell you when our sites and products fail."),
    ]
    for old, new in pairs:
        assert verdict(old, new).material
        assert not verdict(old, new, lexicon=own).material
    assert verdict(pairs[0][0], "You can use Sample Meet on a phone.", lexicon=own).material
    assert verdict("", "We send it to Quuxbase.", lexicon=own).ground is Ground.RECIPIENTS
    assert verdict("", "", lexicon=own).ruleset_digest != verdict("", "").ruleset_digest


@pytest.mark.parametrize(
    "text",
    [
        '[[product]]\nnames = ["Never Sell", "May Sell"]\n',
        '[[product]]\nname = "Example"\n',
        "[[term]]\nnames = []\n",
        '[[vendors]]\nnames = ["Quuxbase"]\n',
    ],
)
def test_an_overlay_that_could_hide_a_promise_is_refused(tmp_path: Path, text):
    (tmp_path / "ours.toml").write_text(text)
    with pytest.raises(SettingsError, match=r"ours\.toml"):
        load_lexicon(tmp_path)


def test_a_broken_overlay_is_named(tmp_path: Path):
    folder = tmp_path / "taxonomy"
    folder.mkdir()
    (folder / "broken.toml").write_text('ground = "no such ground"\n')
    with pytest.raises(SettingsError, match=r"broken\.toml"):
        load_lexicon(tmp_path)


@pytest.mark.parametrize(
    ("word", "form"),
    [("collect", "collected"), ("sell", "sold"), ("carry", "carries"), ("opt", "opting"),
     ("store", "storing"), ("process", "processes")],
)  # fmt: skip
def test_inflections(word, form):
    assert form in inflections(word, verb=True)


def test_shipped_rule_sets_hold_together():
    assert set(ruleset_names()) == {"seed-promise", "colorado-6.04", "gdpr-wp260", "strict"}
    for name in ruleset_names():
        rules = load_ruleset(name)
        for ground in set(Ground) - {Ground.NONE}:
            for direction in Direction:
                said = rules.silence_for(ground=ground, direction=direction, touches_stored=True)
                assert said.source


def test_an_unknown_rule_set_is_a_settings_error():
    with pytest.raises(SettingsError, match="no-such-set") as caught:
        load_ruleset("no-such-set")
    assert "seed-promise" in caught.value.next_step


def test_no_path_reaches_out_of_the_rule_sets():
    with pytest.raises(SettingsError):
        load_ruleset("../../example/notifier")


SIX_TOPICS = {Ground.DATA, Ground.PURPOSE, Ground.CONTROLLER, Ground.SHARING, Ground.RECIPIENTS,
              Ground.RIGHTS}  # fmt: skip


def test_colorado_mails_its_six_topics_and_puts_the_rest_on_the_site():
    rules = load_ruleset("colorado-6.04")
    for ground in SIX_TOPICS:
        found = rules.route(material=True, touches_stored=True, grounds=(ground,))
        assert found is Route.EMAIL
    terms = rules.route(material=True, touches_stored=True, grounds=(Ground.TERMS,))
    assert terms is Route.PROMINENT_BANNER


@pytest.mark.parametrize("name", ["seed-promise", "colorado-6.04", "gdpr-wp260", "strict"])
def test_what_nobody_knows_takes_the_strongest_route_and_each_line_has_its_source(name):
    rules = load_ruleset(name)
    assert rules.route(material=True, touches_stored=True, grounds=None) is Route.EMAIL
    assert all(rule.source for rule in (*rules.raised, *rules.silence.values()))


def test_a_wider_use_of_stored_data_keeps_the_old_terms():
    rules = load_ruleset("seed-promise")
    said = rules.silence_for(ground=Ground.PURPOSE, direction=Direction.WIDER, touches_stored=True)
    assert said.silence is Silence.KEEPS_OLD
    said = rules.silence_for(
        ground=Ground.PURPOSE, direction=Direction.NARROWER, touches_stored=True
    )
    assert said.silence is Silence.APPLIES


@pytest.mark.parametrize(
    ("material", "stored", "banner", "route"),
    [
        (True, True, True, Route.EMAIL),
        (True, False, True, Route.PROMINENT_BANNER),
        (True, True, False, Route.EMAIL),
        (False, False, True, Route.BANNER),
        (False, False, False, Route.CHANGELOG),
    ],
)
def test_routes_of_the_rubric(material, stored, banner, route):
    rules = load_ruleset("seed-promise")
    assert rules.route(material=material, touches_stored=stored, editorial_banner=banner) is route
