"""Titles: short lines that name a section; which of them say the same, and which say nothing."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from notifier.classify.folds import american, exchanged, stands_in
from notifier.classify.inflect import inflections
from notifier.classify.text import keys, tokens
from notifier.classify.words import bag, is_guarded

if TYPE_CHECKING:
    from notifier.classify.lexicon import Lexicon

_LONGEST = 12
_STATES = bag("we you our us i my they if unless")
_ASKING = bag("how what why which who whom whose")
_VERBS = bag("is are do does")
"""Neutral in a question: "What do we use?"; "Your data is our data" states something."""
_PERSONS = bag("we us our ours you your yours they them their it its i me my")
_DOCUMENTS = bag("policy statement notice terms agreement guidelines")
_PAGES = bag("policy policies privacy notice notices statement statements")
_NEUTRAL = (
    _ASKING
    | _PAGES
    | bag(
        "a an the this these of and on about regarding concerning information info data details "
        "detail overview introduction intro introductory general generally summary section "
        "sections page contents questions question faq faqs glossary background preamble "
        "definitions"
    )
)
"""Words of titles that say nothing of what is done, to what, for whom or with whom."""
_WHOLE = frozenset(
    {"contact us", "how to contact us", "contacting us", "how can you contact us",
     "questions and contact", "frequently asked questions"}
)  # fmt: skip
_NOUNS = {
    "collection": "collect", "disclosure": "disclose", "protection": "protect", "usage": "use",
    "storage": "store", "retention": "retain", "deletion": "delete", "correction": "correct",
}  # fmt: skip

Words = tuple[str, ...]


@lru_cache(maxsize=8192)
def weighty(title: str) -> Words:
    """Return the words of a title that name what it is about, numbers in front left out.

    "4. How do we use your data?" and "Use of information" both come down to "use".
    """
    return _content(_bare(keys(title)))


def says_nothing(title: str) -> bool:
    """Return whether a title is made of neutral words alone: "Overview", "About this policy"."""
    bare = _bare(keys(title))
    if " ".join(bare) in _WHOLE:
        return True
    left = [key for key in _content(bare) if key not in _changes(bare)]
    return bool(bare) and len(bare) <= _LONGEST and not left


def promises_nothing(title: str) -> bool:
    """Return whether a title only names its section: no person, negation, modal or number in it."""
    bare = _bare(keys(title))
    return (
        0 < len(bare) <= _LONGEST
        and not title.rstrip().endswith(":")
        and not set(bare) & (_STATES | _PERSONS)
        and not any(map(is_guarded, bare))
    )


def same_title(old: str, new: str, lexicon: Lexicon) -> bool:
    """Return whether two titles name the same: they differ in neutral words, form or spelling.

    Words that may be exchanged count as the same; whoever acts on either side is the same.
    """
    if old.rstrip().endswith(":") != new.rstrip().endswith(":"):
        return False
    one, two = (_unmarked(keys(text)) for text in (old, new))
    if max(len(one), len(two)) > _LONGEST or not (_within(one, two) or _within(two, one)):
        return False
    if _same_words(_content(one), _content(two), lexicon):
        return True
    for entry in lexicon.equivalences:
        if stands_in(entry, one) and stands_in(entry, two):
            one, two = exchanged(one, entry), exchanged(two, entry)
    return _same_words(_content(one), _content(two), lexicon)


def names_document(text: str) -> bool:
    """Return whether a line is nothing but the title of a policy: "Example Privacy Policy".

    Every word of weight is written with a capital, so that "our policy on data" is none.
    """
    words = tokens(text)
    named = {token.key for token in words}
    return (
        0 < len(words) <= _LONGEST
        and bool(named & _DOCUMENTS)
        and not any(is_guarded(token.key) for token in words)
        and not named & _STATES
        and all(token.text[:1].isupper() or token.key in _SMALL for token in words)
    )


_SMALL = bag("of the for and to on in a")


def _bare(words: Words) -> Words:
    while words and words[0].replace(".", "").isdigit():
        words = words[1:]
    return _unmarked(words)


def _unmarked(words: Words) -> Words:
    return tuple(word.removesuffix("'s") for word in words)


def _content(words: Words) -> Words:
    asks = bool(words) and words[0] in _ASKING
    found = []
    for place, word in enumerate(words):
        how_to = word == "to" and words[place - 1 : place] == ("how",)
        if not (word in _NEUTRAL or word in _PERSONS or how_to or (asks and word in _VERBS)):
            found.append(word)
    return tuple(found)


def _changes(words: Words) -> frozenset[str]:
    """Return what else is neutral where a title tells of changes to the text itself."""
    return bag("changes change updates to") if set(words) & _PAGES else frozenset()


def _within(one: Words, two: Words) -> bool:
    """Return whether the persons of one title stand in the other, in their order."""
    others = iter(word for word in two if word in _PERSONS)
    return all(any(word == other for other in others) for word in one if word in _PERSONS)


def _same_words(one: Words, two: Words, lexicon: Lexicon) -> bool:
    return len(one) == len(two) and all(
        _same_word(*pair, lexicon) for pair in zip(one, two, strict=True)
    )


def _same_word(one: str, two: str, lexicon: Lexicon) -> bool:
    if american(one) == american(two):
        return True
    if is_guarded(one) or is_guarded(two):
        return False
    if _NOUNS.get(one, one) == _NOUNS.get(two, two):
        return True
    one, two = _NOUNS.get(one, one), _NOUNS.get(two, two)
    forms = inflections(one, verb=True), inflections(two, verb=True)
    return (two in forms[0] or one in forms[1]) and _named(one, lexicon) == _named(two, lexicon)


def _named(word: str, lexicon: Lexicon) -> set[tuple[str, float]]:
    """Return what a word names: a profile is not profiling."""
    return {(str(hit.ground), hit.weight) for hit in lexicon.hits((word,))}
