"""Version numbers of the text itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from notifier.classify.proof import by_hunk, whole
from notifier.classify.reading import read
from notifier.classify.rule import RuleKind
from notifier.classify.words import bag

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.classify.reading import Hunk
    from notifier.classify.text import Token
    from notifier.diff.model import Change

_NUMBER = r"\d{1,4}(?:\.\d{1,4}){0,3}"
_KIND = (
    r"(?:privacy |cookie |data |protection |service |user |license |licence ){0,3}"
    r"(?:policy|statement|notice|terms|agreement|guidelines|document|page)"
    r"(?: of (?:service|use))?"
)
_TITLE = bag(
    "this the our current latest privacy cookie data protection service user license licence "
    "policy statement notice terms agreement guidelines document page of use is number no"
)
_VERSION = bag("version revision rev ver v")
_LONGEST = 12
_TOLD = re.compile(
    rf"\b(?:this is|these are|you are reading|the (?:current|latest) version is) (?:the )?"
    rf"version (?P<told>{_NUMBER}) of (?:the|this|these|our) "
    rf"|\bversion (?P<of>{_NUMBER}) of (?:this|these) {_KIND}"
    rf"|\b(?:this|these) {_KIND},? \(?(?:is |are )?(?:at )?version (?P<own>{_NUMBER})",
    re.IGNORECASE,
)
_FIRST = 2_000
_SAYS = "The version number of the text itself."


class VersionStamp:
    """The number says only which version of this very text it is.

    True: "Version 2.1" → "Version 2.2"; "This is version 3 of these terms" → "… version 4 …". Near
    miss: "You accept version 2.1 of the Data Addendum"; "TLS version 1.3".
    """

    name = "version-stamp"
    kind = RuleKind.PROOF

    def check(self, change: Change, context: Context) -> Finding | None:  # noqa: ARG002 - every rule has it
        """Return a proof over the number, or over a line of nothing else."""
        reading = read(change)
        sides = [side for side in (reading.old, reading.new) if side]
        if sides and all(map(_is_stamp, sides)):
            return whole(self.name, _SAYS, change)
        spans = [_told(reading.old_text), _told(reading.new_text)]

        def accounts(hunk: Hunk) -> bool:
            return all(
                bool(run) and all(a <= token.start and token.end <= b for token in run)
                for run, (a, b) in zip((hunk.old, hunk.new), spans, strict=True)
            )

        return by_hunk(self.name, _SAYS, change, accounts)


def _is_stamp(side: tuple[Token, ...]) -> bool:
    """Return whether a line is nothing but a version number, perhaps behind the document's kind."""
    words = {token.key for token in side[:-1]}
    named = bool(words & _VERSION) and words <= _TITLE | _VERSION
    return len(side) <= _LONGEST and named and side[-1].kind == "number"


def _told(text: str) -> tuple[int, int]:
    """Return where a sentence tells the version of its own text; else an empty span."""
    found = _TOLD.search(text[:_FIRST])
    return found.span(found.lastgroup) if found and found.lastgroup else (0, 0)


rule = VersionStamp()
