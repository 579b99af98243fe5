"""The hash chain: what an entry is, how it is sealed, and how a broken chain names its first fault.

The hash of an entry is the SHA-256 of ``notifier.entry/1``, a line feed, and the entry as canonical
JSON without its own hash: it covers number, instant, kind, campaign, subject, body and the hash of
the entry before. Whoever has Python and the lines can check it (``templates/evidence/README.txt``).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NoReturn

from notifier.errors import EvidenceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

DOMAIN = b"notifier.entry/1\n"
"""What is hashed before each entry, so that its hash can never pass for that of something else."""
MAX_LINE_BYTES = 16 * 1024 * 1024
"""No exported line is longer; an act with more to say refers to a text by its hash."""

_ENCODER = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
)
_FIELDS = ("at", "body", "campaign", "hash", "kind", "prev", "seq", "subject")
_KIND = re.compile(r"[a-z][a-z0-9_.-]{0,63}")
_HASH = re.compile(r"[0-9a-f]{64}")
_AT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """The end of a chain: the number and the hash of its last entry."""

    seq: int
    hash: str


GENESIS = Head(seq=0, hash="0" * 64)
"""What the first entry follows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Act:
    """Something that happened, not yet in the chain."""

    kind: str
    """``commit``, ``approval``, ``outcome``, …: lower case, at most 64 of a-z 0-9 _ . -"""
    body: Mapping[str, Any]
    """Text, whole numbers, finite floats, booleans, null, lists and objects; no personal data."""
    campaign: str = ""
    subject: str = ""
    """The commitment to a person (``evidence.commitment``), never the person."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One act in the chain, as it is stored and exported."""

    seq: int
    """From 1, without gaps."""
    at: str
    """UTC instant, ISO 8601 with microseconds and ``Z``, exactly as hashed."""
    kind: str
    campaign: str
    subject: str
    body: str
    """Canonical JSON object."""
    prev: str
    hash: str

    @property
    def head(self) -> Head:
        """Return the chain's end, were this its last entry."""
        return Head(seq=self.seq, hash=self.hash)

    @property
    def name(self) -> str:
        """Return how messages name it: ``entry 17 (approval)``."""
        return f"entry {self.seq} ({self.kind})"


class BrokenChainError(EvidenceError):
    """The chain does not hold; ``seq`` is the number of the first entry that is wrong."""

    def __init__(self, seq: int, message: str) -> None:
        super().__init__(
            message,
            code="broken_chain",
            next_step="Compare with a copy made earlier; do not send before this is explained.",
            entry=seq,
        )
        self.seq = seq


def canonical_json(obj: Any) -> str:
    """Return the one JSON text of a value: keys sorted, no white space, nothing escaped in vain.

    Text is kept as it is; no Unicode normalisation is applied.

    :raises ValueError: a key that is not text, NaN, infinity, a lone surrogate, a type JSON lacks
    """
    _require_json(obj)
    text = _ENCODER.encode(obj)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError("a lone surrogate cannot be written as UTF-8") from error
    return text


def _require_json(obj: Any) -> None:
    """Refuse what ``json`` would write but not read back as the same value."""
    if isinstance(obj, dict):
        for key, value in obj.items():
            if not isinstance(key, str):
                raise ValueError(f"a key must be text, not {type(key).__name__}")  # noqa: TRY004  documented
            _require_json(value)
    elif isinstance(obj, list | tuple):
        for value in obj:
            _require_json(value)
    elif not (obj is None or isinstance(obj, str | int | float)):
        raise ValueError(f"JSON has no {type(obj).__name__}")


def instant(now: datetime) -> str:
    """Return an instant as the chain writes it, in UTC.

    :raises ValueError: ``now`` is naive
    """
    if now.tzinfo is None:
        raise ValueError("a naive datetime is no instant")
    return now.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def seal(prev: Head, act: Act, *, now: datetime) -> Entry:
    """Return the entry that puts an act behind the chain's end.

    :raises ValueError: a malformed kind, a subject that is no commitment, a body that is not JSON
    """
    if not _KIND.fullmatch(act.kind):
        raise ValueError(f"{act.kind!r} is no kind of entry")
    if act.subject and not _HASH.fullmatch(act.subject):
        raise ValueError("subject must be a commitment (evidence.commitment), never the person")
    unsealed = Entry(
        seq=prev.seq + 1,
        at=instant(now),
        kind=act.kind,
        campaign=act.campaign,
        subject=act.subject,
        body=canonical_json(dict(act.body)),
        prev=prev.hash,
        hash="",
    )
    return replace(unsealed, hash=_digest(unsealed))


