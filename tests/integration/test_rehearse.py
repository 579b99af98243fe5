"""`test-send`: what a colleague gets is the reader's mail, marked, and nobody's notice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from notifier.errors import InputError, OutsideError, UnknownThingError
from notifier.pipeline.choose import who
from notifier.pipeline.decide import approve
from notifier.pipeline.plans import preview_mail
from notifier.pipeline.rehearse import send_test_copy
from notifier.pipeline.take import take_in
from tests.relay import HostileRelay, refuse
from tests.world import V2, V3, World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage
    from pathlib import Path

TO = "legal@example.net"
FULL = "full@example.net"
PEOPLE = """person_id,email,name,guardian_email
ada,ada@example.com,Ada Quux,
kid,,Kid Quux,parent@example.com
new,new@example.com,New Quux,
"""
COLLECTIONS = """person_id,site,category,policy,version,collected_at
ada,alpha,contact,privacy,v1,
kid,alpha,contact,privacy,v1,
new,alpha,contact,privacy,v2,
"""


@pytest.fixture
def relay() -> Iterator[HostileRelay]:
    with HostileRelay({FULL: [refuse("rcpt", f"550 5.1.1 no such user {FULL}")]}) as relay:
        yield relay


@pytest.fixture
def world(tmp_path: Path, relay: HostileRelay) -> Iterator[World]:
    """Return a home in which privacy@v3 is proposed, from two baselines."""
    with World(tmp_path, port=relay.port) as world:
        world.commit("v2", V2, "2027-03-01")
        world.commit("v3", V3, "2027-06-01")
        for what, text in (("people", PEOPLE), ("collections", COLLECTIONS)):
            file = tmp_path / f"{what}.csv"
            file.write_text(text)
            assert take_in(world.home, what, file).refused == 0
        yield world


def parts(mail: EmailMessage) -> tuple[str, str]:
    return tuple(mail.get_body((kind,)).get_content() for kind in ("plain", "html"))


def test_it_works_before_the_approval_and_records_nothing(
    world: World, relay: HostileRelay
) -> None:
    before = world.rows("SELECT count(*), max(hash) FROM entry")
    send_test_copy(world.home, "privacy@v3", to=TO)
    world.mail(dry_run=True, only_to=["somebody@example.com"])
    send_test_copy(world.home, "privacy@v3", to=TO)
    one, other = relay.mails(TO)
    assert one["Message-ID"] != other["Message-ID"]
    assert len(relay.accepted) == 2
    assert world.rows("SELECT count(*), max(hash) FROM entry") == before
    assert world.rows("SELECT count(*) FROM message") == [(0,)]
    assert (world.state("privacy@v3"), world.permit("ada")) == ("proposed", "not_approved")


def test_p9_p13_it_is_marked_names_nobody_and_its_link_is_dead(
    world: World, relay: HostileRelay
) -> None:
    send_test_copy(world.home, "privacy@v3", to=TO, person="ada")
    (mail,) = relay.mails(TO)
    assert mail["Subject"].startswith("[Test copy] ")
    text, html = parts(mail)
    shown = preview_mail(world.home, "privacy@v3", "ada")
    for part in (text, html):
        assert "TEST COPY" in part
        assert "/choice/preview" in part
        assert part.count("/choice/") == part.count("/choice/preview")
    raw = relay.accepted[0].data
    assert not [mark for mark in (b"Ada", b"Quux", b"ada@", b"parent@") if mark in raw]
    assert "Ada" in shown["text"]
    with world.home.store.read() as tx:
        assert who(world.home, tx, "preview") is None


def test_it_has_the_words_of_the_cohort_or_of_the_persons_cohort(
    world: World, relay: HostileRelay
) -> None:
    cohorts = {p: send_test_copy(world.home, "privacy@v3", to=TO, person=p)["cohort"] for p in (
        "ada", "kid", "new",
    )}  # fmt: skip
    assert cohorts["ada"] == cohorts["kid"] != cohorts["new"]
    by_name = send_test_copy(world.home, "privacy@v3", to=TO, cohort=cohorts["new"])
    assert by_name["cohort"] == cohorts["new"]
    ada, kid, new, again = (parts(mail)[0] for mail in relay.mails(TO))
    assert "sell" in ada
    assert "sell" not in new
    assert new == again
    assert "guardian" in kid
    assert "guardian" not in ada
    assert "guardian" in preview_mail(world.home, "privacy@v3", "kid")["text"]


def test_whom_the_campaign_tells_nothing_has_no_letter(world: World, relay: HostileRelay) -> None:
    with pytest.raises(InputError) as refused:
        send_test_copy(world.home, "privacy@v2", to=TO, person="new")
    assert refused.value.code == "excluded"
    with pytest.raises(UnknownThingError):
        send_test_copy(world.home, "privacy@v3", to=TO, person="nobody")
    assert relay.accepted == []


def test_it_never_falls_back_to_plain(world: World, relay: HostileRelay) -> None:
    world.mail(tls="starttls")
    with pytest.raises(OutsideError):
        send_test_copy(world.home, "privacy@v3", to=TO)
    assert relay.accepted == []
    assert not any(command.startswith("MAIL") for command in relay.commands)


def test_a_refusal_is_said_without_the_address(world: World, relay: HostileRelay) -> None:
    with pytest.raises(OutsideError) as refused:
        send_test_copy(world.home, "privacy@v3", to=FULL)
    assert (refused.value.code, refused.value.exit_code) == ("not_accepted", 1)
    assert "550" in refused.value.message
    assert FULL not in refused.value.message


def test_it_is_no_notice_to_a_reader_either(world: World, relay: HostileRelay) -> None:
    send_test_copy(world.home, "privacy@v3", to="ada@example.com")
    approve(world.home, "privacy@v3", actor="second")
    world.run()
    copy, notice = relay.mails("ada@example.com")
    assert copy["Subject"].startswith("[Test copy] ")
    assert not notice["Subject"].startswith("[Test copy] ")
    assert world.counts("privacy@v3") == {"sent": 3}
