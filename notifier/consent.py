"""Signed choice links, and whether new terms may be applied to one person's data.

Silence is never recorded as consent: ``permit`` reads it from the rule set, as ``notice_ran``.
"""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from itsdangerous import BadData, Signer
from itsdangerous.encoding import base64_decode, base64_encode

from notifier.classify.model import Silence
from notifier.errors import SettingsError
from notifier.plan.model import Reason
from notifier.plan.schedule import notice_over

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from notifier.plan.model import Holding

_PURPOSE: Final = b"notifier.choice.v1"
"""Mixed into the key: a signature made for anything else never opens a choice page."""
_LONGEST: Final = 1024
_FEWEST_KEY_CHARACTERS: Final = 32


class Choice(StrEnum):
    """What a person can decide; nothing else counts as a decision."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"

    @property
    def refuses(self) -> bool:
        """Say whether the old terms stay: also after an acceptance was taken back."""
        return self is not Choice.ACCEPT


@dataclass(frozen=True, kw_only=True, slots=True)
class TokenClaim:
    """What a valid choice link says: which message of which campaign, and until when (UTC)."""

    ref: str
    campaign: str
    expires: datetime


def make_token(keys: Sequence[str], ref: str, campaign: str, expires: datetime) -> str:
    """Return the token of a choice link, signed with the first (newest) key.

    HMAC-SHA256 over message reference, campaign and expiry, bound to the purpose "choice". It holds
    neither person nor address. The same arguments give the same token.

    :raises SettingsError: there is no key, or it is too short to be one
    """
    payload = json.dumps([ref, campaign, int(expires.timestamp())], separators=(",", ":"))
    return _signed(_signer(keys[0] if keys else ""), base64_encode(payload.encode()))


def read_token(keys: Sequence[str], token: str, now: datetime) -> TokenClaim | None:
    """Return what a token claims, or nothing: forged, foreign, altered or expired look alike.

    Any of ``keys`` may have signed it. Exactly one spelling of a token is valid, so base64 padding
    variants of a genuine one are refused too.
    """
    if not token.isascii() or len(token) > _LONGEST:
        return None
    payload, _, _ = token.partition(".")
    for key in keys:
        genuine = _signed(_signer(key), payload.encode())
        if hmac.compare_digest(genuine, token):
            return _claim(payload, now)
    return None


def _signer(key: str) -> Signer:
    if len(key) < _FEWEST_KEY_CHARACTERS:
        raise SettingsError(
            "There is no usable key for choice links. No link was made or read.",
            next_step="Run `notifier doctor`; restore var/keys from your backup.",
        )
    return Signer(key, salt=_PURPOSE, key_derivation="hmac", digest_method=sha256)


def _signed(signer: Signer, payload: bytes) -> str:
    return signer.sign(payload).decode("ascii")


def _claim(payload: str, now: datetime) -> TokenClaim | None:
    try:
        ref, campaign, expires = json.loads(base64_decode(payload))
        until = datetime.fromtimestamp(expires, UTC)
    except (BadData, ValueError, TypeError, OverflowError, OSError):
        return None
    if now >= until:
        return None
    return TokenClaim(ref=ref, campaign=campaign, expires=until)


class PermitReason(StrEnum):
    """Why the new terms may, or may not, be applied; the closed list of the contract."""

    NOT_AFFECTED = "not_affected"
    JOINED_UNDER_NEW = "joined_under_new"
    NOTICE_RAN = "notice_ran"
    ACCEPTED = "accepted"
    NOTICE_RUNNING = "notice_running"
    REFUSED = "refused"
    AWAITING_CHOICE = "awaiting_choice"
    NOT_REACHED = "not_reached"
    BEFORE_EFFECTIVE = "before_effective"
    NOT_APPROVED = "not_approved"
    ERASED = "erased"
    UNKNOWN_PERSON = "unknown_person"


@dataclass(frozen=True, kw_only=True, slots=True)
class PermitFacts:
    """Everything that decides about one person and one campaign. Instants are aware UTC."""

    known: bool = True
    erased: bool = False
    approved: bool = False
    """The campaign has a standing approval; false for proposed, rejected and cancelled ones."""
    effective_at: datetime
    zone: ZoneInfo
    """In which the days of notice are counted."""
    ruling: Reason | None = None
    """Why the plan includes or excludes the person; nothing: not ruled, which permits nothing."""
    sent_at: datetime | None = None
    """When the relay took the notice for good; nothing: not sent, or bounced since."""
    notice_days: int = 0
    choice: Choice | None = None
    """The last explicit one."""
    chosen_at: datetime | None = None
    silence: Silence = Silence.KEEPS_OLD
    """What the rule set says for the weightiest change that reaches the person."""
    version: str = ""
    """The new version."""
    newer_or_same: frozenset[str] = frozenset()
    holdings: tuple[Holding, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Permit:
    """Whether the new terms may be applied to this person's data, and which terms govern it now."""

    may_apply: bool
    reason: PermitReason
    since: datetime | None = None
    """UTC; since when they may."""
    earliest: datetime | None = None
    """UTC; when they may at the earliest, where time alone decides."""
    governing: tuple[Holding, ...] = ()
    """Site and category with the version that governs what is held there."""

    def document(self) -> dict[str, object]:
        """Return the permit as the JSON document of the contract."""
        return {
            "may_apply": self.may_apply,
            "reason": self.reason.value,
            "since": _instant(self.since),
            "earliest": _instant(self.earliest),
            "governing": [
                {"site": h.site, "category": h.category, "version": h.version}
                for h in self.governing
            ],
        }


