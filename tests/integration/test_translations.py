"""Translations: attached to the hash of their source, attested, compared, asked for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from notifier.cli import run
from notifier.errors import PromiseError
from notifier.pipeline.commit import CommitKind, Committed, Submission, commit_version
from notifier.pipeline.decide import approve
from notifier.pipeline.propose import make_plan, need_campaign
from notifier.pipeline.show import head_text, review_document, review_text
from tests.world import V2, ScriptedChannel, World, people_under

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CAMPAIGN = "privacy@v2"
GERMAN = """# Datenschutz

## Nutzung

Wir nutzen Ihre E-Mail-Adresse, um Fragen zu beantworten.
Wir dürfen Ihre Angaben verkaufen.

## Aufbewahrung

Wir behalten Ihr Konto 24 Monate nach der letzten Anmeldung.
"""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path, channel=ScriptedChannel()) as world:
        world.crowd(people_under("v1", ["ada", "ben"]))
        people = world.folder / "german.csv"
        people.write_text("person_id,email,locale\nben,ben@example.com,de-AT\n")
        assert run(["import", "people", str(people), "--home", str(world.home.path)]) == 0
        world.commit("v2", V2, "2027-03-01")
        yield world


def attach(world: World, text: str = GERMAN, *, draft: bool = False) -> Committed:
    file = world.folder / "de.md"
    file.write_text(text)
    given = Submission(file=file, policy="privacy", version="v2", effective="2027-03-01",
                       locale="de", draft=draft)  # fmt: skip
    return commit_version(world.home, given, actor="translator")


def review(world: World) -> tuple[dict, str]:
    with world.home.store.read() as tx:
        plan = make_plan(world.home, tx, need_campaign(tx, CAMPAIGN))
        document = review_document(world.home, tx, plan)
        return document, review_text(plan, document, color=False)


def test_p2_nobody_is_told_in_a_language_that_legal_did_not_provide_for(world: World) -> None:
    document, text = review(world)
    assert {"locale": "de-AT", "people": 1, "reads": None, "fallback": False} in document["readers"]
    assert "NO WORDS   1 people read de-AT" in text
    with pytest.raises(PromiseError, match=r"de-AT \(1\).*Nothing was approved") as refused:
        approve(world.home, CAMPAIGN, actor="second")
    assert refused.value.code == "translation_missing"
    attach(world)
    assert "NO WORDS" not in review(world)[1]
    approve(world.home, CAMPAIGN, actor="second")
    (entry,) = world.entries("approval")
    assert {"locale": "de-AT", "people": 1, "reads": "de", "fallback": False} in entry["readers"]


def test_a_fallback_that_is_recorded_is_enough(world: World) -> None:
    settings = world.home.settings
    policy = settings.policies["privacy"].model_copy(update={"fallback_locales": ("fr", "en")})
    world.home.settings = settings.model_copy(update={"policies": {"privacy": policy}})
    approve(world.home, CAMPAIGN, actor="second")
    (entry,) = world.entries("approval")
    assert {"locale": "de-AT", "people": 1, "reads": "en", "fallback": True} in entry["readers"]


def test_a_translation_is_bound_to_its_source_and_compared(world: World) -> None:
    done = attach(world, GERMAN.replace("24 Monate", "36 Monate"))
    assert done.kind is CommitKind.TRANSLATION
    assert done.compared["differences"]["numbers"] == {
        "source_only": ["24"], "translation_only": ["36"],
    }  # fmt: skip
    entry = world.entries("commit")[-1]
    assert (entry["author"], entry["locale"]) == ("translator", "de")
    (source,) = world.rows(
        "SELECT canonical_sha256 FROM version WHERE version = 'v2' AND authoritative"
    )
    assert entry["source_sha256"] == source[0]
    assert entry["compared"] == done.compared
    document, text = review(world)
    (shown,) = document["translations"]
    assert (shown["current"], shown["attested_by"]) == (True, "translator")
    assert "Translation de, attested by translator" in text
    assert "units: only in the source 24 month; only in the translation 36 month" in text
    approve(world.home, CAMPAIGN, actor="second")  # compared, not judged


def test_a_translation_of_another_wording_is_not_current(world: World) -> None:
    attach(world, draft=True)
    document, text = review(world)
    assert not document["translations"][0]["current"]
    assert "not of the text as it stands now" in text
    assert "NO WORDS" in head_text(document)
    attach(world, GERMAN.replace("Nutzung", "Verwendung"))
    assert review(world)[0]["translations"][0]["current"]


def test_commit_says_what_it_saw(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    file = world.folder / "de.md"
    file.write_text(GERMAN)
    line = ["commit", str(file), "--policy", "privacy", "--version", "v2", "--effective",
            "2027-03-01", "--as", "translator", "--home", str(world.home.path)]  # fmt: skip
    assert run([*line, "--locale", "de"]) == 0
    assert "numbers, units, dates and links are those of the source" in capsys.readouterr().out
    assert run([*line, "--locale", "ja", "--format", "json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["compared"]["uncompared"] == ["units", "dates"]
