from __future__ import annotations

import email
import email.policy
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.campaign.letter import Filled, fill, make_skeleton
from notifier.campaign.mime import ascii_address, mime
from notifier.errors import InputError
from notifier.render import Templates
from tests.letters import CHOICE, DATED, REF, SENDER, acquisition, golden, notice

FILLED = fill(make_skeleton(notice(), Templates()), choice_url=CHOICE, name="Ada Løvelace")


def made(filled: Filled = FILLED, **changes: object) -> bytes:
    values = {
        "sender": SENDER,
        "reply_to": "privacy@example.com",
        "recipient": "ada@example.org",
        "ref": REF,
        "dated_at": DATED,
    }
    return mime(filled, **{**values, **changes})


def read(data: bytes) -> email.message.EmailMessage:
    return email.message_from_bytes(data, policy=email.policy.default)


def plain(subject: str = "S", text: str = "t\n", html: str = "<p>t</p>") -> Filled:
    return Filled(subject=subject, text=text, html=html, language="en")


def test_headers() -> None:
    message = read(made())
    for name in ("From", "To", "Date", "Subject", "Message-ID", "Reply-To", "X-Notifier-ID"):
        assert len(message.get_all(name)) == 1, name
    assert message["Message-ID"] == f"<{REF}@example.com>" == message["X-Notifier-ID"]
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "en"
    assert message["Date"] == "Tue, 01 Dec 2026 08:00:00 +0000"
    assert message["From"] == SENDER
    assert message["To"] == "ada@example.org"
    assert message.get_content_type() == "multipart/alternative"


def test_parts_come_back_whole() -> None:
    message = read(made())
    text, html = message.iter_parts()
    assert text.get_content().replace("\r\n", "\n") == FILLED.text
    assert html.get_content().replace("\r\n", "\n").rstrip() == FILLED.html.rstrip()
    assert [part.get_content_type() for part in (text, html)] == ["text/plain", "text/html"]
    assert {part["Content-Transfer-Encoding"] for part in (text, html)} == {"quoted-printable"}


def test_bytes_are_plain_ascii_in_short_crlf_lines() -> None:
    data = made()
    assert data.isascii()
    assert data.count(b"\n") == data.count(b"\r\n") == data.count(b"\r")
    assert max(map(len, data.split(b"\r\n"))) <= 78
    assert b"\0" not in data


def test_p12_same_in_same_out_and_the_zone_does_not_matter() -> None:
    west = DATED.astimezone(timezone(timedelta(hours=-8)))
    assert made() == made(dated_at=west) == made(dated_at=DATED.replace(microsecond=7))
    assert made() != made(ref=REF[::-1])


def test_naive_instants_are_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        made(dated_at=datetime(2026, 12, 1))  # noqa: DTZ001  that is the point


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ada",
        "@example.org",
        "ada@",
        "ada@example.org\r\nBcc: eve@example.org",
        "ada@example.org\n",
        "ada@example.org, eve@example.org",
        "ada@example.org eve@example.org",
        "ada\x00@example.org",
        "Ada <ada@example.org>",
        "jörg@example.org",
        "a" * 65 + "@example.org",
        "a@" + ".".join(["b" * 60] * 5),
        "ada@ex_ample.org",
        "ada@-example.org",
        "ada@bü cher.example",
    ],
)
def test_addresses_that_would_break_a_mail_are_refused(address: str) -> None:
    with pytest.raises(InputError) as caught:
        made(recipient=address)
    assert caught.value.code == "bad_address"
    assert not address.strip() or address.strip() not in str(caught.value)


@pytest.mark.parametrize(
    ("address", "ascii_form"),
    [
        ("ada@example.org", "ada@example.org"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ('"ada, the \\"first\\""@example.org', '"ada, the \\"first\\""@example.org'),
        ("a+b'c@example.org", "a+b'c@example.org"),
        ("ada@localhost", "ada@localhost"),
        ("a" * 64 + "@" + "b" * 63 + "." + "c" * 63 + "." + "d" * 61, None),
    ],
)
def test_addresses_that_work(address: str, ascii_form: str | None) -> None:
    assert ascii_address(address) == (ascii_form or address)


def test_an_address_of_255_characters_is_one_too_long() -> None:
    good = "a" * 64 + "@" + "b" * 63 + "." + "c" * 63 + "." + "d" * 61
    assert len(good) == 254
    with pytest.raises(InputError):
        ascii_address(good + "e")


@pytest.mark.parametrize("ref", ["", "short", "a" * 16 + "\r\nX: y", "a@b.c.d.e", "<aaaaaaaaaa>"])
def test_a_reference_that_would_break_a_header_is_refused(ref: str) -> None:
    with pytest.raises(InputError):
        made(ref=ref)


def test_international_senders_and_subjects() -> None:
    message = read(
        made(
            plain(subject="Änderung der Datenschutzerklärung zum 15. Januar 2027 – Ihre Wahl " * 2),
            sender='"Müller, Söhne & Co." <datenschutz@müller.example>',
        )
    )
    assert message["From"].addresses[0].display_name == "Müller, Söhne & Co."
    assert message["From"].addresses[0].addr_spec == "datenschutz@xn--mller-kva.example"
    assert message["Message-ID"].endswith("@xn--mller-kva.example>")
    assert message["Subject"].startswith(
        "Änderung der Datenschutzerklärung zum 15. Januar 2027 – Ihre"
    )


def test_a_comma_in_the_senders_name_is_quoted() -> None:
    message = read(made(sender='"Example, Inc." <privacy@example.com>'))
    assert message["From"].addresses[0].display_name == "Example, Inc."


@given(subject=st.text(max_size=400))
def test_no_subject_can_add_a_header(subject: str) -> None:
    data = made(plain(subject=subject))
    head = data.partition(b"\r\n\r\n")[0]
    names = [line.partition(b":")[0] for line in head.split(b"\r\n") if not line.startswith(b" ")]
    assert len(names) == len(set(names)) == 11
    assert data.isascii()


@given(text=st.text(max_size=400))
def test_any_body_comes_back(text: str) -> None:
    text = "".join(c for c in text if c not in "\r\0" and not "\ud800" <= c <= "\udfff")
    data = made(plain(text=text))
    part = next(iter(read(data).iter_parts()))
    assert part.get_payload(decode=True).decode().replace("\r\n", "\n").rstrip("\n") == text.rstrip(
        "\n"
    )
    assert max(map(len, data.split(b"\r\n"))) <= 78


def test_lines_that_relays_rewrite_are_hidden() -> None:
    data = made(plain(text="From the start\n.\n" + "From " + "x" * 200 + "\n"))
    assert b"\r\nFrom the" not in data.partition(b"\r\n\r\n")[2]
    assert b"\r\n.\r\n" not in data
    part = next(iter(read(data).iter_parts()))
    assert part.get_content().startswith("From the start\r\n.\r\nFrom xxx")


def test_a_proof_says_so_in_its_headers() -> None:
    proof = fill(make_skeleton(notice(), Templates()), choice_url=CHOICE, proof=True)
    message = read(made(proof))
    assert message["X-Notifier-Proof"] == "yes"
    assert message["Subject"].startswith("[Test copy] ")
    assert read(made())["X-Notifier-Proof"] is None


@pytest.mark.parametrize("kind", ["notice", "acquisition"])
def test_golden(kind: str) -> None:
    content = notice() if kind == "notice" else acquisition()
    filled = fill(make_skeleton(content, Templates()), choice_url=CHOICE, name="Ada Løvelace")
    golden(f"mail/{kind}.eml", made(filled))
