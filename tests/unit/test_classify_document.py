"""What a change means where it stands: proofs that hold only beside both whole documents."""

import pytest

from notifier.classify.engine import classify
from notifier.classify.lexicon import load_lexicon
from notifier.classify.model import Classification
from notifier.classify.ruleset import load_ruleset
from notifier.diff.compare import compare
from notifier.policy.parse import parse


def classified(old: str, new: str) -> Classification:
    documents = (parse(text, markup="markdown") for text in (old, new))
    return classify(compare(*documents), ruleset=load_ruleset(), lexicon=load_lexicon())


def told(old: str, new: str) -> bool:
    """Return whether a person is told, or asked to decide."""
    return classified(old, new).material


PROMISE = """# Privacy

We explain here what we do.

We do not lend your records to anyone.

You can ask us at any time.
"""


@pytest.mark.parametrize(
    "instead",
    [
        "We do <!-- not --> lend your records to anyone.",
        "We do <span hidden>not</span> lend your records to anyone.",
        "<!-- We do not lend your records to anyone. -->",
        "<!--\n\nWe do not lend your records to anyone.\n\n-->",
        '<div style="display: none">We do not lend your records to anyone.</div>',
        "<div hidden>\n\nWe do not lend your records to anyone.\n\n</div>",
        "<div hidden>We do not lend your records to anyone.",
        "<!-- We do not lend your records to anyone.",
        "We do ~~not~~ lend your records to anyone.",
        "We do ~not~ lend your records to anyone.",
        "~~We do not lend your records to anyone.~~",
    ],
)
def test_a_promise_that_is_hidden_or_struck_is_gone(instead):
    changed = PROMISE.replace("We do not lend your records to anyone.", instead)
    assert told(PROMISE, changed)
    assert told(changed, PROMISE)
