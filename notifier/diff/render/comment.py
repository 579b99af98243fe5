"""The redline as a comment on a pull request: GitHub-flavoured Markdown, bounded, inert."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from notifier.diff.labels import counted, ignored_sentence, summary
from notifier.diff.model import Change, ChangeKind, Diff, Word, WordOp
from notifier.diff.places import rename_places
from notifier.diff.shown import one_line, shown_change

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from notifier.diff.places import Place

LIMIT = 60_000
"""Characters; GitHub refuses a comment above 65,536."""

_LONGEST = 4_000
"""Characters of one change's words; a rewritten section is better read in the whole redline."""
_CONTEXT = 160
"""Characters of unchanged words kept on either side of a change in a long passage."""
_ACTIVE = re.compile(
    r"[\\`*_{}\[\]|~$]"  # Markdown, tables, mathematics
    r"|:(?=\S)"  # addresses and emoji
    r"|(?<=www)\."
    r"|(?<![^\n])[-+#=]",  # what makes a block at the start of a line
    re.IGNORECASE,
)
_NUMBER = re.compile(r"^( *\d{1,9})(?=[.)])", re.MULTILINE)
_MENTION = re.compile(r"[@#](?=\w)|\bGH-(?=\d)", re.IGNORECASE)
_TAGS = {WordOp.INSERT: "ins", WordOp.DELETE: "del"}


def render_comment(diff: Diff, *, title: str, limit: int = LIMIT) -> str:
    """Return the redline as Markdown of at most ``limit`` characters, ending in a line feed.

    Underlined words are new, words struck through are gone. Whatever does not fit is left out and
    counted at the end. Nothing in a policy can mention anybody, link anywhere or break out.
    """
    changes = [change for change in diff.changes if change.kind is not ChangeKind.EQUAL]
    head = [f"### {_safe(title)}", _head(diff, changes)]
    notes = [one_line(note) for note in (*diff.notes, ignored_sentence(diff.ignored)) if note]
    tail = [f"<sub>{_safe(_cut(note, _CONTEXT * 2))}</sub>" for note in notes[:10]]
    left = limit - sum(len(part) + 2 for part in (*head, *tail)) - len(_left_out(len(changes))) - 2
    shown: list[str] = []
    for number, change in enumerate(changes, 1):
        block = _block(diff, number, change)
        if len(block) + 2 > left:
            break
        left -= len(block) + 2
        shown.append(block)
    missing = len(changes) - len(shown)
    parts = [*head, *shown, *([_left_out(missing)] if missing else []), *tail]
    return "\n\n".join(parts)[: limit - 1] + "\n"


def _head(diff: Diff, changes: Sequence[Change]) -> str:
    said = _safe(summary(diff.changes))
    if not changes:
        return said
    return f"{said} <ins>Underlined words are new</ins>, <del>words struck through are gone</del>."


def _left_out(count: int) -> str:
    return (
        f"**{counted(count, 'further change')} left out**, to keep this comment short."
        " `notifier diff` shows all of them."
    )


def _block(diff: Diff, number: int, change: Change) -> str:
    shown = shown_change(change)
    place = f" · {_safe(_cut(shown.heading, _CONTEXT))}" if shown.heading else ""
    lines = [f"**{number}. {shown.label}**{place}", f"> {_words(shown.words)}"]
    if change.kind is ChangeKind.RENAMED:
        return "\n\n".join([lines[0], _renamed(diff, change, _words(shown.words), shown.remark)])
    if shown.remark:
        lines.append(_safe(shown.remark))
    return "\n\n".join(lines)


def _renamed(diff: Diff, change: Change, words: str, remark: str) -> str:
    """Return a rename as one line that opens into all its places."""
    found = rename_places(diff, change)
    places = [*_places("Replaced", found.replaced), *_places("Not replaced", found.kept)]
    summary_line = f"<summary>{words} {_safe(remark)}</summary>"
    return f"<details>{summary_line}\n\n" + "\n".join(places) + "\n\n</details>"


def _places(title: str, places: Sequence[Place]) -> Iterator[str]:
    shown = places[:50]
    for place in shown:
        heading = f" ({_safe(_cut(place.heading, _CONTEXT))})" if place.heading else ""
        name = f"**{_safe(place.name)}**"
        yield f"- {title}: {_safe(place.before)}{name}{_safe(place.after)}{heading}"
    if len(places) > len(shown):
        yield f"- {title}: {counted(len(places) - len(shown), 'further place')}, not listed here"


def _words(words: Sequence[Word]) -> str:
    long = sum(len(word.text) for word in words) > _LONGEST
    parts: list[str] = []
    left = _LONGEST
    before: WordOp | None = None
    for index, word in enumerate(words):
        text = _near(word.text, first=index == 0) if long and word.op is WordOp.EQUAL else word.text
        if (before, word.op) == (WordOp.DELETE, WordOp.INSERT):
            parts.append(" ")
        parts.append(_tagged(word.op, _cut(text, left)))
        left -= len(text)
        before = word.op
        if left < 0:
            parts.append(" **The rest of this passage is left out.**")
            break
    return "".join(parts).strip()


def _tagged(op: WordOp, text: str) -> str:
    """Return a run with its tags closed on every line: a quotation's lines stand on their own."""
    if op is WordOp.EQUAL:
        return "<br>\n> ".join(_safe(line) for line in text.split("\n"))
    tag = _TAGS[op]
    lines = (f"<{tag}>{_safe(line)}</{tag}>" if line else "" for line in text.split("\n"))
    return "<br>\n> ".join(lines)


def _near(text: str, *, first: bool) -> str:
    if len(text) <= 2 * _CONTEXT + 20:
        return text
    head = "" if first else text[:_CONTEXT].rsplit(" ", 1)[0]
    return f"{head} … {text[-_CONTEXT:].split(' ', 1)[-1]}".lstrip()


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[:limit].rsplit(" ", 1)[0] + " …"


def _safe(text: str) -> str:
    """Return text that Markdown shows as it stands.

    A mention is found by GitHub after Markdown is read, so an escape does not stop it; a zero-width
    space does, also in the mail that GitHub makes of a comment.
    """
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = _MENTION.sub(lambda found: f"{found.group()}\0", text)
    text = _NUMBER.sub(r"\1\\", _ACTIVE.sub(r"\\\g<0>", text))
    return text.replace("\0", "&#8203;")
