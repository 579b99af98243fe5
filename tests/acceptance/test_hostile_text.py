"""Policy text, names and notes are data wherever they are shown: no template, markup or command."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING

import pytest
from sample import FIRST, commit, people
from walk import begin, in_days, mails

if TYPE_CHECKING:
    from pathlib import Path

    from walk import Walker

    from notifier.channels.mailbox import Mailbox

EVIL = (
    '{{ 7 * 7 }} {% raw %} ${7 * 7} <script>alert(1)</script> "><img src=x onerror=alert(1)>'
    " &amp; $HOME `id` \x1b[8mhidden\x1b]0;title\x07 \u202egnihtemos\u202c n\u200bot"
)
TOML = r"""
[company]
name = "Evil {{ 7 * 7 }} <script>alert(1)</script> & Co"
contact = "privacy@example.com"
[sites.alpha]
name = "Alpha \"><img src=x onerror=alert(1)> {{ 7 * 7 }}"
url = "https://alpha.example.com"
[policies.privacy]
title = "Privacy {{ 7 * 7 }} <b>bold</b> {% raw %}"
sites = ["alpha"]
timezone = "America/Los_Angeles"
[mail]
tls = "none"
"""
PEOPLE = """person_id,email,name,locale,country,status,marketing_opt_out,role
ada,ada@example.com,"Ada {{ 7 * 7 }} <script>alert(1)</script> ""><img src=x>",en,US,active,false,customer
"""  # noqa: E501 - a row of a table
COLLECTIONS = """person_id,site,category,policy,version,collected_at
ada,alpha,contact,privacy,v1,
"""
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]")
LIVE = re.compile(r"<(?:script|img)\b(?![^<]*notice\.js)", re.IGNORECASE)


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Walker:
    walk = begin(tmp_path_factory.mktemp("evil"), 9, TOML)
    commit(walk, "v1", FIRST, "2024-01-01")
    people(walk, PEOPLE, COLLECTIONS)
    changed = FIRST.replace("We do not sell", f"We may sell {EVIL}")
    commit(walk, "v2", changed.replace("## How long", f"## {EVIL}\n\nHow long"), in_days(60))
    walk("review", "note", "privacy@v2", "--text", f"Legal says {EVIL}", "--as", "second")
    return walk


@pytest.mark.parametrize(
    "command",
    [
        ("diff", "privacy@v1", "privacy@v2"),
        ("diff", "privacy@v1", "privacy@v2", "--full"),
        ("classify", "privacy@v1", "privacy@v2"),
        ("versions", "show", "privacy@v2"),
        ("plan", "privacy@v2"),
        ("review", "show", "privacy@v2"),
        ("preview", "privacy@v2", "ada"),
        ("diff", "privacy@v1", "privacy@v2", "--format", "json"),
        ("review", "show", "privacy@v2", "--format", "json"),
    ],
    ids=" ".join,
)
def test_nothing_steers_the_terminal_or_is_reckoned(walk: Walker, command: tuple[str, ...]) -> None:
    out = walk(*command).out
    assert not STEERING.search(out)
    assert "{{ 7 * 7 }}" in " ".join(out.split())  # a terminal's lines may break within
    assert not re.search(r"\b49\b", out)


def test_the_redline_page_holds_no_markup_of_the_policy(walk: Walker) -> None:
    page = walk("diff", "privacy@v1", "privacy@v2", "--format", "html").out
    own = re.findall(r"<script>.*?</script>", page, re.DOTALL)
    assert len(own) == 1
    assert "alert" not in own[0]
    assert not LIVE.search(page.replace(own[0], ""))
    assert "script-src 'sha256-" in html.unescape(page)
    assert not STEERING.search(page)
    assert "{{ 7 * 7 }}" in page


def test_mail_and_feeds_hold_it_as_text(tmp_path: Path, mailbox: Mailbox, walk: Walker) -> None:
    walk.environment["NOTIFIER_MAIL__PORT"] = str(mailbox.port)
    walk("review", "approve", "privacy@v2", "--as", "third")
    walk("run", "--until-idle")
    walk("feed", "publish", "--html")
    (mail,) = mails(mailbox.folder)
    assert [len(mail.get_all(name, [])) for name in ("From", "To", "Subject", "Bcc")] == [
        1,
        1,
        1,
        0,
    ]
    text = mail.get_body(("plain",)).get_content()
    rich = mail.get_body(("html",)).get_content()
    for part in (text, rich, str(mail["Subject"])):
        assert not STEERING.search(part.replace("\r\n", "\n"))
        assert not re.search(r"\b49\b", part)
    assert not LIVE.search(rich)
    assert "{{ 7 * 7 }}" in text
    assert "⟨U+200B⟩" in text
    assert "⟨U+200B⟩" in rich
    feed = walk.home / "var" / "feed"
    notice = json.loads((feed / "alpha.json").read_text())
    assert "{{ 7 * 7 }}" in json.dumps(notice)
    for name in ("alpha.html", "alpha.atom"):
        assert not LIVE.search((feed / name).read_text()), name


@pytest.mark.parametrize(
    "version", ["../../x", "..", "a/b", "a b", "", "a\nb", "<b>", "{{7 * 7}}", "a" * 65, "\u0430"]
)
def test_version_names_are_plain(walk: Walker, version: str) -> None:
    done = walk(
        "commit", walk.write("x.md", FIRST), "--policy", "privacy", "--version", version,
        "--effective", in_days(90), "--as", "author", code=2,
    )  # fmt: skip
    assert "othing was" in done.err
    assert not (walk.home / "policies" / "x").exists()


@pytest.mark.parametrize("policy", ["../../x", "privacy/../x", "<b>", "{{7 * 7}}"])
def test_policy_names_are_known_ones(walk: Walker, policy: str) -> None:
    walk(
        "commit", walk.write("x.md", FIRST), "--policy", policy, "--version", "v9",
        "--effective", in_days(90), "--as", "author", code=2,
    )  # fmt: skip


def test_a_link_in_the_home_is_replaced_not_followed(walk: Walker, tmp_path: Path) -> None:
    outside = tmp_path / "outside.md"
    outside.write_text("untouched")
    folder = walk.home / "policies" / "privacy" / "v7"
    folder.mkdir(parents=True)
    (folder / "en.md").symlink_to(outside)
    source = walk.write("linked-to.md", FIRST.replace("questions", "letters"))
    link = tmp_path / "link.md"
    link.symlink_to(source)
    walk(
        "commit", link, "--policy", "privacy", "--version", "v7", "--effective", "2024-02-01",
        "--historical", "--as", "author",
    )  # fmt: skip
    assert outside.read_text() == "untouched"
    assert not (folder / "en.md").is_symlink()
    assert (folder / "en.md").read_bytes() == source.read_bytes()


def test_headers_cannot_be_split(tmp_path: Path) -> None:
    walk = begin(tmp_path, 9)
    toml = walk.home / "notifier.toml"
    toml.write_text(toml.read_text() + '\n[company]\nname = "A\\r\\nBcc: eve@example.com"\n')
    assert "Bcc" not in walk("status", code=2).err.replace("\\r\\nBcc", "")
