"""Check and normalise single values that a company tells us about people.

Every function returns the value as it is stored, or raises ``ValueError`` with the reason.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import idna
from email_validator import EmailNotValidError, validate_email

from notifier.errors import InputError
from notifier.plan.schedule import start_of_day

if TYPE_CHECKING:
    from collections.abc import Collection

MAX_ID = 255
MAX_TEXT = 1000
MAX_ADDRESS = 254
"""RFC 5321 4.5.3.1.3: a path holds 256 octets with its angle brackets."""
MAX_LOCAL = 64
MAX_INSTANT = 40

_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ATOM: Final = r"[A-Za-z0-9_+'-]+"
DOMAIN: Final = rf"(?:{_LABEL}\.)+(?=[A-Za-z]){_LABEL}"
ADDRESS: Final = rf"{_ATOM}(?:\.{_ATOM})*@{DOMAIN}"
"""A plain ASCII address; whatever does not look like this is looked at more slowly."""
_ADDRESS_RE: Final = re.compile(ADDRESS)
_DOMAIN_RE: Final = re.compile(rf"{DOMAIN}|localhost")
_QUOTED_RE: Final = re.compile(r'"[A-Za-z0-9 !#$%&\'*+/=?^_`{|}~.-]+"')
"""Of all quoted local parts only those without signs that mail programs read as something else."""
_UNSEEN: Final = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
"""Embeddings, overrides and isolates: they turn the text around them; names do not need them."""
_CONTROL_RE: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_LOCALE_RE: Final = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|\d{3}))?")
_COUNTRY_RE: Final = re.compile(r"([A-Z]{2})(?:-[A-Z0-9]{1,3})?")
_ALSO_COUNTRIES: Final = {"XK"}
"""Kosovo: user-assigned, and in use."""
_TRUE: Final = {"true", "yes", "1"}
_FALSE: Final = {"false", "no", "0", ""}
_SPACE: Final = " \t"


def identifier(value: str, name: str) -> str:
    """Return a person's id: not empty, one line, at most 255 characters."""
    value = line(value, name)
    if not value:
        raise ValueError(f"{name} is empty")
    if len(value) > MAX_ID:
        raise ValueError(f"{name} has more than {MAX_ID} characters")
    return value


def line(value: str, name: str) -> str:
    """Return one line of at most 1,000 characters, without the marks that reorder text."""
    if len(value) > MAX_TEXT:
        raise ValueError(f"{name} has more than {MAX_TEXT:,} characters")
    value = value.strip(_SPACE)
    if _CONTROL_RE.search(value):
        raise ValueError(f"{name} has control characters, or is not UTF-8")
    return value.translate(_UNSEEN) if not value.isascii() else value


def address(value: str, name: str) -> str:
    """Return an address that can be used as it stands, or an empty one.

    The domain is in its ASCII form; a local part that is not ASCII stays as it was written.
    """
    value = value.strip(_SPACE)
    if not value:
        return ""
    if _CONTROL_RE.search(value):
        raise ValueError(f"{name} has control characters, or is not UTF-8")
    if len(value) <= MAX_ADDRESS and _ADDRESS_RE.fullmatch(value):
        local = value.partition("@")[0]
        if len(local) > MAX_LOCAL:
            raise ValueError(f"{name} has more than {MAX_LOCAL} characters before the @")
        return value
    local, at, domain = value.rpartition("@")
    if not at or not local or not domain:
        raise ValueError(f"{name} is not an address: it needs one @ between a name and a domain")
    if value.count("@") > 1 or re.search(r"[,;<>\s]", local if local[:1] != '"' else ""):
        raise ValueError(f"{name} holds more than one address, or a name beside it")
    return _fits(f"{_local(local, name)}@{_domain(domain, name)}", name)


def _fits(value: str, name: str) -> str:
    if len(value.encode()) > MAX_ADDRESS:
        raise ValueError(f"{name} has more than {MAX_ADDRESS} octets")
    return value


