"""The Word redline: accepting all gives the new text, rejecting all the old one."""

from __future__ import annotations

import io
import zipfile
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.diff import compare
from notifier.diff.keys import is_silent
from notifier.diff.model import ChangeKind
from notifier.diff.render.tracked import render_docx
from notifier.diff.render.tracked.paragraphs import text_of
from notifier.policy.parse import parse
from tests.redlines import W, body_of, by_hand, every_kind, resolved

SENTENCES = st.sampled_from(
    [
        "We do not sell your data.",
        "We may sell your data to 3 partners.",
        "You may ask us to delete it at any time.",
        "See [our list](https://example.com/list).",
        "# Sharing",
        "## 5. Your rights",
        "- e-mail address",
        "1. your name",
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "* * *",
        "“Quoted” — text.",
        "Tab\there & <b>there</b>.",
    ]
)
TEXTS = st.lists(st.tuples(SENTENCES, st.sampled_from(["\n", "\n\n", " "])), max_size=9).map(
    lambda parts: "".join(a + b for a, b in parts)
)
MOVED = "# P\n\nFirst stays here.\n\nA passage that moves. It has two sentences.\n\nLast stays.\n"


def texts(docx: bytes, *, accept: bool) -> str:
    return "\n".join(text for _, text in resolved(docx, accept=accept))


@given(TEXTS, TEXTS, st.sampled_from(["markdown", "text"]))
@settings(max_examples=120, deadline=None)
def test_both_texts_come_out_exactly(old: str, new: str, markup: str) -> None:
    left, right = parse(old, markup=markup), parse(new, markup=markup)
    docx = render_docx(compare(left, right), title="t")
    assert texts(docx, accept=True) == text_of(right.units)
    assert texts(docx, accept=False) == text_of(left.units)


def test_what_a_reader_reads_is_what_stands_there() -> None:
    old = parse("# Policy\n\nWe do **not**\nsell it. Ask us.\n\n- one\n- two\n", markup="markdown")
    new = parse("# Policy\n\nWe may sell it. Ask us.\n\n- one\n- three\n- two\n", markup="markdown")
    docx = render_docx(compare(old, new), title="t")
    assert resolved(docx, accept=True) == [
        ("Heading1", "Policy"),
        ("", "We may sell it. Ask us."),
        ("ListBullet", "one"),
        ("ListBullet", "three"),
        ("ListBullet", "two"),
    ]
    assert resolved(docx, accept=False) == [
        ("Heading1", "Policy"),
        ("", "We do not sell it. Ask us."),
        ("ListBullet", "one"),
        ("ListBullet", "two"),
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("A stays.\n\nB goes away.\n\nC stays.\n", "A stays.\n\nC stays.\n"),
        ("A stays.\n\nC stays.\n", "A stays.\n\n## New head\n\nB comes in.\n\nC stays.\n"),
        ("## Old head\n\nA stays.\n", "A stays.\n"),
        ("A stays.\n", "A stays.\n\n## New end\n"),
        ("A stays. B goes away. C stays.\n", "A stays. C stays.\n"),
        ("", "All of it is new.\n\nTwo.\n"),
        ("All of it is gone.\n\nTwo.\n", ""),
    ],
)
def test_every_paragraph_keeps_its_style_on_either_side(old: str, new: str) -> None:
    left, right = parse(old, markup="markdown"), parse(new, markup="markdown")
    docx = render_docx(compare(left, right), title="t")
    for accept, document in ((True, right), (False, left)):
        headings = [unit.text for unit in document.units if unit.level]
        found = [text for style, text in resolved(docx, accept=accept) if style[:7] == "Heading"]
        assert found == headings
        assert texts(docx, accept=accept) == text_of(document.units)


@pytest.mark.parametrize("edited", [False, True])
def test_a_move_is_a_tracked_move_at_both_its_ends(edited: bool) -> None:
    passage = "A passage that moves. It has {} sentences."
    old = f"# P\n\n{passage.format('two')}\n\nFirst stays here.\n\nLast stays.\n"
    new = f"# P\n\nFirst stays here.\n\nLast stays.\n\n{passage.format('2' if edited else 'two')}\n"
    diff = by_hand(old, new, (ChangeKind.MOVED, range(1, 3), range(3, 5), edited))
    docx = render_docx(diff, title="t")
    body = body_of(docx)
    starts = [e for e in body.iter() if e.tag.endswith("RangeStart")]
    ends = [e for e in body.iter() if e.tag.endswith("RangeEnd")]
    assert {e.tag.removeprefix(W) for e in starts} == {"moveFromRangeStart", "moveToRangeStart"}
    assert len({e.get(f"{W}name") for e in starts}) == 1
    assert sorted(e.get(f"{W}id") for e in starts) == sorted(e.get(f"{W}id") for e in ends)
    assert texts(docx, accept=True) == text_of(diff.new.units)
    assert texts(docx, accept=False) == text_of(diff.old.units)
    struck = [e for e in body.iter(f"{W}del") if e.find(f"{W}r") is not None]
    came = [e for e in body.iter(f"{W}ins") if e.find(f"{W}r") is not None]
    assert (len(struck), len(came)) == ((1, 1) if edited else (0, 0))
    marks = ("ins", "del", "moveFrom", "moveTo")
    assert not [e for a in marks for b in marks for e in body.findall(f".//{W}{a}/{W}{b}")]


