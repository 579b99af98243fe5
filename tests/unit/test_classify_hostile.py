"""No text takes long, none breaks anything, and another process says the same to the byte."""

import importlib
import os
import pkgutil
import re
import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifier import classify
from notifier.classify.model import Outcome
from notifier.classify.text import tokens
from tests.classifying import verdict

SIZE = 100_000
PIECES = [
    " ", "\t\n", "a", "a ", "1.", "-", "a@", "a.b", "www.", "(", "[a](", "*", "_", "last updated ",
    "version ", "may ", "1 may 2", "20", "for more information ", "copyright ", "+1 (", " and ",
    ", ",    "x" * 40 + "-",
]  # fmt: skip


def patterns():
    names = [m.name for m in pkgutil.walk_packages(classify.__path__, "notifier.classify.")]
    for name in names:
        for attribute, value in vars(importlib.import_module(name)).items():
            several = value if isinstance(value, tuple) else (value,)
            for found in several:
                parts = found if isinstance(found, tuple) else (found,)
                for part in parts:
                    if isinstance(part, re.Pattern):
                        yield pytest.param(part, id=f"{name.rpartition('.')[2]}:{attribute}")


@pytest.mark.parametrize("pattern", list(dict.fromkeys(patterns())))
def test_no_pattern_takes_a_second_for_its_worst_hundred_kilobytes(pattern):
    for piece in PIECES:
        text = piece * (SIZE // len(piece)) + "!\x00"
        began = time.process_time()
        pattern.fullmatch(text)
        next(pattern.finditer(text), None)
        assert time.process_time() - began < 1, (pattern.pattern[:80], piece)


WORDS = st.sampled_from(
    [
        "we",
        "you",
        "may",
        "not",
        "never",
        "will",
        "only",
        "share",
        "sell",
        "with",
        "without",
        "your",
        "consent",
        "data",
        "30",
        "days,",
        ".",
        ";",
        "if",
        "when",
        "by",
        "us",
        "is",
        "are",
        "be",
        "to",
        "of",
        "and",
        "or",
        "(",
        ")",
        "the",
        "personal",
        "information",
        "partners",
        "Inc",
        "LLC",
        "\u200b",
        "é",
    ]
)
SENTENCES = st.lists(WORDS, max_size=40).map(" ".join)


@settings(max_examples=60, deadline=10_000)
@given(st.one_of(st.text(max_size=400), SENTENCES), st.one_of(st.text(max_size=400), SENTENCES))
def test_any_two_texts_have_a_verdict_with_a_reason(old, new):
    if not old.strip() and not new.strip():
        return
    found = verdict(old, new)
    assert found.findings
    assert found.material == (found.outcome is not Outcome.EDITORIAL)
    assert found.outcome is not Outcome.UNKNOWN or found.touches_stored
    assert 0 <= found.opinion <= 1


@settings(max_examples=60, deadline=10_000)
@given(
    SENTENCES, st.sampled_from(["not", "never", "only", "without", "unless", "except"]), st.data()
)
def test_one_such_word_more_is_never_cleared(sentence, word, data):
    words = sentence.split()
    if sum(token.kind == "word" for token in tokens(sentence)) < 3:
        return
    place = data.draw(st.integers(0, len(words)))
    more = " ".join([*words[:place], word, *words[place:]])
    assert verdict(sentence, more).material
    assert verdict(more, sentence).material


SCRIPT = """
import json
from tests.classifying import verdict
from notifier.classify.render import verdict_document
for old, new in PAIRS:
    print(json.dumps(verdict_document(verdict(old, new)), sort_keys=True))
"""
PAIRS = [
    ("We do not sell your data to partners.", "We may sell your data to some partners."),
    ("", "We keep location data, cookies and call logs for 30 days in Canada, with your consent."),
    ("We may transfer your data.", "Your data may be transferred."),
    ("Last updated: 1 May 2021", "Last updated: 3 May 2022"),
]


def test_another_process_says_the_same_to_the_byte():
    said = set()
    for seed in ("0", "1", "424242"):
        done = subprocess.run(
            [sys.executable, "-c", f"PAIRS = {PAIRS!r}\n{SCRIPT}"],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            check=True,
        )
        said.add(done.stdout)
    assert len(said) == 1
    assert said.pop().count(b"\n") == len(PAIRS)
