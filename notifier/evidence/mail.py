"""Whoever holds a mail can find what the ledger says of it, also when its reader was erased."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from notifier.evidence.chain import Entry

_REF = re.compile(rb"(?mi)^(?:Message-ID|X-Notifier-ID):\s*<([0-9a-f]{32})@")
_ENDS: Final = re.compile(rb"\r\n|\r|\n")
_HEADER_LINES: Final = 500
"""Lines that relays may have put in front; more is no mail that anybody got."""
_BLANK: Final = b"\r\n\r\n"


@dataclass(frozen=True, kw_only=True, slots=True)
class MailProof:
    """What the chain says of one mail."""

    ref: str
    """The message's name, from its Message-ID; empty where the file names none of ours."""
    intents: tuple[int, ...] = ()
    """Numbers of the entries that say these very bytes were about to leave."""
    outcomes: tuple[int, ...] = ()
    """Numbers of the entries that say what became of the message."""
    accepted: int | None = None
    """The entry that says that the relay took it."""
    altered: bool = False
    """The chain knows the message, and these are not the bytes that were handed to the relay."""

    @property
    def matches(self) -> bool:
        """Whether these very bytes were recorded."""
        return bool(self.intents) and not self.altered

    def document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "ref": self.ref,
            "matches": self.matches,
            "altered": self.altered,
            "intents": list(self.intents),
            "outcomes": list(self.outcomes),
            "accepted": self.accepted,
        }

    def sentence(self) -> str:
        """Return it for people."""
        if not self.ref:
            return "The mail: it has no Message-ID of ours"
        if self.altered:
            return (
                f"The mail: entries {_listed(self.intents)} tell of this message, but these are not"
                " the bytes that were sent; it was changed since"
            )
        if not self.intents:
            return "The mail: no entry tells of it"
        taken = f"; the relay accepted it: entry {self.accepted}" if self.accepted else ""
        return f"The mail: these very bytes were sent: entry {_listed(self.intents)}{taken}"


def match_mail(data: bytes, entries: Iterable[Entry]) -> MailProof:
    """Return what the chain says of a mail, as it was received or saved.

    Line ends may have been changed by whoever saved it, and relays put their own headers in front
    (RFC 5321, 4.4): the digest is sought of what begins at each header line.
    """
    whole = _ENDS.sub(b"\r\n", data).rstrip(b"\r\n") + b"\r\n"
    found = _REF.search(whole.partition(_BLANK)[0])
    if found is None:
        return MailProof(ref="")
    ref = found[1].decode()
    intents: dict[int, str] = {}
    outcomes: dict[int, str] = {}
    for entry in entries:
        if ref in entry.body and entry.kind in {"intent", "outcome"}:
            body = json.loads(entry.body)
            if entry.kind == "intent":
                intents[entry.seq] = body.get("sha256", "")
            else:
                outcomes[entry.seq] = body.get("state", "")
    digests = _digests(whole)
    sent = [number for number, digest in intents.items() if digest in digests]
    return MailProof(
        ref=ref,
        intents=tuple(sent or intents),
        outcomes=tuple(outcomes),
        accepted=next((number for number, state in outcomes.items() if state == "sent"), None),
        altered=bool(intents) and not sent,
    )


def _digests(whole: bytes) -> set[str]:
    """Return the digests of the mail with more and more header lines taken off in front."""
    starts, at = [0], 0
    head = whole.find(_BLANK)
    while len(starts) < _HEADER_LINES and (at := whole.find(b"\r\n", at, head)) >= 0:
        at += 2
        starts.append(at)
    return {sha256(whole[start:]).hexdigest() for start in starts}


def _listed(numbers: tuple[int, ...]) -> str:
    return ", ".join(map(str, numbers))
