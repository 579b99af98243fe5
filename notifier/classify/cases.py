"""Rows of a case file, made into changes with whatever context they bring."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from notifier.classify.context import Context, Scope, context_for
from notifier.classify.text import fold
from notifier.diff.model import Change, ChangeKind
from notifier.diff.words import word_diff
from notifier.errors import InputError
from notifier.policy.model import Document, Span, Unit, UnitKind
from notifier.policy.parse import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from notifier.classify.lexicon import Lexicon
    from notifier.classify.ruleset import RuleSet

_LARGEST_FILE = 20_000_000
_MARKDOWN = {".md", ".markdown"}
_EXTRACTED = {".html", ".htm", ".xhtml", ".docx"}


@dataclass(kw_only=True, slots=True)
class CaseReader:
    """Makes changes and contexts from rows; keeps each document that it has parsed.

    ``base`` is the folder to which ``old_file`` and ``new_file`` are relative, ``name`` stands in
    error messages.
    """

    base: Path
    lexicon: Lexicon
    ruleset: RuleSet
    name: str = "cases"
    extract: Callable[[Path], Document] | None = None
    """Reads whole documents that are no text: HTML and Word."""
    documents: dict[str, Document] = field(default_factory=dict)
    contexts: dict[tuple[str, str], Context] = field(default_factory=dict)

    def read(self, row: Mapping[str, Any], line: int) -> tuple[Change, Context]:
        """Return the change of one row and what surrounds it.

        Raises InputError naming the file and the line.
        """
        where = f"{self.name}, line {line}"
        texts = _texts(row, where)
        files = str(row.get("old_file") or ""), str(row.get("new_file") or "")
        context = self._context(files, texts, row, where)
        return change_of(row, texts, context), context

    def _context(
        self, files: tuple[str, str], texts: tuple[str, str], row: Mapping[str, Any], where: str
    ) -> Context:
        if all(files):
            if files not in self.contexts:
                old, new = (self._document(name, where) for name in files)
                self.contexts[files] = context_for(
                    old, new, lexicon=self.lexicon, ruleset=self.ruleset, scope=Scope()
                )
            return self.contexts[files]
        around = [str(row.get(key) or "") for key in ("context_before", "context_after")]
        old, new = (
            parse("\n\n".join((around[0], text, around[1])), markup="markdown", front_matter=False)
            for text in texts
        )
        return context_for(
            old, new, lexicon=self.lexicon, ruleset=self.ruleset, whole_documents=False
        )

    def _document(self, name: str, where: str) -> Document:
        if name not in self.documents:
            path = self.base / name
            if path.suffix.lower() in _EXTRACTED and self.extract:
                self.documents[name] = self._extracted(self.extract, path, where)
                return self.documents[name]
            try:
                if path.stat().st_size > _LARGEST_FILE:
                    raise InputError(f"{where}: {name} is larger than {_LARGEST_FILE:,} bytes.")
                data = path.read_bytes()
            except OSError as error:
                raise InputError(
                    f"{where}: the document {name} cannot be read ({error.strerror}).",
                    next_step="Paths are relative to the case file.",
                ) from error
            markup = "markdown" if path.suffix.lower() in _MARKDOWN else "text"
            self.documents[name] = parse(
                data, markup="markdown" if markup == "markdown" else "text"
            )
        return self.documents[name]

    @staticmethod
    def _extracted(extract: Callable[[Path], Document], path: Path, where: str) -> Document:
        try:
            return extract(path)
        except InputError as error:
            raise InputError(
                f"{where}: {error.message}", code=error.code, next_step=error.next_step
            ) from error


def _texts(row: Mapping[str, Any], where: str) -> tuple[str, str]:
    if not isinstance(row, dict):
        raise InputError(f"{where}: not a JSON object; nothing was evaluated.")
    for key in ("id", "old", "new"):
        if not isinstance(row.get(key), str):
            raise InputError(
                f"{where}: the field {key!r} is missing or no text; nothing was evaluated.",
                next_step="Each line needs id, old and new (an empty text where there is none).",
            )
    if not row["old"].strip() and not row["new"].strip():
        raise InputError(f"{where}: old and new are both empty; nothing was evaluated.")
    return row["old"], row["new"]


def change_of(row: Mapping[str, Any], texts: tuple[str, str], context: Context) -> Change:
    """Return a row as a change. Units are those of the whole documents, where they stand there."""
    old, new = texts
    heading = str(row.get("heading") or "")
    path = tuple(part.strip() for part in heading.split(" > ") if part.strip())
    kind = _kind(row, old, new)
    digest = hashlib.sha256(f"{row['id']}\0{old}\0{new}".encode()).hexdigest()
    return Change(
        id=digest[:12],
        kind=kind,
        old=old,
        new=new,
        old_span=Span(start=0, end=len(old.encode())) if old else None,
        new_span=Span(start=0, end=len(new.encode())) if new else None,
        edited=bool(old and new and old != new),
        heading=heading,
        words=word_diff(old, new),
        old_units=_units(old, path, context.old.units if context.whole_documents else {}),
        new_units=_units(new, path, context.new.units if context.whole_documents else {}),
    )


def _kind(row: Mapping[str, Any], old: str, new: str) -> ChangeKind:
    if not old.strip():
        return ChangeKind.ADDED
    if not new.strip():
        return ChangeKind.REMOVED
    named = str(row.get("kind") or "")
    usable = {kind.value for kind in ChangeKind} - {"added", "removed", "equal", "renamed"}
    return ChangeKind(named) if named in usable else ChangeKind.MODIFIED


def _units(
    text: str, path: tuple[str, ...], known: Mapping[str, tuple[Unit, ...]]
) -> tuple[Unit, ...]:
    if not text.strip():
        return ()
    standing = known.get(fold(text), ())
    if standing:
        # Where it stands twice the row does not say which one it means: the one that hangs on a
        # lead-in is the harder one to clear.
        return (min(standing, key=lambda unit: not unit.lead_in),)
    units = [
        unit
        for unit in parse(text, markup="markdown", front_matter=False).units
        if unit.kind is not UnitKind.RULE
    ]
    joined = " ".join(unit.text for unit in units)
    first = units[0] if units else None
    kind = first.kind if first and len(units) == 1 else UnitKind.SENTENCE
    return (
        Unit(
            kind=kind,
            text=joined or " ".join(text.split()),
            span=Span(start=0, end=len(text.encode())),
            path=path,
            marker=first.marker if first else "",
            level=first.level if first and kind is UnitKind.HEADING else 0,
            links=tuple(link for unit in units for link in unit.links),
        ),
    )
