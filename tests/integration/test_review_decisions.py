"""What reviewers decided: who may clear, what is proposed again, what the rules are worth here."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from notifier.cli import run
from notifier.errors import PromiseError
from notifier.pipeline.decide import Ruling, approve, set_ruling
from notifier.pipeline.decisions import decided_cases
from notifier.pipeline.propose import make_plan, need_campaign
from notifier.pipeline.prove import verify_home
from notifier.pipeline.show import review_document, review_text
from notifier.pipeline.steer import reject
from notifier.pipeline.texts import evaluate_file
from tests.world import TYPO, V1, V2, ScriptedChannel, World, people_under

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CAMPAIGN = "privacy@v2"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path, channel=ScriptedChannel()) as world:
        world.crowd(people_under("v1", ["ada", "ben"]))
        world.commit("v2", V2, "2027-03-01")
        yield world


def review(world: World, campaign: str = CAMPAIGN) -> dict:
    with world.home.store.read() as tx:
        return review_document(
            world.home, tx, make_plan(world.home, tx, need_campaign(tx, campaign))
        )


def text(world: World, campaign: str = CAMPAIGN) -> str:
    with world.home.store.read() as tx:
        plan = make_plan(world.home, tx, need_campaign(tx, campaign))
        return review_text(plan, review_document(world.home, tx, plan), color=False)


def rule(
    world: World, campaign: str = CAMPAIGN, *, actor: str, material: bool, **more: object
) -> str:
    change = review(world, campaign)["changes"][0]["key"]
    ruling = Ruling(change=change, material=material, reason="so it is", **more)
    return set_ruling(world.home, campaign, ruling, actor=actor)


def four_eyes(world: World, wanted: bool) -> None:
    settings = world.home.settings
    section = settings.review.model_copy(update={"four_eyes": wanted})
    world.home.settings = settings.model_copy(update={"review": section})


@pytest.mark.parametrize(
    "ruling", [{"material": False}, {"material": True, "touches_stored": False}]
)
def test_p2_the_author_alone_clears_nothing_that_was_not_proved(world: World, ruling: dict) -> None:
    with pytest.raises(PromiseError, match=r"second person.*Nothing was recorded") as refused:
        rule(world, actor="Author", **ruling)
    assert refused.value.code == "four_eyes"
    assert world.entries("ruling") == []
    assert review(world)["people_affected"] == 2
    rule(world, actor="second", **ruling)
    assert review(world)["people_affected"] == 0
    with pytest.raises(PromiseError):
        rule(world, actor="author", **ruling)  # also not as an echo that becomes the last word


def test_the_author_may_raise_what_was_cleared(world: World) -> None:
    world.commit("v3", V2.replace("24 months", "24 mounths"), "2027-04-01")
    rule(world, "privacy@v3", actor="author", material=True)
    assert review(world, "privacy@v3")["material"]


def test_p2_what_the_author_cleared_while_one_was_enough_is_not_approved(world: World) -> None:
    four_eyes(world, wanted=False)
    rule(world, actor="author", material=False)
    four_eyes(world, wanted=True)
    with pytest.raises(PromiseError, match=r"author.*cannot clear.*Nothing was approved"):
        approve(world.home, CAMPAIGN, actor="second")
    rule(world, actor="second", material=False)
    approve(world.home, CAMPAIGN, actor="second")


def again(world: World, new: str = V2) -> str:
    """Decide on v2, withdraw it, and propose the same words a second time."""
    reject(world.home, CAMPAIGN, reason="not yet", actor="second")
    world.commit("v3", new, "2027-05-01")
    return "privacy@v3"


def test_the_same_words_are_proposed_again_and_nothing_is_cleared_by_it(world: World) -> None:
    key = rule(world, actor="second", material=False)
    campaign = again(world)
    change = review(world, campaign)["changes"][0]
    assert change["material"]
    assert not change["ruled"]
    (past,) = change["precedents"]
    assert (past["campaign"], past["actor"], past["material"]) == (CAMPAIGN, "second", False)
    shown = text(world, campaign)
    assert "precedent privacy@v2, 2027-01-04: second ruled non-material: so it is" in shown
    assert f"notifier review set {campaign} {key} non-material --reason" in shown


def test_a_letter_more_or_another_rule_set_is_no_precedent(world: World) -> None:
    rule(world, actor="second", material=False)
    settings = world.home.settings
    campaign = again(world)
    policy = settings.policies["privacy"].model_copy(update={"ruleset": "strict"})
    world.home.settings = settings.model_copy(update={"policies": {"privacy": policy}})
    assert review(world, campaign)["changes"][0]["precedents"] == []
    world.home.settings = settings
    assert review(world, campaign)["changes"][0]["precedents"]
    reject(world.home, campaign, reason="not yet", actor="second")
    world.commit("v4", V1.replace("We do not sell", "We might sell"), "2027-06-01")
    assert review(world, "privacy@v4")["changes"][0]["precedents"] == []


def test_a_record_counts_what_approvals_upheld_while_they_stand(world: World) -> None:
    approve(world.home, CAMPAIGN, actor="second")
    world.commit("v3", TYPO, "2027-04-01")
    (change,) = [c for c in review(world, "privacy@v3")["changes"] if c["outcome"] == "editorial"]
    labelled = change["findings"][0]["record"]
    assert labelled is None or labelled["by"] == "labelled changes"
    approve(world.home, "privacy@v3", actor="second")
    world.commit("v4", TYPO.replace("months", "mnths"), "2027-05-01")
    found = [f for c in review(world, "privacy@v4")["changes"] for f in c["findings"]]
    (record,) = [f["record"] for f in found if f["rule"] == "typo"]
    assert (record["upheld"], record["of"], record["by"]) == (1, 1, "approvals")
    assert record["low"] == pytest.approx(0.207, abs=0.001)
    assert "[typo, upheld 1 of 1: 21% to 100%]" in text(world, "privacy@v4")
    rule(world, "privacy@v3", actor="second", material=True)  # it voids the approval
    found = [f for c in review(world, "privacy@v4")["changes"] for f in c["findings"]]
    assert [f["record"] for f in found if f["rule"] == "typo"] != [record]


def test_decisions_are_cases_for_evaluate(world: World, tmp_path: Path) -> None:
    key = rule(world, actor="second", material=False)
    out = tmp_path / "cases.jsonl"
    home = ["--home", str(world.home.path)]
    assert run([*home, "review", "export", "--out", str(out)]) == 0
    (case,) = [json.loads(line) for line in out.read_text().splitlines()]
    assert case["id"] == f"{CAMPAIGN}/{key}"
    assert (case["old"], case["new"]) == (
        "We do not sell your personal information.", "We may sell your personal information.",
    )  # fmt: skip
    assert (case["material"], case["grounds"], case["why"]) == (False, [], "so it is")
    missed = evaluate_file(out, None).misses
    assert [miss.id for miss in missed] == [case["id"]]
    rule(world, actor="second", material=True, touches_stored=True)
    (case,) = decided_cases(world.home).rows  # the last word
    assert case["material"]
    assert case["grounds"][0] == "sale_ads"
    assert decided_cases(world.home, CAMPAIGN).rows == (case,)
    assert verify_home(world.home, checkpoint=None, key="").holds


def test_evaluate_counts_the_words_and_rule_set_of_a_home(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = {"id": "a", "old": "We use Quux.", "new": "We use Quuxline.", "material": False,
            "touches_stored": False, "grounds": [], "contested": []}  # fmt: skip
    cases = tmp_path / "cases.jsonl"
    cases.write_text(json.dumps(case))
    assert run(["evaluate", str(cases), "--confusions"]) == 0
    assert "a: unknown (" in capsys.readouterr().out
    (world.home.path / "lexicon").mkdir()
    (world.home.path / "lexicon/own.toml").write_text('[[product]]\nnames = ["Quux", "Quuxline"]\n')
    file = world.home.path / "notifier.toml"
    file.write_text(file.read_text().replace("[mail]", 'ruleset = "strict"\n[mail]'))
    assert run(["evaluate", str(cases), "--home", str(world.home.path)]) == 0
    shown = capsys.readouterr().out
    assert "rule set strict" in shown
    assert "0 misses" in shown
    file.write_text(file.read_text() + '[policies.other]\nsites = ["alpha"]\n')
    assert run(["evaluate", str(cases), "--home", str(world.home.path)]) == 2
    assert "--policy" in capsys.readouterr().err
    assert run(["evaluate", str(cases), "--home", str(world.home.path), "--policy", "other"]) == 0
    assert "rule set seed-promise" in capsys.readouterr().out
    assert run(["evaluate", str(cases), "--policy", "other"]) == 2


def test_what_needs_a_person_most_comes_first_and_what_is_ruled_on_last(world: World) -> None:
    v3 = V2.replace("24 months after", "36 months after").replace("answer", "anwser")
    world.commit("v3", v3.replace("your questions", "your kind questions"), "2027-04-01")
    campaign = "privacy@v3"
    by_outcome = {each["outcome"]: each["key"] for each in review(world, campaign)["changes"]}
    shown = text(world, campaign)
    places = [shown.index(by_outcome[each]) for each in ("unknown", "material")]
    assert places == sorted(places)
    first = shown.index(by_outcome["unknown"])
    ruling = Ruling(change=by_outcome["unknown"], material=True, reason="seen")
    set_ruling(world.home, campaign, ruling, actor="second")
    assert text(world, campaign).index(by_outcome["unknown"]) > first
