"""Small changes for the classifier's tests."""

from pathlib import Path

from notifier.classify.cases import change_of
from notifier.classify.context import Context, context_for
from notifier.classify.engine import judge
from notifier.classify.lexicon import Lexicon, load_lexicon
from notifier.classify.model import Verdict
from notifier.classify.ruleset import load_ruleset
from notifier.diff.model import Change
from notifier.policy.parse import parse

GOLDEN = Path(__file__).resolve().parent / "golden" / "classify"


def context(
    old: str = "", new: str = "", *, whole: bool = False, lexicon: Lexicon | None = None
) -> Context:
    return context_for(
        parse(old, markup="markdown"),
        parse(new, markup="markdown"),
        lexicon=lexicon or load_lexicon(),
        ruleset=load_ruleset(),
        whole_documents=whole,
    )


def change(old: str, new: str, kind: str = "modified") -> Change:
    return change_of({"id": "t", "kind": kind}, (old, new), context(old, new))


def verdict(
    old: str, new: str, kind: str = "modified", *, lexicon: Lexicon | None = None
) -> Verdict:
    return judge(change(old, new, kind), context(old, new, lexicon=lexicon))
