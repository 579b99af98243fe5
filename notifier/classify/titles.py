"""Titles: short lines that name a section and state nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.text import tokens
from notifier.classify.words import MODALS, NEGATIONS, bag, is_guarded

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.reading import Reading
    from notifier.classify.text import Token

_LONGEST = 12
_STATES = bag("we you our us i my they if unless")
_QUESTIONS = bag("what how why who whom which does do is are can")
_NAMED = 2.0


def states_nothing(reading: Reading, context: Context) -> bool:
    """Return whether both sides are titles, and what differs names no number, place or party.

    "If you live in Switzerland:", "We do not sell data" do; "How we use data" does not.
    """
    for text, side in ((reading.old_text, reading.old), (reading.new_text, reading.new)):
        if side and (text.rstrip().endswith(":") or not _is_title(side)):
            return False
    changed = [
        token
        for token in reading.deleted + reading.inserted
        if not (token.first and token.kind == "number")
    ]
    if any(is_guarded(token.key) for token in changed):
        return False
    return not reading.two_sided or not any(
        hit.ground in {"transfer", "recipients", "controller", "children"} and hit.weight >= _NAMED
        for token in changed
        for hit in context.lexicon.hits((token.key,))
    )


def names_document(text: str) -> bool:
    """Return whether a line is nothing but the title of a policy: "Example Privacy Policy".

    Every word of weight is written with a capital, so that "our policy on data" is none.
    """
    words = tokens(text)
    named = {token.key for token in words}
    return (
        0 < len(words) <= _LONGEST
        and bool(named & _DOCUMENTS)
        and not any(is_guarded(token.key) for token in words)
        and not named & _STATES
        and all(token.text[:1].isupper() or token.key in _SMALL for token in words)
    )


_DOCUMENTS = bag("policy statement notice terms agreement guidelines")
_SMALL = bag("of the for and to on in a")


def _is_title(side: tuple[Token, ...]) -> bool:
    keys = [token.key for token in side]
    while keys and keys[0].replace(".", "").isdigit():
        keys = keys[1:]
    if not keys or len(keys) > _LONGEST or any(key in NEGATIONS for key in keys):
        return False
    return keys[0] in _QUESTIONS or not (keys[0] in _STATES or MODALS & set(keys))
