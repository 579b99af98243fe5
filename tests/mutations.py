"""Changes of one sentence whose meaning is known beforehand: the classifier's strongest free test.

Each mutation takes a sentence and returns it changed, or ``None`` where it does not apply.
``EDITORIAL`` ones change no meaning, so they never give a fact; ``CRITICAL`` ones change what is
promised, so they are never cleared.
"""

import re
from collections.abc import Callable

from notifier.classify.lexicon import load_lexicon
from notifier.classify.stamps import is_stamp

Mutation = Callable[[str], str | None]

_LONG_WORD = re.compile(r"(?<= )[a-z]{8,}(?= )")
_LIST = re.compile(r"\b(collect|share|include|store) (your )?(\w+), (\w+),? and (\w+)\.")
_NO_PROMISE_NUMBER = re.compile(
    r"@|www\.|https?:|\b(?:section|article|street|suite|avenue|floor|tel|phone|call|fax"
    r"|p\.?o\.? box|version|v\d|chapter|regulation|directive|act|code|usc|cfr"
    r"|january|february|march|april|may \d|june|july|august|september|october|november|december"
    r"|\d{4})\b",
    re.IGNORECASE,
)


def _once(pattern: str, new: str, flags: int = 0) -> Mutation:
    compiled = re.compile(pattern, flags)

    def change(sentence: str) -> str | None:
        changed = compiled.sub(new, sentence, count=1)
        return changed if changed != sentence else None

    return change


def _slip(change: Callable[[str], str]) -> Mutation:
    known = load_lexicon().known

    def mutate(sentence: str) -> str | None:
        for found in _LONG_WORD.finditer(sentence):
            slipped = change(found.group())
            if slipped not in known and slipped != found.group():
                return sentence[: found.start()] + slipped + sentence[found.end() :]
        return None

    return mutate


def _drop_letter(word: str) -> str:
    return word[:4] + word[5:]


def _swap_letters(word: str) -> str:
    return word[:3] + word[4] + word[3] + word[5:]


def _double_letter(word: str) -> str:
    return word[:5] + word[4] + word[5:]


def _reorder(sentence: str) -> str | None:
    found = _LIST.search(sentence)
    if found is None:
        return None
    verb, your, first, second, third = found.groups()
    changed = f"{verb} {your or ''}{third}, {first} and {second}."
    return sentence[: found.start()] + changed + sentence[found.end() :]


