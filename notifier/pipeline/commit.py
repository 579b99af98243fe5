"""Store a version for ever and propose its campaign, or say that nothing changed."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from notifier.errors import InputError
from notifier.files import write_atomic
from notifier.pipeline.history import History, read_document, read_history
from notifier.pipeline.moves import OPENED
from notifier.pipeline.translations import comparison_document
from notifier.plan.schedule import FIRST_YEAR, LAST_YEAR, is_countable, start_of_day
from notifier.policy.canonical import canonical_digest
from notifier.policy.history import VersionStatus, before, next_status
from notifier.policy.parse import PARSER
from notifier.policy.translation import compare_translation
from notifier.sources.git import read_git_file
from notifier.sources.text import (
    PolicyFile,
    parser_of,
    policy_from_bytes,
    read_policy_file,
    reading_of,
    size_limit,
)
from notifier.store import ledger
from notifier.store.tables import CampaignRow, VersionRow
from notifier.store.versions import find_version

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from notifier.extract.model import Revisions
    from notifier.home import Home
    from notifier.store.engine import Session

_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_LOCALE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


class CommitKind(StrEnum):
    """What a commit turned out to be."""

    CAMPAIGN = "campaign"
    """A new version; a campaign was opened."""
    FIRST = "first"
    """A policy's first version: nothing to tell."""
    HISTORICAL = "historical"
    DRAFT = "draft"
    TRANSLATION = "translation"
    NO_CHANGE = "no_change"
    """The canonical text of the version before; nothing was stored."""
    KNOWN = "known"
    """The same bytes were committed under this key before; nothing was done."""


@dataclass(frozen=True, kw_only=True)
class Submission:
    """What the legal team hands in. ``new_people_at`` is an aware instant."""

    file: Path
    policy: str = ""
    version: str = ""
    effective: str = ""
    locale: str = ""
    historical: bool = False
    draft: bool = False
    new_people_at: datetime | None = None
    revisions: Revisions | None = None
    """How tracked changes of a Word file are read; without it they are refused."""
    git: Path | None = None
    """A repository; ``file`` is then a path in its commit ``rev``, from its top."""
    rev: str = ""


@dataclass(frozen=True, kw_only=True)
class Committed:
    """What was done with a submission."""

    kind: CommitKind
    policy: str
    version: str
    locale: str
    effective: date
    previous: str = ""
    """The version before, where there is one."""
    campaign: str = ""
    compared: Mapping[str, Any] | None = None
    """For a translation: what it and its source do not share, as JSON."""


@dataclass(frozen=True, kw_only=True)
class _Text:
    """A submission with its front matter merged in and every field checked."""

    policy: str
    version: str
    locale: str
    effective: date
    effective_at: datetime
    summary: str
    source: PolicyFile
    digest: str
    authoritative: bool
    git_commit: str = ""
    """The commit that it was read from, if any; its full id."""


def commit_version(home: Home, submission: Submission, *, actor: str) -> Committed:
    """Store one text under (policy, version, locale); its bytes never change afterwards.

    :raises InputError: the file cannot be a policy, a field is missing or wrong, or other bytes
        are already stored under this key
    :raises UnknownThingError: no such policy
    """
    text = _check(home, submission)
    now = home.now()
    with home.store.write() as tx:
        history = read_history(tx, text.policy)
        known = _known(tx, text)
        if known is not None:
            return known
        if not text.authoritative:
            return _attach(home, tx, text, history, submission, actor=actor, now=now)
        return _store(home, tx, text, history, submission, actor=actor, now=now)


def _check(home: Home, submission: Submission) -> _Text:
    source, git_commit = _source(submission)
    front = source.front_matter
    name = submission.policy or str(front.get("policy", ""))
    version = submission.version or str(front.get("version", ""))
    effective = submission.effective or str(front.get("effective", ""))
    _need(submission.file, policy=name, version=version, effective=effective)
    policy = home.policy(name)
    if not _VERSION.fullmatch(version):
        raise InputError(
            f"{version!r} cannot name a version. Nothing was committed.",
            next_step="Use 1 to 64 of A-Z a-z 0-9 . _ -, starting with a letter or digit.",
        )
    locale = submission.locale or str(front.get("locale", "")) or policy.language
    if not _LOCALE.fullmatch(locale):
        raise InputError(
            f"{locale!r} is not a language tag. Nothing was committed.",
            next_step="Use a tag like en, de or pt-BR.",
        )
    day = parse_date(effective)
    return _Text(
        policy=name,
        version=version,
        locale=locale,
        effective=day,
        effective_at=start_of_day(day, policy.zone),
        summary=str(front.get("summary", "")),
        source=source,
        digest=canonical_digest(source.text),
        authoritative=locale == policy.language,
        git_commit=git_commit,
    )


