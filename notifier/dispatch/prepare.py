"""From a claim to a letter, and what is done with one that cannot be made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from notifier.channels.model import Letter
from notifier.dispatch.judge import DRY_RUN, REHEARSAL, contradiction, held, parked, rehearsed
from notifier.errors import NotifierError, OutsideError, SettingsError
from notifier.store.messages import Claimed, Result

if TYPE_CHECKING:
    from notifier.settings import Mail

Renderer = Callable[[Claimed], Letter]
"""Makes the mail of one claim: the same claim, the same bytes, always.

Called in a thread. ``claimed.dated_at`` is the Date, ``claimed.name`` the name to greet, and
``claimed.recipient``, where it is not empty, the address. What it raises parks this message alone;
``SettingsError`` and ``OutsideError`` stop the sending.
"""

ALIKE = 10
"""So many failures alike, and no success, are one fault of ours and not ten bad rows."""


@dataclass(slots=True)
class Job:
    """A letter on its way through the senders."""

    claimed: Claimed
    letter: Letter
    given_back: int = 0
    """How often a connection ended before the relay said anything about this message."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Unmade:
    """A message that could not be rendered; ``key`` is the same for the same fault."""

    result: Result
    key: str


def prepare(claimed: Claimed, render: Renderer, mail: Mail) -> Job | Result | Unmade:
    """Return the letter to send, or what to record instead.

    The reason of a failure names its kind only: what an exception says may quote names.

    :raises SettingsError: the configuration is at fault, not this row
    :raises OutsideError: the world outside failed, not this row
    """
    try:
        letter = render(claimed)
    except (SettingsError, OutsideError):
        raise
    except NotifierError as error:
        key = f"render_failed: {error.code}"
        return Unmade(result=parked(claimed, key), key=key)
    except Exception as error:  # noqa: BLE001  one bad row stops nobody, whatever it raises
        key = f"render_failed: {type(error).__name__}"
        return Unmade(result=parked(claimed, key), key=key)
    wrong = contradiction(claimed, letter)
    if wrong:
        return parked(claimed, wrong)
    if mail.dry_run:
        return held(claimed, DRY_RUN)
    if rehearsed(letter.recipient, mail.only_to):
        return held(claimed, REHEARSAL)
    return Job(claimed, letter)


@dataclass(slots=True)
class Streak:
    """Failures at the beginning, kept back until it is known whose fault they are.

    Once anything has succeeded, or two failures differ, each stands for itself. Before that
    ``ALIKE`` of the same kind are one fault: nobody is parked for it, the campaign is paused.
    """

    proven: bool = False
    key: str = ""
    kept: list[Result] = field(default_factory=list)

    def failed(self, result: Result, key: str) -> list[Result]:
        """Take a failure; return what may be recorded now."""
        if self.proven:
            return [result]
        self.kept.append(result)
        if self.key and key != self.key:
            return self.succeeded()
        self.key = key
        return []

    def succeeded(self) -> list[Result]:
        """Take a success; return what may be recorded now."""
        self.proven = True
        kept, self.kept = self.kept, []
        return kept

    def systemic(self, at_least: int = ALIKE) -> bool:
        """Whether so many failed alike and nothing succeeded."""
        return not self.proven and len(self.kept) >= at_least