def _wrap(sentence: str) -> str | None:
    middle = sentence.find(" ", len(sentence) // 2)
    return sentence[:middle] + "\n" + sentence[middle + 1 :] if middle > 0 else None


def _renumber(sentence: str) -> str | None:
    found = re.match(r"(\d{1,2})\. (?=[A-Z])", sentence)
    return f"{int(found.group(1)) + 1}. {sentence[found.end() :]}" if found else None


def _stamp(sentence: str) -> str | None:
    if not is_stamp(sentence):
        return None
    changed = re.sub(r"\b(20\d\d)\b", lambda year: str(int(year.group()) + 1), sentence)
    return changed if changed != sentence else None


def _capital(sentence: str) -> str | None:
    found = re.search(r" (policy|services?|website|account)\b", sentence)
    return sentence.replace(found.group(), found.group().title(), 1) if found else None


EDITORIAL: dict[str, Mutation] = {
    "a letter dropped": _slip(_drop_letter),
    "two letters swapped": _slip(_swap_letters),
    "a letter doubled": _slip(_double_letter),
    "typographic apostrophe": _once(r"(\w)'(\w)", "\\1\u2019\\2"),
    "plain quotation marks": _once("[\u201c\u201d]", '"'),
    "wrapped line": _wrap,
    "two spaces": _once(r" ", "  "),
    "no-break space": _once(r" ", "\u00a0"),
    "comma before the last item": _once(r"(\w+, \w+) (and|or) ", r"\1, \2 "),
    "no comma before the last item": _once(r", (and|or) ", r" \1 "),
    "no full stop": _once(r"\.$", ""),
    "bold word": _once(r" ([a-z]{5,}) ", r" **\1** "),
    "dash": _once(" - ", " \u2014 "),
    "American ending": _once(r"(\w{4,})isation\b", r"\1ization"),
    "British ending": _once(r"\b(anonym|organ|recogn|author|personal)iz(e|ed|ing)\b", r"\1is\2"),
    "British vowel": _once(r"\b(behavi|fav|hon|col)or\b", r"\1our"),
    "doubled word": _once(r"\b(the|of|to|and) ", r"\1 \1 "),
    "renumbered": _renumber,
    "new date stamp": _stamp,
    "list in another order": _reorder,
    "short form": _once(r"\b(do|does|is|are|will) not\b", r"\1n't"),
    "for example": _once(r"\bfor example\b", "e.g."),
    "personal data": _once(r"\bpersonal information\b", "personal data"),
    "hyphen in e-mail": _once(r"\bemail\b", "e-mail"),
    "written together": _once(r"\bwebsite\b", "web site"),
    "capital letter": _capital,
}


def _number(change: Callable[[int], int]) -> Mutation:
    def mutate(sentence: str) -> str | None:
        if is_stamp(sentence) or _NO_PROMISE_NUMBER.search(sentence):
            return None
        found = re.search(r"(?<=[a-z] )\d{1,3}(?= [a-z])", sentence)
        if found is None:
            return None
        return f"{sentence[: found.start()]}{change(int(found.group()))}{sentence[found.end() :]}"

    return mutate


def _tail(sentence: str) -> str | None:
    """Drop a closing condition such as "if you agree"."""
    found = re.search(r",? (?:if|unless|except|only if|provided that) [^,.;]{8,80}\.$", sentence)
    return sentence[: found.start()] + "." if found and found.start() > 20 else None


CRITICAL: dict[str, Mutation] = {
    "not dropped": _once(r"\b(do|does|will|may|can|shall|are|is) not ", r"\1 "),
    "not added": _once(r"\b(will|may|must|can|shall|do|does|are|is) (?!not\b)", r"\1 not "),
    "never to always": _once(r"\bnever\b", "always"),
    "only dropped": _once(r"\bonly ", ""),
    "only added": _once(r"\b(we|you|they) (collect|share|use|keep|store|may|can) ", r"\1 only \2 "),
    "except dropped": _once(r"\b(?:except|unless)\b[^.;,]*", ""),
    "except to including": _once(r"\bexcept\b", "including"),
    "without to with": _once(r"\bwithout\b", "with"),
    "may to will": _once(r"\b(we|they|you) may\b", r"\1 will", re.IGNORECASE),
    "will to may": _once(r"\bwill\b", "may"),
    "must to should": _once(r"\bmust\b", "should"),
    "number raised": _number(lambda value: value + 1),
    "number doubled": _number(lambda value: value * 2),
    "days to months": _once(r"\bdays\b", "months"),
    "days to business days": _once(r"\b(\d+) days\b", r"\1 business days"),
    "consent to notice": _once(r"\bconsent\b", "notice"),
    "before to after": _once(r"\bbefore\b", "after"),
    "recipients swapped": _once(r"\bservice providers\b", "advertisers"),
    "third parties to partners": _once(r"\bthird parties\b", "affiliates"),
    "neighbouring kind of data": _once(r"\be-?mail address(es)?\b", "home address"),
    "share to sell": _once(r"\bshare\b", "sell"),
    "delete to anonymise": _once(r"\bdelete\b", "anonymise"),
    "collect to infer": _once(r"\bcollect\b", "infer"),
    "opt out to opt in": _once(r"\bopt[- ]out\b", "opt in"),
    "any to some": _once(r"\bany\b", "some"),
    "all to some": _once(r"\ball\b", "some"),
    "we to our partners": _once(r"^We\b", "Our partners"),
    "closing condition dropped": _tail,
    "weakened": _once(r"\b(we|We) (do not|will|protect|delete) ", r"\1 generally \2 "),
    "or to and": _once(r"\b(\w+) or (\w+)\b", r"\1 and \2"),
    "another company": _once(r"\b(Inc|LLC|Ltd|GmbH)\b", "Corp"),
    "another country": _once(r"\b(United States|Germany|Ireland|Canada)\b", "Singapore"),
}
