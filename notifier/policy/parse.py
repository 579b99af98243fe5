"""Read a policy text into a document of typed units over its exact bytes."""

from __future__ import annotations

from typing import Literal

from notifier.policy.canonical import decode
from notifier.policy.collect import MAX_UNITS, Collector, Full, fill_gaps, finish
from notifier.policy.front_matter import split_front_matter
from notifier.policy.hidden import notes_on
from notifier.policy.markdown import MAX_LINES, read_markdown
from notifier.policy.model import Document
from notifier.policy.plain import number_headings, read_plain
from notifier.policy.unseen import without_unseen

PARSER = "notifier-parser/3"
"""Name and version of the parser; goes up with every change that could move a unit's edge."""

_UNSEEN = "Left out, since its markup hides it from readers (comments, hidden elements): {} places."

Markup = Literal["markdown", "text"]


def parse(source: bytes | str, *, markup: Markup, front_matter: bool = True) -> Document:
    """Return the units of a text. Never raises on any text; time grows with its length.

    Bytes that are UTF-8 are the document's ``source`` as they are, so that every span is one of the
    file; other encodings are decoded first (see ``canonical.decode``), and noted. YAML front matter
    stands in ``source`` but is no unit; ``front_matter=False`` reads it as text. Comments and
    hidden elements of Markdown stand in ``source`` too, and their words in no unit.
    """
    text, notes = _settle(source)
    begin = split_front_matter(text)[1] if front_matter else 0
    seen, unseen = without_unseen(text, begin) if markup == "markdown" else (text, 0)
    if unseen:
        notes.append(_UNSEEN.format(unseen))
    collector = Collector(source=seen)
    if not begin and text.startswith("\ufeff"):
        begin = 1
    quiet = [(0, begin)] if begin else []
    try:
        if markup == "markdown" and text.count("\n") <= MAX_LINES:
            quiet += read_markdown(collector, begin)
        else:
            if markup == "markdown":
                notes.append(f"More than {MAX_LINES:,} lines: read as plain text.")
            read_plain(collector, begin)
    except Full:
        notes.append(f"More than {MAX_UNITS:,} sentences: the rest is compared in coarse pieces.")
    fill_gaps(collector, quiet)
    if markup == "text":
        collector.drafts = number_headings(collector.drafts)
    return Document(
        source=text.encode(),
        units=finish(collector.drafts, text),
        parser=PARSER,
        reading=tuple(notes),
        notes=notes_on(text),
    )


def _settle(source: bytes | str) -> tuple[str, list[str]]:
    if isinstance(source, str):
        return source.encode("utf-8", "replace").decode(), []
    text, encoding = decode(source)
    if encoding == "utf-8":
        return text, []
    text = text.encode("utf-8", "replace").decode()
    return text, [f"The file is not UTF-8; it was read as {encoding}."]
