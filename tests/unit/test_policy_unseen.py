import time

import pytest

from notifier.policy.parse import parse

UNSEEN = {
    "comment": "We do <!-- not --> sell.",
    "comment over lines": "We do\n<!-- not\n\nat all -->\nsell.",
    "attribute": "We do <span hidden>not</span> sell.",
    "attribute with a value": 'We do <span class=x hidden="">not</span> sell.',
    "display": "We do <b style='color: red; display: none'>not</b> sell.",
    "visibility": 'We do <b style="visibility:hidden !important">not</b> sell.',
    "for the eye": "We do <b aria-hidden='true'>not</b> sell.",
    "within itself": "We do <i hidden>not <i>at</i> all</i> sell.",
    "link to nowhere": "We do\n\n[//]: # (not)\n\nsell.",
    "blocks": "We do\n\n<div hidden>\n\nnot\n\n</div>\n\nsell.",
}
SEEN = {
    "within a paragraph": "We do\n[//]: # (not)\nsell.",
    "in code": "We do `<!-- not -->` sell.",
    "in a fence": "~~~\n<!-- not -->\n~~~",
    "found by search": "We do <span hidden=until-found>not</span> sell.",
    "another word": "We do <span data-x='hidden-row'>not</span> sell.",
    "shown": "We do <span style='display:inline'>not</span> sell.",
    "never closed": "We do <!-- not sell.",
    "struck": "We do <span style='text-decoration:underline line-through'>not</span> sell.",
    "element never closed": "We do <span hidden>not sell.",
}


def words(text: str) -> str:
    return " ".join(unit.text for unit in parse(text, markup="markdown").units)


@pytest.mark.parametrize("case", UNSEEN)
def test_what_no_reader_sees_is_no_text_and_that_is_said(case: str) -> None:
    document = parse(UNSEEN[case], markup="markdown")
    assert words(UNSEEN[case]) == "We do sell."
    assert "hides it from readers" in document.reading[0]
    assert document.source == UNSEEN[case].encode()


@pytest.mark.parametrize("case", SEEN)
def test_what_readers_see_stays(case: str) -> None:
    assert "not" in words(SEEN[case])
    assert parse(SEEN[case], markup="markdown").reading == ()


def test_an_element_that_hides_and_never_ends_is_shown_as_it_stands() -> None:
    assert words("<div hidden>\n\nWe do not sell.") == "<div hidden> We do not sell."


def test_every_span_is_one_of_the_file() -> None:
    text = "Élan.\n\nWe <!-- ✓ né --> sell.\n\n* é\n<!-- x -->\n* two\n"
    document = parse(text, markup="markdown")
    sources = [document.source[u.span.start : u.span.end].decode() for u in document.units]
    assert sources == ["Élan.", "We <!-- ✓ né --> sell.", "* é", "* two"]


@pytest.mark.parametrize(
    "text",
    [
        "<!--",
        "<a hidden>",
        "<a hidden>x</a",
        "`<!--",
        "~~~\n",
        '<a style="',
        "<b hidden ",
        "``` ",
        "[a]: # (b)\n",
    ],
)
def test_no_text_makes_it_slow(text: str) -> None:
    begin = time.monotonic()
    parse(text * (200_000 // len(text)), markup="markdown")
    assert time.monotonic() - begin < 10
