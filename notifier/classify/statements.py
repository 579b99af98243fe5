"""One simple sentence in the other shapes that say the same: passive, clause order, only-with.

Each shape keeps every word; nothing is dropped but the words that the shape itself needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.folds import american, exchanged, in_figures, stands_in, written_out
from notifier.classify.inflect import inflections
from notifier.classify.words import bag

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notifier.classify.entries import Equivalence
    from notifier.classify.exchanges import Exchanges
    from notifier.classify.folds import Keys
    from notifier.classify.text import Token

_BREAKS = frozenset(".!?;:()[]|•")
_LONGEST = 60
_APART = 12
"""Words by which two sentences of one meaning may differ in length."""
_PARTICIPLE = "~"
_FRONTED = bag("when if once after before while whenever")
_MODALS = bag("may might can could will would shall should must")
_BE = bag("is are was were")
_FOCUS = bag("only solely just exclusively even unless except also not never no")
_JOINS = bag("and or but nor then so")
_SPEAKERS = {"us": "we", "you": "you"}
_ALMOST_NEVER = bag("we they you i")
_ABOUT_YOU = (
    (("personal", "information"), ("about", "you")),
    (("personal", "data"), ("about", "you")),
    (("information",), ("about", "you")),
    (("data",), ("about", "you")),
)


def same_statement(
    old: tuple[str, tuple[Token, ...]],
    new: tuple[str, tuple[Token, ...]],
    exchanges: Exchanges,
) -> bool:
    """Return whether two sentences (each a text and its tokens) have a shape in common."""
    if abs(len(old[1]) - len(new[1])) > _APART:
        return False
    one, two = _shapes(*old), _shapes(*new)
    if not one or not two:
        return False
    left = [(_resolved(shape, two[0]), _is_active(shape)) for shape in one]
    right = [(_resolved(shape, one[0]), _is_active(shape)) for shape in two]
    # Of two passives the active is no common ground: in it nobody sees where the subject ended.
    pairs = [
        (a, b)
        for a, made in left
        for b, also_made in right
        if not (made and also_made) and exchanges.may_explain({*a} ^ {*b})
    ]
    entries = exchanges.among({word for pair in pairs for shape in pair for word in shape})
    return any(_exchange(a, entries) == _exchange(b, entries) for a, b in pairs)


def _is_active(shape: Keys) -> bool:
    """Return whether a shape was made from a passive one."""
    return any(key.startswith(_PARTICIPLE) for key in shape)


def _shapes(text: str, side: tuple[Token, ...]) -> tuple[Keys, ...]:
    """Return a sentence's words and the shapes that say the same; none of more than a sentence."""
    if not side or len(side) > _LONGEST or _breaks(text, side):
        return ()
    found = [_written(tuple(token.key for token in side))]
    fronted = _clause_last(text, side)
    if fronted:
        found.append(_written(fronted))
    found += [shape for keys in tuple(found) for shape in _only_with(keys)]
    return tuple(shape for keys in found for shape in (keys, *_active(keys)))


def _written(keys: Keys) -> Keys:
    """Return words with short forms written out; "we never" is "we do not"."""
    return _your(_plain_not(tuple(american(key) for key in written_out(keys))))


def _resolved(shape: Keys, other: Keys) -> Keys:
    """Return a shape with its marked participle as the verb that the other sentence has."""
    return tuple(
        next((verb for verb in other if key[1:] in inflections(verb, verb=True)), key)
        if key.startswith(_PARTICIPLE)
        else key
        for key in shape
    )


def _exchange(keys: Keys, entries: tuple[Equivalence, ...]) -> Keys:
    for entry in entries:
        if stands_in(entry, keys):
            keys = exchanged(keys, entry)
    return in_figures(keys)


def _breaks(text: str, side: tuple[Token, ...]) -> bool:
    """Return whether more than one sentence stands there, or something in brackets."""
    inside = text[side[0].start : side[-1].end]
    cursor = 0
    for token in side:
        between = inside[cursor : token.start - side[0].start]
        if not _BREAKS.isdisjoint(between):
            return True
        cursor = token.end - side[0].start
    return False


