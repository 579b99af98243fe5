"""Put a filled mail into MIME: the same mail gives the same bytes, on every Python, at every try.

Written by hand where the standard library's output differs between versions or can be steered by a
value: header folding, encoded words, boundaries. Everything is 7-bit, so no relay needs 8BITMIME or
SMTPUTF8.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from datetime import UTC
from email.utils import format_datetime, parseaddr
from typing import TYPE_CHECKING

from email_validator import EmailNotValidError, validate_email

from notifier.campaign.wording import clean_line
from notifier.errors import InputError

if TYPE_CHECKING:
    from datetime import datetime

    from notifier.campaign.letter import Filled

ADDRESS_LIMIT = 254
"""Characters of an address, RFC 5321 section 4.5.3.1.3 with erratum 1690."""
LOCAL_LIMIT = 64
_WORD_BYTES = 42
"""Bytes of text in one encoded word: 56 base64 characters and the frame stay below 75."""
_LINE = 76
_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf'(?:{_ATEXT}(?:\.{_ATEXT})*|"(?:[ !#-\[\]-~]|\\[ -~])*")')
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_REF = re.compile(r"[A-Za-z0-9._-]{8,128}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_PLAIN_PHRASE = re.compile(r"[A-Za-z0-9 !#$%&'*+/=?^_`{|}~-]+")


def mime(
    filled: Filled,
    *,
    sender: str,
    reply_to: str,
    recipient: str,
    ref: str,
    dated_at: datetime,
    domain: str = "",
) -> bytes:
    """Return the message as it is handed to the relay, lines ended by CRLF, at most 998 bytes each.

    ``sender`` and ``reply_to`` may carry a display name; ``recipient`` is one bare address. An
    international domain is put into its ASCII form. ``ref`` names the message (no personal data):
    Message-ID and ``X-Notifier-ID`` are ``<ref@domain>``, with the sender's domain where ``domain``
    is empty, and the MIME boundary comes from it. ``dated_at`` is an aware instant, written in UTC.

    :raises InputError: an address, ``ref`` or ``domain`` that would break the message
    """
    sender_name, sender_address = _mailbox(sender)
    identifier = (
        f"<{_checked_ref(ref)}@{_ascii_domain(domain or sender_address.rpartition('@')[2])}>"
    )
    boundary = f"=_{hashlib.sha256(ref.encode()).hexdigest()[:40]}"
    headers = [
        _fold("From", _formatted(sender_name, sender_address)),
        _fold("To", ascii_address(recipient)),
        *([_fold("Reply-To", _formatted(*_mailbox(reply_to)))] if reply_to else []),
        _fold("Subject", _encoded(" ".join(filled.subject.split()))),
        f"Date: {_date(dated_at)}",
        f"Message-ID: {identifier}",
        f"X-Notifier-ID: {identifier}",
        *(["X-Notifier-Proof: yes"] if filled.proof else []),
        "Auto-Submitted: auto-generated",
        f"Content-Language: {_language(filled.language)}",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"',
    ]
    lines = [*headers, ""]
    for subtype, body in (("plain", filled.text), ("html", filled.html)):
        lines += [
            f"--{boundary}",
            f"Content-Type: text/{subtype}; charset=utf-8",
            "Content-Transfer-Encoding: quoted-printable",
            "",
            _quoted(body),
        ]
    lines += [f"--{boundary}--", ""]
    return "\r\n".join(lines).encode("ascii")


def ascii_address(address: str) -> str:
    """Return one bare address in ASCII, an international domain in its A-label form.

    :raises InputError: empty, two addresses, spaces or controls, too long, or a local part that
        only SMTPUTF8 could carry
    """
    local, at, domain = address.rpartition("@")
    if not domain.isascii():
        try:
            found = validate_email(
                f"a@{domain}", check_deliverability=False, globally_deliverable=False
            )
        except EmailNotValidError as error:
            raise _bad_address() from error
        domain = found.ascii_domain or ""
    if (
        not at
        or not _LOCAL.fullmatch(local)
        or not _DOMAIN.fullmatch(domain)
        or len(local) > LOCAL_LIMIT
        or len(local) + len(domain) + 1 > ADDRESS_LIMIT
    ):
        raise _bad_address()
    return f"{local}@{domain}"


def _bad_address() -> InputError:
    return InputError(
        "An address cannot be put into a mail: it must be one address, in ASCII before the @, of at"
        f" most {ADDRESS_LIMIT} characters. This message was not made.",
        code="bad_address",
        next_step="Correct the address and import the person again; or [mail] from and reply_to.",
    )


def _mailbox(value: str) -> tuple[str, str]:
    name, address = parseaddr(value)
    if not address:
        raise _bad_address()
    return clean_line(name), ascii_address(address)


def _formatted(name: str, address: str) -> str:
    if not name:
        return address
    if _PLAIN_PHRASE.fullmatch(name):
        return f"{name} <{address}>"
    if name.isascii():
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}" <{address}>'
    return f"{_encoded(name)} <{address}>"


def _encoded(text: str) -> str:
    """Return header text, as RFC 2047 encoded words where it is not plain ASCII."""
    if text.isascii() and text.isprintable() and "=?" not in text:
        return text
    words: list[str] = []
    run = b""
    for char in text:
        encoded = char.encode("utf-8", "replace")
        if len(run) + len(encoded) > _WORD_BYTES:
            words.append(_word(run))
            run = b""
        run += encoded
    return " ".join([*words, _word(run)])


def _word(run: bytes) -> str:
    return f"=?utf-8?b?{base64.b64encode(run).decode('ascii')}?="


def _fold(name: str, value: str) -> str:
    """Fold a header at spaces, so that lines stay within 76 characters where spaces allow."""
    lines = [f"{name}:"]
    for word in value.split(" "):
        if len(lines[-1]) + 1 + len(word) > _LINE and not lines[-1].endswith(":"):
            lines.append("")
        lines[-1] += f" {word}"
    return "\r\n".join(lines)


def _quoted(body: str) -> str:
    """Return quoted-printable with CRLF, safe against ``From `` and lone-dot rewriting."""
    data = body.replace("\r\n", "\n").rstrip("\n").encode("utf-8", "replace")
    quoted = binascii.b2a_qp(data, quotetabs=False, istext=True).decode("ascii")
    lines = [_guard(line) for line in quoted.split("\n")]
    return "\r\n".join([*lines, ""])


def _guard(line: str) -> str:
    """Hide ``From `` at the start of a line, which some relays escape, breaking signatures."""
    return f"=46rom=\r\n{line[4:]}" if line.startswith("From ") else line


def _date(instant: datetime) -> str:
    if instant.tzinfo is None:
        raise ValueError("dated_at must be an aware instant")
    return format_datetime(instant.astimezone(UTC).replace(microsecond=0))


def _checked_ref(ref: str) -> str:
    if not _REF.fullmatch(ref):
        raise InputError(
            "The message's reference is not 8 to 128 of A-Z a-z 0-9 . _ -. Nothing was made.",
            code="bad_ref",
        )
    return ref


def _ascii_domain(domain: str) -> str:
    return ascii_address(f"a@{domain}").partition("@")[2]


def _language(tag: str) -> str:
    return tag if _LANGUAGE.fullmatch(tag) else "en"
