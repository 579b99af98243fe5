"""Slips over the example company's policy are cleared; what only looks like one is not."""

from __future__ import annotations

import random
import re
from collections import Counter

import pytest

from notifier.classify.engine import classify
from notifier.classify.lexicon import load_lexicon
from notifier.classify.model import Outcome
from notifier.classify.ruleset import load_ruleset
from notifier.diff import compare
from notifier.policy.parse import parse
from notifier.share import share

TEXT = share("data", "example", "policies", "privacy", "2024-09-01.md").read_text(encoding="utf-8")
SLIPS = 60
MOST_UNCLEARED = 0.05


def outcome(old: str, new: str) -> Outcome:
    diff = compare(parse(old, markup="markdown"), parse(new, markup="markdown"))
    found = classify(diff, ruleset=load_ruleset("seed-promise"), lexicon=load_lexicon())
    assert found.verdicts
    order = [Outcome.EDITORIAL, Outcome.UNKNOWN, Outcome.MATERIAL]
    return max((v.outcome for v in found.verdicts), key=order.index)


def slip(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word) - 1)
    return chance.choice(
        [
            word[:at] + word[at + 1 :],
            word[: at + 1] + word[at:],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + chance.choice("abcdefghilmnoprstuvw") + word[at + 1 :],
        ]
    )


def test_slips_are_cleared_and_never_a_named_fact() -> None:
    chance = random.Random(2012)  # noqa: S311  the same slips in every run
    words = list(re.finditer(r"\b[a-z]{6,}\b", TEXT))
    counts: Counter[Outcome] = Counter()
    while sum(counts.values()) < SLIPS:
        word = chance.choice(words)
        wrong = slip(word.group(), chance)
        if wrong != word.group():
            new = TEXT[: word.start()] + wrong + TEXT[word.end() :]
            pair = (TEXT, new) if chance.random() < 0.5 else (new, TEXT)
            counts[outcome(*pair)] += 1
    assert counts[Outcome.EDITORIAL] >= SLIPS * (1 - MOST_UNCLEARED), counts


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("We do not share it.", "We do now share it."),
        ("We do not share it.", "We do nto share it."),
        ("We use it in the trial.", "We use it in the trail."),
        ("The former may see it.", "The farmer may see it."),
        ("We ask personal staff.", "We ask personnel staff."),
        ("The latter keeps it.", "The later keeps it."),
        ("We encrypted it.", "We encrypt it."),
        ("You may object.", "You way object."),
        ("It is visible to them.", "It is invisible to them."),
        ("We anonymise it.", "We pseudonymise it."),
        ("We keep it for three months.", "We keep it for thee months."),
    ],
)
def test_another_word_is_no_slip(old: str, new: str) -> None:
    assert outcome(old, new) is not Outcome.EDITORIAL
