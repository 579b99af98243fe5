"""Errors, by who can act on them.

NotifierError
├── InputError            exit 2: whoever called can mend it: a file, a row, a key, an argument
│   ├── SettingsError     the configuration; never swallowed by a send loop
│   └── UnknownThingError a policy, version, campaign, person, site that does not exist
├── PromiseError          exit 3: refused, because a promise to people would be broken
├── OutsideError          exit 1: the world outside failed: database, disk, relay, damaged evidence
│   └── EvidenceError     the chain or a checkpoint does not hold
└── (anything else is a bug and stops the run at once)
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date


class NotifierError(Exception):
    """What happened, what was not done, and what to do next.

    ``code`` is stable and machine-readable; ``next_step`` is one sentence for a person; ``details``
    are extra fields of the JSON error document.
    """

    exit_code = 1
    default_code = "failed"

    def __init__(
        self, message: str, *, code: str | None = None, next_step: str = "", **details: Any
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.next_step = next_step
        self.details = details

    def document(self) -> dict[str, Any]:
        """Return the error as the JSON document of the contract."""
        return {
            "schema": "notifier.error/1",
            "code": self.code,
            "message": self.message,
            "next": self.next_step,
            **self.details,
        }


class InputError(NotifierError):
    """Wrong usage or bad input; nothing was done (but for ``import``'s good rows)."""

    exit_code = 2
    default_code = "bad_input"


class SettingsError(InputError):
    """The configuration does not hold together."""

    default_code = "bad_settings"


class UnknownThingError(InputError):
    """Something was named that does not exist."""

    default_code = "unknown"


class PromiseError(NotifierError):
    """Refused, because a promise to people would be broken."""

    exit_code = 3
    default_code = "refused"


class TooLateError(PromiseError):
    """The notice period no longer fits before the effective date."""

    default_code = "too_late"

    def __init__(self, message: str, *, earliest: date, next_step: str) -> None:
        super().__init__(message, next_step=next_step, earliest_effective=earliest.isoformat())
        self.earliest = earliest


class OutsideError(NotifierError):
    """The world outside failed; the same call may work later."""

    exit_code = 1
    default_code = "outside"


class EvidenceError(OutsideError):
    """The ledger, an export or a checkpoint does not hold."""

    default_code = "evidence"


@contextmanager
def standing(what: str, *, rest: str = "`notifier run` then does what is left.") -> Iterator[None]:
    """Let a failure in what follows a decision say that the decision itself is stored.

    ``rest`` says what does the remainder.

    :raises OutsideError: what failed, behind ``what``, a sentence such as "P@V is approved."
    """
    try:
        yield
    except OutsideError as error:
        raise OutsideError(
            f"{what} That is stored and stands; what follows it failed. {error.message}",
            code=error.code,
            next_step=f"{error.next_step} {rest}".strip(),
            **error.details,
        ) from error
