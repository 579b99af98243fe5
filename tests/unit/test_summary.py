"""What opens a mail when legal wrote no words: what is known comes before what is unsettled."""

from __future__ import annotations

import pytest

from notifier.pipeline.letters import summary_of
from tests.classifying import verdict

SOLD = ("We do not sell your information.", "We may sell your information.")
VAGUE = ("We encrypt it at rest.", "We encrypt it at leisure.")
SALE = "This changes what is said about selling information, ads or profiling."


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        ((), ""),
        ((VAGUE,), "The words of this passage change."),
        ((VAGUE, VAGUE), "The words of 2 passages change."),
        ((SOLD,), SALE),
        ((SOLD, SOLD), SALE),
        ((VAGUE, SOLD), f"{SALE} And 1 more change, below."),
        ((VAGUE, SOLD, VAGUE), f"{SALE} And 2 more changes, below."),
    ],
)
def test_what_is_known_opens_and_the_rest_is_counted(pairs, words):
    assert summary_of(verdict(*pair) for pair in pairs) == words
