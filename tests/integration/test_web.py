"""The web face over a real uvicorn, asked through a real socket."""

from __future__ import annotations

import contextlib
import json
import logging
import shutil
import socket
import subprocess
import threading
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import httpx
import pytest

from notifier.banner import Notice, Severity, feed_bytes
from notifier.campaign.redline import change_view
from notifier.diff.model import ChangeKind
from notifier.diff.places import rename_places
from notifier.errors import InputError, OutsideError
from notifier.render import Templates
from notifier.web.app import create_app
from notifier.web.face import (
    ChangePage,
    ChoicePage,
    ChoiceResult,
    Decision,
    FileAnswer,
    Health,
    Link,
    PolicyPage,
)
from notifier.web.server import make_server, parse_bind, serve
from tests.letters import KEEPING, SELLING
from tests.redlines import every_kind

if TYPE_CHECKING:
    from notifier.campaign.content import ChangeView

TOKEN = "Z29vZC10b2tlbi1mb3ItdGVzdHM.c2ln"
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)> {{ 7*7 }}"
NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)


@dataclass
class MemoryFace:
    """Knows one site, one policy and one token; keeps what was chosen."""

    events: list[Decision] = field(default_factory=list)
    feeds: dict[str, bytes] = field(
        default_factory=lambda: {"meetings": feed_bytes("meetings", [], 1)}
    )
    markup: str = "markdown"
    source: str = (
        f"# Title\n\n## One\n\n{HOSTILE}\n\n[good](https://a.example) [bad](javascript:x)\n"
    )
    more: tuple[ChangeView, ...] = ()
    ok: bool = True
    broken: bool = False

    def feed(self, site):
        return FileAnswer(body=self.feeds[site]) if site in self.feeds else None

    def atom(self, site):
        return FileAnswer(body=b"<feed/>") if site in self.feeds else None

    def choice(self, token):
        if self.broken:
            raise RuntimeError(f"secret {token}")
        return self._page() if token == TOKEN else None

    def choose(self, token, decision):
        if token != TOKEN:
            return None
        repeated = bool(self.events) and self.events[-1] is decision
        if not repeated:
            self.events.append(decision)
        return ChoiceResult(
            page=self._page(), decision=decision, recorded_at=NOW, repeated=repeated, campaign="p@v"
        )

    def _page(self):
        current = self.events[-1] if self.events else None
        return ChoicePage(
            company=f"Example {HOSTILE}",
            contact="privacy@example.com",
            title="Privacy Policy changes on 15 January 2027",
            words=f"Legal's words. {HOSTILE}",
            if_accept="If you accept, A.",
            if_refuse="If you refuse, R.",
            if_nothing="If you do nothing, N.",
            links=(Link(text="What changes", url="/changes/privacy/2012-06/2027-01"),),
            current=current,
            current_at=NOW if current else None,
        )

    def policy_text(self, policy, version):
        if (policy, version) != ("privacy", "2027-01"):
            return None
        return PolicyPage(
            company="Example",
            policy=policy,
            title="Privacy Policy",
            version=version,
            effective="15 January 2027",
            timezone="UTC",
            status="scheduled",
            markup=self.markup,
            source=self.source,
        )

    def change(self, policy, old, new):
        if (policy, old, new) != ("privacy", "2012-06", "2027-01"):
            return None
        return ChangePage(
            company="Example",
            policy=policy,
            title="Privacy Policy",
            old=old,
            new=new,
            old_effective="1 June 2012",
            new_effective="15 January 2027",
            summary=HOSTILE,
            changes=(SELLING, KEEPING, *self.more),
        )

    def health(self):
        return Health(ok=self.ok, checks={"database": "ok" if self.ok else "unreachable"})


@contextlib.contextmanager
def serving(face):
    server = make_server(create_app(face, Templates()), "127.0.0.1:8080")
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def test_serving_is_said_only_once_the_address_is_bound():
    said = []
    with socket.create_server(("127.0.0.1", 0)) as taken:
        bind = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(OutsideError, match=r"could not be bound\. Nothing is being served"):
            serve(create_app(MemoryFace(), Templates()), bind, ready=lambda: said.append(bind))
    assert said == []


@pytest.fixture(scope="module")
def base():
    face = MemoryFace()
    with serving(face) as url:
        yield url, face


@pytest.fixture
def face(base):
    fresh = MemoryFace()
    base[1].__dict__.update(fresh.__dict__)
    return base[1]


@pytest.fixture
def web(base, face):
    with httpx.Client(base_url=base[0]) as client:
        yield client


CHOICE = f"/choice/{TOKEN}"


