"""What each site shows at the next sign-in to people whom mail does not reach; never public."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from notifier.banner import instant, public_notices
from notifier.files import write_atomic, write_lines
from notifier.pipeline.propose import need_campaign
from notifier.pipeline.sending import choice_url
from notifier.store.campaigns import last_seq
from notifier.store.unreached import unreached, unreached_mark

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from notifier.banner import Notice
    from notifier.home import Home
    from notifier.store.engine import Session

_OWNER_ALONE = 0o600


def interstitial_folder(home: Home) -> Path:
    """Return the folder of what sites show to single people. It names people: not public."""
    return home.var / "interstitial"


def publish_interstitial(
    home: Home, tx: Session, notices: Sequence[Notice], *, now: datetime
) -> None:
    """Write ``<site>.jsonl`` of every site: one person and campaign a line, sorted, streamed.

    A file is written anew only when somebody came or went, or a notice began or ended; what it was
    made of is kept in a mark beside it, written afterwards.

    :raises OutsideError: a file cannot be written; the old one still stands
    """
    for site in home.settings.sites:
        shown = public_notices(notices, site, now)
        path = interstitial_folder(home) / f"{site}.jsonl"
        beside = path.with_name(f".{site}.mark")
        mark = _mark(tx, shown)
        if path.is_file() and beside.is_file() and beside.read_bytes() == mark:
            continue
        write_lines(path, _lines(home, tx, site, shown), mode=_OWNER_ALONE)
        write_atomic(beside, mark, mode=_OWNER_ALONE)


def _mark(tx: Session, shown: Sequence[Notice]) -> bytes:
    """Return a digest of everything that the lines are made of."""
    made_of = [
        [n.id, n.title, n.text, n.url, instant(n.from_), instant(n.until), unreached_mark(tx, n.id)]
        for n in shown
    ]
    # An import may bring data on another site of somebody who is unreached already.
    document = json.dumps([made_of, last_seq(tx, ("import",)) if shown else 0])
    return hashlib.sha256(document.encode()).hexdigest().encode() + b"\n"


def _lines(home: Home, tx: Session, site: str, shown: Sequence[Notice]) -> Iterator[bytes]:
    for notice in shown:
        campaign = need_campaign(tx, notice.id)
        about = {
            "campaign": notice.id,
            "title": notice.title,
            "text": notice.text,
            "url": notice.url,
            "from": instant(notice.from_),
            "until": instant(notice.until),
            "effective": instant(notice.effective),
            "locale": notice.locale,
        }
        for who in unreached(tx, notice.id, site=site, policy=notice.policy or ""):
            line = {
                "person_id": who.person_id,
                "reason": who.reason,
                "choice_url": choice_url(home, campaign, who.ref),
                **about,
            }
            yield json.dumps(line, ensure_ascii=False).encode() + b"\n"