def _source(submission: Submission) -> tuple[PolicyFile, str]:
    """Return the policy handed in, and the commit that it was read from, if any."""
    if submission.git is None:
        return read_policy_file(submission.file, revisions=submission.revisions), ""
    reading = reading_of(submission.file, revisions=submission.revisions)
    found = read_git_file(
        submission.git, submission.rev, submission.file.as_posix(), limit=size_limit(reading)
    )
    name = f"{submission.file} of commit {found.commit[:12]}"
    return policy_from_bytes(found.raw, reading=reading, name=name), found.commit


def _need(file: Path, **fields: str) -> None:
    missing = [f"--{name}" for name, value in fields.items() if not value]
    if missing:
        raise InputError(
            f"{file}: {', '.join(missing)} missing, also in front matter; nothing was committed.",
            next_step="Give the option, or put the field into YAML front matter.",
        )


def parse_date(text: str) -> date:
    """Return an ISO date (a whole legal day).

    :raises InputError: it is none
    """
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise InputError(
            f"{text!r} is not a date. Nothing was done.", next_step="Write it as YYYY-MM-DD."
        ) from error
    if not is_countable(day):
        raise InputError(
            f"{text} lies outside the years that can be counted. Nothing was done.",
            code="bad_date",
            next_step=f"Give a date between the years {FIRST_YEAR} and {LAST_YEAR}.",
        )
    return day


