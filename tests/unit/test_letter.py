from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.campaign.letter import HTML_LIMIT_BYTES, consequences, fill, make_skeleton
from notifier.campaign.wording import MARK, UNMARK
from notifier.classify.model import Silence
from notifier.errors import InputError
from notifier.render import Templates
from tests.letters import CHOICE, KEEPING, OLD, SELLING, acquisition, golden, notice, words

TEMPLATES = Templates()
NOTICE = make_skeleton(notice(), TEMPLATES)
ACQUISITION = make_skeleton(acquisition(), TEMPLATES)
BOTH = pytest.mark.parametrize("skeleton", [NOTICE, ACQUISITION], ids=["notice", "acquisition"])


class Page(HTMLParser):
    """What an HTML mail says, what it links to, and how it is built."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.said: list[str] = []
        self._quiet = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._quiet += tag in {"style", "title"}
        if tag in {"p", "li", "td", "div", "h1", "h2", "h3", "br", "a"}:
            self.said.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self._quiet -= tag in {"style", "title"}

    def handle_data(self, data: str) -> None:
        if not self._quiet:
            self.said.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.said).split())

    def links(self) -> list[str]:
        return [str(attrs["href"]) for tag, attrs in self.tags if tag == "a"]


def bare(text: str) -> list[str]:
    """Return the words alone, so that quotes, numbering and layout do not matter."""
    return re.findall(r"[^\W_]+", text.lower())


@BOTH
def test_text_and_html_say_the_same(skeleton) -> None:
    filled = fill(skeleton, choice_url=CHOICE, name="Ada")
    page = Page(filled.html)
    in_text = bare(re.sub(r"https?://\S+", "", filled.text))
    in_html = bare(re.sub(r"https?://\S+", "", page.text))
    in_html = in_html[len(bare("Example Meetings, Inc.")) :]  # the letterhead
    assert in_text == in_html


@BOTH
def test_text_and_html_link_to_the_same_pages(skeleton) -> None:
    filled = fill(skeleton, choice_url=CHOICE)
    in_text = set(re.findall(r"https?://\S+", filled.text))
    assert in_text == set(Page(filled.html).links())


@BOTH
def test_two_equal_choices_and_one_link(skeleton) -> None:
    filled = fill(skeleton, choice_url=CHOICE)
    buttons = [attrs for tag, attrs in Page(filled.html).tags if attrs.get("href") == CHOICE]
    assert len(buttons) == 2
    assert buttons[0] == buttons[1]
    assert f"Accept:\n{CHOICE}\nRefuse:\n{CHOICE}\n" in filled.text


@BOTH
def test_structure_for_screen_readers(skeleton) -> None:
    tags = Page(fill(skeleton, choice_url=CHOICE).html).tags
    assert [attrs["lang"] for tag, attrs in tags if tag == "html"] == ["en"]
    assert sum(tag == "h1" for tag, _ in tags) == 1
    assert all(attrs.get("role") == "presentation" for tag, attrs in tags if tag == "table")
    assert not {"img", "script", "link", "iframe", "form"} & {tag for tag, _ in tags}
    assert "src=" not in skeleton.html
    assert "url(" not in skeleton.html


def test_opens_with_legals_own_words_else_the_summary() -> None:
    text = " ".join(NOTICE.text.split())
    places = [
        text.index(part)
        for part in (
            "We want to sell contact details",
            "You decide about yours.",
            "We are Example Meetings, Inc.",
            "With whom we share",
            "takes effect at the start of 15 January 2027",
            "If you do nothing,",
            "If you refuse,",
            "Accept:",
            "You need not use this link: sign in at",
            "/policies/privacy/2027-01",
            "/policies/privacy/2012-06",
            "Whom to ask: privacy@example.com",
            "complain to: The State Privacy Office",
        )
    ]
    assert places == sorted(places)
    plain = " ".join(make_skeleton(notice(words=""), TEMPLATES).text.split())
    assert plain.index("The new text no longer promises") < plain.index("We are Example Meetings")


def test_silence_is_said_in_words() -> None:
    keeps = " ".join(NOTICE.text.split())
    assert "If you do nothing, the terms under which your information was collected go on" in keeps
    applies = make_skeleton(notice(silence=Silence.APPLIES), TEMPLATES)
    said = " ".join(applies.text.split())
    assert "If you do nothing, the new version applies from 15 January 2027" in said
    assert "not as consent" in said


def test_consequences_are_the_mails_own_sentences() -> None:
    for content, skeleton in ((notice(), NOTICE), (acquisition(), ACQUISITION)):
        found = consequences(content, TEMPLATES)
        said = " ".join(skeleton.text.split())
        assert all(part in said for part in (found.if_accept, found.if_refuse, found.if_nothing))
    assert consequences(notice(if_refuse="If you refuse, we part."), TEMPLATES).if_refuse == (
        "If you refuse, we part."
    )


def test_two_baselines_are_both_named() -> None:
    content = notice(baselines=(OLD, replace(OLD, version="2019-02", since=None)))
    said = " ".join(make_skeleton(content, TEMPLATES).text.split())
    assert "versions 2012-06 (in force from 1 June 2012) and 2019-02. A new" in said


def test_p13_policy_text_and_names_are_never_templates() -> None:
    hostile = "{{ 7*7 }} {% raw %} <script>alert(1)</script> & {{ person.name }}"
    change = replace(SELLING, heading=hostile, words=words(("insert", hostile)))
    skeleton = make_skeleton(notice(words=hostile, changes=(change,)), TEMPLATES)
    filled = fill(skeleton, choice_url=CHOICE, name="{{ 7*7 }}<b>")
    assert "49" not in filled.text
    assert "<script" not in filled.html
    assert "{{ 7*7 }}" in filled.text
    assert "<bdi>{{ 7*7 }}&lt;b&gt;</bdi>" in filled.html


def test_no_value_can_forge_a_slot() -> None:
    forged = f"{MARK}choice{UNMARK} {MARK}if name{UNMARK} &#xE000;choice&#xE001;"
    change = replace(KEEPING, words=words(("equal", forged)), says=(forged,))
    skeleton = make_skeleton(notice(words=forged, changes=(change,), summary=forged), TEMPLATES)
    filled = fill(skeleton, choice_url=CHOICE, name=forged)
    assert filled.text.count(CHOICE) == 2
    assert filled.html.count(CHOICE) == 2
    assert MARK not in filled.text + filled.html


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ada\r\nBcc: eve@example.com", "Ada Bcc: eve@example.com"),
        ("Ada\x00\x07 Byron", "Ada Byron"),
        ("\u202eadA", "adA"),
        ("A\u200bd\ufeffa", "Ada"),
        ("\ue000choice\ue001", "\ufffdchoice\ufffd"),
        ("x" * 10_000, "x" * 99 + "…"),
        ("  ", ""),
        ("", ""),
    ],
)
def test_hostile_names_become_one_harmless_line(name: str, shown: str) -> None:
    filled = fill(NOTICE, choice_url=CHOICE, name=name)
    greeting = filled.text[filled.text.index("Hello") :].partition("\n\n")[0]
    expected = f"Hello {shown}," if shown else "Hello,"
    assert greeting.replace("Hello\n", "Hello ") == expected  # a long name is wrapped
    assert (f"<bdi>{shown}</bdi>," in filled.html) == bool(shown)
    assert max(map(len, filled.text.split("\n"))) <= 110


@given(name=st.text(max_size=300))
def test_any_name_gives_a_whole_mail(name: str) -> None:
    filled = fill(NOTICE, choice_url=CHOICE, name=name)
    assert filled.html.count(CHOICE) == 2
    assert "\r" not in filled.text
    assert MARK not in filled.html + filled.text
    nameless = Page(fill(NOTICE, choice_url=CHOICE).html)
    assert len(Page(filled.html).tags) - len(nameless.tags) in {0, 1}  # <bdi> or nothing


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", 'https://x/"onclick=', "https://x/ y", "", "/c"]
)
def test_a_choice_link_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(InputError, match="not a plain"):
        fill(NOTICE, choice_url=url)


def test_a_site_link_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match="not a plain"):
        make_skeleton(notice(text_url="javascript:alert(1)"), TEMPLATES)


def test_only_the_persons_own_parts_differ() -> None:
    one = fill(NOTICE, choice_url=CHOICE, name="Ada")
    two = fill(NOTICE, choice_url=CHOICE.replace("c2Ft", "d2Ft"), name="Bo")
    assert one.subject == two.subject
    assert one.text.replace("Ada", "Bo").replace("c2Ft", "d2Ft") == two.text
    assert one.html.replace("Ada", "Bo").replace("c2Ft", "d2Ft") == two.html


def test_guardian_and_proof_are_said_only_where_they_hold() -> None:
    plain = fill(NOTICE, choice_url=CHOICE, name="Ada")
    both = fill(NOTICE, choice_url=CHOICE, guardian=True, proof=True)
    for body in (plain.text, plain.html):
        assert "guardian" not in body
        assert "TEST COPY" not in body
    for body in (both.text, both.html):
        assert "guardian of a child" in body
        assert "TEST COPY" in body
    assert both.subject == f"[Test copy] {plain.subject}"


def test_text_is_wrapped_and_links_stay_whole() -> None:
    filled = fill(NOTICE, choice_url=CHOICE, name="Ada")
    long = [line for line in filled.text.split("\n") if len(line) > 78]
    assert all(re.fullmatch(r"\s*(\w+: )?https?://\S+", line) for line in long)


def test_long_redlines_are_cut_with_a_link_in_both_parts() -> None:
    far = "Nothing changes in these words at all. " * 900
    change = replace(
        SELLING, words=words(("equal", far), ("insert", "New words. "), ("equal", far))
    )
    skeleton = make_skeleton(notice(changes=(change, change, KEEPING)), TEMPLATES)
    assert len(skeleton.html.encode()) <= HTML_LIMIT_BYTES
    for body in (skeleton.text, skeleton.html):
        said = " ".join(body.split())
        assert "too long for a mail. Read all of it on the page of all changes" in said
        assert "New words." in said
        assert OLD.change_url in body


def test_many_changes_are_cut_and_counted() -> None:
    many = tuple(
        replace(
            SELLING,
            id=f"c{n}",
            heading=f"Heading {n}",
            words=words(("insert", f"Words {n}. " * 200)),
        )
        for n in range(400)
    )
    skeleton = make_skeleton(notice(changes=many), TEMPLATES)
    assert len(skeleton.html.encode()) <= HTML_LIMIT_BYTES
    shown = skeleton.text.count("Heading ")
    left = re.search(r"(\d+) more changes are not shown", skeleton.text)
    assert left
    assert shown + int(left[1]) == 400
    assert f"{left[1]} more changes are" in skeleton.html


def test_words_too_long_for_a_mail_are_refused() -> None:
    with pytest.raises(InputError, match="larger than") as caught:
        make_skeleton(notice(words="Much to say. " * 12_000), TEMPLATES)
    assert caught.value.exit_code == 2
    assert "Shorten the note" in caught.value.next_step


def test_p12_same_content_same_words() -> None:
    assert make_skeleton(notice(), Templates()) == NOTICE


def test_dark_and_light_colours_have_contrast() -> None:
    """Every pair of text and ground, WCAG AA (4.5:1)."""
    light = [("#1b2622", "#ffffff"), ("#4b5a54", "#ffffff"), ("#17594a", "#ffffff")]
    light += [("#0b3d1e", "#d9f0df"), ("#6b1410", "#fbe0dd"), ("#1b2622", "#f5f7f5")]
    light += [("#5e3d00", "#fff4dc"), ("#17493a", "#ffffff")]
    dark = [("#e8eeea", "#1a211e"), ("#b3c0b9", "#1a211e"), ("#9bdcc3", "#1a211e")]
    dark += [("#c4f2d2", "#14402a"), ("#ffd2cc", "#4d1d1c"), ("#e8eeea", "#232c28")]
    dark += [("#ffe2a3", "#3a2c0c"), ("#b9ead6", "#1a211e")]
    for ink, ground in light + dark:
        assert ink in NOTICE.html or ink in TEMPLATES.source("email/layout.html").decode()
        assert _contrast(ink, ground) >= 4.5, (ink, ground)


def _contrast(one: str, other: str) -> float:
    high, low = sorted((_light(one), _light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _light(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("kind", ["notice", "acquisition"])
def test_golden(kind: str) -> None:
    skeleton = NOTICE if kind == "notice" else ACQUISITION
    filled = fill(skeleton, choice_url=CHOICE, name="Ada Løvelace")
    golden(f"mail/{kind}.subject.txt", filled.subject + "\n")
    golden(f"mail/{kind}.txt", filled.text)
    golden(f"mail/{kind}.html", filled.html)
