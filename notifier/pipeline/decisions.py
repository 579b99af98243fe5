"""What reviewers decided, as the ledger has it: precedents, track records, labelled cases."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from notifier.pipeline.propose import need_campaign
from notifier.review import REVIEWER, Decision, last_words, track_record
from notifier.store import ledger
from notifier.store.campaigns import find_campaign

if TYPE_CHECKING:
    from collections.abc import Mapping

    from notifier.classify.model import Verdict
    from notifier.classify.wilson import Share
    from notifier.evidence.chain import Entry
    from notifier.home import Home
    from notifier.pipeline.assess import Assessment
    from notifier.store.engine import Session

_ABOUT = ("kind", "heading", "old", "new", "ruleset_sha256", "lexicon_sha256")
"""What an entry says of the change beside the ruling itself; older entries do not have it."""


def said_about(assessment: Assessment, key: str) -> dict[str, Any]:
    """Return what a ruling was made about, as its ledger entry keeps it.

    The exact words of both sides, what the rules had said of them, and under which rule set and
    lexicon: enough to find the decision again, and to measure the rules by it.
    """
    verdict = assessment.said(key)[0]
    change = verdict.change
    return {
        "kind": change.kind.value,
        "heading": change.heading,
        "old": change.old,
        "new": change.new,
        "said": {
            "outcome": verdict.outcome.value,
            "touches_stored": verdict.touches_stored,
            "grounds": [ground.value for ground in verdict.grounds],
            "rules": _rules(verdict),
        },
        "ruleset": assessment.ruleset.name,
        "ruleset_sha256": assessment.ruleset.digest,
        "lexicon_sha256": assessment.lexicon.digest,
    }


def upheld_by_approval(assessment: Assessment | None) -> dict[str, dict[str, Any]]:
    """Return, by change, which rules decided and whether what they said stands in the approval."""
    if assessment is None:
        return {}
    found = {}
    for key, ruled in assessment.changes.items():
        said = assessment.said(key)[0]
        found[key] = {
            "rules": _rules(said),
            "said": said.outcome.value,
            "stands": said.material == ruled.material,
        }
    return found


def _rules(verdict: Verdict) -> list[str]:
    rules = dict.fromkeys(finding.rule for finding in verdict.findings)
    return [rule for rule in rules if rule != REVIEWER]


def read_decisions(tx: Session) -> tuple[Decision, ...]:
    """Return the last word of reviewers on each change of each campaign, oldest first."""
    found = (_decision(entry) for entry in ledger.of_kinds(tx, ("ruling",)))
    return last_words(decision for decision in found if decision is not None)


def _decision(entry: Entry) -> Decision | None:
    body = json.loads(entry.body)
    if any(name not in body for name in _ABOUT):
        return None
    grounds = (body["grounds"] or body["said"]["grounds"]) if body["material"] else ()
    return Decision(
        campaign=entry.campaign,
        change=body["change"],
        at=entry.at,
        actor=body["actor"],
        material=body["material"],
        touches_stored=body["touches_stored"],
        grounds=tuple(grounds),
        reason=body["reason"],
        **{name: body[name] for name in _ABOUT},
    )


def precedents(
    tx: Session, assessment: Assessment, campaign: str
) -> dict[str, list[dict[str, Any]]]:
    """Return earlier decisions on the very same words, by content key, the newest first.

    Only proposed: nothing is cleared, or raised, by what was decided about another version.
    """
    digests = (assessment.ruleset.digest, assessment.lexicon.digest)
    changes = assessment.changes
    found: dict[str, list[dict[str, Any]]] = {}
    for past in reversed(read_decisions(tx)):
        verdict = changes.get(past.change)
        if verdict is None or past.campaign == campaign:
            continue
        if past.is_precedent_for(verdict, past.change, digests):
            found.setdefault(past.change, []).append(_precedent(tx, past))
    return found


def _precedent(tx: Session, decision: Decision) -> dict[str, Any]:
    row = find_campaign(tx, decision.campaign)
    return {
        "campaign": decision.campaign,
        "state": row.state if row else None,
        "at": decision.at,
        "actor": decision.actor,
        "material": decision.material,
        "touches_stored": decision.touches_stored,
        "grounds": list(decision.grounds),
        "heading": decision.heading,
        "reason": decision.reason,
    }


def record_of_rules(tx: Session, *, without: str = "") -> dict[str, Share]:
    """Return how often each rule was upheld by this home's approvals, those that stand.

    ``without`` leaves out the campaign that is being decided.
    """
    standing: dict[str, Mapping[str, Mapping[str, Any]]] = {}
    for entry in ledger.of_kinds(tx, ("approval", "approval_voided")):
        if entry.kind == "approval":
            standing[entry.campaign] = json.loads(entry.body).get("decisions", {})
        else:
            standing.pop(entry.campaign, None)
    standing.pop(without, None)
    return track_record(standing.values())


@dataclass(frozen=True, kw_only=True)
class Cases:
    """Decisions as labelled rows for ``evaluate``."""

    rows: tuple[dict[str, Any], ...]
    left_out: int
    """Decisions of before the ledger kept the words that they were made about."""


def decided_cases(home: Home, campaign: str = "") -> Cases:
    """Return every decision, or those of one campaign, as cases that ``evaluate`` reads.

    :raises UnknownThingError: no such campaign
    """
    with home.store.read() as tx:
        if campaign:
            need_campaign(tx, campaign)
        entries = [
            entry for entry in ledger.of_kinds(tx, ("ruling",)) if campaign in {"", entry.campaign}
        ]
    found = [_decision(entry) for entry in entries]
    decisions = last_words(each for each in found if each is not None)
    return Cases(rows=tuple(_case(each) for each in decisions), left_out=found.count(None))


def _case(decision: Decision) -> dict[str, Any]:
    return {
        "id": f"{decision.campaign}/{decision.change}",
        "kind": decision.kind,
        "heading": decision.heading,
        "old": decision.old,
        "new": decision.new,
        "material": decision.material,
        "touches_stored": decision.touches_stored,
        "grounds": list(decision.grounds),
        "contested": [],
        "why": decision.reason,
        "by": decision.actor,
        "at": decision.at,
    }
