"""Date stamps: lines that say only when the text was changed or takes effect."""

from __future__ import annotations

import re
from functools import lru_cache

from notifier.classify.text import Token, has_digit, tokens
from notifier.classify.words import bag

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DATE = (
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)? (?:of )?{_MONTH},? ?\d{{4}}"
    rf"|{_MONTH},? \d{{1,2}}(?:st|nd|rd|th)?,? ?\d{{4}}"
    rf"|{_MONTH},? \d{{4}}|\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}"
    r"|\d{1,2}[./-]\d{1,2}[./-]\d{2,4})"
)
_SUBJECT = (
    r"(?:(?:this|the|our) )?(?:(?:privacy|cookie|data|protection) ){0,2}"
    r"(?:policy|statement|notice|page|document|agreement|terms(?: of (?:service|use))?)"
)
_LABEL = (
    r"(?:date of last (?:update|revision)"
    r"|last[ -](?:updated?|revised|modified|changed?|reviewed|revision)"
    r"|updated|revised|modified|effective(?: date| as of| from| on)?|in effect (?:from|since|as of)"
    r"|version(?: date| of)?|date|as of|posted|published|changelog)"
)
_VERB = (
    r"(?:(?:is|was|were|are|becomes?|goes?|takes?|has been|have been|came|comes?) )?"
    r"(?:last )?(?:updated|revised|modified|effective|effect|in effect|into effect|changed)"
    r"(?: (?:on|as of|from|since|beginning))?"
)
_STAMP = re.compile(
    rf"[*_(\[# ]{{0,12}}(?:{_LABEL} ?(?:on|as of|:|-|–)? ?:? ?(?:{_DATE})?"
    rf"|{_SUBJECT} {_VERB} {_DATE})"
    r"[\s.;:)\]*_]{0,12}",
    re.IGNORECASE,
)
_BARE_DATE = re.compile(rf"[*_(\[ ]{{0,12}}{_DATE}[\s.;:)\]*_]{{0,12}}", re.IGNORECASE)
_LONGEST = 160


_ANY_DATE = re.compile(rf"\b{_DATE}|\bversion:? \d{{1,3}}(?:\.\d{{1,3}}){{0,3}}\b", re.IGNORECASE)
_LABELS = bag("updated update effective revised modified version changed published date dated last")
_AROUND = _LABELS | bag(
    "this the our is was are were has been of on as from in it and to a since by for until policy "
    "privacy statement notice terms service use agreement document page cookie cookies history "
    "archived current previous guidelines conditions general license community rev posted at r "
    "latest"
)


_DATED = re.compile(
    rf"^[*_(\[# ]{{0,12}}{_LABEL} ?(?:on|as of|:|-|–)? ?:? ?(?P<labelled>{_DATE})"
    rf"|\b{_SUBJECT} {_VERB}:? (?P<told>{_DATE})"
    rf"|\blast (?:updated|revised|modified|reviewed)(?: on| in)?:? (?P<last>{_DATE})"
    rf"|\b(?:previous|prior|earlier|archived|current|last) versions?(?: of| dated| from|:)?"
    rf" (?P<past>{_DATE})"
    r"|(?:©|\bcopyright|\(c\)) ?(?:©|\(c\))? ?(?P<copyright>\d{4}(?: ?[-–] ?\d{4})?)",
    re.IGNORECASE,
)

_TOLD = re.compile(
    r"date|last|revised|modified|effect|version|as of|posted|published|change|©|copyright|\(c\)",
    re.IGNORECASE,
)
"""Stands in whatever ``_DATED`` finds; without it that slow pattern need not be tried."""


def stamped(text: str) -> tuple[tuple[int, int], ...]:
    """Return where dates stand that only say when the text was changed or takes effect.

    A stamp in front ("Effective: 3 March 2021"), the sentence that tells it, a copyright year. The
    date of anything but the text itself is no stamp, and none is where a statement goes on behind
    it: "Effective 3 March 2021, we share …".
    """
    if not has_digit(text) or not _TOLD.search(text):
        return ()
    return tuple(
        found.span(found.lastgroup)
        for found in _DATED.finditer(text[:_FIRST])
        if found.lastgroup and (found.lastgroup != "labelled" or _ends(text[found.end() :]))
    )


def _ends(rest: str) -> bool:
    """Return whether nothing follows a stamp, or what begins anew with a capital or a bracket."""
    rest = rest.strip(" .)]*_\n")
    return not rest or rest[0] in "([" or rest[0].isupper()


def unstamped(title: str) -> str:
    """Return a document's title without the stamp in brackets behind it.

    "Privacy policy for customers (as of 1 October 2021)" is "Privacy policy for customers"; of any
    other text nothing is taken away.
    """
    if "(" not in title:
        return title
    found = _TITLE.fullmatch(" ".join(title[:_FIRST].split()))
    words = {token.key for token in tokens(found["title"])} if found else set()
    if found is None or not words & _DOCUMENTS or words & _STATED:
        return title
    return found["title"]


_TITLE = re.compile(
    r"(?P<title>[^()]{3,80}) \((?:as of|effective(?: as of| from| on)?|last (?:updated|revised"
    r"|modified)|updated|revised|version(?: of)?|in force (?:since|from)|valid (?:from|as of)):?"
    rf" {_DATE}\)",
    re.IGNORECASE,
)
_DOCUMENTS = bag("policy statement notice terms agreement guidelines")
_STATED = bag("we you they our your i it is are was were will shall may can must not no if")
_FIRST = 2_000
_NO_TITLE = bag("we you they our your i it if all any no not who what users")


def _opens_title(token: Token) -> bool:
    return token.first and token.text[:1].isupper() and token.key not in _NO_TITLE


@lru_cache(maxsize=1024)
def is_stamp(text: str) -> bool:
    """Return whether a text is nothing but a date stamp: "Last updated: 3 March 2021"."""
    text = " ".join(text.split())
    if not 0 < len(text) <= _LONGEST:
        return False
    return bool(_STAMP.fullmatch(text) or _BARE_DATE.fullmatch(text)) or _only_dates(text)


def _only_dates(text: str) -> bool:
    """Return whether around its dates a text says no more than which document was updated."""
    if not has_digit(text):
        return False
    rest, dates = _ANY_DATE.subn(" ", text)
    words = tokens(rest)
    named = {token.key for token in words if not token.is_name and not _opens_title(token)}
    return bool(dates) and bool(named & _LABELS) and named <= _AROUND
