"""The three views of one diff, against files that are read by people.

Rewrite them with ``pytest --golden-update`` (or ``NOTIFIER_GOLDEN_UPDATE=1``), then read the diff.
"""

from __future__ import annotations

import itertools
import json
import os
from pathlib import Path

import pytest

from notifier.diff import compare
from notifier.diff.render_html import redline_fragment, redline_page
from notifier.diff.render_json import diff_document
from notifier.diff.render_text import render_text
from notifier.policy.parse import parse

GOLDEN = Path(__file__).parents[1] / "golden" / "diff"
OLD = (GOLDEN / "old.md").read_bytes()
NEW = (GOLDEN / "new.md").read_bytes()
DIFF = compare(parse(OLD, markup="markdown"), parse(NEW, markup="markdown"))


def as_json(*, full: bool) -> str:
    return json.dumps(diff_document(DIFF, full=full), ensure_ascii=False, indent=1) + "\n"


VIEWS = {
    "changes.txt": lambda: render_text(DIFF, color=False),
    "changes.ansi": lambda: render_text(DIFF, color=True),
    "full.txt": lambda: render_text(DIFF, color=False, full=True),
    "changes.json": lambda: as_json(full=False),
    "full.json": lambda: as_json(full=True),
    "mail.html": lambda: redline_fragment(DIFF.changes, spoken="visible") + "\n",
    "page.html": lambda: redline_page(DIFF, title="Privacy Policy: what changes", full=True),
}


@pytest.mark.parametrize("name", VIEWS)
def test_view(name: str, request: pytest.FixtureRequest) -> None:
    path = GOLDEN / name
    found = VIEWS[name]()
    update = request.config.getoption("--golden-update", default=False)
    if update or os.environ.get("NOTIFIER_GOLDEN_UPDATE") == "1":
        path.write_bytes(found.encode())
    assert found == path.read_bytes().decode()


def test_page_promises() -> None:
    page = VIEWS["page.html"]()
    assert page.count("<h1>") == 1
    assert '<html lang="en">' in page
    assert "<script" not in page
    assert "⟨U+200B⟩" in page
    assert "\u200b" not in page
    assert "<b>bold</b>" not in page
    assert page.count("[removed: ") == page.count("<del ") - 1  # the key to reading has none


def test_mail_says_in_words_what_came_and_went() -> None:
    mail = VIEWS["mail.html"]()
    assert "[removed: do not]" in mail
    assert "[added: may]" in mail
    assert "class=" not in mail
    assert 'role="presentation"' in mail


def test_full_json_rebuilds_both_files() -> None:
    changes = diff_document(DIFF, full=True)["changes"]
    for side, source in (("old", OLD), ("new", NEW)):
        pieces = sorted((c[f"{side}_span"], c[side]) for c in changes if c[f"{side}_span"])
        assert "".join(text for _, text in pieces).encode() == source
        assert all(a[0][1] == b[0][0] for a, b in itertools.pairwise(pieces))