@pytest.mark.parametrize(
    ("old", "new", "spec"),
    [
        (
            "- alpha\n- beta\n- gamma\n",
            "- gamma\n- alpha\n- beta\n",
            (ChangeKind.REORDERED, range(3), range(3), False),
        ),
        (
            "One long sentence, and its second half here.\n",
            "One long sentence. And its second half here.\n",
            (ChangeKind.SPLIT, range(1), range(2), True),
        ),
        (
            "One paragraph.\n\nAnother paragraph.\n",
            "One paragraph. Another paragraph.\n",
            (ChangeKind.MERGED, range(2), range(2), False),
        ),
        ("## 3. Head\n", "## 4. Head\n", (ChangeKind.RENUMBERED, range(1), range(1), False)),
    ],
)
def test_every_kind_gives_both_texts(old: str, new: str, spec: tuple) -> None:
    diff = by_hand(old, new, spec)
    docx = render_docx(diff, title="t")
    assert texts(docx, accept=True) == text_of(diff.new.units)
    assert texts(docx, accept=False) == text_of(diff.old.units)


def test_all_kinds_in_one_document_give_both_texts() -> None:
    diff = every_kind()
    docx = render_docx(diff, title="t")
    assert texts(docx, accept=True) == text_of(diff.new.units)
    assert texts(docx, accept=False) == text_of(diff.old.units)


def test_the_same_bytes_every_time_and_what_word_asks_for() -> None:
    diff = by_hand(
        MOVED.replace("Last", "Past"),
        MOVED,
        (ChangeKind.MODIFIED, range(4, 5), range(4, 5), True),
    )
    docx = render_docx(diff, title="A & B\x01")
    assert docx == render_docx(diff, title="A & B\x01")
    with zipfile.ZipFile(io.BytesIO(docx)) as package:
        names = package.namelist()
        assert names[0] == "[Content_Types].xml"
        roots = {name: ET.fromstring(package.read(name)) for name in names}  # noqa: S314  our own
        assert {info.date_time for info in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    listed = {e.get("PartName") for e in roots["[Content_Types].xml"] if e.get("PartName")}
    assert listed == {f"/{name}" for name in names if not name.endswith((".rels", "].xml"))}
    for rels, folder in (("_rels/.rels", ""), ("word/_rels/document.xml.rels", "word/")):
        assert all(f"{folder}{e.get('Target')}" in names for e in roots[rels])
    body = body_of(docx)
    used = {e.get(f"{W}val") for e in body.iter(f"{W}pStyle")}
    assert used <= {e.get(f"{W}styleId") for e in roots["word/styles.xml"].iter(f"{W}style")}
    marks = [e for e in body.iter() if e.get(f"{W}author")]
    assert len({e.get(f"{W}id") for e in marks}) == len(marks)
    assert all(e.get(f"{W}date") for e in marks)


def test_what_xml_cannot_hold_is_written_out() -> None:
    old = parse("A plain sentence.\n", markup="text")
    new = parse(
        "A plain\x0b sen\x01tence <&> ]]> \ud800.\n".encode("utf-8", "replace"), markup="text"
    )
    docx = render_docx(compare(old, new), title="t")
    assert "⟨U+0001⟩" in texts(docx, accept=True)
    assert "<&> ]]>" in texts(docx, accept=True)


def test_a_stream_that_lost_a_unit_is_a_bug_that_stops() -> None:
    diff = by_hand("One.\n\nTwo.\n", "One.\n\nTwo.\n")
    object.__setattr__(diff.equal[0], "new_units", ())
    object.__setattr__(diff.equal[0], "new_span", None)
    object.__setattr__(diff.equal[0], "new", "")
    with pytest.raises(AssertionError):
        render_docx(diff, title="t")


def test_silent_units_are_in_neither_text() -> None:
    document = parse("A.\n\n* * *\n\nB.\n", markup="markdown")
    assert any(is_silent(unit) for unit in document.units)
    assert text_of(document.units) == "A.\nB."
