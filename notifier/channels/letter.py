"""What must hold of a letter before a relay is asked to take it."""

from __future__ import annotations

import re

from notifier.channels.model import Letter, Phase, Rejected, Reply

# One address, nothing a relay could read as two, and nothing that ends a command line.
# Of quoted local parts those without signs that a relay's reader may take for something else.
_PLAIN = r"[^\x00-\x20\x7f-\x9f\"(),:;<>@\[\\\]]+"
_QUOTED = r'"[A-Za-z0-9 !#$%&\'*+/=?^_`{|}~.-]+"'
_RECIPIENT = re.compile(rf"(?:{_PLAIN}|{_QUOTED})@[^\x00-\x20\x7f-\x9f\"(),;<>@\\]+")
_LONGEST_ADDRESS = 254  # RFC 5321 4.5.3.1.3: 256 octets with the angle brackets
_LONGEST_LOCAL_PART = 64
_LONGEST_LINE = 998  # RFC 5322 2.1.1, without CRLF
_BARE = re.compile(rb"(?<!\r)\n|\r(?!\n)")
_HEADER_END = b"\r\n\r\n"


def unfit(letter: Letter) -> Rejected | None:
    """Return why this letter is never handed to a relay, or None.

    A CR, LF, NUL or a second address in a recipient would mail somebody else (a relay's client
    library has been seen to cut the address there and go on); bare line ends would be rewritten on
    the way, so the bytes sent would not be the bytes recorded.
    """
    if not _usable(letter.recipient):
        return _because("bad_address")
    if letter.sender and not _usable(letter.sender):
        return _because("bad_sender")
    data = letter.data
    if not data.endswith(b"\r\n") or b"\x00" in data or _BARE.search(data):
        return _because("bad_message")
    if max(map(len, data.split(b"\r\n"))) > _LONGEST_LINE:
        return _because("line_too_long")
    return None


def needs_utf8(letter: Letter) -> bool:
    """Whether an address or a header holds more than ASCII (RFC 6531)."""
    head = letter.data.partition(_HEADER_END)[0]
    return not (letter.recipient.isascii() and letter.sender.isascii() and head.isascii())


def _usable(address: str) -> bool:
    if not _RECIPIENT.fullmatch(address) or len(address.encode()) > _LONGEST_ADDRESS:
        return False
    local, _, domain = address.partition("@")
    # A dot first, last or doubled is no dot-atom; the domain of a stored address is ASCII.
    if ".." in address or local[0] == "." or local[-1] == "." or domain[0] in ".-":
        return False  # also of a quoted part, where it would be allowed: nobody has one
    return len(local.encode()) <= _LONGEST_LOCAL_PART and address.isprintable()


def _because(why: str) -> Rejected:
    return Rejected(reply=Reply(), phase=Phase.CONNECT, why=why)
