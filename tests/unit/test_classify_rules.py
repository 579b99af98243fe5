import tomllib

import pytest

from notifier.classify.rule import RuleKind, all_rules
from tests.classifying import GOLDEN, change, context, verdict

RULES = {rule.name: rule for rule in all_rules()}
FILES = {path.stem: tomllib.loads(path.read_text()) for path in GOLDEN.glob("*.toml")}
HITS = [(name, *pair) for name, table in FILES.items() for pair in table["hits"]]
MISSES = [(name, *pair) for name, table in FILES.items() for pair in table["misses"]]
NEED_DOCUMENTS = {"moved", "stands-elsewhere", "cross-reference", "contents-entry",
                  "joined-heading", "scope", "defined-term"}  # fmt: skip


def test_every_rule_has_golden_cases_or_tests_with_whole_documents():
    assert set(RULES) == set(FILES) | NEED_DOCUMENTS


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_every_rule_says_in_plain_words_what_is_true_and_what_is_a_near_miss(rule):
    assert "True: " in rule.__doc__
    assert "Near miss: " in " ".join(rule.__doc__.split())


@pytest.mark.parametrize(("name", "old", "new"), HITS)
def test_the_rule_hits(name, old, new):
    finding = RULES[name].check(change(old, new), context(old, new))
    assert finding is not None
    assert finding.rule == name
    assert finding.says


@pytest.mark.parametrize(("name", "old", "new"), MISSES)
def test_the_rule_misses_its_near_miss(name, old, new):
    finding = RULES[name].check(change(old, new), context(old, new))
    # A whole-change proof that covers nothing new is no clearance either.
    assert finding is None


@pytest.mark.parametrize(
    ("name", "old", "new"), [hit for hit in HITS if RULES[hit[0]].kind is RuleKind.PROOF]
)
def test_what_a_proof_hits_is_cleared(name, old, new):
    found = verdict(old, new)
    assert found.outcome == "editorial"
    assert not found.material
    assert not found.touches_stored
    assert name in {finding.rule for finding in found.findings}


@pytest.mark.parametrize(
    ("name", "old", "new"), [hit for hit in HITS if RULES[hit[0]].kind is RuleKind.FACT]
)
def test_what_a_fact_names_is_material_on_that_ground(name, old, new):
    found = verdict(old, new)
    assert found.outcome == "material"
    assert name in found.grounds


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [hit for hit in HITS if RULES[hit[0]].kind in {RuleKind.VETO, RuleKind.DOUBT}],
)
def test_a_veto_or_a_doubt_leaves_it_to_a_person(name, old, new):
    found = verdict(old, new)
    assert found.outcome == "unknown"
    assert found.material
    assert found.touches_stored
    assert found.findings[0].rule == name


def test_a_doubt_does_not_hide_a_fact():
    found = verdict("We sell data to partners, who ask.", "We sell data to insurers who ask.")
    assert (found.outcome, "recipients" in found.grounds) == ("material", True)


def test_hits_and_misses_account_for_every_rule():
    found = verdict("We do not sell data.", "We may sell data.")
    seen = {finding.rule for finding in found.findings} | {miss.rule for miss in found.misses}
    assert seen == set(RULES)