def parse_instant(text: str) -> datetime:
    """Return an ISO instant with an offset, in UTC; a date alone would leave its zone open.

    :raises InputError: it is none
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or not is_countable(moment.date()):
        raise InputError(
            f"{text!r} is not an instant. Nothing was done.",
            next_step="Write it with an offset, like 2027-01-15T08:00:00Z.",
        )
    return moment.astimezone(UTC)


def _known(tx: Session, text: _Text) -> Committed | None:
    row = find_version(tx, text.policy, text.version, text.locale)
    if row is None or row.status == "draft":
        return None
    same = row.raw_sha256 == hashlib.sha256(text.source.raw).hexdigest()
    if same and row.effective_date == text.effective.isoformat():
        return _answer(CommitKind.KNOWN, text)
    what = "another effective date" if same else "other bytes"
    raise InputError(
        f"{text.policy}@{text.version} ({text.locale}) was already committed with {what}; a"
        " committed version never changes. Nothing was committed.",
        code="version_exists",
        next_step="Choose a new --version; `notifier campaign reschedule` moves a date.",
    )


def _store(
    home: Home,
    tx: Session,
    text: _Text,
    history: History,
    submission: Submission,
    *,
    actor: str,
    now: datetime,
) -> Committed:
    others = [fact for fact in history.facts if fact.version != text.version]
    previous = before(others, text.effective_at)
    first = not any(not fact.draft for fact in others)
    if previous and history.rows[previous.version].canonical_sha256 == text.digest:
        return _answer(CommitKind.NO_CHANGE, text, previous=previous.version)
    if not submission.draft:
        _check_dates(text, submission, first=first, latest=history, now=now)
    quiet = first or submission.historical
    row = _write(home, tx, text, actor=actor, now=now)
    row.status = next_status(
        row.status, VersionStatus.DRAFT if submission.draft else VersionStatus.COMMITTED
    )
    row.historical = quiet
    row.new_people_at = submission.new_people_at
    tx.add(row)
    kind = _kind(submission, first=first)
    _record(tx, row, kind, previous.version if previous else "", now=now)
    campaign = ""
    if kind is CommitKind.CAMPAIGN:
        campaign = _open_campaign(tx, row, now=now)
    return _answer(kind, text, previous=previous.version if previous else "", campaign=campaign)


def _kind(submission: Submission, *, first: bool) -> CommitKind:
    if submission.draft:
        return CommitKind.DRAFT
    if submission.historical:
        return CommitKind.HISTORICAL
    return CommitKind.FIRST if first else CommitKind.CAMPAIGN


def _check_dates(
    text: _Text, submission: Submission, *, first: bool, latest: History, now: datetime
) -> None:
    if submission.historical and text.effective_at > now:
        raise InputError(
            f"--historical says that {text.version} was in force in the past, but {text.effective}"
            " lies ahead. Nothing was committed.",
            next_step="Leave --historical out, or give the date on which it took effect.",
        )
    if not (first or submission.historical) and text.effective_at <= now:
        raise InputError(
            f"The effective date {text.effective} is not in the future: a change that nobody was"
            " told of cannot take effect. Nothing was committed.",
            code="effective_in_the_past",
            next_step="Give a later --effective; `--historical` is for a version that was in force"
            " before this home existed.",
        )
    same_day = [
        fact.version
        for fact in latest.facts
        if fact.effective_at == text.effective_at
        and fact.version != text.version
        and not (fact.draft or fact.withdrawn)
    ]
    if same_day:
        raise InputError(
            f"{same_day[0]} takes effect on {text.effective} too; two versions cannot start on one"
            " day. Nothing was committed.",
            next_step="Choose another --effective, or reject the other version first.",
        )


def _attach(
    home: Home,
    tx: Session,
    text: _Text,
    history: History,
    submission: Submission,
    *,
    actor: str,
    now: datetime,
) -> Committed:
    """Attach a translation to the text as it stands; of a draft it is a draft, attested anew later.

    Its numbers, units, dates and links are compared with the source's, and recorded; nothing of it
    is judged, and nothing that is found keeps it out.
    """
    source = history.row(text.version)
    compared = compare_translation(
        read_document(home, source),
        text.source.document(),
        language=source.locale,
        locale=text.locale,
    )
    row = _write(home, tx, text, actor=actor, now=now)
    row.historical = source.historical
    row.source_sha256 = source.canonical_sha256
    draft = submission.draft or source.status == VersionStatus.DRAFT
    row.status = next_status(row.status, VersionStatus.DRAFT if draft else VersionStatus.COMMITTED)
    tx.add(row)
    found = comparison_document(compared)
    attests = {"source_sha256": row.source_sha256, "draft": draft, "compared": found}
    _record(tx, row, CommitKind.TRANSLATION, "", now=now, more=attests)
    return replace(_answer(CommitKind.TRANSLATION, text), compared=found)


def _write(home: Home, tx: Session, text: _Text, *, actor: str, now: datetime) -> VersionRow:
    """Put the bytes in place before the row: a crash between leaves a file that nobody names."""
    reading = text.source.reading
    file = f"policies/{text.policy}/{text.version}/{text.locale}{reading.suffix}"
    write_atomic(home.path / file, text.source.raw, mode=0o444)
    row = find_version(tx, text.policy, text.version, text.locale) or VersionRow(
        policy=text.policy,
        version=text.version,
        locale=text.locale,
        authoritative=text.authoritative,
        status=VersionStatus.DRAFT,
        historical=False,
        effective_date="",
        effective_at=text.effective_at,
        author=actor,
        committed_at=now,
        file=file,
        markup=reading.value,
        raw_sha256="",
        canonical_sha256="",
        parser="",
    )
    row.effective_date = text.effective.isoformat()
    row.effective_at = text.effective_at
    row.author, row.committed_at, row.file = actor, now, file
    row.markup, row.summary = reading.value, text.summary
    row.parser = parser_of(reading, PARSER)
    row.raw_sha256 = hashlib.sha256(text.source.raw).hexdigest()
    row.canonical_sha256 = text.digest
    row.git_commit = text.git_commit
    return row


def _record(
    tx: Session,
    row: VersionRow,
    kind: CommitKind,
    previous: str,
    *,
    now: datetime,
    more: Mapping[str, Any] = MappingProxyType({}),
) -> None:
    ledger.append(
        tx,
        now=now,
        kind="commit",
        campaign=f"{row.policy}@{row.version}" if kind is CommitKind.CAMPAIGN else "",
        body={
            "as": kind.value,
            "policy": row.policy,
            "version": row.version,
            "locale": row.locale,
            "effective": row.effective_date,
            "author": row.author,
            "file": row.file,
            "sha256": row.raw_sha256,
            "canonical_sha256": row.canonical_sha256,
            "parser": row.parser,
            "previous": previous,
            "stated_by_the_company": kind is CommitKind.HISTORICAL,
            "git_commit": row.git_commit,
            **more,
        },
    )


def _open_campaign(tx: Session, row: VersionRow, *, now: datetime) -> str:
    campaign = CampaignRow(
        id=f"{row.policy}@{row.version}",
        kind="version",
        policy=row.policy,
        version=row.version,
        state=OPENED,
        author=row.author,
        opened_at=now,
        effective_date=row.effective_date,
        effective_at=row.effective_at,
    )
    tx.add(campaign)
    tx.flush()
    return campaign.id


def _answer(kind: CommitKind, text: _Text, *, previous: str = "", campaign: str = "") -> Committed:
    return Committed(
        kind=kind,
        policy=text.policy,
        version=text.version,
        locale=text.locale,
        effective=text.effective,
        previous=previous,
        campaign=campaign,
    )
