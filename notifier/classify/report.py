"""An evaluation as text."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from notifier.classify.proof import quote

if TYPE_CHECKING:
    from collections.abc import Iterable

    from notifier.classify.evaluate import Evaluation, Judged
    from notifier.classify.wilson import Share


def render_table(evaluation: Evaluation, *, confusions: bool = False) -> str:
    """Return every measure with its Wilson bounds, then every miss; ``confusions``: rules too."""
    outcomes = Counter(item.verdict.outcome.value for item in evaluation.judged)
    lines = [
        f"{len(evaluation.judged)} rows, rule set {evaluation.ruleset} "
        f"({evaluation.ruleset_digest[:12]}): "
        + ", ".join(f"{count} {name}" for name, count in sorted(outcomes.items())),
    ]
    if any(share.total for share in evaluation.measures.values()):
        lines += ["", f"{'measure':44} {'share':>6}  {'95 % bounds':14} {'count':>9}"]
        lines += [_line(name, share) for name, share in evaluation.measures.items()]
        lines.append(f"{'F1':44} {'' if evaluation.f1 is None else f'{evaluation.f1:6.3f}'}")
        lines += ["", f"{len(evaluation.misses)} misses:"]
        lines += [text for item in evaluation.misses for text in _miss(item, findings=confusions)]
    if confusions:
        lines += ["", "by rule (upheld of all):"]
        lines += [_line(name, share) for name, share in evaluation.rules.items()]
        lines += ["", "ground predicted → labelled:", *_confusions(evaluation)]
    return "\n".join(lines) + "\n"


def evaluation_document(evaluation: Evaluation) -> dict[str, Any]:
    """Return every measure and the ids of the misses as JSON."""
    return {
        "schema": "notifier.evaluation/1",
        "rows": len(evaluation.judged),
        "ruleset": evaluation.ruleset,
        "ruleset_digest": evaluation.ruleset_digest,
        "f1": evaluation.f1,
        "measures": {
            name: {
                "value": share.value,
                "count": share.count,
                "total": share.total,
                "low": share.bounds[0],
                "high": share.bounds[1],
            }
            for name, share in evaluation.measures.items()
        },
        "misses": [item.id for item in evaluation.misses],
    }


def _line(name: str, share: Share) -> str:
    low, high = share.bounds
    value = "     –" if share.value is None else f"{share.value:6.3f}"
    return f"{name:44} {value}  {low:.3f} – {high:.3f}  {share.count:>4}/{share.total:<4}"


def _miss(item: Judged, *, findings: bool) -> list[str]:
    """Return one miss; ``findings``: with what each rule said about it."""
    verdict = item.verdict
    got = _label(verdict.outcome.value, verdict.grounds, stored=verdict.touches_stored)
    wanted = _label(
        "material" if item.row["material"] else "not material",
        item.row.get("grounds") or (),
        stored=bool(item.row.get("touches_stored")),
    )
    rules = ", ".join(dict.fromkeys(finding.rule for finding in verdict.findings))
    return [
        f"  {item.id}: {got}, by {rules}; labelled {wanted}",
        *(
            f"      {mark} {quote(text)}"
            for mark, text in (("-", item.row["old"]), ("+", item.row["new"]))
            if text
        ),
        *(
            f"      * {finding.rule}: {finding.says}"
            for finding in (verdict.findings if findings else ())
        ),
    ]


def _label(outcome: str, grounds: Iterable[str], *, stored: bool) -> str:
    """Return what was said of a row, or should have been: outcome, grounds, reach."""
    about = ", ".join(grounds)
    return f"{outcome}{f' ({about})' if about else ''}{', touches stored' if stored else ''}"


def _confusions(evaluation: Evaluation) -> list[str]:
    counts = Counter(
        (item.verdict.ground.value, item.row["grounds"][0])
        for item in evaluation.judged
        if item.label("material") and item.label("grounds")
    )
    return [
        f"  {got:12} → {wanted:12} {count:>4}"
        for (got, wanted), count in counts.most_common()
        if got != wanted
    ]
