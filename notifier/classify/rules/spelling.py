"""British and American spelling."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from notifier.classify.proof import by_fold
from notifier.classify.rule import RuleKind

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.diff.model import Change

_PAIRS = (
    (re.compile(r"^practis(e|es|ed|ing)$"), r"practic\1"),
    (re.compile(r"(?<=\w{3})is(e|ed|es|er|ers|ing|ation|ations|able)$"), r"iz\1"),
    (re.compile(r"(?<=\w{3})ys(e|ed|es|ing)$"), r"yz\1"),
    (re.compile(r"(?<=\w{3})our(s|ed|ing|able|ably|ite|ites|al|ally|ful|hood|less)?$"), r"or\1"),
    (re.compile(r"(?<=\w{3})ell(ed|ing|er|ers|ation)$"), r"el\1"),
    (re.compile(r"^(cent|theat|fib|lit|met|calib)res?$"), r"\1er"),
    (re.compile(r"^(def|off|lic|pret)ence(s|d)?$"), r"\1ense\2"),
    (re.compile(r"^programme(s?)$"), r"program\1"),
    (re.compile(r"^catalogue(s?)$"), r"catalog\1"),
    (re.compile(r"^dialogue(s?)$"), r"dialog\1"),
    (re.compile(r"^(judg|acknowledg)ement(s?)$"), r"\1ment\2"),
    (re.compile(r"^(fulfil|enrol|instal)(s|ment|ments)?$"), r"\1l\2"),
    (re.compile(r"^cheque(s?)$"), r"check\1"),
    (re.compile(r"^grey$"), "gray"),
    (re.compile(r"^whilst$"), "while"),
)


class Spelling:
    """The British and the American spelling of one word.

    True: "organise" → "organize", "behaviour" → "behavior". Near miss: "advise" → "advice",
    "four" → "for".
    """

    name = "spelling"
    kind = RuleKind.PROOF

    def check(self, change: Change, context: Context) -> Finding | None:  # noqa: ARG002 - every rule has it
        """Return a proof over every such word, or nothing."""
        return by_fold(self.name, "British and American spelling of the same word.", change, _fold)


def _fold(keys: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(american(key) for key in keys)


def american(key: str) -> str:
    """Return the American spelling of a folded word; other words come back as they are."""
    for pattern, replacement in _PAIRS:
        changed = pattern.sub(replacement, key)
        if changed != key:
            return changed
    return key


rule = Spelling()
