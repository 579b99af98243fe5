"""What numbers a clause, and what is a number that the clause itself says.

Where both are possible the number stays in the text: a renumbering shown as a change costs a
glance, a changed quantity shown as a renumbering costs the notice.
"""

from __future__ import annotations

import re

_SHAPE = re.compile(
    r"(?:(?P<cite>§+\s*+\d[\d.]*+[.)]?+)"
    r"|(?P<named>(?:Section|Article|Part|Clause)\s++(?:\d++(?:\.\d++)*+|[IVXLC]++)[.:)]|[IVXLC]{2,6}\.)"
    r"|(?P<marked>\d{1,3}(?:\.\d{1,3})*[.)]|\(\d{1,3}\))"
    r"|(?P<bare>\d{1,2}(?:\.\d{1,2}){1,4})"
    r"|(?P<letter>\((?:[a-zA-Z]|[ivxlc]{2,5}|aa|bb|cc|dd)\)|[a-zA-Z]\)|[A-Z]\.(?=\s++[A-Z][a-z])))"
    r"\s++(?=[^\W\d_]|[“\"'‘(])"
)
BARE_NUMBER = re.compile(r"(?:\d{1,3}(?:\.\d{1,3})*[.)]|\((?:[a-z]|\d{1,3}|[ivx]{2,4})\))\Z")
"""An enumerator that is all there is."""

# A number before one of these is a quantity, a date or part of a citation, however it is written.
_QUANTITY = re.compile(
    r"(?:(?:(?:business|calendar|consecutive|working)\s++)?"
    r"(?:years?|months?|weeks?|days?|hours?|minutes?|seconds)"
    r"|thousands?|(?:m|b|tr)illions?|millionen|hundreds?|dozens?|per\s?cent|percentage|times"
    r"|jahr(?:en?)?|monat(?:en?)?|wochen?|tag(?:en?)?|stunden?|minuten?|sekunden|mio|mrd|prozent"
    r"|milliarden?"
    r"|euros?|dollars?|pounds?|cents?|usd|eur|gbp|chf|cad|aud|nzd|jpy|cny|inr|brl|sek|nok|dkk|pln"
    r"|[kmgtp]i?b|[kmgt]?bytes?|[kmgt]bps|[kmg]?hz|kwh|[km]w|kg|[ckm]m|kilometers?|kilometres?"
    r"|miles?|met(?:er|re)s?|abs|absatz|satz"
    r"|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|okt|nov|dec|dez)[a-zä]{0,6}\.?\s++\d{4}"
    r"|märz\s++\d{4}|ma[iy]\s++\d{4})(?![-\w])",
    re.IGNORECASE,
)
_OPENING = re.compile(r"[“\"'‘(]*+")


def match_enumerator(text: str, at: int = 0) -> re.Match[str] | None:
    """Return what numbers the clause that begins at ``at``, the blank behind it included.

    ``5.``, ``(a)``, ``5)``, ``Section 5.``, ``IV.``, ``1.2``; never the number of ``1.5 years
    after`` or ``2.5 million users``. Words always follow.
    """
    found = _SHAPE.match(text, at)
    return found if found and numbers(str(found.lastgroup), text, found.end()) else None


def numbers(shape: str, text: str, at: int) -> bool:
    """Say whether a number of this ``shape`` numbers the words at ``at`` or belongs to them.

    A letter, or a number with a mark of its own (``marked``), numbers anything but a quantity; a
    ``bare`` one and a name with a number need a capital; a ``cite`` needs a title, no acronym.
    """
    if shape == "letter":
        return True
    if _QUANTITY.match(text, at):
        return False
    if shape == "marked":
        return True
    opening = _OPENING.match(text, at)
    first = opening.end() if opening else at
    head = text[first : first + 2]
    if not head or not head[0].isalpha() or head[0].islower():
        return False
    return shape != "cite" or not head[1:].isupper()


def is_quantity(text: str, at: int) -> bool:
    """Say whether the words at ``at`` make the number before them a quantity or a date."""
    return _QUANTITY.match(text, at) is not None
