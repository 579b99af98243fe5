"""The doctor finds what would break a promise, says what to do, and never falls ill itself."""

from __future__ import annotations

import os
import socket
import sqlite3
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from notifier.channels.dns import DnsSilentError, NameServers, is_reserved
from notifier.channels.mailbox import Mailbox
from notifier.home import Home
from notifier.pipeline.begin import begin
from notifier.pipeline.doctor import Check, disk_space, examine
from notifier.pipeline.prove import sign_head
from notifier.pipeline.publish import publish
from notifier.settings import CONFIG, load_settings
from notifier.store import ledger
from tests.relay import HostileRelay

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
DOMAIN = "mail.alderfold.com"
SECRET = "correct horse battery"
GOOD_DNS = {
    DOMAIN: ["unrelated=1", "v=spf1 include:_spf.relay.net -all"],
    f"_dmarc.{DOMAIN}": ["v=DMARC1; p=reject; rua=mailto:reports@alderfold.com"],
}


@dataclass
class Zone:
    """A name server on loopback that knows some TXT records, and can keep silent."""

    records: dict[str, list[str]] = field(default_factory=dict)
    silent: tuple[str, ...] = ()
    rcode: dns.rcode.Rcode = dns.rcode.NXDOMAIN
    asked: list[str] = field(default_factory=list)

    @contextmanager
    def serving(self) -> Iterator[NameServers]:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as place:
            place.bind(("127.0.0.1", 0))
            thread = threading.Thread(target=self._serve, args=(place,), daemon=True)
            thread.start()
            port = place.getsockname()[1]
            try:
                yield NameServers(addresses=("127.0.0.1",), port=port, seconds=1.0)
            finally:
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as bell:
                    bell.sendto(b"", ("127.0.0.1", port))
                thread.join(5)

    def _serve(self, place: socket.socket) -> None:
        while True:
            data, sender = place.recvfrom(4096)
            if not data:
                return
            query = dns.message.from_wire(data)
            question = query.question[0]
            name = question.name.to_text(omit_final_dot=True)
            self.asked.append(name)
            if name in self.silent:
                continue
            answer = dns.message.make_response(query)
            answer.flags |= dns.flags.RA
            texts = [f'"{text}"' for text in self.records.get(name, [])]
            if texts:
                answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", "TXT", *texts))
            else:
                answer.set_rcode(self.rcode)
            place.sendto(answer.to_wire(), sender)


def made(folder: Path, *changes: tuple[str, str], now: datetime = NOW) -> Home:
    """Make a home on disk whose settings differ in some lines; its feeds are published."""
    begin(folder, clock=lambda: now)
    path = folder / CONFIG
    text = path.read_text("utf-8")
    standard = [
        ("dry_run = true ", "dry_run = false "),
        ('tls = "starttls"', 'tls = "none"'),
        ("<privacy@example.com>", f"<privacy@{DOMAIN}>"),
    ]
    for old, new in [*standard, *changes]:
        assert old in text, old
        text = text.replace(old, new, 1)
    path.write_text(text, "utf-8")
    home = Home(path=folder, settings=load_settings(folder), clock=lambda: now)
    publish(home)
    home.close()
    return Home(path=folder, settings=load_settings(folder), clock=lambda: now)


PUBLIC = ('base_url = "http://127.0.0.1:8080"', 'base_url = "https://choices.alderfold.com"')


def port(number: int) -> tuple[str, str]:
    return "port = 1025", f"port = {number}"


