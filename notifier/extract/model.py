"""What goes into an extraction and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

MAX_RAW = 10_000_000
"""Bytes of a page or document as handed in; a saved page carries its scripts along."""
MAX_TEXT = 1_000_000
"""Characters of extracted text; the limit of a policy in plain text."""
FIRST_WORDS = 60
"""Characters that are quoted of what was left out or refused."""


class Form(StrEnum):
    """Kinds of files that are extracted."""

    HTML = "html"
    DOCX = "docx"


class Revisions(StrEnum):
    """How tracked changes of a Word document are resolved."""

    ACCEPT = "accept"
    """As if all had been accepted."""
    REJECT = "reject"
    """As if all had been rejected."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Extracted:
    """The text of a file, and what a person should know of how it was read."""

    text: str
    """Markdown; the same bytes always give the same text."""
    notes: tuple[str, ...] = ()


class Refusal(Exception):  # noqa: N818 - an answer that travels between two processes, not an error
    """The file cannot be read as a policy.

    ``what`` completes "FILE: …"; ``next_step`` says what the person can do; ``details`` are plain
    JSON values.
    """

    def __init__(self, what: str, next_step: str, *, code: str, **details: Any) -> None:
        super().__init__(what)
        self.what = what
        self.next_step = next_step
        self.code = code
        self.details = details


@dataclass(kw_only=True, slots=True)
class LeftOut:
    """What is no part of the policy: how often each kind, and the first words of hidden text."""

    counts: dict[str, int] = field(default_factory=dict)
    hidden: list[str] = field(default_factory=list)

    def count(self, kind: str) -> None:
        """Note one thing of a kind that was left out."""
        self.counts[kind] = self.counts.get(kind, 0) + 1

    def hide(self, text: str) -> None:
        """Note a text that nobody sees; blank ones do not count."""
        text = " ".join(text.split())
        if text:
            self.hidden.append(text)

    def notes(self) -> tuple[str, ...]:
        """Return one sentence a matter, the same for the same file."""
        notes = []
        if self.counts:
            parts = ", ".join(f"{kind} ({self.counts[kind]})" for kind in sorted(self.counts))
            notes.append(f"Left out, since it is no policy text: {parts}.")
        if self.hidden:
            many = len(self.hidden)
            words = sum(len(text.split()) for text in self.hidden)
            first = "; ".join(f"“{shorten(text)}”" for text in self.hidden[:3])
            notes.append(
                f"Hidden text was left out, since a reader does not see it: {many}"
                f" place{'s' if many > 1 else ''}, {words} word{'s' if words > 1 else ''}: {first}."
            )
        return tuple(notes)


def shorten(text: str) -> str:
    """Return the first words of a text, for quoting."""
    text = " ".join(text.split())
    return text if len(text) <= FIRST_WORDS else f"{text[: FIRST_WORDS - 1].rstrip()}…"


def names(text: str) -> frozenset[str]:
    """Return the words of a text as a set: names of elements, in the readers' tables."""
    return frozenset(text.split())
