from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.banner import (
    LoggedVersion,
    Notice,
    Severity,
    atom_bytes,
    check_feed,
    feed_bytes,
    html_fragment,
    public_notices,
)
from notifier.render import Templates
from tests.letters import golden

FROM = datetime(2026, 12, 1, 8, tzinfo=UTC)
UNTIL = datetime(2027, 4, 15, 7, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ATOM = "{http://www.w3.org/2005/Atom}"


def a_notice(**changes: object) -> Notice:
    values = {
        "id": "privacy@2027-01",
        "sites": ("meetings", "webinars"),
        "severity": Severity.PROMINENT,
        "title": "Our Privacy Policy changes on 15 January 2027",
        "text": "We may sell “contact details”; until now we promised not to.",
        "url": "https://notices.example.com/changes/privacy/2012-06/2027-01",
        "from_": FROM,
        "until": UNTIL,
        "effective": datetime(2027, 1, 15, 8, tzinfo=UTC),
        "locale": "en",
        "policy": "privacy",
        "version": "2027-01",
    }
    return Notice(**{**values, **changes})


ACQUIRED = a_notice(id="acquisition@northwind", policy="", version="", title="Northwind takes over")
SPELLING = a_notice(
    id="terms@3", severity=Severity.STANDARD, policy="terms", version="3", title="Spelling mended"
)


def test_public_is_what_has_begun_and_not_ended() -> None:
    for now, count in ((FROM - SECOND, 0), (FROM, 1), (UNTIL - SECOND, 1), (UNTIL, 0)):
        assert len(public_notices([a_notice()], "meetings", now)) == count
    assert public_notices([a_notice()], "elsewhere", FROM) == ()


def test_prominent_first_then_newest_whatever_the_order() -> None:
    later = a_notice(id="privacy@2027-02", from_=FROM + SECOND)
    rows = [SPELLING, a_notice(), later, ACQUIRED]
    found = [item.id for item in public_notices(rows, "meetings", FROM + SECOND)]
    assert found == ["privacy@2027-02", "acquisition@northwind", "privacy@2027-01", "terms@3"]
    assert public_notices(rows[::-1], "meetings", FROM + SECOND) == public_notices(
        rows, "meetings", FROM + SECOND
    )


def test_feed_has_the_contracts_shape_and_order() -> None:
    data = feed_bytes("meetings", [a_notice(), ACQUIRED], 7)
    document = json.loads(data)
    assert list(document) == ["schema", "site", "revision", "notices"]
    assert list(document["notices"][0]) == [
        *("id", "severity", "title", "text", "url", "from", "until", "policy", "version"),
        *("effective", "locale"),
    ]
    assert document["notices"][0]["from"] == "2026-12-01T08:00:00Z"
    assert document["notices"][1]["policy"] is None
    assert data == feed_bytes("meetings", [a_notice(), ACQUIRED], 7)
    assert check_feed(data) == []
    golden("banner/feed.json", data)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda d: d.pop("site"), "'site' is a required property"),
        (lambda d: d.update(schema="notifier.feed/2"), "schema"),
        (lambda d: d.update(revision=-1), "revision"),
        (lambda d: d["notices"][0].pop("until"), "'until' is a required"),
        (lambda d: d["notices"][0].update(severity="loud"), "notices.0.severity"),
        (lambda d: d["notices"][0].update({"from": "2026-12-01 08:00"}), "notices.0.from"),
        (lambda d: d["notices"][0].update(url="javascript:alert(1)"), "notices.0.url"),
        (lambda d: d["notices"][0].update(until="2026-12-01T08:00:00Z"), "until is not after from"),
        (lambda d: d["notices"].append(dict(d["notices"][0])), "a second privacy@2027-01"),
    ],
)
def test_check_names_what_is_wrong(change, what: str) -> None:
    document = json.loads(feed_bytes("meetings", [a_notice()], 1))
    change(document)
    problems = check_feed(json.dumps(document).encode())
    assert len(problems) == 1
    assert what in problems[0]


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b"[]", b"null", b"3"])
def test_check_survives_anything(data: bytes) -> None:
    assert check_feed(data)