def _plain_not(keys: Keys) -> Keys:
    kept: list[str] = []
    for place, key in enumerate(keys):
        before = keys[place - 1] if place else ""
        if key == "never" and before in _ALMOST_NEVER:
            kept += ["do", "not"]
        elif key == "never" and (before in _MODALS or before == "do"):
            kept.append("not")
        else:
            kept.append(key)
    return tuple(kept)


def _your(keys: Keys) -> Keys:
    """Return "personal information about you" as "your personal information"."""
    for noun, about in _ABOUT_YOU:
        run = noun + about
        for place in range(len(keys) - len(run) + 1):
            before = keys[place - 1] if place else ""
            if keys[place : place + len(run)] == run and before not in _DETERMINED:
                return (*keys[:place], "your", *noun, *_your(keys[place + len(run) :]))
    return keys


_DETERMINED = bag(
    "the this that these those any some all other such more additional certain our their its no "
    "personal of identifiable health financial usage device technical account contact log"
)


def _clause_last(text: str, side: tuple[Token, ...]) -> Keys:
    """Return "When you call, we answer" as "we answer when you call"."""
    if side[0].key not in _FRONTED:
        return ()
    commas = [
        place
        for place in range(1, len(side))
        if "," in text[side[place - 1].end : side[place].start]
    ]
    if len(commas) != 1:
        return ()
    clause, main = side[: commas[0]], side[commas[0] :]
    words = {token.key for token in main}
    if words & (_JOINS | _FRONTED | _FOCUS - {"not"}) or {t.key for t in clause} & _FOCUS:
        return ()
    return tuple(token.key for token in (*main, *clause))


def _only_with(keys: Keys) -> Iterator[Keys]:
    """Yield "we share it only with your consent" of "we do not share it without your consent"."""
    if keys.count("not") != 1 or set(keys) & {"only", "nor", "or", "and", "but"}:
        return
    negation = keys.index("not")
    for limit, instead in (("without", ("only", "with")), ("unless", ("only", "if"))):
        if keys.count(limit) != 1 or keys.index(limit) < negation or not negation:
            continue
        start = negation - 1 if keys[negation - 1] == "do" else negation
        if start == negation and keys[negation - 1] not in _MODALS:
            continue
        place = keys.index(limit)
        yield (*keys[:start], *keys[negation + 1 : place], *instead, *keys[place + 1 :])


def _active(keys: Keys) -> Iterator[Keys]:
    """Yield "we may share data" of "data may be shared (by us)"."""
    for place, key in enumerate(keys):
        if not place or (key not in _BE and key not in _MODALS):
            continue
        modal = (key,) if key in _MODALS else ()
        rest = keys[place + 1 :]
        negated = rest[:1] == ("not",)
        rest = rest[1:] if negated else rest
        if modal:
            if rest[:1] != ("be",):
                return
            rest = rest[1:]
        if not rest or not rest[0].endswith(("ed", "t", "n", "d")) or key in {"was", "were"}:
            return
        yield from _by_whom(keys[:place], modal, rest, negated=negated)
        return


def _by_whom(patient: Keys, modal: Keys, rest: Keys, *, negated: bool) -> Iterator[Keys]:
    participle, tail = rest[0], rest[1:]
    agent: Keys = ("we",)
    for place, key in enumerate(tail[:-1]):
        if key == "by" and tail[place + 1] in _SPEAKERS:
            agent, tail = (_SPEAKERS[tail[place + 1]],), tail[:place] + tail[place + 2 :]
            break
    if "by" in tail or "we" in patient or "only" in patient:
        return
    lead = (*agent, *modal, *(("not",) if negated and modal else ("do", "not") if negated else ()))
    yield (*lead, _PARTICIPLE + participle, *patient, *tail)
