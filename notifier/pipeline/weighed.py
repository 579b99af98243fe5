"""The changes of a campaign as a reviewer weighs them: verdicts, records of rules, precedents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notifier.classify.render import verdict_document
from notifier.classify.wilson import Share
from notifier.diff.render.document import change_document
from notifier.pipeline.decisions import precedents, record_of_rules
from notifier.store.campaigns import rulings_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from notifier.pipeline.assess import Assessment
    from notifier.store.engine import Session


def change_documents(tx: Session, assessment: Assessment, campaign: str) -> list[dict[str, Any]]:
    """Return each change as a reviewer weighs it, as JSON.

    Its verdict, each finding with the record of its rule, the baselines from which it is seen,
    whether it is ruled on, and what was decided about the same words before.
    """
    ruled = rulings_of(tx, campaign)
    before = precedents(tx, assessment, campaign)
    here, labelled = record_of_rules(tx, without=campaign), assessment.lexicon.record
    changes = []
    for key, verdict in assessment.changes.items():
        document = change_document(verdict.change) | verdict_document(verdict)
        for finding in document["findings"]:
            finding["record"] = _record(finding["rule"], here, labelled)
        baselines = [n for n, view in assessment.views.items() if key in view.verdicts]
        changes.append(
            document
            | {
                "key": key,
                "baselines": baselines,
                "ruled": key in ruled,
                "precedents": before.get(key, []),
            }
        )
    return changes


def _record(
    rule: str, here: Mapping[str, Share], labelled: Mapping[str, tuple[int, int]]
) -> dict[str, Any] | None:
    """Return how often a rule was upheld: by this home's approvals, else on labelled changes."""
    share, source = here.get(rule), "approvals"
    if share is None and rule in labelled:
        share, source = Share(count=labelled[rule][0], total=labelled[rule][1]), "labelled changes"
    if share is None:
        return None
    low, high = (round(bound, 3) for bound in share.bounds)
    return {"upheld": share.count, "of": share.total, "low": low, "high": high, "by": source}


def upheld(record: dict[str, Any] | None) -> str:
    """Return a rule's record as it stands behind its name, with a comma; empty without one."""
    if record is None:
        return ""
    bounds = f"{record['low']:.0%} to {record['high']:.0%}"
    on = " labelled changes" if record["by"] == "labelled changes" else ""
    return f", upheld {record['upheld']} of {record['of']}{on}: {bounds}"


def precedent_lines(campaign: str, change: dict[str, Any]) -> list[str]:
    """Return what was decided about the same words before, and how to decide alike."""
    lines = []
    for past in change["precedents"]:
        verdict = "material" if past["material"] else "non-material"
        lines.append(
            f"  ◆ precedent {past['campaign']}, {past['at'][:10]}: {past['actor']} ruled {verdict}:"
            f" {past['reason']}"
        )
    if change["precedents"] and not change["ruled"]:
        last = change["precedents"][0]
        verdict = "material" if last["material"] else "non-material"
        if last["material"]:
            verdict += " --stored" if last["touches_stored"] else " --not-stored"
        lines.append(
            "    nothing follows from it by itself; to decide alike: notifier review set"
            f" {campaign} {change['key']} {verdict} --reason …"
        )
    return lines
