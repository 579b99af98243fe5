"""Word documents: the words as a reader sees them, and no tracked change resolved unasked."""

from __future__ import annotations

import pytest
from documents import docx, p, r, table, tracked

from notifier.extract.docx import extract_docx
from notifier.extract.model import Refusal, Revisions


def text_of(body: str, revisions: Revisions | None = None, **more: object) -> str:
    return extract_docx(docx(body, **more), revisions).text  # type: ignore[arg-type]


def test_structure_is_kept_as_markdown() -> None:
    body = (
        p("Privacy Policy", style="berschrift1")
        + p(r("We do ") + r("not", "<w:b/>") + r(" sell ") + r("it", '<w:b w:val="0"/>') + r("."))
        + p("Own style", style="Own")
        + p("first", number=(0, 1))
        + p("inner", number=(1, 1))
        + p("second inner", number=(1, 1))
        + p("last", number=(0, 1))
        + p("after")
        + table(["Vendor", "Purpose"], ["Acme | Co", "Ads"])
        + p("<w:hyperlink r:id='L1'><w:r><w:t>our list</w:t></w:r></w:hyperlink>")
    )
    assert text_of(body, links={"L1": "https://x.example/a(b)"}) == (
        "# Privacy Policy\n\nWe do **not** sell it.\n\n## Own style\n\n- first\n\n  - (a) inner\n\n"
        "  - (b) second inner\n\n- last\n\nafter\n\n| Vendor | Purpose |\n| --- | --- |\n"
        "| Acme \\| Co | Ads |\n\n[our list](https://x.example/a%28b%29)\n"
    )


def test_numbers_are_those_that_word_shows() -> None:
    body = (
        p("Scope", style="berschrift1", number=(0, 3))
        + p("We collect.", style="Clause")
        + p("We use.", style="Clause")
        + p("Rights", style="berschrift1", number=(0, 3))
        + p("You may ask.", style="Clause")
        + p("Anew", number=(0, 4))
        + p("none", style="Clause", number=(0, 0))
    )
    assert text_of(body) == (
        "# 1. Scope\n\n1.1 We collect.\n\n1.2 We use.\n\n# 2. Rights\n\n2.1 You may ask.\n\n"
        "1. Anew\n\nnone\n"
    )


def test_fields_breaks_symbols_and_notes() -> None:
    field = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        '<w:r><w:instrText> HYPERLINK "https://x.example" </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>here</w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    body = (
        p(field + r(" and"))
        + p("<w:r><w:t>a</w:t><w:br/><w:t>b</w:t><w:tab/><w:t>c</w:t><w:noBreakHyphen/></w:r>")
        + p(
            '<w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>'  # its tick
            '<w:r><w:sym w:font="Odd" w:char="F041"/></w:r>'
        )
        + p('<w:r><w:t>Kept 30 days.</w:t><w:footnoteReference w:id="2"/></w:r>')
        + p("Contents 3", style="TOC1")
        + p("<m:oMath><m:r><m:t>x=1</m:t></m:r></m:oMath>")
    )
    assert text_of(body, notes={"2": p("Except backups.")}) == (
        "[here](https://x.example) and\n\na\nb c‑\n\n✓⟨Odd 41⟩\n\nKept 30 days.[footnote]\n\n"
        "Footnote: Except backups.\n\nx=1\n"
    )


@pytest.mark.parametrize(
    "look", ["<w:vanish/>", '<w:rStyle w:val="Ghost"/>', "<w:specVanish/>"], ids=str
)
def test_hidden_text_is_left_out_and_said_so(look: str) -> None:
    found = extract_docx(docx(p(r("We do ") + r("not", look) + r(" sell."))), None)
    assert found.text == "We do sell.\n"
    assert found.notes == (
        "Hidden text was left out, since a reader does not see it: 1 place, 1 word: “not”.",
    )


def test_text_struck_through_stays_visible_as_such() -> None:
    assert text_of(p(r("sell", "<w:strike/>") + r(" rent"))) == "<s>sell</s> rent\n"