@pytest.fixture(scope="module")
def nobody() -> Iterator[int]:
    """Give a port on which nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


@pytest.fixture(scope="module")
def names() -> Iterator[NameServers]:
    with Zone(GOOD_DNS).serving() as served:
        yield served


def by_name(checks: tuple[Check, ...]) -> dict[str, Check]:
    assert len({c.name for c in checks}) == len(checks), "two checks of one name"
    return {check.name: check for check in checks}


def told(checks: tuple[Check, ...], name: str) -> list[Check]:
    return [check for check in checks if check.name == name]


def test_a_sound_home_passes_every_check(tmp_path, names):
    with Mailbox(tmp_path / "box") as box, made(tmp_path / "home", port(box.port)) as home:
        sign_head(home)
        checks = examine(home, names=names)
        assert box.mails() == []
    assert [c for c in checks if not c.ok] == []
    found = by_name(checks)
    assert set(found) == {
        "configuration", "keys", "database", "ledger", "relay", "spf", "dmarc", "dkim", "feeds",
        "clock", "disk",
    }  # fmt: skip
    assert "plain text" in found["relay"].says
    assert "the checkpoint of entry 1 " in found["ledger"].says
    assert "include:_spf.relay.net" in found["spf"].says
    assert "asks receivers for reject" in found["dmarc"].says
    assert "selector" in found["dkim"].says


def test_examining_changes_nothing_in_the_ledger_or_the_files(tmp_path, nobody, names):
    with made(tmp_path, port(nobody)) as home:
        before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
        examine(home, names=names)
        after = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    beside = {tmp_path / "var" / f"notifier.db{end}" for end in ("-wal", "-shm")}
    assert {p: d for p, d in after.items() if p not in beside} == {
        p: d for p, d in before.items() if p not in beside
    }


# ---- configuration -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("window = 1 ", "window = 8 ", "mail.window = 8"),
        ('base_url = "http://127.0.0.1:8080"', 'base_url = "here"', "web.base_url"),
        ('base_url = "http://127.0.0.1:8080"', 'base_url = "http://[::1"', "web.base_url"),
        (f"<privacy@{DOMAIN}>", "", "mail.from"),
    ],
)
def test_a_setting_that_does_not_work_as_written_fails(tmp_path, nobody, names, old, new, words):
    with made(tmp_path, port(nobody), (old, new)) as home:
        bad = [c for c in told(examine(home, names=names), "configuration") if not c.ok]
    assert len(bad) == 1
    assert words in bad[0].says
    assert bad[0].next_step


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ((), ("web.base_url",)),
        ((('base_url = "http://127.0.0.1', 'base_url = "https://localhost'),), ("web.base_url",)),
        ((('base_url = "http://127.0.0.1', 'base_url = "https://choices.alderfold.com'),), ()),
        (
            (
                ('base_url = "http://127.0.0.1', 'base_url = "https://choices.alderfold.com'),
                ('username = ""', 'username = "mailer"'),
                (f"@{DOMAIN}", "@mail.example.com"),
            ),
            ("password travels in plain text", "kept for examples"),
        ),
    ],
)
def test_what_is_fine_on_loopback_is_not_with_a_relay_elsewhere(
    tmp_path, nobody, names, changes, words
):
    # A name that is not known anywhere: the relay is not there either way.
    away = ('host = "127.0.0.1"', 'host = "relay.invalid"')
    with made(tmp_path, port(nobody), away, *changes) as home:
        bad = [c for c in told(examine(home, names=names), "configuration") if not c.ok]
    assert len(bad) == len(words)
    assert all(word in check.says for word, check in zip(words, bad, strict=True))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("dry_run = false", "dry_run = true", "mail.dry_run is on"),
        ("only_to = []", 'only_to = ["tester@alderfold.com"]', "all but 1 addresses are held"),
        ("four_eyes = true", "four_eyes = false", "review.four_eyes is off"),
        (PUBLIC[1], PUBLIC[0], "links in mails work here only"),
    ],
)
def test_a_choice_worth_knowing_is_told_and_does_not_fail(tmp_path, nobody, names, old, new, words):
    with made(tmp_path, port(nobody), PUBLIC, (old, new)) as home:
        (check,) = told(examine(home, names=names), "configuration")
    assert check.ok
    assert words in check.says
    assert check.next_step


# ---- keys and database -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "mode", "word"),
    [
        ("keys/evidence.key", 0o644, "chmod 600"),
        ("keys/token.keys", 0o640, "chmod 600"),
        ("keys/evidence.pub", 0o666, "chmod go-w"),
        ("keys", 0o777, "chmod go-w"),
    ],
)
def test_keys_that_others_can_reach_fail(tmp_path, nobody, names, file, mode, word):
    with made(tmp_path, port(nobody)) as home:
        path = home.var / file
        path.chmod(mode)
        found = by_name(examine(home, names=names))
    assert not found["keys"].ok
    assert f"{path}, which others" in found["keys"].says
    assert f"{word} {path}" in found["keys"].next_step


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_keys_of_another_user_fail(tmp_path, nobody, names):
    with made(tmp_path, port(nobody)) as home:
        os.chown(home.keys / "token.keys", 12345, -1)
        found = by_name(examine(home, names=names))
    assert not found["keys"].ok
    assert "belongs to user 12345" in found["keys"].says


def test_a_public_key_that_is_not_the_signers_fails(tmp_path, nobody, names):
    begin(tmp_path / "other")
    with made(tmp_path / "home", port(nobody)) as home:
        other = tmp_path / "other" / "var" / "keys" / "evidence.pub"
        (home.keys / "evidence.pub").write_bytes(other.read_bytes())
        found = by_name(examine(home, names=names))
    assert not found["keys"].ok
    assert "not the public half" in found["keys"].says


def test_missing_keys_fail_with_what_to_do(tmp_path, nobody, names):
    with made(tmp_path, port(nobody)) as home:
        for path in home.keys.iterdir():
            path.unlink()
        home.keys.rmdir()
        found = by_name(examine(home, names=names))
    assert not found["keys"].ok
    assert "backup" in found["keys"].next_step
    assert found["database"].ok


@pytest.mark.parametrize("end", ["", "-wal"])
def test_a_database_that_others_can_read_fails(tmp_path, nobody, names, end):
    with made(tmp_path, port(nobody)) as home:
        with home.store.write() as tx:  # SQLite mends the mode of an empty -wal file by itself
            ledger.append(tx, now=NOW, kind="note", body={})
        path = home.var / f"notifier.db{end}"
        path.chmod(0o644)
        found = by_name(examine(home, names=names))
    assert not found["database"].ok
    assert f"{path}, which others can reach (mode 0644)" in found["database"].says


def test_a_database_damaged_inside_fails_and_the_rest_is_checked(tmp_path, nobody, names):
    with made(tmp_path, port(nobody)) as home:
        path = home.var / "notifier.db"
        with sqlite3.connect(path) as raw:
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            (root,) = raw.execute(
                "SELECT rootpage FROM sqlite_master WHERE name='person'"
            ).fetchone()
            (size,) = raw.execute("PRAGMA page_size").fetchone()
        raw.close()
        data = bytearray(path.read_bytes())
        data[(root - 1) * size : root * size] = b"\xa5" * size
        path.write_bytes(data)
        found = by_name(examine(home, names=names))
    assert not found["database"].ok
    assert "is damaged" in found["database"].says
    assert "restore a backup" in found["database"].next_step
    assert found["keys"].ok
    assert found["feeds"].ok
    assert found["disk"].ok


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (lambda path: path.write_bytes(b"this was a database" * 99), "is not an SQLite database"),
        (lambda path: path.unlink(), "There is no database"),
        (lambda path: (path.unlink(), path.mkdir()), "is not a file"),
        (lambda path: (path.unlink(), path.touch(0o600)), "older schema"),
    ],
)
def test_what_is_no_database_fails_in_every_check_that_needs_it(
    tmp_path, nobody, names, harm, words
):
    with made(tmp_path, port(nobody)) as home:
        harm(home.var / "notifier.db")
        found = by_name(examine(home, names=names))
    assert [name for name, check in found.items() if not check.ok] == [
        "database", "ledger", "relay", "clock",
    ]  # fmt: skip
    assert all(words in found[name].says for name in ("database", "ledger", "clock"))


# ---- ledger and clock --------------------------------------------------------------------------


def test_a_database_from_before_the_newest_checkpoint_fails(tmp_path, nobody, names):
    with made(tmp_path, port(nobody)) as home:
        path = home.var / "notifier.db"
        old = path.read_bytes()
        with home.store.write() as tx:
            ledger.append(tx, now=NOW, kind="note", body={})
        sign_head(home)
        home.close()
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    path.write_bytes(old)
    with Home(path=tmp_path, settings=home.settings, clock=lambda: NOW) as again:
        found = by_name(examine(again, names=names))
    assert found["database"].ok
    assert not found["ledger"].ok
    assert "restored from an older copy" in found["ledger"].says


def test_a_checkpoint_of_another_key_fails(tmp_path, nobody, names):
    with made(tmp_path / "other", port(nobody)) as other:
        sign_head(other)
    with made(tmp_path / "home", port(nobody)) as home:
        (stolen,) = (other.var / "checkpoints").glob("*.json")
        (home.var / "checkpoints" / stolen.name).write_bytes(stolen.read_bytes())
        found = by_name(examine(home, names=names))
    assert not found["ledger"].ok
    assert "is signed by" in found["ledger"].says


@pytest.mark.parametrize(
    ("late", "ok"), [(timedelta(microseconds=1), False), (timedelta(days=400), False),
                     (timedelta(0), True), (-timedelta(days=400), True)],
)  # fmt: skip
def test_a_clock_before_the_newest_entry_fails(tmp_path, nobody, names, late, ok):
    made(tmp_path, port(nobody)).close()
    with Home(path=tmp_path, settings=load_settings(tmp_path), clock=lambda: NOW - late) as home:
        found = by_name(examine(home, names=names))
    assert found["clock"].ok is ok
    assert ("before entry 1" in found["clock"].says) is not ok


# ---- relay -------------------------------------------------------------------------------------


def test_a_relay_that_is_not_there_is_down(tmp_path, nobody, names):
    with made(tmp_path, port(nobody)) as home:
        check = by_name(examine(home, names=names))["relay"]
    assert not check.ok
    assert check.says.startswith("down: ")
    assert "mail.host" in check.next_step


def test_a_relay_that_is_busy_is_down_and_one_that_refuses_refuses(tmp_path, names):
    greetings = [b"421 4.3.2 not now\r\n", b"554 5.7.1 go away ann@example.org\r\n"]
    with HostileRelay(greetings=greetings) as relay, made(tmp_path, port(relay.port)) as home:
        busy = by_name(examine(home, names=names))["relay"]
        refusing = by_name(examine(home, names=names))["relay"]
    assert not busy.ok
    assert busy.says.startswith("down: ")
    assert not refusing.ok
    assert refusing.says.startswith("refuses: ")
    assert "ann@" not in refusing.says


def test_a_relay_without_starttls_refuses_and_nothing_goes_in_plain_text(tmp_path, names):
    changes = ('tls = "none"', 'tls = "starttls"')
    with HostileRelay() as relay, made(tmp_path, port(relay.port), changes) as home:
        check = by_name(examine(home, names=names))["relay"]
    assert not check.ok
    assert check.says.startswith("refuses: ")
    assert relay.accepted == []


def test_the_login_is_tried_and_the_line_is_left_politely(tmp_path, names, monkeypatch):
    monkeypatch.setenv("NOTIFIER_MAIL__PASSWORD", SECRET)
    user = ('username = ""', 'username = "mailer@alderfold.com"')
    with HostileRelay(password=SECRET) as relay, made(tmp_path, port(relay.port), user) as home:
        good = examine(home, names=names)
        assert relay.commands[-1] == "QUIT"
        assert not any(line.startswith(("MAIL", "RCPT")) for line in relay.commands)
        relay.password = "another"
        bad = examine(home, names=names)
    assert "the login works" in by_name(good)["relay"].says
    assert not by_name(bad)["relay"].ok
    assert "NOTIFIER_MAIL__PASSWORD" in by_name(bad)["relay"].next_step
    shown = repr((good, bad))
    for hidden in (SECRET, "mailer@", "privacy@", "reports@"):
        assert hidden not in shown


# ---- DNS ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("records", "name", "words"),
    [
        ({DOMAIN: []}, "spf", "has no SPF record"),
        ({DOMAIN: ["v=spf10 -all"]}, "spf", "has no SPF record"),
        ({DOMAIN: ["v=spf1 a -all", "V=SPF1 mx -all"]}, "spf", "2 SPF records"),
        ({DOMAIN: ["v=spf1 a +all"]}, "spf", "lets everybody"),
        ({DOMAIN: ["v=spf1 all"]}, "spf", "lets everybody"),
        ({DOMAIN: ["v=spf1 -all"]}, "spf", "lets nobody"),
        ({f"_dmarc.{DOMAIN}": []}, "dmarc", "has no DMARC record"),
        ({f"_dmarc.{DOMAIN}": ["v=DMARC1; p=none", "v=DMARC1; p=reject"]}, "dmarc", "2 DMARC"),
        ({f"_dmarc.{DOMAIN}": ["v=DMARC1; p=refuse"]}, "dmarc", "no policy"),
    ],
)
def test_a_domain_that_mail_cannot_come_from_fails(tmp_path, nobody, records, name, words):
    with Zone(GOOD_DNS | records).serving() as names, made(tmp_path, port(nobody)) as home:
        found = by_name(examine(home, names=names))
    assert not found[name].ok
    assert words in found[name].says
    assert found[name].next_step


@pytest.mark.parametrize(
    ("record", "policy"), [("v=DMARC1; p=reject; sp=quarantine", "quarantine"),
                           ("v = DMARC1;p=Reject", "reject")],
)  # fmt: skip
def test_dmarc_of_the_domain_above_counts(record, policy):
    zone = Zone({"_dmarc.alderfold.com": [record]})
    with zone.serving() as names:
        found = names.dmarc(DOMAIN)
    assert found is not None
    assert (found.place, found.policy) == ("alderfold.com", policy)
    assert zone.asked == [f"_dmarc.{DOMAIN}", "_dmarc.alderfold.com"]


@pytest.mark.parametrize("silent", [(DOMAIN,), (f"_dmarc.{DOMAIN}",)])
def test_silence_is_no_failure_and_what_was_learned_before_stays(tmp_path, nobody, silent):
    zone = Zone(GOOD_DNS, silent=silent)
    with zone.serving() as names, made(tmp_path, port(nobody)) as home:
        found = by_name(examine(home, names=names))
    assert found["dns"].ok
    assert "DNS does not answer" in found["dns"].says
    assert ("spf" in found) is (silent != (DOMAIN,))
    assert "dmarc" not in found


def test_a_name_server_that_fails_has_not_answered():
    with Zone(rcode=dns.rcode.SERVFAIL).serving() as names, pytest.raises(DnsSilentError):
        names.texts(DOMAIN)


def test_a_record_in_pieces_is_joined_and_nothing_in_it_moves_the_terminal():
    with Zone({DOMAIN: ['v=spf1 incl" "ude:a.net \\027[2J\\200']}).serving() as names:
        assert names.texts(DOMAIN) == ("v=spf1 include:a.net ?[2J?",)


@pytest.mark.parametrize("domain", ["a..b", "x" * 64 + ".com", "." * 3])
def test_what_is_no_domain_is_refused_without_asking(domain):
    with Zone().serving() as names, pytest.raises(ValueError, match="not a domain name"):
        names.texts(domain)


@pytest.mark.parametrize(
    "domain", ["example.com", "MAIL.Example.org", "a.test", "localhost", "b.invalid."]
)
def test_reserved_names_are_nobodys(domain):
    assert is_reserved(domain)


@pytest.mark.parametrize("domain", ["myexample.com", "example.de", "test.com", "latest"])
def test_other_names_are_somebodys(domain):
    assert not is_reserved(domain)


def test_a_reserved_sender_is_not_looked_up(tmp_path, nobody):
    zone, change = Zone(), (f"@{DOMAIN}", "@alderfold.example")
    with zone.serving() as names, made(tmp_path, port(nobody), change) as home:
        found = by_name(examine(home, names=names))
    assert found["dns"].ok
    assert "not checked" in found["dns"].says
    assert zone.asked == []


# ---- feeds, disk, anything else ----------------------------------------------------------------


@pytest.mark.parametrize(
    "harm", [lambda path: path.unlink(), lambda path: path.write_bytes(b'{"schema": "x"}')]
)
def test_a_feed_that_is_missing_or_damaged_fails(tmp_path, nobody, names, harm):
    with made(tmp_path, port(nobody)) as home:
        harm(home.var / "feed" / "meetings.json")
        found = by_name(examine(home, names=names))
    assert not found["feeds"].ok
    assert "meetings" in found["feeds"].says
    assert "feed publish" in found["feeds"].next_step


def test_a_full_disk_fails(tmp_path):
    assert disk_space(tmp_path, least_bytes=0).ok
    full = disk_space(tmp_path, least_bytes=1 << 62)
    assert not full.ok
    assert str(tmp_path) in full.says


def test_a_home_that_is_gone_fails_everywhere_and_raises_nowhere(tmp_path, nobody, names):
    home = made(tmp_path / "home", port(nobody))
    home.path = tmp_path / "nowhere"
    found = by_name(examine(home, names=names))
    assert {n for n, c in found.items() if not c.ok} == {
        "keys", "database", "ledger", "relay", "feeds", "clock", "disk",
    }  # fmt: skip
    assert "could not be checked" in found["disk"].says


def test_an_error_that_nobody_foresaw_is_a_failed_check_without_its_text(tmp_path, nobody, names):
    def broken() -> datetime:
        raise LookupError("ann@example.org")

    made(tmp_path, port(nobody)).close()
    with Home(path=tmp_path, settings=load_settings(tmp_path), clock=broken) as home:
        checks = examine(home, names=names)
    assert by_name(checks)["clock"].says == "could not be checked (LookupError)."
    assert "ann@" not in repr(checks)
