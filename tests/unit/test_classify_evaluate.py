import json
from pathlib import Path

import pytest

from notifier.classify.evaluate import evaluate_cases, predictions
from notifier.classify.report import render_table
from notifier.classify.wilson import Share
from notifier.errors import InputError

LABELS = {"contested": [], "direction": "neutral"}


def row(name, old, new, *, material, grounds=(), stored=False, **more):
    return {"id": name, "kind": "modified", "old": old, "new": new, "material": material,
            "touches_stored": stored, "grounds": list(grounds), **LABELS, **more}  # fmt: skip


ROWS = [
    row("typo", "We colect data.", "We collect data.", material=False),
    row("sale", "We do not sell data.", "We may sell data.", material=True, grounds=["sale_ads"],
        stored=True, direction="wider"),
    row("words", "Hello there.", "Good day.", material=False),
    row("fair", "We greet you.", "We salute you.", material=True, contested=["material"]),
]  # fmt: skip


def test_every_measure_is_counted_and_contested_labels_are_left_out(tmp_path: Path):
    found = evaluate_cases(ROWS, tmp_path)
    counts = {name: (share.count, share.total) for name, share in found.measures.items()}
    assert counts["recall"] == (1, 1)
    assert counts["specificity"] == (1, 2)
    assert counts["precision"] == (1, 2)
    assert counts["wrong clearances"] == (0, 1)
    assert counts["ground right, first"] == (1, 1)
    assert counts["touches_stored false where true"] == (0, 1)
    assert [miss.id for miss in found.misses] == ["words"]
    assert found.f1 == pytest.approx(2 / 3)


def test_the_table_prints_bounds_and_every_miss(tmp_path: Path):
    text = render_table(evaluate_cases(ROWS, tmp_path), confusions=True)
    assert "recall" in text
    assert "95 % bounds" in text
    assert "words: unknown" in text
    assert "Hello there." in text
    assert "* not-cleared: No rule accounts for these words" in text
    assert "* not-cleared" not in render_table(evaluate_cases(ROWS, tmp_path))


def test_predictions_have_the_fields_of_the_contract(tmp_path: Path):
    lines = [json.loads(json.dumps(line)) for line in predictions(evaluate_cases(ROWS, tmp_path))]
    assert [line["id"] for line in lines] == ["typo", "sale", "words", "fair"]
    for line in lines:
        assert {"outcome", "material", "touches_stored", "grounds", "ground", "direction",
                "confidence", "categories", "sites", "findings"} <= set(line)  # fmt: skip
        assert line["findings"]
    assert lines[0]["ground"] == "none"
    assert lines[2]["outcome"] == "unknown"
    assert lines[2]["material"]
    assert lines[2]["touches_stored"]


def test_rows_without_labels_are_only_predicted(tmp_path: Path):
    found = evaluate_cases([{"id": "a", "old": "", "new": "We sell data."}], tmp_path)
    assert found.f1 is None
    assert not found.misses
    assert "recall" not in render_table(found)


@pytest.mark.parametrize(
    "bad",
    [
        {"id": "a", "old": "x"},
        {"id": "a", "old": "x", "new": 3},
        {"id": "a", "old": "", "new": " "},
        {"id": "a", "old": "x", "new": "y", "old_file": "no.md", "new_file": "no.md"},
        ["no object"],
    ],
)
def test_a_bad_row_names_file_and_line(tmp_path: Path, bad):
    with pytest.raises(InputError, match=r"my\.jsonl, line 2"):
        evaluate_cases([ROWS[0], bad], tmp_path, name="my.jsonl")


def test_whole_documents_give_context(tmp_path: Path):
    once = "We encrypt all your data at rest."
    old = f"# Data\n\n{once} We like tea. {once}\n"
    (tmp_path / "old.md").write_text(old)
    (tmp_path / "new.md").write_text("# Data\n\nWe encrypt all your data at rest. We like tea.\n")
    removed = row("gone", "We encrypt all your data at rest.", "", material=False, kind="removed")
    assert evaluate_cases([removed], tmp_path).judged[0].verdict.material
    removed |= {"old_file": "old.md", "new_file": "new.md"}
    assert not evaluate_cases([removed], tmp_path).judged[0].verdict.material


def test_wilson_bounds_against_known_values():
    assert Share(count=0, total=10).bounds == pytest.approx((0.0, 0.2775), abs=1e-4)
    assert Share(count=50, total=100).bounds == pytest.approx((0.4038, 0.5962), abs=1e-4)
    assert Share(count=0, total=0).value is None


CASES = Path(__file__).resolve().parents[3] / "shared" / "cases" / "pairs.jsonl"


@pytest.mark.skipif(not CASES.is_file(), reason="the shared cases are not beside this checkout")
def test_no_material_pair_is_cleared():
    rows = [json.loads(line) for line in CASES.read_text().splitlines()]
    found = evaluate_cases(rows, CASES.parent)
    assert found.measures["wrong clearances"].count == 0
    assert found.measures["specificity"].value > 0.5
