"""Saved web pages: the policy that a reader sees, and nothing that stands around it."""

from __future__ import annotations

import pytest

from notifier.extract.html import extract_html
from notifier.extract.model import Refusal

PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Privacy | Example</title>
<script>var x = "<p>We sell data</p>";</script><style>.menu{color:red}</style></head>
<body class="page">
<a href="#main">Skip to content</a>
<header><nav><ul><li><a href="/">Home</a></li></ul></nav></header>
<div id="onetrust-banner-sdk" role="alertdialog"><p>We use cookies.</p><button>OK</button></div>
<div class="cookie-banner">Accept all?</div>
<main id="main">
  <h1>Privacy&nbsp;Policy</h1>
  <nav aria-label="contents"><ol><li><a href="#a">Data</a></li></ol></nav>
  <p>Last updated:   <time>May 1, 2026</time></p>
  <h2 id="a">1. Data</h2>
  <p>We <strong>never</strong> sell &lt;your&gt; data &amp; <a
   href="https://x.example/list?a=1&amp;b=2">those&nbsp;we use</a>.</p>
  <form action="/subscribe"><label>Mail</label><input name="m"><button>Go</button></form>
  <footer>Contact: privacy@example.com</footer>
  <noscript>Turn scripts on.</noscript>
</main>
<aside>Related</aside><footer>© Example</footer>
</body></html>"""


def text_of(html: str) -> str:
    return extract_html(html.encode()).text


def test_a_saved_page_is_read_without_what_stands_around_the_policy() -> None:
    found = extract_html(PAGE.encode())
    assert found.text == (
        "# Privacy\u00a0Policy\n\nLast updated: May 1, 2026\n\n## 1. Data\n\n"
        "We **never** sell \\<your> data & [those\u00a0we use](https://x.example/list?a=1&b=2).\n\n"
        "Contact: privacy@example.com\n"
    )
    assert found.notes == (
        "Left out, since it is no policy text: cookie bars (1), dialogs (1), footers (1),"  # noqa: ISC004 - one note
        " forms (1), navigation (1), page headers (1), side columns (1).",
    )
    assert extract_html(PAGE.encode()) == found


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>a<p>b", "a\n\nb\n"),
        ("<div>a<span> b</span><div>c</div>d</div>", "a b\n\nc\n\nd\n"),
        ("a<br>b<br><br>c", "a\nb\n\nc\n"),
        ("<ul><li>a<ul><li>b<li>c</ul><li>d</ul>", "- a\n\n  - b\n\n  - c\n\n- d\n"),
        ("<ol start=9><li>a<li value=12>b</ol>", "9. a\n\n12. b\n"),
        ("<ol type=a><li>a<li>b</ol>", "- a. a\n\n- b. b\n"),
        ("<ol type=I><li>a<li>b</ol>", "- I. a\n\n- II. b\n"),
        ("<ul><li><p>a</p><p>b</p></ul>", "- a\n\n  b\n"),
        ("<dl><dt>T<dd>m<dt>U<dd>n<dd>o</dl>", "- **T**: m\n\n- **U**: n\n\n  o\n"),
        ("<dl><div><dt>T</dt><dd>m</dd></div></dl>", "- **T**: m\n"),
        ("<blockquote><p>a<p>b</blockquote>", "> a\n\n> b\n"),
        ("<h2><button>a</button></h2>b", "## a\n\nb\n"),
        ("<div role=heading aria-level=3>a</div>b", "### a\n\nb\n"),
        ("<details><summary>a</summary>b</details>", "a\n\nb\n"),
        ("<p>a<hr>b", "a\n\n* * *\n\nb\n"),
        ("<p>We <del>sell</del> <s>rent</s> it", "We <s>sell</s> <s>rent</s> it\n"),
        ("<p>a*b _c_ `d`", "a\\*b \\_c\\_ \\`d\\`\n"),
        ("<p>[e](f) \\* &amp;amp;", "[e\\](f) \\\\\\* &amp;amp;\n"),
        ("<p># a", "\\# a\n"),
        ("<p>&gt; a", "\\> a\n"),
        ("<p>a<br>---", "a\n\\---\n"),
        ("<p>[a]: http://x", "\\[a]: http://x\n"),
        ("<p><b>a</b>b <b>c:</b>d <i>e</i>", "**a**b c:d *e*\n"),
        ("<p><a href='javascript:x()'>a</a> <a name=x></a><a href='#y'>b</a>", "a [b](#y)\n"),
        ("<p><a href=/x><img alt='a icon' src=x></a>", "[a icon](/x)\n"),
        ("<p>a<img src=x>b", "ab\n"),
        ("<pre>a\n b\n\nc</pre>", "a\nb\n\nc\n"),
        ("<ruby>字<rp>(</rp><rt>ji</rt></ruby>", "字\n"),
        ("<x-y><p>a</p></x-y>", "a\n"),
        (
            "<table><caption>T</caption><tr><th>a<th>b<tr><td>c|<td>d<ul><li>e<li>f</ul></table>",
            "T\n\n| a | b |\n| --- | --- |\n| c\\| | d • e • f |\n",
        ),
        (
            "<table><tr><td colspan=2>a<tr><td>b<td>c</table>",
            "| a |  |\n| --- | --- |\n| b | c |\n",
        ),
        (
            "<table><tr><td><table><tr><td>a<td>b<tr><td>c<td>d</table><td>e</table>",
            "| a | b |\n| --- | --- |\n| c | d |\n\ne\n",
        ),
        ("<table role=presentation><tr><td>a<td>b<tr><td>c<td>d</table>", "a\n\nb\n\nc\n\nd\n"),
        ("<form><main><h1>a</h1><p>b</main></form>", "# a\n\nb\n"),
        ("<header><h1>a</h1></header><p>b", "# a\n\nb\n"),
        ("<main>x</main><p>a b c d</p><p>e f</p>", "x\n\na b c d\n\ne f\n"),
    ],
    ids=range(36),
)
def test_markup(html: str, text: str) -> None:
    assert text_of(html) == text


HIDDEN = {
    "attribute": "<p>We do <span hidden>not</span> sell.",
    "style": "<p>We do <span style='color:red; display : none !important'>not</span> sell.",
    "visibility": "<p>We do <span style='visibility:hidden'>not</span> sell.",
    "size": "<p>We do <span style='font-size:0'>not</span> sell.",
    "aria": "<p>We do <span aria-hidden=true>not</span> sell.",
    "class": "<style>/* x */ .a,.gone{display:none}</style>We do <b class='b gone'>not</b> sell.",
    "id": "<style>#gone{display:none}</style><p>We do <b id=gone>not</b> sell.",
    "tag and class": "<style>b.gone{display:none}</style><p>We do <b class=gone>not</b> sell.",
    "own element": "<p>We do <x-word hidden>not</x-word> sell.",
    "dialog": "<p>We do <dialog>not</dialog> sell.",
    "within": "<p>We do <span hidden><i><b>not</b></i></span> sell.",
}


@pytest.mark.parametrize("case", HIDDEN)
def test_hidden_text_is_left_out_and_said_so(case: str) -> None:
    found = extract_html(HIDDEN[case].encode())
    assert " ".join(found.text.split()) == "We do sell."
    assert found.notes == (
        "Hidden text was left out, since a reader does not see it: 1 place, 1 word: “not”.",
    )


SHOWN = {
    "print only": "<style>@media print{.a{display:none}}</style><p class=a>We do not sell.",
    "overridden": "<style>.a{display:none}.a{display:block}</style><p class=a>We do not sell.",
    "within another": "<style>.x .a{display:none}</style><p class=a>We do not sell.",
    "accordion": "<button aria-controls=p1>More</button><div id=p1 hidden>We do not sell.</div>",
    "bootstrap": "<b data-target='#p1'></b><div id=p1 style='display:none'>We do not sell.</div>",
    "tab": "<div role=tabpanel hidden>We do not sell.</div>",
    "found by search": "<div hidden=until-found>We do not sell.</div>",
}


@pytest.mark.parametrize("case", SHOWN)
def test_what_a_reader_can_make_appear_is_read(case: str) -> None:
    assert text_of(SHOWN[case]).strip() == "We do not sell."


CHARSETS = {
    "utf-8": b"\xef\xbb\xbf<p>\xc3\xa9\xe2\x80\x99",
    "utf-16 mark": "\ufeff<p>é’".encode("utf-16-le"),
    "utf-16 plain": "<p>é’".encode("utf-16-be"),
    "declared": b"<meta charset='windows-1252'><p>\xe9\x92",
    "http-equiv": b"<meta http-equiv=x content='text/html; charset=iso-8859-1'><p>\xe9\x92",
    "xml": b"<?xml version='1.0' encoding='windows-1252'?><p>\xe9\x92",
    "silent": "<p>é’".encode(),
    "silent, old": b"<p>\xe9\x92",
    "no text codec": "<meta charset=zip><p>é’".encode(),
}


@pytest.mark.parametrize("case", CHARSETS)
def test_the_encoding_is_found(case: str) -> None:
    assert extract_html(CHARSETS[case]).text == "é’\n"


def test_a_false_declaration_is_said() -> None:
    found = extract_html(b"<meta charset='utf-8'><p>\xe9\x92")
    assert found.text == "é’\n"
    assert found.notes == ("The page says that it is utf-8 but is not; it was read as cp1252.",)


def test_japanese_pages() -> None:
    raw = "<meta charset=Shift_JIS><p>個人情報".encode("cp932")
    assert extract_html(raw).text == "個人情報\n"


@pytest.mark.parametrize(
    ("html", "says"),
    [
        ("We do not sell.", "no HTML in it"),
        ("<nav>Home</nav><p hidden>We sell.", "no text on the page"),
        ("<div>" * 600 + "a", "500 deep"),
        ("<p>" + "word " * 250_000, "1 million characters"),
    ],
    ids=range(4),
)
def test_refusals(html: str, says: str) -> None:
    with pytest.raises(Refusal, match=says):
        extract_html(html.encode())


def test_the_words_come_back_through_the_parser_exactly() -> None:
    from notifier.policy.parse import parse

    words = r"a*b _c_ `d` [e](f) \* &amp; <b>x</b> # 1, 2) | ~~~ <https://x> __init__ **bold** \_"
    escaped = words.replace("&", "&amp;").replace("<", "&lt;")
    document = parse(text_of(f"<p>{escaped}</p>"), markup="markdown")
    assert [unit.text for unit in document.units] == [words]
