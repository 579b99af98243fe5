"""Erase a person, durably, in every place that the home has; and know them again."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from notifier.banner import instant
from notifier.channels.reply import scrub
from notifier.errors import InputError, UnknownThingError, standing
from notifier.evidence.commitment import commit_person, erased_mark, new_pseudonym
from notifier.evidence.keys import load_erasure_key
from notifier.pipeline.interstitial import drop_person
from notifier.store import ledger
from notifier.store.erasure import erase_person
from notifier.store.people import find_erased, find_person

if TYPE_CHECKING:
    from datetime import datetime

    from notifier.home import Home
    from notifier.store.engine import Session
    from notifier.store.people import Mark
    from notifier.store.tables import PersonRow


def erasure_mark(home: Home) -> Mark:
    """Return what gives each person's mark under the home's erasure key.

    :raises SettingsError: the key is missing or others can read it
    """
    key = load_erasure_key(home.keys)
    return lambda person_id: erased_mark(key, person_id)


def know_erased(home: Home, tx: Session, person_id: str) -> PersonRow | None:
    """Return what is left of a person who was erased, by their own id or by the pseudonym."""
    row = find_person(tx, person_id)
    if row is None:
        return find_erased(tx, erasure_mark(home)(person_id))
    return row if row.status == "erased" else None


def erase(home: Home, person_id: str, *, actor: str, reason: str = "") -> dict[str, Any]:
    """Erase a person for good and say what went; when this returns, it is on disk.

    Address, name, collections, notes and the salt that ties them to the ledger go; what was not
    sent yet is never sent. Under a pseudonym stay the outcomes of their messages and their
    decisions, so that every total stays true. Erasing them again changes nothing.

    ``reason`` is kept in the ledger for good, so it must not name the person. No feed is published:
    a restored database may have forgotten that a notice was taken back.

    :raises UnknownThingError: there is no such person, and there was none who was erased
    :raises InputError: the reason holds a name, an address or a link, or is too long
    :raises OutsideError: the database or a site's file cannot be written; run it again
    """
    now = home.now()
    reason = " ".join(reason.split())
    with home.store.write() as tx:
        gone = know_erased(home, tx, person_id)
        if gone is None:
            pseudonym, counted = _erase(home, tx, person_id, now=now, actor=actor, reason=reason)
        else:
            pseudonym, counted = gone.person_id, {}
    done = f"The person is erased, listed as {pseudonym}; copies in free space may remain."
    with standing(done, rest="Then erase the person again: it does what is left."):
        drop_person(home, person_id)
        emptied = home.store.forget()
    erased_at = (gone.erased_at if gone else None) or now
    return {
        "schema": "notifier.erasure/1",
        "pseudonym": pseudonym,
        "repeated": gone is not None,
        "erased_at": instant(erased_at),
        "log_emptied": emptied,
        **counted,
    }


def _erase(
    home: Home, tx: Session, person_id: str, *, now: datetime, actor: str, reason: str
) -> tuple[str, dict[str, int]]:
    person = find_person(tx, person_id)
    if person is None:
        raise UnknownThingError(
            f"There is no person {person_id!r}. Nothing was erased.",
            next_step="Check the person_id.",
        )
    _refuse_names(reason, person)
    pseudonym = new_pseudonym()
    # The entry still names the commitment: whoever can open it learns that the salt went then.
    subject = commit_person(person.salt, person_id)
    mark = erasure_mark(home)(person_id)
    removed = erase_person(tx, person, pseudonym=pseudonym, mark=mark, now=now)
    counted = asdict(removed)
    why = {"reason": reason} if reason else {}
    body = {"actor": actor, **why, **counted}
    ledger.append(tx, now=now, kind="erasure", subject=subject, body=body)
    return pseudonym, counted


def _refuse_names(reason: str, person: PersonRow) -> None:
    """Refuse a reason that would keep in the ledger what is to be erased."""
    if scrub(reason, person.email, f"{person.name} {person.person_id}") != reason:
        raise InputError(
            "The reason holds a name, an address, the person's id or a link, or is longer than one"
            " line of 300 characters; the ledger would keep it for good. Nothing was erased.",
            code="names_in_reason",
            next_step="Give a reason that names nobody, such as the number of the request.",
        )
