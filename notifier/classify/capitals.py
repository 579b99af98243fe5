"""Words that mean something else with a capital: names, short forms, defined terms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.words import bag

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notifier.classify.reading import Reading
    from notifier.classify.text import Token

_EITHER = bag(
    "a about account accounts additional agreement all an and any app application applications "
    "apps are article as at be by can categories category child children collect collected "
    "collection community company content contact controller cookie cookies customer customers "
    "data device devices do document email emails for from help how if in information internet "
    "is it law laws legal may member members mobile not notice of on online only or our page pages "
    "party parties personal platform platforms policies policy practices privacy product products "
    "protection provider providers purpose purposes regulation request requests right rights "
    "section security service services settings share sharing site sites software state statement "
    "states subscription support technologies technology terms that the third this to tracking "
    "under use used user users using visitor visitors we web website websites what when where "
    "which who why will with you your"
)
"""Words that policies write with a capital here and without one there, for the look of it."""
_LONGEST_TITLE = 12


def named_otherwise(reading: Reading, defined: frozenset[str]) -> bool:
    """Return whether a capital came or went that may make another word of it.

    "PIN" and "pin", "Target" and "target"; and a word of a term that either document defines
    (``defined``, folded), or that the passage writes both ways: with its capital it means what is
    defined. A title that is written in other capitals is no such change.
    """
    return any(
        _shouted(old, new)
        or (
            old.text[:1].isupper() != new.text[:1].isupper()
            and (old.key not in _EITHER or old.key in defined or _told_apart(reading, old.key))
        )
        for old, new in _changed(reading)
    ) and not _is_title(reading)


def _changed(reading: Reading) -> Iterator[tuple[Token, Token]]:
    """Yield the words inside a sentence that differ in their capitals alone."""
    if reading.hunks:
        return
    for old, new in zip(reading.old, reading.new, strict=True):
        inside = not old.first and not new.first and old.kind == "word"
        if inside and old.text != new.text and old.text.casefold() == new.text.casefold():
            yield old, new


def _told_apart(reading: Reading, key: str) -> bool:
    """Return whether both sides write the word both ways, so that the capital tells them apart."""
    return all(
        len({token.text[:1].isupper() for token in side if token.key == key}) > 1
        for side in (reading.old, reading.new)
    )


def _shouted(old: Token, new: Token) -> bool:
    """Return whether one of the two is all capitals, as a short form of something is."""
    return (old.text.isupper() or new.text.isupper()) and len(old.text) > 1


def _is_title(reading: Reading) -> bool:
    ends = (reading.old_text.rstrip()[-1:], reading.new_text.rstrip()[-1:])
    return len(reading.old) <= _LONGEST_TITLE and not {".", ";", ","} & set(ends)
