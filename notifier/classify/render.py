"""A classification as the contract's JSON document, and as text for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notifier.classify.model import Outcome
from notifier.diff.render.document import change_document
from notifier.diff.render.terminal import redline
from notifier.policy.hidden import make_visible

if TYPE_CHECKING:
    from notifier.classify.model import Classification, Finding, Verdict
    from notifier.diff.model import Diff

SCHEMA = "notifier.classification/1"
_COLORS = {Outcome.EDITORIAL: "32", Outcome.MATERIAL: "31", Outcome.UNKNOWN: "33"}
_ROUTES = {
    "email": "e-mail to everyone affected, before it takes effect, and a prominent banner",
    "prominent_banner": "prominent banner on each affected site",
    "banner": "standard banner and changelog",
    "changelog": "changelog only",
    "none": "nothing to tell",
}


def classification_document(classification: Classification, diff: Diff) -> dict[str, Any]:
    """Return the document ``notifier.classification/1`` of the contract."""
    return {
        "schema": SCHEMA,
        "material": classification.material,
        "touches_stored": classification.touches_stored,
        "route": classification.route.value,
        "ruleset": classification.ruleset,
        "ruleset_digest": classification.ruleset_digest,
        "parser": diff.new.parser,
        "changes": [
            {**change_document(verdict.change), **verdict_document(verdict)}
            for verdict in classification.verdicts
        ],
        "ignored": dict(sorted(diff.ignored.items())),
        "notes": [*classification.notes],
    }


def verdict_document(verdict: Verdict) -> dict[str, Any]:
    """Return the verdict's own fields, without the change."""
    return {
        "outcome": verdict.outcome.value,
        "material": verdict.material,
        "touches_stored": verdict.touches_stored,
        "grounds": [ground.value for ground in verdict.grounds],
        "ground": verdict.ground.value,
        "direction": verdict.direction.value,
        "confidence": verdict.confidence,
        "opinion": verdict.opinion,
        "categories": _scope(verdict.categories),
        "sites": _scope(verdict.sites),
        "route": verdict.route.value,
        "silence": verdict.silence.value,
        "ruleset_digest": verdict.ruleset_digest,
        "findings": [_finding(finding) for finding in verdict.findings],
    }


def _scope(names: tuple[str, ...]) -> str | list[str]:
    return "all" if names == ("all",) else list(names)


def _finding(finding: Finding) -> dict[str, str]:
    return {
        "rule": finding.rule,
        "says": finding.says,
        "old": finding.old,
        "new": finding.new,
        "source": finding.source,
    }


def queue_order(verdict: Verdict) -> tuple[bool, bool, bool, float]:
    """Return a key that puts first what a person should look at first.

    What is routed as material, and reaches stored data, before what does not; what nobody knows
    before facts; what the second opinion takes to be material before what it doubts.
    """
    settled = verdict.outcome is not Outcome.UNKNOWN
    return not verdict.material, not verdict.touches_stored, settled, -verdict.opinion


def classification_text(classification: Classification, *, color: bool) -> str:
    """Return the verdict for people: the head, then each change and why, weightiest first."""
    verdicts = sorted(classification.verdicts, key=queue_order)
    lines = [_paint(_head(classification), "1", color=color)]
    lines.append(f"Told by: {_ROUTES[classification.route.value]}")
    lines += [f"Note: {note}" for note in classification.notes]
    for number, verdict in enumerate(verdicts, start=1):
        lines += ["", *_verdict(number, verdict, color=color)]
    return "\n".join(lines) + "\n"


def _head(classification: Classification) -> str:
    count = len(classification.verdicts)
    changes = "1 change" if count == 1 else f"{count} changes"
    if not classification.material:
        return f"Not material ({changes})." if count else "No change that a reader could see."
    reach = "touches" if classification.touches_stored else "does not touch"
    material = sum(verdict.material for verdict in classification.verdicts)
    return f"Material: {material} of {changes}; {reach} information already stored."


def _verdict(number: int, verdict: Verdict, *, color: bool) -> list[str]:
    word = _paint(verdict.outcome.value.upper(), f"1;{_COLORS[verdict.outcome]}", color=color)
    facts = [verdict.change.kind.value]
    if verdict.material:
        facts = [verdict.ground.value, verdict.direction.value, *facts]
        facts.insert(2, "stored data" if verdict.touches_stored else "future data only")
        if verdict.outcome is Outcome.UNKNOWN:
            facts.append(
                f"a person must decide; such changes were material in {verdict.opinion:.0%}"
            )
    lines = [f"{number}. {word}  {' · '.join(facts)}"]
    if verdict.change.heading:
        lines.append(f"   under: {make_visible(verdict.change.heading)}")
    lines += [f"   {line}" for line in redline(verdict.change, color=color).splitlines() if line]
    for finding in verdict.findings:
        lines += _reason(finding, cleared=not verdict.material, color=color)
    return lines


def _reason(finding: Finding, *, cleared: bool, color: bool) -> list[str]:
    """Return a finding as text: what it says, both sides, the rule, who says so."""
    lines = [f"   {'cleared' if cleared else 'because'}: {finding.says}"]
    if not cleared and (finding.old or finding.new):
        sides = (("was", finding.old), ("is", finding.new))
        lines += [f"      {name:>3}: “{text}”" for name, text in sides if text]
    origin = f"rule {finding.rule}" + (f" · {finding.source}" if finding.source else "")
    lines.append("      " + _paint(origin, "2", color=color))
    return lines


def _paint(text: str, code: str, *, color: bool) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if color else text