def permit(facts: PermitFacts, now: datetime) -> Permit:
    """Return whether the new terms may be applied at ``now``. What is not known is no.

    Never yes before the effective instant, after a refusal, or without a standing approval.
    """
    answer = _refusal(facts, now) or _clearance(facts) or _after_notice(facts, now)
    return replace(answer, governing=_governing(facts, may_apply=answer.may_apply))


def _refusal(facts: PermitFacts, now: datetime) -> Permit | None:
    """Answer what is no whatever else is true."""
    if not facts.known:
        return _no(PermitReason.UNKNOWN_PERSON)
    if facts.erased or facts.ruling is Reason.ERASED:
        return _no(PermitReason.ERASED)
    if not facts.approved:
        return _no(PermitReason.NOT_APPROVED)
    refused = facts.choice is not None and facts.choice.refuses
    if refused or facts.ruling is Reason.REFUSED_BEFORE:
        return _no(PermitReason.REFUSED)
    if now < facts.effective_at:
        return _no(PermitReason.BEFORE_EFFECTIVE, earliest=_earliest(facts))
    return None


_UNTOUCHED: Final = {
    Reason.NOT_AFFECTED,
    Reason.NEVER_STORED,
    Reason.PARTNER_GOVERNED,
    Reason.PROCESSOR_ROLE,
}


def _clearance(facts: PermitFacts) -> Permit | None:
    """Answer what is yes without any notice."""
    if facts.ruling is Reason.JOINED_UNDER_NEW:
        return _yes(PermitReason.JOINED_UNDER_NEW, facts.effective_at)
    if facts.ruling in _UNTOUCHED:
        return _yes(PermitReason.NOT_AFFECTED, facts.effective_at)
    if facts.choice is Choice.ACCEPT:
        since = max(facts.effective_at, facts.chosen_at or facts.effective_at)
        return _yes(PermitReason.ACCEPTED, since)
    return None


def _after_notice(facts: PermitFacts, now: datetime) -> Permit:
    """Answer from the notice alone: the person was told and has said nothing."""
    if facts.sent_at is None or facts.ruling is None:
        return _no(PermitReason.NOT_REACHED)
    over = notice_over(facts.sent_at, facts.notice_days, facts.zone)
    applies = facts.silence is Silence.APPLIES
    if now < over:
        return _no(PermitReason.NOTICE_RUNNING, earliest=_earliest(facts) if applies else None)
    if not applies:
        return _no(PermitReason.AWAITING_CHOICE)
    return _yes(PermitReason.NOTICE_RAN, max(facts.effective_at, over))


def _earliest(facts: PermitFacts) -> datetime | None:
    """Return when time alone will make it yes, or nothing where something else must happen."""
    if _clearance(facts) is not None:
        return facts.effective_at
    if facts.ruling is None or facts.sent_at is None or facts.silence is not Silence.APPLIES:
        return None
    return max(facts.effective_at, notice_over(facts.sent_at, facts.notice_days, facts.zone))


def _governing(facts: PermitFacts, *, may_apply: bool) -> tuple[Holding, ...]:
    if not may_apply:
        return facts.holdings
    return tuple(
        h if h.version in facts.newer_or_same else replace(h, version=facts.version)
        for h in facts.holdings
    )


def _yes(reason: PermitReason, since: datetime) -> Permit:
    return Permit(may_apply=True, reason=reason, since=since)


def _no(reason: PermitReason, earliest: datetime | None = None) -> Permit:
    return Permit(may_apply=False, reason=reason, earliest=earliest)


def _instant(value: datetime | None) -> str | None:
    return None if value is None else value.astimezone(UTC).isoformat().replace("+00:00", "Z")