def _local(local: str, name: str) -> str:
    if len(local.encode()) > MAX_LOCAL:
        raise ValueError(f"{name} has more than {MAX_LOCAL} octets before the @")
    if local.startswith('"'):
        if not _QUOTED_RE.fullmatch(local):
            raise ValueError(f"{name} has a quoted part that cannot be mailed safely")
        return local
    try:
        validate_email(f"{local}@domain.example", check_deliverability=False)
    except EmailNotValidError as error:
        raise ValueError(f"{name} is not an address before the @") from error
    return local


def _domain(domain: str, name: str) -> str:
    try:
        plain = domain if domain.isascii() else idna.encode(domain, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError) as error:
        raise ValueError(f"{name} has a domain that cannot be written in ASCII") from error
    if len(plain) > MAX_ADDRESS or not _DOMAIN_RE.fullmatch(plain):
        raise ValueError(f"{name} has no domain name after the @")
    return plain


def locale(value: str, name: str) -> str:
    """Return a language tag in its usual case (``de``, ``pt-BR``, ``zh-Hant-TW``), or nothing."""
    value = value.strip(_SPACE)
    if not value:
        return ""
    match = _LOCALE_RE.fullmatch(value)
    if not match:
        raise ValueError(f"{name} is not a language tag such as de or pt-BR")
    language, script, region = match.groups()
    parts = [language.lower(), (script or "").title(), (region or "").upper()]
    return "-".join(part for part in parts if part)


def timezone(value: str, name: str) -> str:
    """Return the name of a known time zone, or nothing."""
    value = value.strip(_SPACE)
    if not value:
        return ""
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"{name} is not a known time zone such as Europe/Berlin") from error
    return value


def country(value: str, name: str) -> str:
    """Return an ISO 3166 country with or without a subdivision (``DE``, ``US-CO``), or nothing."""
    value = value.strip(_SPACE).upper()
    if not value:
        return ""
    match = _COUNTRY_RE.fullmatch(value)
    if not match or match.group(1) not in _countries():
        raise ValueError(f"{name} is not a country code such as DE or US-CO")
    return value


def one_of(value: str, name: str, known: Collection[str], default: str = "") -> str:
    """Return the value where it is one of a closed list, or the default where there is none."""
    value = value.strip(_SPACE)
    if not value and default:
        return default
    if value not in known:
        raise ValueError(f"{name} is not one of {', '.join(sorted(known))}")
    return value


def flag(value: str, name: str) -> bool:
    """Return a yes or no; nothing is no."""
    value = value.strip(_SPACE).lower()
    if value in _TRUE:
        return True
    if value in _FALSE:
        return False
    raise ValueError(f"{name} is neither true nor false")


def instant(value: str, name: str, zone: ZoneInfo) -> str:
    """Return an ISO 8601 instant as ``YYYY-MM-DDTHH:MM:SSZ``.

    A date is its first instant in ``zone``. Fractions of a second are cut off; nothing stays
    nothing.
    """
    value = value.strip(_SPACE)
    if not value:
        return ""
    if len(value) > MAX_INSTANT:
        raise ValueError(f"{name} is not an ISO 8601 date, or date and time")
    moment = _moment(value, name, zone)
    return moment.replace(tzinfo=None, microsecond=0).isoformat() + "Z"


def _moment(value: str, name: str, zone: ZoneInfo) -> datetime:
    try:
        day = date.fromisoformat(value) if "T" not in value and " " not in value else None
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise ValueError(f"{name} is not an ISO 8601 date, or date and time") from error
    try:
        if day is not None:
            return start_of_day(day, zone)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (InputError, OverflowError) as error:
        raise ValueError(f"{name} lies outside the years 1 to 9999") from error
    raise ValueError(f"{name} has a time without an offset from UTC")


def text_of(value: Any, name: str) -> str:
    """Return a JSON value as the text a CSV file would hold.

    Only text, numbers that are whole, true, false and null have one.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if not isinstance(value, str):
        raise TypeError(f"{name} must be text")
    return value


@cache
def _countries() -> frozenset[str]:
    """Return the ISO 3166-1 codes as the time zone database lists them (public domain)."""
    table = files("tzdata").joinpath("zoneinfo", "iso3166.tab").read_text(encoding="utf-8")
    rows = (row for row in table.splitlines() if row and not row.startswith("#"))
    return frozenset(row[:2] for row in rows) | _ALSO_COUNTRIES
