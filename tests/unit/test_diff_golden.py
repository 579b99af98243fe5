"""Every form of a redline, against files that are read by people: one folder a case.

Rewrite them with ``pytest --golden-update`` (or ``NOTIFIER_GOLDEN_UPDATE=1``), then read the diff.
"""

from __future__ import annotations

import io
import itertools
import json
import os
import re
import zipfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from notifier.campaign.redline import change_view, plain_redline
from notifier.diff import compare
from notifier.diff.render.comment import render_comment
from notifier.diff.render.document import diff_document
from notifier.diff.render.page import render_page
from notifier.diff.render.terminal import render_text
from notifier.diff.render.tracked import render_docx
from notifier.diff.render.tracked.paragraphs import text_of
from notifier.policy.parse import parse
from tests.redlines import resolved

if TYPE_CHECKING:
    from notifier.diff.model import Diff

GOLDEN = Path(__file__).parents[1] / "golden" / "diff"
CASES = [".", *sorted(path.name for path in GOLDEN.iterdir() if path.is_dir())]
TITLE = "Privacy Policy: what changes"
_OWN = re.compile(r"(<(style|script)>).*?(</\2>)", re.DOTALL)
_POLICY = re.compile(r"sha256-[A-Za-z0-9+/=]+")


@cache
def diff_of(case: str) -> Diff:
    old, new = ((GOLDEN / case / f"{side}.md").read_bytes() for side in ("old", "new"))
    return compare(parse(old, markup="markdown"), parse(new, markup="markdown"))


def as_json(diff: Diff, *, full: bool) -> str:
    return json.dumps(diff_document(diff, full=full), ensure_ascii=False, indent=1) + "\n"


def page(diff: Diff) -> str:
    """Return the page without what is the same on each: style sheet, script and their hashes."""
    return _POLICY.sub("…", _OWN.sub(r"\1…\3", render_page(diff, title=TITLE, full=True))) + "\n"


def mail(diff: Diff) -> str:
    views = [change_view(change, says=()) for change in diff.changes]
    return "".join(
        f"{view.kind} · {view.heading}\n{plain_redline(view.words)}\n{view.remark}\n\n".replace(
            "\n\n\n", "\n\n"
        )
        for view in views
    )


def tracked(diff: Diff) -> str:
    with zipfile.ZipFile(io.BytesIO(render_docx(diff, title=TITLE))) as package:
        return package.read("word/document.xml").decode() + "\n"


VIEWS = {
    "changes.txt": lambda diff: render_text(diff, color=False),
    "changes.ansi": lambda diff: render_text(diff, color=True),
    "full.txt": lambda diff: render_text(diff, color=False, full=True),
    "changes.json": lambda diff: as_json(diff, full=False),
    "comment.md": lambda diff: render_comment(diff, title=TITLE),
    "mail.txt": mail,
    "page.html": page,
    "document.xml": tracked,
}
PATHS = [(case, name) for case in CASES for name in VIEWS]


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 41


@pytest.mark.parametrize(("case", "name"), [*PATHS, (".", "full.json")])
def test_view(case: str, name: str, request: pytest.FixtureRequest) -> None:
    path = GOLDEN / case / name
    view = VIEWS.get(name) or (lambda diff: as_json(diff, full=True))
    found = view(diff_of(case))
    update = request.config.getoption("--golden-update", default=False)
    if update or os.environ.get("NOTIFIER_GOLDEN_UPDATE") == "1":
        path.write_bytes(found.encode())
    assert found == path.read_bytes().decode()


@pytest.mark.parametrize("case", CASES)
def test_word_gives_both_texts(case: str) -> None:
    diff = diff_of(case)
    docx = render_docx(diff, title=TITLE)
    for accept, document in ((True, diff.new), (False, diff.old)):
        found = "\n".join(text for _, text in resolved(docx, accept=accept))
        wanted = text_of(document.units)
        assert found == "".join(c if c >= " " or c == "\n" else written(c) for c in wanted)


def written(char: str) -> str:
    return f"⟨U+{ord(char):04X}⟩"


@pytest.mark.parametrize("case", CASES)
def test_nothing_raw_reaches_a_terminal_or_a_page(case: str) -> None:
    diff = diff_of(case)
    text = render_text(diff, color=False) + render_text(diff, color=False, full=True)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e]", text)
    assert all(len(line) <= 80 for line in text.split("\n"))
    shown = _OWN.sub("", render_page(diff, title=TITLE, full=True))
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b]", shown)
    assert "<script>alert" not in shown


def test_page_promises() -> None:
    whole = render_page(diff_of("."), title=TITLE, full=True)
    shown = page(diff_of("."))
    assert shown.count("<h1>") == 1
    assert '<html lang="en">' in shown
    assert whole.count("<script>") == 1
    assert "default-src &#39;none&#39;" in shown
    assert " style=" not in shown
    assert not re.search(r"(?:src|href)=\"(?!#)", shown)
    assert "⟨U+200B⟩" in shown
    assert "\u200b" not in shown
    assert shown.count("[removed: ") == shown.count("<del>") - 1  # the key to reading has none
    anchors = re.findall(r' id="([^"]+)"', shown)
    assert len(set(anchors)) == len(anchors)
    assert set(re.findall(r'href="#([^"]+)"', shown)) <= set(anchors)


def test_mail_says_in_words_what_came_and_went() -> None:
    said = mail(diff_of("."))
    assert "[removed: do not] [added: may]" in said


def test_full_json_rebuilds_both_files() -> None:
    changes = diff_document(diff_of("."), full=True)["changes"]
    for side in ("old", "new"):
        source = (GOLDEN / f"{side}.md").read_bytes()
        pieces = sorted((c[f"{side}_span"], c[side]) for c in changes if c[f"{side}_span"])
        assert "".join(text for _, text in pieces).encode() == source
        assert all(a[0][1] == b[0][0] for a, b in itertools.pairwise(pieces))
