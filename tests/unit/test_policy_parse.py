"""From text to units, in Markdown and in plain text."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

from notifier.policy.canonical import canonical_digest, canonical_text
from notifier.policy.collect import MAX_UNITS
from notifier.policy.model import UnitKind
from notifier.policy.parse import PARSER, parse

if TYPE_CHECKING:
    from notifier.policy.model import Document, Unit


def by_text(document: Document, start: str) -> Unit:
    return next(unit for unit in document.units if unit.text.startswith(start))


def raw(document: Document, unit: Unit) -> str:
    return document.source[unit.span.start : unit.span.end].decode()


MARKDOWN = """\
---
title: Privacy Policy
---

# Privacy Policy

We collect **what you type**. We *never* sell it,
see [our list](https://example.com/list "All of them") &amp; ask.

## 5. Your rights

You may ask for:

* a copy of your data. It is free.
* erasure:
    1. of all
    2. of some of it

**Who we are**

| Vendor | Country |
| --- | --- |
| Örk & Co | [DE](https://example.com/de) |

> We promise this.

* * *
Last words
----------
Bye. \\*Really\\*.
"""


def test_markdown_units() -> None:
    document = parse(MARKDOWN, markup="markdown")
    assert document.parser == PARSER
    assert [(u.kind.value, u.marker, u.text) for u in document.units] == [
        ("heading", "", "Privacy Policy"),
        ("sentence", "", "We collect what you type."),
        ("sentence", "", "We never sell it, see our list & ask."),
        ("heading", "5.", "Your rights"),
        ("sentence", "", "You may ask for:"),
        ("item", "*", "a copy of your data."),
        ("item", "", "It is free."),
        ("item", "*", "erasure:"),
        ("item", "1.", "of all"),
        ("item", "2.", "of some of it"),
        ("heading", "", "Who we are"),
        ("row", "", "Vendor | Country"),
        ("row", "", "Örk & Co | DE"),
        ("sentence", "", "We promise this."),
        ("rule", "", ""),
        ("heading", "", "Last words"),
        ("sentence", "", "Bye."),
        ("sentence", "", "*Really*."),
    ]


def test_markdown_spans_hold_the_markup() -> None:
    document = parse(MARKDOWN, markup="markdown")
    assert raw(document, by_text(document, "We collect")) == "We collect **what you type**."
    assert raw(document, by_text(document, "Your rights")) == "## 5. Your rights"
    assert raw(document, by_text(document, "a copy")) == "* a copy of your data."
    assert raw(document, by_text(document, "of some")) == "2. of some of it"
    assert raw(document, by_text(document, "Örk")) == "| Örk & Co | [DE](https://example.com/de) |"
    assert raw(document, by_text(document, "*Really*")) == "\\*Really\\*."


def test_paths_lead_ins_links_and_blocks() -> None:
    document = parse(MARKDOWN, markup="markdown")
    item = by_text(document, "of all")
    assert item.path == ("Privacy Policy", "Your rights")
    assert item.lead_in == "erasure:"
    assert by_text(document, "a copy").lead_in == "You may ask for:"
    assert by_text(document, "It is free").block == by_text(document, "a copy").block
    assert by_text(document, "We never").links == ("https://example.com/list",)
    assert by_text(document, "Örk").links == ("https://example.com/de",)
    assert by_text(document, "Bye").heading == "Last words"


def test_reference_links_are_resolved() -> None:
    text = "See [the list][1] and [more].\n\n[1]: https://example.com/1\n"
    text += "[more]: https://example.com/m\n"
    unit = parse(text, markup="markdown").units[0]
    assert unit.text == "See the list and more."
    assert unit.links == ("https://example.com/1", "https://example.com/m")


def test_strike_through_is_never_swallowed() -> None:
    document = parse("We do ~~not~~ sell <del>your</del> data.", markup="markdown")
    assert "~~not~~" in document.units[0].text
    assert "<del>" in document.units[0].text


def test_indented_text_is_text_and_not_code() -> None:
    document = parse("Intro.\n\n    We sell it.\n", markup="markdown")
    assert [unit.text for unit in document.units] == ["Intro.", "We sell it."]


PLAIN = """\
Example Meetings, Inc. respects you.
We do not sell your data. See item 2 for more.
==========
Contents

What do we collect?
Who gets it?
==========
1.
==========
What do we collect?
PERSONAL DATA: We collect your name and
your address for the account. We keep it.
- your name
- your address,
  as you typed it
Back to top ▲

2.
==========
Who gets it?
Nobody.
"""


def test_plain_text_units() -> None:
    document = parse(PLAIN, markup="text")
    assert [(u.kind.value, u.marker, u.text) for u in document.units if u.kind != "rule"] == [
        ("sentence", "", "Example Meetings, Inc. respects you."),
        ("sentence", "", "We do not sell your data."),
        ("sentence", "", "See item 2 for more."),
        ("heading", "", "Contents"),
        ("sentence", "", "What do we collect?"),
        ("sentence", "", "Who gets it?"),
        ("heading", "1.", "What do we collect?"),
        ("sentence", "", "PERSONAL DATA: We collect your name and your address for the account."),
        ("sentence", "", "We keep it."),
        ("item", "-", "your name"),
        ("item", "-", "your address, as you typed it"),
        ("sentence", "", "Back to top ▲"),
        ("heading", "2.", "Who gets it?"),
        ("sentence", "", "Nobody."),
    ]
    assert by_text(document, "Nobody").path == ("Who gets it?",)
    assert by_text(document, "your name").lead_in == "We keep it."


@pytest.mark.parametrize("width", [40, 60, 72, 80, 100])
def test_rewrapped_paragraphs_give_the_same_units(width: int) -> None:
    lines = [
        "We comply with the law of the U.S. Department of Commerce and say so here in one line.",
        "Whenever Example Meetings or any of its assets are acquired, we tell you by e-mail.",
        "You will have a choice as to whether or not you consent to that use within 30 days.",
    ]
    one_per_line = "\n".join(lines)
    each = "\n".join(textwrap.fill(line, width) for line in lines)
    together = textwrap.fill(" ".join(lines), width)
    for text in (one_per_line, each, together):
        assert [unit.text for unit in parse(text, markup="text").units] == lines


def test_other_encodings_are_read_and_noted() -> None:
    for raw_bytes in ("Zürich – we sell.".encode("cp1252"), "Zürich – we sell.".encode("utf-16")):
        document = parse(raw_bytes, markup="text")
        assert document.units[0].text == "Zürich – we sell."
        assert "not UTF-8" in document.reading[0]
        assert document.source.decode().endswith("Zürich – we sell.")


def test_crlf_and_bom_keep_exact_bytes() -> None:
    source = "\ufeff# A\r\n\r\nOne *two*\r\nthree. Four.\r\n".encode()
    document = parse(source, markup="markdown")
    assert document.source == source
    assert [unit.text for unit in document.units] == ["A", "One two three.", "Four."]
    assert raw(document, document.units[1]) == "One *two*\r\nthree."


def test_hidden_characters_and_look_alikes_are_noted() -> None:
    document = parse("We do n\u200bot sell p\u0430sswords.", markup="text")
    assert any("U+200B" in note for note in document.notes)
    assert any("look-alike" in note for note in document.notes)
    assert "n\u200bot" in document.units[0].text


def test_canonical_text_settles_line_ends_and_unicode_only() -> None:
    assert canonical_text("\ufeffA\r\ne\u0301  *b*\rc".encode()) == "A\né  *b*\nc"
    assert canonical_text("ü".encode("utf-16")) == "ü"
    digest = canonical_digest(canonical_text(b"a\r\n"))
    assert digest == canonical_digest("a\n")
    assert digest != canonical_digest("a")


def test_front_matter_only_where_it_is_one() -> None:
    assert next(u.text for u in parse("---\nWe sell.\n---\nx", markup="text").units if u.text) == (
        "We sell."
    )
    assert [u.text for u in parse("---\nversion: 1\n---\nWe sell.", markup="text").units] == [
        "We sell."
    ]


@pytest.mark.slow
def test_a_text_of_too_many_sentences_is_read_whole_but_coarsely() -> None:
    text = "Yes. We do.\n\n" * MAX_UNITS
    document = parse(text, markup="markdown")
    assert len(document.units) < MAX_UNITS + 100
    assert any("coarse" in note for note in document.reading)
    assert document.units[-1].span.end == len(text.rstrip())


def test_every_word_is_in_a_unit() -> None:
    document = parse("[a](b) c\n\n- \n\n***\n| x |\n| - |\n| y |\nz\n", markup="markdown")
    said = " ".join(unit.text for unit in document.units if unit.kind is not UnitKind.RULE)
    assert {"a", "c", "x", "y", "z"} <= set(said.split())


@pytest.mark.parametrize("word", ["(not)", "(no)", "(now)", "(may)"])
def test_a_word_in_brackets_is_no_enumerator(word: str) -> None:
    document = parse(f"{word} We sell it.", markup="text")
    assert document.units[0].text.startswith(word)
    assert document.units[0].marker == ""