@given(title=st.text(min_size=1), text=st.text(), revision=st.integers(0, 2**40))
def test_any_words_make_a_valid_feed(title: str, text: str, revision: int) -> None:
    data = feed_bytes("meetings", [a_notice(title=title, text=text)], revision)
    assert check_feed(data) == []
    assert json.loads(data)["notices"][0]["text"] == text


def test_naive_instants_are_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        feed_bytes("meetings", [a_notice(until=UNTIL.replace(tzinfo=None))], 1)


def a_version(version: str, published: datetime, **changes: object) -> LoggedVersion:
    values = {
        "policy": "privacy",
        "title": "Privacy Policy",
        "version": version,
        "effective": published + timedelta(days=45),
        "published": published,
        "summary": "Spelling & more <b>.",
        "text_url": f"https://notices.example.com/policies/privacy/{version}",
        "change_url": f"https://notices.example.com/changes/privacy/before/{version}",
    }
    return LoggedVersion(**{**values, **changes})


def an_atom(*versions: LoggedVersion) -> bytes:
    return atom_bytes(
        "meetings",
        versions,
        site_name="Example Meetings",
        site_url="https://meetings.example.com",
        author="Example Meetings, Inc.",
        self_url="https://notices.example.com/feed/meetings.atom",
    )


def test_atom_lists_every_version_newest_first() -> None:
    old, new = a_version("2012-06", FROM, change_url=""), a_version("2027-01", UNTIL)
    data = an_atom(old, new)
    assert data == an_atom(new, old)
    root = ET.fromstring(data)  # noqa: S314  made by us, a line above
    assert root.findtext(f"{ATOM}updated") == "2027-04-15T07:00:00Z"
    entries = root.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == [
        "Privacy Policy, version 2027-01",
        "Privacy Policy, version 2012-06",
    ]
    for part in (root, *entries):
        for tag in ("id", "title", "updated"):
            assert len(part.findall(ATOM + tag)) == 1
    assert len({part.findtext(f"{ATOM}id") for part in (root, *entries)}) == 3
    assert [len(entry.findall(f"{ATOM}link")) for entry in entries] == [2, 1]
    golden("banner/changelog.atom", data)


def test_atom_of_nothing_is_valid_and_does_not_move() -> None:
    root = ET.fromstring(an_atom())  # noqa: S314  made by us
    assert root.findtext(f"{ATOM}updated") == "1970-01-01T00:00:00Z"


@given(summary=st.text())
def test_any_summary_makes_well_formed_xml(summary: str) -> None:
    root = ET.fromstring(an_atom(a_version("2027-01", FROM, summary=summary)))  # noqa: S314  ours
    assert root.find(f"{ATOM}entry/{ATOM}summary") is not None


def test_html_fragment_escapes_and_knows_its_end() -> None:
    hostile = a_notice(title='<script>alert("x")</script>', text="{{ 7*7 }} & <b>")
    html = html_fragment("meetings", [hostile, SPELLING], Templates())
    assert "<script" not in html
    assert "{{ 7*7 }} &amp; &lt;b&gt;" in html
    assert html.count('data-until="2027-04-15T07:00:00Z"') == 2
    assert html.count("site-notice-prominent") == 1
    assert html_fragment("meetings", [], Templates()).strip() == ""
    golden("banner/site.html", html_fragment("meetings", [a_notice(), SPELLING], Templates()))


def test_nothing_is_named_as_content_blockers_expect() -> None:
    html = html_fragment("meetings", [SPELLING], Templates())
    script = Templates().source("web/notice.js").decode()
    markup = html.replace(SPELLING.url, "").replace(SPELLING.title, "").replace(SPELLING.text, "")
    code = script.partition("*/")[2]
    for word in ("cookie", "consent", "privacy", "policy", "banner"):
        assert word not in markup.lower()
        assert word not in code.replace("referrerPolicy", "").lower()