def _content(unsealed: Entry) -> tuple[str, str]:
    """Return the canonical JSON of an entry in two parts, around the place of its hash.

    Spliced, because the body is canonical already and a million entries need not be parsed again.
    """
    quoted = _ENCODER.encode
    before = (
        f'{{"at":{quoted(unsealed.at)},"body":{unsealed.body}'
        f',"campaign":{quoted(unsealed.campaign)}'
    )
    after = (
        f',"kind":{quoted(unsealed.kind)},"prev":{quoted(unsealed.prev)},"seq":{unsealed.seq}'
        f',"subject":{quoted(unsealed.subject)}}}'
    )
    return before, after


def _digest(unsealed: Entry) -> str:
    # The database may hold text that was tampered with into something unencodable; that must give
    # a wrong hash, not a crash.
    content = "".join(_content(unsealed))
    return sha256(DOMAIN + content.encode("utf-8", "surrogatepass")).hexdigest()


def line(entry: Entry) -> str:
    """Return the entry as one exported line, without line feed: canonical JSON with its hash."""
    before, after = _content(entry)
    return f'{before},"hash":{_ENCODER.encode(entry.hash)}{after}'


def parse_line(text: bytes | str, number: int) -> Entry:
    """Return the entry of one exported line (without its line feed).

    The line must be exactly what ``line`` writes; ``number`` is its place in the file, from 1.

    :raises BrokenChainError: it is not JSON, lacks a field, or is not in canonical form
    """
    try:
        raw = text.decode() if isinstance(text, bytes) else text
        data = json.loads(raw, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise BrokenChainError(
            number, f"entry {number}: line {number} is not a JSON entry in UTF-8"
        ) from error
    entry = _entry(data, number)
    try:
        same = canonical_json(data) == raw
    except (ValueError, RecursionError):
        same = False
    if not same:
        raise BrokenChainError(
            number,
            f"{_named(number, entry)}: its line is not in canonical form; white space, the order"
            " of its keys or the way of writing was edited",
        )
    return entry


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _entry(data: Any, number: int) -> Entry:
    """Return the entry in a parsed line, or name what it lacks."""
    if not isinstance(data, dict) or tuple(sorted(data)) != _FIELDS:
        raise BrokenChainError(
            number, f"entry {number}: line {number} does not have an entry's fields"
        )
    texts = {name: data[name] for name in _FIELDS if name not in {"seq", "body"}}
    kind = texts["kind"]
    if (
        not all(isinstance(value, str) for value in texts.values())
        or type(data["seq"]) is not int
        or not isinstance(data["body"], dict)
        or not _KIND.fullmatch(kind)
    ):
        raise BrokenChainError(
            number, f"entry {number}: line {number} has a field of the wrong form"
        )
    try:
        body = canonical_json(data["body"])
    except (ValueError, RecursionError) as error:
        raise BrokenChainError(
            number, f"entry {number} ({kind}): its body cannot be read"
        ) from error
    return Entry(seq=data["seq"], body=body, **texts)


def _named(number: int, entry: Entry) -> str:
    return entry.name if entry.seq == number else f"entry {number} (numbered {entry.seq})"


def check_chain(entries: Iterable[Entry], start: Head = GENESIS) -> Iterator[Entry]:
    """Yield the entries one by one, each after it was checked against the one before.

    :raises BrokenChainError: at the first entry that is wrong; its message names the entry
    """
    head = start
    for entry in entries:
        check_link(entry, head)
        head = entry.head
        yield entry


def check_link(entry: Entry, head: Head) -> None:
    """Check one entry: its place, its content, its form, and that it follows ``head``.

    :raises BrokenChainError: naming the entry
    """
    expected = head.seq + 1
    if entry.seq != expected:
        raise BrokenChainError(expected, _misplaced(entry, expected))
    if _digest(entry) != entry.hash:
        raise BrokenChainError(expected, f"{entry.name}: its hash does not match its content")
    if not _well_formed(entry):
        raise BrokenChainError(expected, f"{entry.name}: it is not in the form of an entry")
    if entry.prev != head.hash:
        before = f"entry {head.seq}" if head.seq else "the beginning"
        raise BrokenChainError(
            expected,
            f"{entry.name}: it does not follow {before} as it stands now; one of the two was"
            " replaced",
        )


def _misplaced(entry: Entry, expected: int) -> str:
    if entry.seq > expected:
        return (
            f"entry {expected}: {entry.name} stands in its place; entry {expected} was removed"
            " or moved"
        )
    return f"entry {expected}: {entry.name} stands in its place, a second time or moved"


def _well_formed(entry: Entry) -> bool:
    """Whether nobody but ``seal`` can have made it; a body from a database is only text."""
    try:
        canonical = canonical_json(json.loads(entry.body, parse_constant=_no_constant))
    except (ValueError, RecursionError):
        return False
    return (
        canonical == entry.body
        and entry.body.startswith("{")
        and _AT.fullmatch(entry.at) is not None
        and _KIND.fullmatch(entry.kind) is not None
        and (not entry.subject or _HASH.fullmatch(entry.subject) is not None)
    )