def test_reading_the_choice_page_changes_nothing(web, face) -> None:
    for _ in range(3):
        page = web.get(CHOICE)
        assert page.status_code == 200
        assert web.head(CHOICE).status_code == 200
        assert web.get(CHOICE, params={"decision": "refuse"}).text == page.text
    assert face.events == []
    assert page.text.count('type="radio"') == 2
    assert " checked" not in page.text
    assert "If you do nothing, N." in page.text
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"


def test_head_is_get_without_the_body(web) -> None:
    head, get = web.head(CHOICE), web.get(CHOICE)
    assert head.content == b""
    assert head.headers["content-length"] == get.headers["content-length"]


def test_a_post_with_a_decision_is_recorded_once(web, face) -> None:
    first = web.post(CHOICE, data={"decision": "refuse"})
    assert first.status_code == 200
    assert "You refuse." in first.text
    assert "If you refuse, R." in first.text
    again = web.post(CHOICE, data={"decision": "refuse"})
    assert "nothing new was recorded" in again.text
    assert face.events == [Decision.REFUSE]
    page = web.get(CHOICE).text
    assert "You <strong>refused</strong>" in page
    assert page.count('type="radio"') == 3  # one may take it back
    web.post(CHOICE, data={"decision": "withdraw"})
    web.post(CHOICE, data={"decision": "accept"})
    assert face.events == [Decision.REFUSE, Decision.WITHDRAW, Decision.ACCEPT]


def test_json_and_multipart_work_too(web, face) -> None:
    answer = web.post(CHOICE, json={"decision": "accept"}, headers={"accept": "application/json"})
    assert answer.json() == {
        "schema": "notifier.choice/1",
        "campaign": "p@v",
        "decision": "accept",
        "recorded_at": "2026-12-01T08:00:00Z",
        "repeated": False,
    }
    assert web.post(CHOICE, files={"decision": (None, "refuse")}).status_code == 200
    assert face.events == [Decision.ACCEPT, Decision.REFUSE]


@pytest.mark.parametrize(
    "request_",
    [
        {},
        {"data": {"decision": ""}},
        {"data": {"decision": "maybe"}},
        {"data": {"decision": ["accept", "refuse"]}},
        {"data": {"other": "accept"}},
        {"params": {"decision": "accept"}},
        {"json": {"decision": None}},
        {"json": ["accept"]},
        {"json": {"decision": ["accept"]}},
        {"content": b"decision=accept", "headers": {"content-type": "text/plain"}},
        {"content": b"{", "headers": {"content-type": "application/json"}},
        {"content": b"[" * 60_000, "headers": {"content-type": "application/json"}},
        {"content": b"\xff\xfe", "headers": {"content-type": "application/json"}},
        {"content": b"--x", "headers": {"content-type": "multipart/form-data; boundary=y"}},
        {"content": b"x", "headers": {"content-type": "multipart/form-data"}},
        {
            "content": b"a=1&" * 100,
            "headers": {"content-type": "application/x-www-form-urlencoded"},
        },
        {"files": {"decision": ("accept", b"accept")}},
    ],
)
def test_no_explicit_decision_changes_nothing(web, face, request_) -> None:
    answer = web.post(CHOICE, **request_)
    assert answer.status_code == 400
    assert "Nothing was recorded." in answer.text
    assert face.events == []


def test_bad_tokens_are_all_alike(web, face) -> None:
    tokens = [
        "x",
        "0" * 40,
        "../" * 3,
        TOKEN[:-1] + "A",
        TOKEN + "A",
        "a" * 3000,
        "%00",
        "é",
        "a/b",
    ]
    answers = [web.get(f"/choice/{token}") for token in tokens]
    answers += [web.post(f"/choice/{token}", data={"decision": "accept"}) for token in tokens]
    answers += [web.post("/choice/" + "0" * 40)]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert face.events == []


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_change_nothing(web, face, method: str) -> None:
    assert web.request(method, CHOICE, data={"decision": "accept"}).status_code == 405
    assert face.events == []


def test_large_bodies_are_refused_declared_or_not(web, face) -> None:
    large = b"decision=accept&x=" + b"y" * 70_000
    kind = {"content-type": "application/x-www-form-urlencoded"}
    assert web.post(CHOICE, content=large, headers=kind).status_code == 413
    assert web.post(CHOICE, content=iter([large]), headers=kind).status_code == 413
    assert face.events == []