def test_text_boxes_are_read_once_and_pictures_counted() -> None:
    box = "<w:txbxContent>" + p("Boxed") + "</w:txbxContent>"
    both = (
        f"<w:r><mc:AlternateContent><mc:Choice><w:drawing>{box}</w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    found = extract_docx(docx(p(r("Text") + both) + p("<w:r><w:drawing/></w:r>")), None)
    assert found.text == "Text\n\nBoxed\n"
    assert found.notes == ("Left out, since it is no policy text: pictures (1).",)


def test_comments_are_left_out_and_counted() -> None:
    body = p(
        '<w:commentRangeStart w:id="0"/><w:r><w:t>We sell.</w:t></w:r>'
        '<w:commentRangeEnd w:id="0"/><w:r><w:commentReference w:id="0"/></w:r>'
    )
    found = extract_docx(docx(body), None)
    assert found.text == "We sell.\n"
    assert found.notes == ("Left out, since it is no policy text: comments (1).",)


REVISIONS = {
    "words": (
        p(r("We will ") + tracked("del", "never") + tracked("ins", "sometimes") + r(" sell it.")),
        "We will sometimes sell it.\n",
        "We will never sell it.\n",
    ),
    "move": (
        p(r("A. ") + tracked("moveFrom", "Gone. ") + r("B.")) + p(tracked("moveTo", "Gone.")),
        "A. B.\n\nGone.\n",
        "A. Gone. B.\n",
    ),
    "deleted paragraph mark": (
        p("We keep", mark="del") + p(" it."),
        "We keep it.\n",
        "We keep\n\nit.\n",
    ),
    "inserted paragraph mark": (
        p("We keep", mark="ins") + p(" it."),
        "We keep\n\nit.\n",
        "We keep it.\n",
    ),
    "deleted paragraph": (
        p("A.") + p(tracked("del", "We do not sell."), mark="del") + p("B."),
        "A.\n\nB.\n",
        "A.\n\nWe do not sell.\n\nB.\n",
    ),
    "inserted row": (
        table(["a", "b"], ["c", "d"], ["e", "f"], row_mark="ins"),
        "| a | b |\n| --- | --- |\n| c | d |\n| e | f |\n",
        "| a | b |\n| --- | --- |\n| c | d |\n",
    ),
    "deleted row": (
        table(["a", "b"], ["c", "d"], ["e", "f"], row_mark="del"),
        "| a | b |\n| --- | --- |\n| c | d |\n",
        "| a | b |\n| --- | --- |\n| c | d |\n| e | f |\n",
    ),
    "deleted within inserted": (
        p(r("x ") + f'<w:ins w:id="1">{tracked("del", "y")}{r("z")}</w:ins>'),
        "x z\n",
        "x\n",
    ),
    "hidden by a change of format": (
        p(r("We do ") + r("not ", "<w:vanish/><w:rPrChange><w:rPr/></w:rPrChange>") + r("sell.")),
        "We do sell.\n",
        "We do not sell.\n",
    ),
    "heading by a change of format": (
        p("Title", style="berschrift1").replace(
            "</w:pPr>", "<w:pPrChange><w:pPr/></w:pPrChange></w:pPr>"
        ),
        "# Title\n",
        "Title\n",
    ),
    "in a cell": (
        table(["a", "b"], [p(tracked("del", "no") + tracked("ins", "yes")), "d"]),
        "| a | b |\n| --- | --- |\n| yes | d |\n",
        "| a | b |\n| --- | --- |\n| no | d |\n",
    ),
}


@pytest.mark.parametrize("case", REVISIONS)
def test_tracked_changes_are_refused_unless_somebody_says_how(case: str) -> None:
    body, accepted, rejected = REVISIONS[case]
    assert text_of(body, Revisions.ACCEPT) == accepted
    assert text_of(body, Revisions.REJECT) == rejected
    with pytest.raises(Refusal, match="tracked change") as caught:
        text_of(body)
    assert caught.value.code == "unresolved_revisions"
    assert "--revisions accept" in caught.value.next_step


def test_the_refusal_names_the_changes_and_no_author() -> None:
    body = p("Sharing", style="berschrift1") + REVISIONS["words"][0]
    body += p(tracked("ins", "more words " * 30), mark="ins") + p("end")
    with pytest.raises(Refusal) as caught:
        extract_docx(docx(body.replace('w:author="A"', 'w:author="Eve"')), None)
    assert caught.value.what.startswith(
        "4 tracked changes are unresolved (1 deleted, 2 inserted, 1 inserted paragraph mark):"
        " deleted “never” under “Sharing”, paragraph 2; inserted “sometimes” under"
        " “Sharing”, paragraph 2; inserted “more words more"
    )
    assert caught.value.what.endswith("; and 1 more")
    assert "Eve" not in caught.value.what
    assert caught.value.details["revisions_total"] == 4
    assert caught.value.details["revisions"][0] == {
        "kind": "deleted",
        "words": "never",
        "where": "under “Sharing”, paragraph 2",
    }


def test_tracked_changes_in_a_footnote_are_refused_too() -> None:
    body = p('<w:r><w:t>x</w:t><w:footnoteReference w:id="2"/></w:r>')
    raw = docx(body, notes={"2": p(tracked("ins", "except"))})
    with pytest.raises(Refusal, match="inserted “except”"):
        extract_docx(raw, None)


def test_resolving_is_said_and_repeats_byte_for_byte() -> None:
    raw = docx(REVISIONS["words"][0])
    found = extract_docx(raw, Revisions.ACCEPT)
    assert found.notes == ("Tracked changes were read as if accepted: 2.",)
    assert extract_docx(raw, Revisions.ACCEPT) == found


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"PK\x03\x04 no zip", "damaged"),
        (docx("<w:altChunk r:id='x'/>"), "another document"),
        (docx(p("")), "no text in it"),
        (docx(p("a"), prolog='<!DOCTYPE x [<!ENTITY a "aaaa">]>'), "document type"),
        (docx(p("a") + "<w:oops>"), "not well-formed"),
        (docx("<w:tbl><w:tr><w:tc>" * 100 + "</w:tc></w:tr></w:tbl>" * 100), "deep"),
        (docx(p("a") + "<w:p/>" * 600_001), "more than 600,000 elements|hundred times"),
        (docx(p("a"), styles="<w:x/>" * 4_000_000), "hundred times its size"),
        (docx(p("a"), extra={f"x{n}": b"" for n in range(2_001)}), "2,008 parts"),
    ],
    ids=range(9),
)
def test_bombs_and_damage_are_refused(raw: bytes, says: str) -> None:
    with pytest.raises(Refusal, match=says) as caught:
        extract_docx(raw, None)
    assert caught.value.next_step
