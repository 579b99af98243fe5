"""Erase one person: everything that is theirs goes, and what must stay adds up without it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import text, update

from notifier.store.tables import PersonRow

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

# A message in DATA at this moment keeps its claim, so that its outcome can still be recorded.
_STOP: Final = """
UPDATE message
SET state = 'suppressed', reason = 'erased', next_at = NULL, owner = '', lease_until = NULL
WHERE person_id = :person
  AND (state IN ('planned', 'deferred', 'unknown', 'held', 'needs_attention')
       OR (state = 'claimed' AND intent_at IS NULL))
"""
_MESSAGES: Final = """
UPDATE message SET person_id = :pseudonym, recipient = '', greeting = '', reply_text = ''
WHERE person_id = :person
"""
_CHOICES: Final = "UPDATE choice SET person_id = :pseudonym, note = '' WHERE person_id = :person"
_COLLECTIONS: Final = "DELETE FROM collection WHERE person_id = :person"
_P: Any = PersonRow.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_BLANK: Final = dict.fromkeys(
    ("email", "name", "locale", "timezone", "country", "governed_by", "guardian_email", "salt"), ""
) | {"status": "erased", "marketing_opt_out": False, "role": "customer", "child": False}


@dataclass(frozen=True, kw_only=True, slots=True)
class Removed:
    """How much was there, in rows."""

    collections: int
    messages: int
    """Of which everything about the person went; their outcomes stay."""
    stopped: int
    """Messages that had not left and now never will."""
    choices: int
    """Their decisions stay under the pseudonym; what was noted beside them went."""


def erase_person(
    tx: Session, person: PersonRow, *, pseudonym: str, mark: str, now: datetime
) -> Removed:
    """Replace a person by a pseudonym; their message in DATA, if any, ends as the relay says.

    ``mark`` is by what they are recognised when they come again.
    """
    run = tx.connection().execute
    values = {"person": person.person_id, "pseudonym": pseudonym}
    stopped = run(text(_STOP), values).rowcount
    messages = run(text(_MESSAGES), values).rowcount
    choices = run(text(_CHOICES), values).rowcount
    collections = run(text(_COLLECTIONS), values).rowcount
    left = {"person_id": pseudonym, "erased_mark": mark, "erased_at": now}
    run(update(_P).where(_P.c.person_id == person.person_id).values(_BLANK | left))
    return Removed(collections=collections, messages=messages, stopped=stopped, choices=choices)
