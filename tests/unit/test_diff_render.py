"""What each form of a redline promises, over every kind of change."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt
from typer.testing import CliRunner

from notifier.cli import texts as commands
from notifier.cli.app import app
from notifier.diff import compare
from notifier.diff.labels import LABELS
from notifier.diff.model import ChangeKind
from notifier.diff.places import rename_places
from notifier.diff.render.comment import render_comment
from notifier.diff.render.document import diff_document
from notifier.diff.render.page import render_page
from notifier.diff.render.terminal import render_text
from notifier.errors import InputError
from notifier.policy.parse import parse
from tests.redlines import by_hand, every_kind

if TYPE_CHECKING:
    from pathlib import Path

    from notifier.diff.model import Diff

STYLED = re.compile(r"\x1b\[(?:4;32|9;31|1|0)m")


def of(old: str, new: str) -> Diff:
    return compare(parse(old, markup="markdown"), parse(new, markup="markdown"))


@pytest.fixture(scope="module")
def diff() -> Diff:
    return every_kind()


def test_a_terminal_names_every_kind_and_what_words_do_not_say(diff: Diff) -> None:
    text = render_text(diff, color=False)
    for said in (
        " 1  Reordered · Use",
        "what were 3, 1, 2 now stand",
        " 2  Split and changed · Rights",
        "One passage became 2.",
        " 3  Joined and changed · Rights",
        "2 passages became one.",
        " 4  Renumbered · Rights",
        "[-4-]{+5+}. Contact",
        " 5  Moved and changed · Contact",
        "It stood in “Security”.",
        " 6  Renamed",
        "In 3 places. The old name still stands in 1 place.",
        "    - Write to Acme Calls by post. (Contact)",
    ):
        assert said in text
    whole = render_text(diff, color=False, full=True)
    assert "⟨moved and changed from here⟩ [-A passage" in whole
    assert "⟨moved and changed to here⟩ A passage" in whole
    assert "- send you news\n- run the service\n- answer your questions" in whole
    assert "[-Acme-]{+Bolt+} Calls keeps" in whole


@pytest.mark.parametrize("width", [40, 60, 80, 100])
@pytest.mark.parametrize("full", [False, True])
def test_lines_fit_and_colour_changes_no_word(diff: Diff, width: int, full: bool) -> None:
    plain = render_text(diff, color=False, full=full, width=width)
    painted = render_text(diff, color=True, full=full, width=width)
    assert max(map(len, plain.split("\n"))) <= width
    bare = STYLED.sub("", painted)
    assert "\x1b" not in bare
    assert max(map(len, bare.split("\n"))) <= width
    assert re.sub(r"\[-|-\]|\{\+|\+\}|\s", "", plain) == re.sub(r"\s", "", bare)
    assert all(line.count("\x1b") % 2 == 0 for line in painted.split("\n"))


def test_wide_letters_take_two_columns() -> None:
    text = render_text(
        of("# 見出し\n\n短い文。\n", "# 見出し\n\n" + "長い文" * 40 + "。\n"), color=False
    )
    wide = re.compile("[^\x00-\x7f·]")
    assert all(len(line) + len(wide.findall(line)) <= 82 for line in text.split("\n"))
    assert text.count("\n") > 4


def test_a_page_links_both_ends_of_a_move_and_folds_a_rename(diff: Diff) -> None:
    page = render_page(diff, title="t", full=True)
    anchors = re.findall(r' id="([^"]+)"', page)
    assert len(set(anchors)) == len(anchors)
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(anchors)
    assert '<a href="#h-5-from">Where it stood</a>' in page
    assert 'id="h-5-from"' in page
    assert '<a href="#h-5">Change 5: it moved</a>' in page
    assert page.count("<details>") == 1
    assert page.count("<strong>Bolt Calls</strong>") == 3
    assert page.count("<strong>Acme Calls</strong>") == 1
    first = page[page.index('<article class="change" id="h-1"') :]
    old, new = first.split("Before</p>")[1].split("After</p>")[:2]
    assert old.index("run the service") < old.index("send you news")
    assert new.index("send you news") < new.index("run the service")


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "{{ 7*7 }}", '"><img src=x>', "</style></title>", "&amp;"]
)
def test_a_page_shows_markup_and_templates_as_words(text: str) -> None:
    old = parse("Plain words.\n", markup="text")
    page = render_page(
        compare(old, parse(f"{text} words.\n", markup="text")), title=text, full=True
    )
    body = page.split("</style>", 1)[1]
    assert body.count("<script>") == 1
    assert "<img" not in body
    assert "49" not in body
    assert page.count("<title>") == page.count("</title>") == 1


def test_a_page_with_nothing_to_show_says_so() -> None:
    page = render_page(of("# A\n\nWords.\n", "# A\n\nWords.\n"), title="t", full=False)
    assert "No change that a reader could see." in page
    assert "<article" not in page
    assert 'name="view"' not in page


def test_a_comment_says_the_kinds_and_opens_a_rename(diff: Diff) -> None:
    comment = render_comment(diff, title="t")
    assert "<details><summary><del>Acme Calls</del> <ins>Bolt Calls</ins> In 3 places." in comment
    assert "- Not replaced: Write to **Acme Calls** by post. (Contact)" in comment
    assert "**5. Moved and changed** · Contact" in comment


@pytest.mark.parametrize("limit", [1_500, 6_000, 60_000])
def test_a_comment_is_bounded_and_counts_what_it_left_out(limit: int) -> None:
    old = "".join(f"We keep item {n} for {n} days in our files.\n\n" for n in range(400))
    comment = render_comment(of(old, old.replace("days", "weeks")), title="t", limit=limit)
    assert len(comment) <= limit
    shown = len(re.findall(r"^\*\*\d+\. ", comment, re.MULTILINE))
    left = re.search(r"\*\*(\d+) further changes? left out\*\*", comment)
    assert (int(left[1]) if left else 0) + shown == 400


def test_a_long_passage_is_cut_and_says_so() -> None:
    far = "a plain word and another one, " * 600
    comment = render_comment(of(f"We {far}end.\n", f"We {far}stop.\n"), title="t")
    assert len(comment) < 2_000
    assert "<del>end</del> <ins>stop</ins>" in comment
    new = " ".join(f"word{n}" for n in range(5_000))
    assert "The rest of this passage is left out" in render_comment(of("A.\n", new), title="t")


@pytest.mark.parametrize(
    "text",
    [
        "@team see #12 or GH-7",
        "[x](https://evil.example) <b>bold</b> **bold** `code` ~~gone~~ | a | b |",
        "# no heading",
        "1. no list",
        "- no list",
        "> no quotation",
        "![x](y) <img src=x onerror=y> &lt; &#64;team $x$ :+1: www.evil.example a@b.example",
        "```\nno fence",
        "</del></details>",
        "back\\slash\\",
        "=== \n---",
    ],
)
def test_nothing_in_a_comment_is_active(text: str) -> None:
    old = parse("Plain words stay here for all.\n", markup="text")
    new = parse(f"Plain words stay here for all.\n\n{text}\n", markup="text")
    comment = render_comment(compare(old, new), title=text)
    assert not re.search(r"(?<![&\w])[@#]\w|GH-\d", comment)
    html = MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(comment)
    tags = set(re.findall(r"<(\w+)", html))
    assert tags <= {"h3", "p", "ins", "del", "strong", "blockquote", "br", "sub"}
    readable = re.sub(r"<[^>]+>", "", html).replace("\u200b", "").replace("&#8203;", "")
    unescaped = readable.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"')
    wanted = " ".join(new.units[-1].text.split())
    assert wanted.replace("&", "&amp;") in " ".join(unescaped.split()) or len(new.units) > 2


def test_the_places_of_a_name_are_cut_at_words() -> None:
    long = "many words stand before and after it in this one sentence "
    diff = by_hand(f"{long}Acme {long}.\n", f"{long}Bolt {long}.\n", name=("Acme", "Bolt"))
    (place,) = rename_places(diff, diff.changes[0]).replaced
    assert place.name == "Bolt"
    assert place.before.startswith("… ")
    assert place.after.endswith(" …")
    assert len(place.before) + len(place.after) < 100


def test_json_tells_where_a_name_stands(diff: Diff) -> None:
    renamed = next(c for c in diff_document(diff, full=False)["changes"] if c["kind"] == "renamed")
    assert len(renamed["occurrences"]) == 3
    for old, new in renamed["occurrences"]:
        assert diff.old.source[slice(*old)] == b"Acme Calls"
        assert diff.new.source[slice(*new)] == b"Bolt Calls"
    assert [diff.new.source[slice(*span)] for span in renamed["not_replaced"]] == [b"Acme Calls"]


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    (tmp_path / "old.md").write_text("# A\n\nWe keep it 30 days.\n")
    (tmp_path / "new.md").write_text("# A\n\nWe keep it 60 days.\n")
    return [str(tmp_path / "old.md"), str(tmp_path / "new.md")]


@pytest.mark.parametrize(
    ("form", "begins"),
    [
        ("text", b"1 change: 1 changed."),
        ("html", b"<!DOCTYPE html>"),
        ("md", b"### "),
        ("json", b'{\n  "schema": "notifier.diff/1"'),
        ("docx", b"PK\x03\x04"),
    ],
)
def test_every_form_goes_to_a_file_or_to_the_output(
    files: list[str], tmp_path: Path, form: str, begins: bytes
) -> None:
    shown = CliRunner().invoke(app, ["diff", *files, "--format", form])
    assert shown.exit_code == 0, shown.exception
    assert shown.stdout_bytes.startswith(begins)
    out = tmp_path / "out"
    written = CliRunner().invoke(app, ["diff", *files, "--format", form, "--out", str(out)])
    assert written.exit_code == 0
    assert written.stdout == ""
    assert out.read_bytes() == shown.stdout_bytes


class Terminal(io.StringIO):
    buffer = io.BytesIO()

    def isatty(self) -> bool:
        return True


def test_a_word_document_is_never_written_to_a_terminal(
    files: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout", Terminal())
    with pytest.raises(InputError, match="garble the terminal") as caught:
        commands.diff(*files, output=commands.DiffFormat.DOCX)
    assert "--out" in caught.value.next_step


@pytest.mark.parametrize("no_color", ["", "1"])
def test_no_color_is_heeded(
    files: list[str], monkeypatch: pytest.MonkeyPatch, no_color: str
) -> None:
    terminal = Terminal()
    terminal.buffer = io.BytesIO()
    monkeypatch.setattr("sys.stdout", terminal)
    monkeypatch.setenv("NO_COLOR", no_color)
    commands.diff(*files)
    shown = terminal.buffer.getvalue().decode()
    assert ("\x1b[9;31m30" in shown) is not bool(no_color)
    assert ("[-30-]" in shown) is bool(no_color)


def test_every_kind_has_a_label() -> None:
    assert set(LABELS) == set(ChangeKind)
    assert len(set(LABELS.values())) == len(LABELS)


def test_headings_of_the_whole_text_skip_no_level() -> None:
    text = "#### Deep\n\nOne.\n\n###### Deeper\n\nTwo.\n\n###### Beside it\n\n# Top\n\n{}.\n"
    page = render_page(of(text.format("Three"), text.format("Four")), title="t", full=True)
    whole = page[page.index('class="whole"') :]
    found = re.findall(r"<h(\d) class=\"text inline\">([^<]+)<", whole)
    assert found == [("3", "Deep"), ("4", "Deeper"), ("4", "Beside it"), ("3", "Top")]
