"""A learned second opinion: it orders the queue, gates named facts, ranks grounds; never clears.

Logistic regressions over the words that differ and what the rules saw, trained by ``make train`` on
labelled changes of other companies and, for the grounds, on changes that the project wrote. The
weights are data, with their provenance and figures.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from operator import mul
from typing import TYPE_CHECKING, Any

from notifier.classify.model import GROUND_ORDER, Ground
from notifier.classify.text import keys
from notifier.classify.words import LEGAL_SUFFIXES, MODALS, NEGATIONS, is_guarded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from notifier.classify.facts import Evidence
    from notifier.classify.lexicon import Lexicon
    from notifier.classify.reading import Reading
    from notifier.diff.model import Change

_MOST_WORDS = 400
_LONG, _SHORT = 40, 8
_STRONGEST = 3.0


@dataclass(frozen=True, kw_only=True)
class Opinion:
    """Weights of the two regressions; without any, every opinion is an even one."""

    material: Mapping[str, float] = field(default_factory=dict)
    """By feature, for "material"."""
    grounds: Mapping[Ground, Mapping[str, float]] = field(default_factory=dict)
    """By ground and feature, for "this is the weightiest ground" (a softmax over the grounds)."""
    shared: Mapping[str, float] = field(default_factory=lambda: {"says": 1.0})
    """What counts for every ground alike, by the features "says" and "above" of that ground."""
    gate: float = 0.0
    """A named fact below this share is left to a person."""

    def share(self, features: Mapping[str, float]) -> float:
        """Return how likely a reader would call the change material, from 0 to 1."""
        return round(_sigmoid(_dot(self.material, features)), 3)

    def ranked(self, features: Mapping[str, float]) -> tuple[Ground, ...]:
        """Return the grounds that the rules see or that were learned, weightiest first.

        ``features`` are those of the words, ``features_above`` among them.
        """
        names = [name for name in features.keys() & self._rows.keys() if features[name]]
        values = [features[name] for name in names]
        columns = zip(*(self._rows[name] for name in names), strict=True)
        spoken = dict.fromkeys(self.grounds, 0.0) | {
            ground: math.fsum(map(mul, column, values))
            for ground, column in zip(self.grounds, columns, strict=False)
        }
        scores = {
            ground: spoken.get(ground, 0.0)
            + math.fsum(
                weight * features.get(f"{name} {ground}", 0.0)
                for name, weight in self.shared.items()
            )
            for ground in Ground
            if ground in spoken or f"says {ground}" in features
        }
        return tuple(sorted(scores, key=lambda g: (-scores[g], GROUND_ORDER[g])))

    @cached_property
    def _rows(self) -> Mapping[str, tuple[float, ...]]:
        """Return, by feature, what it weighs for each ground in turn."""
        names = {name for weights in self.grounds.values() for name in weights}
        return {
            name: tuple(weights.get(name, 0.0) for weights in self.grounds.values())
            for name in names
        }


def read_opinion(table: dict[str, Any]) -> Opinion:
    """Return the weights of an opinion file; KeyError or ValueError where it does not hold."""
    return Opinion(
        material={key: float(value) for key, value in table["material"].items()},
        grounds={
            Ground(name): {key: float(value) for key, value in weights.items()}
            for name, weights in table["grounds"].items()
        },
        shared={key: float(value) for key, value in table["shared"].items()},
        gate=float(table["gate"]),
    )


def features(change: Change, reading: Reading, found: Evidence, *, terms: bool) -> dict[str, float]:
    """Return what the regressions look at, by name; no name of a company and no number itself.

    ``terms``: the text around is plainly one of terms or guidelines, not of privacy.
    """
    kind = "modified" if reading.two_sided else "added" if reading.new else "removed"
    seen: dict[str, float] = {"one": 1.0, f"kind:{kind}": 1.0}
    deleted, inserted = reading.deleted, reading.inserted
    changed = deleted + inserted
    for sign, side in (("-", deleted), ("+", inserted)) if reading.two_sided else (("=", changed),):
        for token in side[:_MOST_WORDS]:
            if token.kind == "word" and not token.is_name and token.key not in LEGAL_SUFFIXES:
                seen[f"{sign}{token.key}"] = seen[f"~{token.key}"] = 1.0
    total = max(1, len(reading.old) + len(reading.new))
    seen["changed share"] = len(changed) / total
    seen["changed words"] = math.log1p(len(changed))
    seen["long"] = float(len(changed) > _LONG)
    seen["short"] = float(total < _SHORT)
    differing = {token.key for token in changed}
    kinds = {token.kind for token in changed}
    for name, words in (("negation", NEGATIONS), ("modal", MODALS)):
        seen[name] = float(not words.isdisjoint(differing))
    seen["guarded"] = float(any(map(is_guarded, differing)))
    seen["number"] = float("number" in kinds)
    seen["name"] = float(any(token.is_name for token in changed))
    seen["address"] = float(not kinds.isdisjoint(_ADDRESSES))
    seen["heading"] = float(
        any(u.kind.value == "heading" for u in change.old_units + change.new_units)
    )
    top = max(found.scores.values(), default=0.0)
    seen["terms"] = float(terms)
    seen["named"] = float(len(found.named))
    seen["top"] = math.log1p(top)
    for ground, score in found.scores.items():
        seen[f"says {ground}"] = score / top if top else 0.0
    seen.update({f"names {ground}": 1.0 for ground in found.named})
    if found.scores:
        seen[f"first {found.ranked()[0]}"] = 1.0
    return seen


def features_above(change: Change, lexicon: Lexicon) -> dict[str, float]:
    """Return what the two headings above a change say, for the grounds alone.

    Only words of the lexicon: a heading may carry the company's name. "above <ground>" is how
    plainly the nearest heading, or the lead-in of a list, names a ground.
    """
    units = change.new_units or change.old_units
    path = units[0].path if units else (change.heading,)
    above = {f"h:{key}": 1.0 for key in keys(" ".join(path[-2:])) if key in lexicon.known}
    for text in (*path[-1:], units[0].lead_in if units else ""):
        for hit in lexicon.hits(keys(text)):
            name = f"above {hit.ground}"
            above[name] = max(above.get(name, 0.0), hit.weight / _STRONGEST)
    return above


def speaks_plainly(reading: Reading, seen: Mapping[str, float]) -> bool:
    """Return whether the facts need no second opinion, which learned from long sentences.

    A number, negation, modal or limit changed and no name or address did; the sentence is so short
    that the few words that changed are what it says; or one short sentence came or went that says
    what may, will or must be done.
    """
    if not reading.two_sided:
        # One short sentence that says what may or will be done.
        return bool(seen["modal"]) and not seen["address"] and seen["changed words"] <= _SENTENCE
    limits = seen["guarded"] and not seen["name"] and not seen["address"]
    terse = seen["changed words"] <= _FEW and seen["changed share"] >= _TERSE
    return bool(limits or terse)


_SENTENCE = math.log1p(24)
_FEW = math.log1p(6)
_TERSE = 0.1
_ADDRESSES = {"url", "email", "domain", "obfuscated"}


def _dot(weights: Mapping[str, float], seen: Mapping[str, float]) -> float:
    # fsum is exact, so that the order of the features cannot change a bit of the result.
    return math.fsum(weights[name] * seen[name] for name in seen.keys() & weights.keys())


def _sigmoid(value: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, value))))
