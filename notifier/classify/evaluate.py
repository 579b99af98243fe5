"""The classifier against labelled changes: one prediction a row, and the table of its bar."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from notifier.classify.cases import CaseReader
from notifier.classify.engine import judge, ruleset_digest
from notifier.classify.lexicon import load_lexicon
from notifier.classify.model import Outcome
from notifier.classify.render import verdict_document
from notifier.classify.ruleset import load_ruleset
from notifier.classify.wilson import Share

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from notifier.classify.lexicon import Lexicon
    from notifier.classify.model import Verdict
    from notifier.classify.ruleset import RuleSet
    from notifier.policy.model import Document

_WITHIN = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """One row, its verdict and its labels."""

    id: str
    row: Mapping[str, Any]
    verdict: Verdict

    def label(self, name: str) -> Any:
        """Return a label, or ``None`` where it is missing or contested."""
        if name in (self.row.get("contested") or ()):
            return None
        return self.row.get(name)

    @property
    def two_sided(self) -> bool:
        """Return whether the row has both an old and a new text."""
        return bool(self.row["old"].strip()) and bool(self.row["new"].strip())


@dataclass(frozen=True, kw_only=True, slots=True)
class Evaluation:
    """Every prediction and, where rows are labelled, every measure."""

    judged: tuple[Judged, ...]
    measures: Mapping[str, Share]
    f1: float | None
    misses: tuple[Judged, ...]
    """Rows whose material or routing label the verdict does not meet."""
    ruleset: str
    ruleset_digest: str
    rules: Mapping[str, Share] = field(default_factory=dict)
    """Per rule that decided: how often it was upheld."""


def evaluate_cases(
    rows: Iterable[Mapping[str, Any]],
    base: Path,
    *,
    ruleset: RuleSet | None = None,
    lexicon: Lexicon | None = None,
    name: str = "cases",
    extract: Callable[[Path], Document] | None = None,
) -> Evaluation:
    """Classify every row and measure against its labels.

    ``base`` is the folder to which ``old_file`` and ``new_file`` are relative; ``extract`` reads
    those among them that are HTML or Word. Material and unknown
    both count as routed. Contested labels are left out, label by label. Raises InputError naming
    file and line of the first bad row.
    """
    rules, words = ruleset or load_ruleset(), lexicon or load_lexicon()
    reader = CaseReader(base=base, lexicon=words, ruleset=rules, name=name, extract=extract)
    judged = []
    for line, row in enumerate(rows, start=1):
        change, context = reader.read(row, line)
        judged.append(Judged(id=row["id"], row=row, verdict=judge(change, context)))
    measures = dict(_measures(judged))
    recall, precision = measures["recall"].value, measures["precision"].value
    both = recall is not None and precision is not None and recall + precision > 0
    return Evaluation(
        judged=tuple(judged),
        measures=measures,
        f1=2 * recall * precision / (recall + precision) if both and recall and precision else None,
        misses=tuple(item for item in judged if _missed(item)),
        ruleset=rules.name,
        ruleset_digest=ruleset_digest(rules, words),
        rules=_by_rule(judged),
    )


def predictions(evaluation: Evaluation) -> Iterator[dict[str, Any]]:
    """Yield one prediction per row, with the fields of the contract's classification and its id."""
    for item in evaluation.judged:
        yield {"id": item.id, **verdict_document(item.verdict)}


def _measures(judged: list[Judged]) -> Iterator[tuple[str, Share]]:
    labelled = [item for item in judged if isinstance(item.label("material"), bool)]
    groups = {
        "": labelled,
        ", modified": [item for item in labelled if item.two_sided],
        ", one-sided": [item for item in labelled if not item.two_sided],
    }
    for suffix, group in groups.items():
        material = [item for item in group if item.label("material")]
        plain = [item for item in group if not item.label("material")]
        routed = [item for item in group if item.verdict.material]
        cleared = [item for item in group if not item.verdict.material]
        yield f"recall{suffix}", _share(material, routed)
        yield f"precision{suffix}", _share(routed, material)
        yield f"specificity{suffix}", _share(plain, cleared)
        yield f"wrong clearances{suffix}", _share(cleared, material)
    material = [item for item in labelled if item.label("material")]
    named = [item for item in labelled if item.verdict.outcome is Outcome.MATERIAL]
    yield "outcome material: precision", _share(named, material)
    yield "outcome material: share of material rows", _share(material, named)
    yield from _grounds(material)
    yield from _stored(labelled)


def _grounds(material: list[Judged]) -> Iterator[tuple[str, Share]]:
    rows = [item for item in material if item.label("grounds")]
    first = [item for item in rows if item.verdict.ground in item.row["grounds"]]
    within = [
        item for item in rows if set(item.verdict.grounds[:_WITHIN]) & set(item.row["grounds"])
    ]
    yield "ground right, first", _share(rows, first)
    yield "ground right, within three", _share(rows, within)
    turned = [item for item in material if item.label("direction")]
    right = [item for item in turned if item.verdict.direction == item.row["direction"]]
    yield "direction right", _share(turned, right)


def _stored(labelled: list[Judged]) -> Iterator[tuple[str, Share]]:
    rows = [item for item in labelled if isinstance(item.label("touches_stored"), bool)]
    touching = [item for item in rows if item.row["touches_stored"]]
    spared = [item for item in rows if item.label("material") and not item.row["touches_stored"]]
    freed = [item for item in rows if not item.verdict.touches_stored]
    yield "touches_stored false where true", _share(touching, freed)
    yield "touches_stored freed where false", _share(spared, freed)


def _share(rows: list[Judged], right: list[Judged]) -> Share:
    chosen = {id(item) for item in right}
    return Share(count=sum(id(item) in chosen for item in rows), total=len(rows))


def _missed(item: Judged) -> bool:
    material, stored = item.label("material"), item.label("touches_stored")
    wrong = isinstance(material, bool) and material != item.verdict.material
    unsent = stored is True and not item.verdict.touches_stored
    return wrong or unsent


def _by_rule(judged: list[Judged]) -> dict[str, Share]:
    counts: dict[str, list[int]] = {}
    for item in judged:
        material = item.label("material")
        if not isinstance(material, bool):
            continue
        for finding in item.verdict.findings:
            count = counts.setdefault(finding.rule, [0, 0])
            count[0] += material == item.verdict.material
            count[1] += 1
    return {rule: Share(count=up, total=all_) for rule, (up, all_) in sorted(counts.items())}