def test_everything_is_escaped_and_no_script_may_run(web) -> None:
    pages = [
        web.get(CHOICE),
        web.post(CHOICE, data={"decision": "accept"}),
        web.get("/policies/privacy/2027-01"),
        web.get("/changes/privacy/2012-06/2027-01"),
        web.get("/nowhere"),
    ]
    own = '<script src="/redline.js" defer></script>'
    for page in pages:
        assert "<script" not in page.text.replace(own, "")
        assert ("script-src" in page.headers["content-security-policy"]) == (own in page.text)
        assert "<img" not in page.text
        assert "javascript:" not in page.text.replace("[bad](javascript:x)", "")
        assert " style=" not in page.text  # the policy below would drop it
        assert page.text.count("<h1") == 1
        assert page.headers["content-security-policy"].startswith("default-src 'none'")
        assert "unsafe" not in page.headers["content-security-policy"]
        assert page.headers["x-content-type-options"] == "nosniff"
        assert page.headers["x-frame-options"] == "DENY"


def test_the_change_page_has_both_views_and_its_own_script_alone(web) -> None:
    page = web.get("/changes/privacy/2012-06/2027-01")
    assert page.headers["content-security-policy"].endswith("; script-src 'self'")
    assert page.text.count('<div class="sides">') == 2
    assert "[removed: </span>do not" in page.text
    assert page.text.count("We <del>") == 2
    assert page.text.count("We <ins>") == 1
    assert "onclick" not in page.text


def test_the_change_page_folds_a_rename_into_one_line(web, face, monkeypatch) -> None:
    diff = every_kind()
    change = next(c for c in diff.changes if c.kind is ChangeKind.RENAMED)
    shown = replace(change_view(change, says=("Renamed.",)), places=rename_places(diff, change))
    monkeypatch.setattr(face, "more", (shown,))
    page = web.get("/changes/privacy/2012-06/2027-01").text
    assert page.count("<details>") == 1
    assert page.count("<strong>Bolt Calls</strong>") == 3
    assert "Not replaced here" in page


@pytest.mark.parametrize("markup", ["markdown", "html", "text"])
def test_a_policys_text_is_shown_and_harmless(web, face, markup: str) -> None:
    face.markup = markup
    page = web.get("/policies/privacy/2027-01").text
    assert "{{ 7*7 }}" in page
    assert "<script" not in page
    assert "<img" not in page
    if markup == "markdown":
        assert "<h2>Title</h2>" in page
        assert 'href="https://a.example"' in page


def test_plain_text_keeps_its_paragraphs(web, face) -> None:
    face.markup = "text"
    wrapped = "A line that somebody wrapped by hand at some seventy columns or so,\nand its end."
    face.source = f"\ufeff{wrapped}\n\n==========\n1 Street\nTown\n\u202ehidden"
    page = web.get("/policies/privacy/2027-01").text
    assert (
        "columns or so, and its end.</p>\n<hr>\n<p>1 Street<br>Town<br>⟨U+202E⟩hidden</p>" in page
    )


def test_what_is_not_public_looks_like_what_does_not_exist(web) -> None:
    addresses = [
        "/policies/privacy/2099",
        "/policies/x/y",
        "/policies/..%2f/x",
        "/changes/privacy/a/b",
    ]
    answers = [web.get(address) for address in addresses]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


def test_feeds_have_tags_and_are_open_to_all_sites(web, face) -> None:
    answer = web.get("/feed/meetings.json", headers={"origin": "https://meetings.example.com"})
    assert answer.content == face.feeds["meetings"]
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["content-type"] == "application/json"
    tag = answer.headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        same = web.get("/feed/meetings.json", headers={"if-none-match": known})
        assert (same.status_code, same.content) == (304, b"")
        assert same.headers["etag"] == tag
    face.feeds["meetings"] = feed_bytes("meetings", [], 2)
    changed = web.get("/feed/meetings.json", headers={"if-none-match": tag})
    assert changed.status_code == 200
    assert web.get("/feed/meetings.atom").headers["content-type"] == "application/atom+xml"
    assert web.options("/feed/meetings.json").headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    "path", ["/feed/none.json", "/feed/none.atom", "/feed/..%2Fx.json", "/feed/A.json"]
)
def test_unknown_feeds(web, path: str) -> None:
    assert web.get(path).status_code == 404


def test_script_style_health_and_openapi(web, face) -> None:
    assert web.get("/notice.js").headers["content-type"].startswith("text/javascript")
    assert web.get("/redline.js").headers["content-type"].startswith("text/javascript")
    assert web.get("/redline.css").headers["content-type"].startswith("text/css")
    assert web.get("/notice.js").headers["cross-origin-resource-policy"] == "cross-origin"
    assert web.get("/style.css").headers["content-type"].startswith("text/css")
    assert web.get("/healthz").json() == {"status": "ok", "checks": {"database": "ok"}}
    face.ok = False
    assert web.get("/healthz").status_code == 503
    assert "/choice/{token}" in web.get("/openapi.json").json()["paths"]
    assert web.get("/docs").status_code == 404


