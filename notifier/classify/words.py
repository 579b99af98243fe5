"""Small closed classes of words that decide meaning; no proof may pass over one of them."""

from __future__ import annotations


def bag(text: str) -> frozenset[str]:
    """Return the words of a text as a set."""
    return frozenset(text.split())


NEGATIONS = bag(
    "not no never none nobody neither nor without cannot can't don't doesn't didn't won't "
    "isn't aren't wasn't weren't shouldn't wouldn't couldn't mustn't haven't hasn't nothing "
    "nowhere refuse refuses refrain refrains prohibit prohibits prohibited decline declines "
    "unable non"
)
MODALS = bag(
    "may might can could will would shall should must ought need strive strives endeavour "
    "endeavours endeavor endeavors attempt try aim intend agree agrees required mandatory "
    "optional"
)
RESTRICTORS = bag(
    "only solely exclusively unless except excluding if when where until provided limited "
    "certain some any all every each always generally mainly primarily usually sometimes "
    "rarely often at least most more less than up within before after prior subject "
    "necessary applicable permitted sometimes indefinitely temporarily permanently explicit "
    "express implied automatically directly indirectly other others further additional"
)
UNITS = bag(
    "hour hours day days week weeks month months year years minute minutes percent % "
    "business working"
)
_UP_TO_TWENTY = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    "twenty",
)  # fmt: skip
NUMBER_WORDS = {word: value for value, word in enumerate(_UP_TO_TWENTY)} | {
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
    "hundred": 100,
}
GUARDED = NEGATIONS | MODALS | RESTRICTORS | UNITS | frozenset(NUMBER_WORDS)
RIGHTS_WORDS = bag(
    "opt out in access correct delete deletion erase erasure request requests rights right "
    "object withdraw consent unsubscribe portability exercise complaint complaints parent "
    "parents remove removal rectification"
) - {"out", "in"}
ANAPHORA = bag("this these such it they that those he she its their here")
LEGAL_SUFFIXES = bag(
    "inc llc ltd gmbh ag sa sas bv nv plc corp corporation company co limited pbc srl oy ab kg"
)


def is_guarded(key: str) -> bool:
    """Return whether a word may never be cleaned away: numbers, negations, modals, limits."""
    return key in GUARDED or (not key.isalpha() and any(map(str.isdigit, key)))
