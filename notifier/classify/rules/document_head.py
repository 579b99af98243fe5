"""The head of a document: its title and its date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.proof import whole
from notifier.classify.rule import RuleKind
from notifier.classify.stamps import is_stamp
from notifier.classify.titles import names_document

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.diff.model import Change


class DocumentHead:
    """The lines are a document's title and the stamp of its date, and nothing else.

    True: "Privacy Policy" and below it "Effective date: 7 March 2016" were added above the text.
    Near miss: a title alone, which may be another document that binds; a line that states anything.
    """

    name = "document-head"
    kind = RuleKind.PROOF

    def check(self, change: Change, context: Context) -> Finding | None:  # noqa: ARG002 - every rule has it
        """Return a proof over the whole change, or nothing."""
        sides = [text for text in (change.old, change.new) if text.strip()]
        if not sides or not all(map(_is_head, sides)):
            return None
        return whole(self.name, "The title of this document and its date.", change)


def _is_head(text: str) -> bool:
    lines = [line.strip(" #*_\t") for line in text.splitlines()]
    lines = [line for line in lines if line]
    stamps = [is_stamp(line) for line in lines]
    titles = [line for line, stamp in zip(lines, stamps, strict=True) if not stamp]
    return any(stamps) and len(titles) == 1 and names_document(titles[0])


rule = DocumentHead()
