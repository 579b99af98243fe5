"""The head of a document: its title and its date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.proof import whole
from notifier.classify.rule import RuleKind
from notifier.classify.stamps import is_stamp
from notifier.classify.text import fold
from notifier.classify.titles import names_document

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.diff.model import Change


class DocumentHead:
    """The lines are a document's title and the stamp of its date, and nothing else.

    True: "Privacy Policy" and below it "Effective date: 7 March 2016" were added above the text.
    Near miss: a title alone, which may be another document that binds; another title; a line that
    states anything.
    """

    name = "document-head"
    kind = RuleKind.PROOF

    def check(self, change: Change, context: Context) -> Finding | None:  # noqa: ARG002 - every rule has it
        """Return a proof over the whole change, or nothing."""
        titles = {_title(text) for text in (change.old, change.new) if text.strip()}
        if len(titles) != 1 or titles == {""}:
            return None
        return whole(self.name, "The title of this document and its date.", change)


def _title(text: str) -> str:
    """Return the one title of lines that are else nothing but stamps; empty where they are not."""
    lines = [line.strip(" #*_\t") for line in text.splitlines()]
    lines = [line for line in lines if line]
    if len(lines) < 2:  # noqa: PLR2004 - a title and its date are two lines
        return ""
    titles = [line for line in lines if not is_stamp(line)]
    alone = len(titles) == 1 and names_document(titles[0])
    return fold(titles[0]) if alone else ""


rule = DocumentHead()