def test_neither_log_nor_error_holds_a_token(web, face, caplog, capfd) -> None:
    caplog.set_level(logging.DEBUG)
    face.broken = True
    answer = web.get(CHOICE)
    assert answer.status_code == 500
    assert "Something went wrong" in answer.text
    assert answer.headers["content-security-policy"]
    web.get("/choice/" + "s3cret" * 8)
    out = "".join(capfd.readouterr())
    ours = "".join(
        r.getMessage() for r in caplog.records if not r.name.startswith(("httpx", "httpcore"))
    )
    assert "/choice/{token}: RuntimeError" in ours
    for place in (out, ours, answer.text):
        assert TOKEN not in place
        assert "s3cret" not in place
        assert "secret" not in place


def test_bind() -> None:
    assert parse_bind("127.0.0.1:80") == ("127.0.0.1", 80)
    assert parse_bind("[::1]:8080") == ("::1", 8080)
    for bad in ("", "127.0.0.1", ":80", "h:0", "h:70000", "h:x"):
        with pytest.raises(InputError):
            parse_bind(bad)


def _notice(**changes) -> Notice:
    now = datetime.now(UTC)
    values = {
        "id": "privacy@2",
        "sites": ("meetings",),
        "severity": Severity.PROMINENT,
        "title": "Shown <b>as it is</b>",
        "text": "Words.",
        "url": "https://notices.example.com/x",
        "from_": now - timedelta(hours=1),
        "until": now + timedelta(hours=1),
        "effective": now,
        "locale": "en",
    }
    return Notice(**{**values, **changes})


PROBE = """<!doctype html><html lang="en"><body><site-notice site="meetings"></site-notice>
<script src="%s/notice.js"></script><script>
setTimeout(() => { const root = document.querySelector("site-notice").shadowRoot;
const out = document.createElement("pre"); out.id = "out";
out.textContent = JSON.stringify([...root.querySelectorAll("section")].map((s) => ({
  look: s.className, lang: s.lang, role: s.getAttribute("role"),
  title: s.querySelector("h2").textContent,
  labelled: root.getElementById(s.getAttribute("aria-labelledby")).textContent,
  link: (s.querySelector("a") || {}).href || "", button: s.querySelector("button").textContent,
  bold: s.querySelectorAll("b").length })));
document.body.append(out); }, 1200);</script></body></html>"""


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("chromium") is None, reason="no chromium to run notice.js in")
def test_the_component_shows_what_is_on_now(web, face, base, tmp_path) -> None:
    now = datetime.now(UTC)
    rows = [
        _notice(),
        _notice(id="t@1", severity=Severity.STANDARD, title="Standard", url="javascript:alert(1)"),
        _notice(id="o@1", title="Over", until=now - timedelta(seconds=1)),
        _notice(id="n@1", title="Not yet", from_=now + timedelta(minutes=30)),
        _notice(id="two@1", locale="de", title="Deutsch"),
        _notice(id="two@1", locale="en", title="English"),
    ]
    face.feeds["meetings"] = feed_bytes("meetings", rows, 1)
    page = tmp_path / "page.html"
    page.write_text(PROBE % base[0], encoding="utf-8")
    flags = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run"
    flags += " --disable-background-networking --disable-component-update --disable-sync"
    found = subprocess.run(
        [
            "chromium",
            *flags.split(),
            f"--user-data-dir={tmp_path / 'profile'}",
            "--virtual-time-budget=4000",
            "--dump-dom",
            page.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=90,
        check=True,
    ).stdout
    shown = json.loads(
        found.partition('<pre id="out">')[2]
        .partition("</pre>")[0]
        .replace("&lt;", "<")
        .replace("&gt;", ">")
    )
    assert [item["title"] for item in shown] == ["Shown <b>as it is</b>", "Standard", "English"]
    assert [item["look"] for item in shown] == ["prominent", "standard", "prominent"]
    assert [item["button"] for item in shown] == ["Hide", "Dismiss", "Hide"]
    assert shown[1]["link"] == ""
    assert shown[0]["link"] == "https://notices.example.com/x"
    for item in shown:
        assert item["labelled"] == item["title"]
        assert (item["role"], item["lang"], item["bold"]) == ("region", "en", 0)
