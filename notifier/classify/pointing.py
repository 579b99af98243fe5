"""Sentences that only point at a page: every word says where to look, none what is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.postal import STATES
from notifier.classify.words import bag, is_guarded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notifier.classify.lexicon import Lexicon
    from notifier.classify.text import Token

_LOOK = bag("see visit read view consult check refer click go find learn review")
PAGES = bag(
    "page pages section sections website site link links article articles blog guide guides faq "
    "faqs center centre policy policies statement statements notice notices disclosure "
    "disclosures document documents documentation privacy cookie cookies"
)
"""What is pointed at. Not "terms", "addendum", "list" or "settings": those bind, name or do."""
_WORDS = (
    _LOOK
    | PAGES
    | bag(
        "please also you your may can found available here below above following this that these "
        "those the a an our it its to for on at in of by from and or with about regarding relating "
        "concerning as well more further additional full detailed latest information info details "
        "detail practices personal data protection question questions "
        "frequently asked help support individuals residents resident located living reside live "
        "state states law laws is are be out under specific special categories processing rights "
        "visitors users customers consumers employees applicants candidates job recruitment"
    )
)
_STATUTES = bag("act law laws regulation directive")
_PLACES = STATES | _STATUTES | bag("states kingdom republic state federal european")
_GENERAL = bag("use process handle collect protect treat manage safeguard")
"""What any policy says is done; allowed after "how we" alone, and without an object of its own."""
_LAW = bag("under by law laws")
_ASKING = bag("have want wish would need live reside are")
_NAMING = frozenset({"recipients", "sale_ads", "sharing", "controller", "children", "legal"})
_SHORTEST, _LONGEST = 3, 36


def only_points(side: tuple[Token, ...], lexicon: Lexicon) -> bool:
    """Return whether a sentence sends the reader to a page and says nothing else.

    Every word is accounted for: as one of the few words of such sentences, as part of the title of
    a document ("the State Privacy Notice"), or as a place that says for whom the page is. "How we
    use your data" may be its subject; how we share, keep or sell may not, nor may a right be
    exercised there.
    """
    if not _SHORTEST <= len(side) <= _LONGEST or any(token.first for token in side[1:]):
        return False
    keys = tuple(token.key for token in side)
    return (
        opens_by_pointing(keys)
        and all(_accounted(side, keys, place, lexicon) for place in range(len(side)))
        and all(_at_a_page(side, place) for place, token in enumerate(side) if _looks(token))
    )


def opens_by_pointing(keys: tuple[str, ...]) -> bool:
    """Return whether the reader is told to look: "please see", "more details are found"."""
    if len(keys) < _SHORTEST:
        return False
    start = 1 if keys[0] == "please" else 0
    start += keys[start : start + 1] == ("also",)
    if keys[start] in _LOOK:
        return True
    more = keys[0] in _MORE and keys[1] in {"information", "info", "details", "detail"}
    if more or keys[0] in {"for", "to", "you", "if", "individuals", "residents"}:
        return any(_told(keys, place) for place in range(1, len(keys)))
    return False


def _looks(token: Token) -> bool:
    return token.key in _LOOK and not token.is_name


def _at_a_page(side: tuple[Token, ...], place: int) -> bool:
    """Return whether what is looked at is a page or more information, and not somebody's data."""
    for token in side[place + 1 : place + 12]:
        if token.kind == "url" or token.key in _SEEN:
            return True
        if token.key in _HELD and not token.is_name:
            return False
    return False


_MORE = bag("more further additional full detailed")
_SEEN = (PAGES | _MORE | bag("here below above how about following specific")) - bag(
    "cookie cookies"
)
_HELD = bag("your personal data information rights users customers visitors employees applicants")


def _told(keys: tuple[str, ...], place: int) -> bool:
    before = set(keys[max(0, place - 2) : place])
    if keys[place] in _LOOK:
        # "you use" does not look; "learn" and "read" after "to" say why, the page follows.
        return bool(before & {"please", "may", "can", "also", "you"}) or keys[0] in {"for", "to"}
    return keys[place] in {"found", "available"} and bool(before & {"is", "are", "be"})


def _accounted(
    side: tuple[Token, ...], keys: tuple[str, ...], place: int, lexicon: Lexicon
) -> bool:
    token, key = side[place], keys[place]
    if token.kind == "url" or key in _WORDS or _in_place(keys, place):
        return True
    if is_guarded(key) or not token.text[:1].isupper():
        return False
    if key in _PLACES or place in _places(keys, lexicon) or _lived_in(keys, place):
        return True
    grounds = {str(hit.ground) for hit in lexicon.hits((key,))}
    return key in lexicon.known and not grounds & _NAMING and _titled(side, place)


def _in_place(keys: tuple[str, ...], place: int) -> bool:
    """Return whether a word that weighs elsewhere stands where it only points."""
    key, before, after = keys[place], keys[:place], keys[place + 1 : place + 4]
    allowed = {
        "how": after[:1] == ("we",),
        "we": before[-1:] == ("how",),
        "if": after[:1] == ("you",) and bool(_ASKING & set(after[:2])),
        "required": bool(_LAW & set(after)),
        "applicable": bool(_LAW & set(after)),
    }
    if key in allowed:
        return allowed[key]
    if key.isdigit():
        return before[-1:] in {("section",), ("page",), ("article",)}
    asking = key in _ASKING and "if" in before
    general = key in _GENERAL and "how" in before and before[-1] in {"we", "may", "and"}
    return asking or general


def _lived_in(keys: tuple[str, ...], place: int) -> bool:
    """Return whether a name is that of the place where somebody lives: "residents of Example"."""
    before = keys[max(0, place - 4) : place]
    return bool({"in", "of"} & set(before[-2:])) and bool(_LIVING & set(before))


_LIVING = bag("live reside located living residents resident republic")


def _places(keys: tuple[str, ...], lexicon: Lexicon) -> set[int]:
    """Return where words stand that name a country or another place."""
    return {
        place
        for hit in lexicon.hits(keys)
        if hit.ground == "transfer"
        for place in range(hit.start, hit.end)
    }


def _titled(side: tuple[Token, ...], place: int) -> bool:
    """Return whether a word stands in a run of capitals with a page or a statute behind it."""
    return any(token.key in PAGES | _STATUTES for token in _capitals(side, place))


def _capitals(side: tuple[Token, ...], place: int) -> Iterator[Token]:
    for token in side[place + 1 : place + 8]:
        if not token.text[:1].isupper() and token.key not in _JOINING:
            return
        yield token


_JOINING = bag("and of for the to page")
