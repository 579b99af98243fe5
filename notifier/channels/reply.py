"""What a reply means: by code, enhanced code (RFC 3463) and phase, never by its words."""

from __future__ import annotations

import re

from notifier.channels.model import Bounced, Deferred, NotStarted, Phase, Rejected, Reply

_ENHANCED = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"']+@[^\s<>()\[\],;:\"']+")
_LINK = re.compile(r"\b[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)
_WORD = re.compile(r"\w{3,}")
_LONG_RUN = re.compile(r"[A-Za-z0-9_.~+/=-]{48,}")
_QUEUED = (
    re.compile(r"queued as[: ]+(\S+)", re.IGNORECASE),
    re.compile(r"\bid[=: ]+(\S+)", re.IGNORECASE),
    re.compile(r"^(?:2\.\d+\.\d+ )?ok:? +(\S+)$", re.IGNORECASE),
)
_LONGEST_TEXT = 300
_LONGEST_QUEUE_ID = 128
_LONGEST_QUOTED = 2000
_SHORTEST_PERSONAL = 3
SERVICE_CLOSING = 421
# RFC 4954: authentication required, too weak, failed, encryption needed. About us, not about them.
_ABOUT_US = {530, 534, 535, 538}
_SENDER_CODES = {"5.1.7", "5.1.8"}
_TOO_LONG_FOR_MAILBOX = "5.2.3"
# The subject of an enhanced code, its middle number.
_ADDRESSING, _MAILBOX, _POLICY = "1", "2", "7"
_MAIL_SYSTEM_TOO_BIG = "5.3.4"


def read_reply(code: int, text: str, recipient: str = "", name: str = "") -> Reply:
    """Return the reply without addresses, the name, links and anything that looks like a token.

    A relay may echo whatever it likes, so the text is cut to 300 characters and one line.
    """
    enhanced = _ENHANCED.search(text[:100])
    return Reply(
        code=code if 0 < code < 1000 else 0,  # noqa: PLR2004  SMTP codes have three digits
        enhanced=enhanced[1] if enhanced else "",
        text=scrub(text, recipient, name),
    )


def scrub(text: str, recipient: str = "", name: str = "") -> str:
    """Return text fit to be kept: printable, one line, nobody's address or name, no link or token.

    Of a name, each word of three letters or more is struck where it stands as a word.
    """
    text = text[:_LONGEST_QUOTED]
    local = recipient.rpartition("@")[0]
    words = (rf"\b{re.escape(word)}\b" for word in _WORD.findall(name))
    for personal in (re.escape(recipient), re.escape(local), *words):
        if len(personal) >= _SHORTEST_PERSONAL:
            text = re.sub(personal, "<recipient>", text, flags=re.IGNORECASE)
    text = _ADDRESS.sub("<address>", _LINK.sub("<link>", text))
    text = _LONG_RUN.sub("<long>", text)
    text = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(text.split())[:_LONGEST_TEXT]


def queue_id(reply: Reply) -> str:
    """Return the id under which the relay queued the message, or empty if it did not say."""
    for pattern in _QUEUED:
        found = pattern.search(reply.text)
        if found:
            return found[1].strip("<>()[].,;")[:_LONGEST_QUEUE_ID]
    return ""


def refusal(reply: Reply, phase: Phase) -> Deferred | Bounced | Rejected | NotStarted:
    """Return what a reply that is no acceptance means for this message.

    421 before the body: the relay is closing, nothing is said about the message. Codes about
    authentication and encryption are about us. Else 4xx is a deferral; 5xx is a bounce where the
    enhanced code (or, without one, the phase) speaks of the mailbox, else somebody has to look.
    """
    kind = reply.code // 100
    if phase is not Phase.BODY and (reply.code == SERVICE_CLOSING or kind not in (4, 5)):
        why = "relay_closing" if reply.code == SERVICE_CLOSING else "bad_reply"
        return NotStarted(reply=reply, phase=phase, why=why)
    if kind == 4:  # noqa: PLR2004  the transient family
        return Deferred(reply=reply, phase=phase)
    if is_about_mailbox(reply, phase):
        return Bounced(reply=reply, phase=phase)
    return Rejected(reply=reply, phase=phase, why=_why(reply, phase))


def is_about_us(reply: Reply) -> bool:
    """Whether the reply refuses this client as a whole, whatever the message."""
    return reply.code in _ABOUT_US


def is_about_mailbox(reply: Reply, phase: Phase) -> bool:
    """Whether a 5xx speaks of the recipient's mailbox: unknown, disabled, full."""
    if is_about_us(reply) or reply.enhanced in _SENDER_CODES:
        return False
    subject = reply.enhanced.split(".")[1] if reply.enhanced else ""
    if subject == _MAILBOX:
        return reply.enhanced != _TOO_LONG_FOR_MAILBOX
    if subject == _ADDRESSING:
        return phase is not Phase.SENDER
    if subject == _POLICY or reply.enhanced == _MAIL_SYSTEM_TOO_BIG:
        return False
    return phase is Phase.RECIPIENT


def _why(reply: Reply, phase: Phase) -> str:
    subject = reply.enhanced.split(".")[1] if reply.enhanced else ""
    too_big = reply.code == 552 or reply.enhanced in {_TOO_LONG_FOR_MAILBOX, _MAIL_SYSTEM_TOO_BIG}  # noqa: PLR2004  RFC 1870
    if too_big:
        return "refused_size"
    if subject == _POLICY:
        return "refused_policy"
    if phase is Phase.SENDER or reply.enhanced in _SENDER_CODES:
        return "refused_sender"
    return "refused_content" if phase is Phase.BODY else "refused_policy"
