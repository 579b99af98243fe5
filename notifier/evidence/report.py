"""What a verification found, as a value and in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from notifier.evidence.chain import Head


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """The result of a verification; it holds where there are no problems."""

    entries: int
    """How many entries were checked, up to the first bad one."""
    head: Head
    """The last entry that holds."""
    first_bad: int | None
    """The number of the first entry that is wrong or missing."""
    checkpoints: int
    """How many checkpoints were compared with the chain, and fit."""
    fingerprint: str
    """Of the key that signed; empty where it could not be read."""
    compared: tuple[str, ...]
    """What from outside it was held against: ``fingerprint``, ``checkpoint``."""
    problems: tuple[str, ...]
    """Each names its entry or file; the chain's come first."""
    notes: tuple[str, ...]
    """What was not checked, and what the reader should know."""

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    def document(self) -> dict[str, Any]:
        """Return it as the JSON document of ``evidence verify --format json``."""
        return {
            "schema": "notifier.verification/1",
            "holds": self.holds,
            "entries": self.entries,
            "head": {"seq": self.head.seq, "hash": self.head.hash},
            "first_bad": self.first_bad,
            "checkpoints": self.checkpoints,
            "fingerprint": self.fingerprint,
            "compared": list(self.compared),
            "problems": list(self.problems),
            "notes": list(self.notes),
        }


def render_report(report: Report) -> str:
    """Return the report for people: the answer first, then each problem, then what was checked."""
    lines = ["The evidence holds." if report.holds else "The evidence does NOT hold."]
    lines += [f"  {problem}." for problem in report.problems]
    lines += [
        "",
        f"  entries checked      {report.entries}",
        f"  last entry           {report.head.seq} {report.head.hash}",
        f"  checkpoints checked  {report.checkpoints}",
        f"  signed by            {report.fingerprint or 'unknown'}",
    ]
    lines += [f"  note: {note}." for note in report.notes]
    return "\n".join(lines) + "\n"


def shown(name: str) -> str:
    """Return a name from a file made by others, fit for a terminal: one line, nothing hidden."""
    return "".join(c if c.isprintable() else "�" for c in name)[:200]
