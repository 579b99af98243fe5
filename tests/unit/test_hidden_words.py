"""A word that a reader does not see as it is read is shown, and is never cleared as editorial."""

from __future__ import annotations

import re
import tomllib
from html import unescape

import pytest
from classifying import GOLDEN, verdict

from notifier.classify.engine import classify
from notifier.classify.lexicon import load_lexicon
from notifier.classify.model import Outcome
from notifier.classify.rule import RuleKind, all_rules
from notifier.classify.ruleset import load_ruleset
from notifier.diff import compare
from notifier.diff.render.comment import render_comment
from notifier.diff.render.page import render_page
from notifier.diff.render.terminal import render_text
from notifier.policy.hidden import make_visible
from notifier.policy.parse import parse

DISGUISES = {
    "zero-width space": "n\u200bot",
    "zero-width joiner": "n\u200do\u200ct",
    "word joiner": "no\u2060t",
    "byte order mark": "n\ufeffot",
    "soft hyphen": "n\u00adot",
    "right to left": "\u202eton\u202c",
    "isolate": "\u2067ton\u2069",
    "tag letters": "x\U000e006e\U000e006f\U000e0074",
    "variation selector": "n\ufe0fot",
    "variation selector, supplement": "n\U000e0100ot",
    "overlay": "n\u0336o\u0336t\u0336",
    "filler": "n\u3164ot",
    "grapheme joiner": "n\u034fot",
    "Cyrillic": "n\u043et",
    "Greek": "n\u03bft",
    "Armenian": "\u0578ot",
    "control": "n\x08ot",
}
PROOFS = sorted(
    path for path in GOLDEN.glob("*.toml")
    if {rule.name: rule.kind for rule in all_rules()}.get(path.stem.replace("_", "-"))
    in {RuleKind.PROOF, None}
)  # fmt: skip
PAIRS = [
    (path.stem, tuple(pair))
    for path in PROOFS
    for pair in tomllib.loads(path.read_text()).get("hits", ())
    if isinstance(pair, list) and all(isinstance(text, str) for text in pair)
]


def hide(text: str, word: str) -> str:
    """Put a disguised word before the last one of the first line."""
    first, line_end, rest = text.partition("\n")
    head, space, last = first.rpartition(" ")
    return f"{head}{space}{word} {last}{line_end}{rest}"


def test_every_proof_lends_its_cleared_pairs() -> None:
    assert len({name for name, _ in PAIRS}) >= 15
    assert any(verdict(*pair).outcome is Outcome.EDITORIAL for _, pair in PAIRS)


@pytest.mark.parametrize("disguise", DISGUISES)
def test_no_proof_clears_a_disguised_negation(disguise: str) -> None:
    word = DISGUISES[disguise]
    number = list(DISGUISES).index(disguise)
    for name, (old, new) in PAIRS[number % 4 :: 4]:  # each pair meets a quarter of the disguises
        for left, right in ((old, hide(new or old, word)), (hide(old or new, word), new)):
            assert verdict(left, right).outcome is not Outcome.EDITORIAL, (name, left, right)


@pytest.mark.parametrize("disguise", DISGUISES)
@pytest.mark.parametrize(
    "frame",
    [
        "We do {} sell your data.",
        "# We do {} sell",
        "See [what we do {} do](https://x.example).",
        "| Sold | {} |\n|---|---|\n| Ads | {} sold |",
        "We may:\n\n- {} sell it",
        "**{}**",
        "{}",
    ],
)
def test_plain_and_disguised_words_differ_for_both(disguise: str, frame: str) -> None:
    plain = f"# Privacy\n\nWe use it.\n\n{frame.replace('{}', 'not')}\n"
    masked = f"# Privacy\n\nWe use it.\n\n{frame.replace('{}', DISGUISES[disguise])}\n"
    bare = "# Privacy\n\nWe use it.\n"
    for old, new in ((plain, masked), (masked, plain), (bare, masked), (masked, bare)):
        diff = compare(parse(old, markup="markdown"), parse(new, markup="markdown"))
        found = classify(diff, ruleset=load_ruleset(), lexicon=load_lexicon())
        assert found.verdicts, (old, new)
        assert found.material, (old, new)
        shown = [
            render_text(diff, color=True),
            render_text(diff, color=False, full=True),
            unescape(render_comment(diff, title="a → b")),
            unescape(render_page(diff, title="a → b", full=False)),
            unescape(render_page(diff, title="a → b", full=True)),
        ]
        for text in shown:
            assert "⟨U+" in text
            assert not re.search("[\u200b-\u200d\u2060\ufeff\u202e\U000e0000-\U000e0fff\x08]", text)


def test_letters_that_pass_for_others_are_named_where_they_stand() -> None:
    assert make_visible("We do n\u043et sell") == "We do n\u043e⟨U+043E⟩t sell"
    assert make_visible("Мы не продаём") == "Мы не продаём"
    assert make_visible("a\x1b[31mb") == "a⟨U+001B⟩[31mb"
    assert make_visible("✔\ufe0f yes\ufe0f") == "✔\ufe0f yes⟨U+FE0F⟩"
