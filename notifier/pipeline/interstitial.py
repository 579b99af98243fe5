"""What each site shows at the next sign-in to people whom mail does not reach; never public."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifier.banner import instant, public_notices
from notifier.evidence.chain import Act
from notifier.files import make_private, write_atomic, write_lines
from notifier.pipeline.propose import need_campaign
from notifier.pipeline.sending import choice_url
from notifier.store import ledger
from notifier.store.campaigns import last_seq
from notifier.store.unreached import HANDED_OVER, not_handed_over, unreached, unreached_mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from notifier.banner import Notice
    from notifier.home import Home
    from notifier.store.engine import Session

SCHEMA = "notifier.interstitial/1"
_OWNER_ALONE = 0o600


def interstitial_folder(home: Home) -> Path:
    """Return the folder of what sites show to single people. It names people: not public."""
    return home.var / "interstitial"


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """A file that was written in a transaction which is not stored yet."""

    path: Path
    mark: str


def publish_interstitial(
    home: Home, tx: Session, notices: Sequence[Notice], *, now: datetime
) -> list[Written]:
    """Write ``<site>.jsonl`` of every site: one person and campaign a line, sorted, streamed.

    A file is written anew only when somebody came or went, or a notice began or ended. Whoever is
    in it for the first time gets an entry in the ledger. Once the transaction is stored, hand what
    is returned to ``remember``: until then a crash lets both be done again.

    :raises OutsideError: a file cannot be written; the old one still stands
    """
    make_private(interstitial_folder(home))
    written = []
    for site in home.settings.sites:
        shown = public_notices(notices, site, now)
        path = interstitial_folder(home) / f"{site}.jsonl"
        mark = _mark(tx, shown)
        if _remembered(path, mark):
            continue
        write_lines(path, _lines(home, tx, site, shown), mode=_OWNER_ALONE)
        for notice in shown:
            ledger.append_many(tx, now=now, acts=_handed_over(tx, site, notice))
        written.append(Written(path=path, mark=mark))
    return written


def remember(written: Iterable[Written]) -> None:
    """Note beside each file of what it was made, so that it is not made again of the same.

    :raises OutsideError: a note cannot be written; the file is then made again
    """
    for one in written:
        note = _note(one.path, one.mark)
        if note:
            write_atomic(_beside(one.path), note, mode=_OWNER_ALONE)


def drop_person(home: Home, person_id: str) -> None:
    """Take a person's lines out of every site's file, and nothing else.

    :raises OutsideError: a file cannot be written; the old one still stands
    """
    with home.store.write():  # no publisher writes meanwhile
        for path in sorted(interstitial_folder(home).glob("*.jsonl")):
            lines = path.read_bytes().splitlines(keepends=True)
            kept = [line for line in lines if json.loads(line)["person_id"] != person_id]
            if kept != lines:
                write_lines(path, kept, mode=_OWNER_ALONE)


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.stem}.mark")


def _note(path: Path, mark: str) -> bytes:
    """Return the mark together with which file it is about; nothing where there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return b""
    return f"{mark} {found.st_ino} {found.st_mtime_ns} {found.st_size}\n".encode()


def _remembered(path: Path, mark: str) -> bool:
    note = _note(path, mark)
    return bool(note) and _beside(path).is_file() and _beside(path).read_bytes() == note


def _mark(tx: Session, shown: Sequence[Notice]) -> str:
    """Return a digest of everything that the lines are made of."""
    made_of = [
        [n.id, n.title, n.text, n.url, instant(n.from_), instant(n.until), unreached_mark(tx, n.id)]
        for n in shown
    ]
    # An import may bring data on another site of somebody who is unreached already.
    document = json.dumps([made_of, last_seq(tx, ("import",)) if shown else 0])
    return hashlib.sha256(document.encode()).hexdigest()


def _handed_over(tx: Session, site: str, notice: Notice) -> Iterator[Act]:
    people = unreached(tx, notice.id, site=site, policy=notice.policy)
    for who in not_handed_over(tx, notice.id, people, site=site):
        yield Act(
            kind=HANDED_OVER,
            campaign=notice.id,
            subject=who.subject,
            body={"site": site, "reason": who.reason, "message_ref": who.ref},
        )


def _lines(home: Home, tx: Session, site: str, shown: Sequence[Notice]) -> Iterator[bytes]:
    for notice in shown:
        campaign = need_campaign(tx, notice.id)
        about = {
            "campaign": notice.id,
            "policy": notice.policy or None,
            "version": notice.version or None,
            "title": notice.title,
            "text": notice.text,
            "url": notice.url,
            "from": instant(notice.from_),
            "until": instant(notice.until),
            "effective": instant(notice.effective),
            "locale": notice.locale,
        }
        for who in unreached(tx, notice.id, site=site, policy=notice.policy):
            line = {
                "schema": SCHEMA,
                "person_id": who.person_id,
                "reason": who.reason,
                "choice_url": choice_url(home, campaign, who.ref),
                **about,
            }
            yield json.dumps(line, ensure_ascii=False).encode() + b"\n"
