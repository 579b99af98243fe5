"""What tests of redlines share: diffs made by hand, and a reader of tracked changes of its own."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from notifier.diff.keys import is_silent
from notifier.diff.model import Change, ChangeKind, Diff, Word, WordOp
from notifier.diff.words import word_diff
from notifier.policy.model import Span
from notifier.policy.parse import parse

if TYPE_CHECKING:
    from notifier.policy.model import Document, Unit

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
GONE = {True: {"del", "moveFrom"}, False: {"ins", "moveTo"}}
"""What falls away when everything is accepted (True) or rejected."""

OLD_OF_ALL = """# Policy of Acme Calls

Acme Calls keeps your name and the address that you give us when you sign up.

## Security

A passage that moves on, with two sentences. Only trained staff of Acme Calls may open recordings.

## Use

- run the service
- answer your questions
- send you news

## Rights

You may object at any time, and you may ask for a copy.

We log each call. We log its length.

### 4. Contact

Write to Acme Calls by post.
"""
NEW_OF_ALL = """# Policy of Bolt Calls

Bolt Calls keeps your name and the address that you give us when you sign up.

## Security

## Use

- send you news
- run the service
- answer your questions

## Rights

You may object at any time. You may ask for a copy.

We log each call, and we log its length.

### 5. Contact

Write to Acme Calls by post.

A passage that moves on, with three sentences. Only trained staff of Bolt Calls may open recordings.
"""


def every_kind() -> Diff:
    """Return a diff with the kinds that are not simply words that came, went or changed."""
    return by_hand(
        OLD_OF_ALL,
        NEW_OF_ALL,
        (ChangeKind.REORDERED, range(6, 9), range(4, 7), False),
        (ChangeKind.SPLIT, range(10, 11), range(8, 10), True),
        (ChangeKind.MERGED, range(11, 13), range(10, 11), True),
        (ChangeKind.RENUMBERED, range(13, 14), range(11, 12), False),
        (ChangeKind.MOVED, range(3, 5), range(13, 15), True),
        name=("Acme Calls", "Bolt Calls"),
    )


def by_hand(old: str, new: str, *specs: tuple, name: tuple[str, str] | None = None) -> Diff:
    """Return a diff whose changes are told: ``(kind, old units, new units, edited)`` as ranges.

    All other units are paired in order as equal. ``name`` adds a rename of every occurrence of the
    first name that the new text has as the second, where unit by unit the old one stood.
    """
    left, right = parse(old, markup="markdown"), parse(new, markup="markdown")
    before = [unit for unit in left.units if not is_silent(unit)]
    after = [unit for unit in right.units if not is_silent(unit)]
    changes = [
        _change(f"h-{number}", kind, left, right, [before[i] for i in a], [after[j] for j in b], e)
        for number, (kind, a, b, e) in enumerate(specs, 1)
    ]
    taken_old = {i for _, a, _, _ in specs for i in a}
    taken_new = {j for _, _, b, _ in specs for j in b}
    rest_old = [unit for i, unit in enumerate(before) if i not in taken_old]
    rest_new = [unit for j, unit in enumerate(after) if j not in taken_new]
    equal = [
        _change(f"e-{number}", ChangeKind.EQUAL, left, right, [a], [b], False)
        for number, (a, b) in enumerate(zip(rest_old, rest_new, strict=True))
    ]
    if name:
        changes.append(_renamed(left, right, *name))
    return Diff(old=left, new=right, changes=tuple(changes), equal=tuple(equal))


def _change(
    identifier: str,
    kind: ChangeKind,
    left: Document,
    right: Document,
    old: list[Unit],
    new: list[Unit],
    edited: bool,
) -> Change:
    old_span, new_span = _cover(old), _cover(new)
    texts = _slice(left, old_span), _slice(right, new_span)
    return Change(
        id=identifier,
        kind=kind,
        old=texts[0],
        new=texts[1],
        old_span=old_span,
        new_span=new_span,
        edited=edited,
        heading=(new or old)[0].heading,
        words=word_diff(*texts),
        old_units=tuple(old),
        new_units=tuple(new),
    )


def _renamed(left: Document, right: Document, old: str, new: str) -> Change:
    pairs = zip(_all(left, old), _all(right, new), strict=False)
    return Change(
        id="h-renamed",
        kind=ChangeKind.RENAMED,
        old=old,
        new=new,
        words=(Word(op=WordOp.DELETE, text=old), Word(op=WordOp.INSERT, text=new)),
        occurrences=tuple(pairs),
        not_replaced=tuple(_all(right, old)),
    )


def _all(document: Document, name: str) -> list[Span]:
    found, wanted = [], name.encode()
    at = document.source.find(wanted)
    while at >= 0:
        found.append(Span(start=at, end=at + len(wanted)))
        at = document.source.find(wanted, at + 1)
    return found


def _cover(units: list[Unit]) -> Span | None:
    return Span(start=units[0].span.start, end=units[-1].span.end) if units else None


def _slice(document: Document, span: Span | None) -> str:
    return document.source[span.start : span.end].decode() if span else ""


def body_of(docx: bytes) -> ET.Element:
    """Return the body of a Word document."""
    with zipfile.ZipFile(io.BytesIO(docx)) as package:
        root = ET.fromstring(package.read("word/document.xml"))  # noqa: S314  our own file
    body = root.find(f"{W}body")
    assert body is not None
    return body


def resolved(docx: bytes, *, accept: bool) -> list[tuple[str, str]]:
    """Return (style, text) of each paragraph once all changes are accepted, or all rejected.

    Written from ECMA-376 alone: a mark that falls away takes its content along; a paragraph whose
    end falls away runs on into the next one, whose style the two then have.
    """
    result: list[tuple[str, str]] = []
    text = ""
    for paragraph in body_of(docx).findall(f"{W}p"):
        properties = paragraph.find(f"{W}pPr")
        style, marks = "", set()
        if properties is not None:
            before = properties.find(f"{W}pPrChange/{W}pPr")
            shown = properties if accept or before is None else before
            named = shown.find(f"{W}pStyle")
            style = "" if named is None else named.get(f"{W}val", "")
            marks = {mark.tag.removeprefix(W) for mark in properties.findall(f"{W}rPr/*")}
        text += _kept(paragraph, accept=accept)
        if marks & GONE[accept]:
            continue
        result.append((style, text))
        text = ""
    assert not text
    return result


def _kept(element: ET.Element, *, accept: bool) -> str:
    parts = []
    for child in element:
        name = child.tag.removeprefix(W)
        if name in GONE[accept] or name == "pPr":
            continue
        if name in {"t", "delText"}:
            parts.append(child.text or "")
        elif name == "tab":
            parts.append("\t")
        else:
            parts.append(_kept(child, accept=accept))
    return "".join(parts)
