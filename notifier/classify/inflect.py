"""Generated inflections of English verbs and nouns; no stemmer, so unrelated words never meet."""

from __future__ import annotations

_IRREGULAR = {
    "sell": "sold", "keep": "kept", "hold": "held", "send": "sent", "give": "gave given",
    "take": "took taken", "get": "got gotten", "tell": "told", "read": "read", "make": "made",
    "let": "let", "choose": "chose chosen", "bind": "bound", "withdraw": "withdrew withdrawn",
    "build": "built", "buy": "bought", "put": "put", "set": "set", "know": "knew known",
    "see": "saw seen", "find": "found", "write": "wrote written", "lose": "lost", "lend": "lent",
    "become": "became", "begin": "began begun", "bring": "brought", "come": "came",
    "do": "did done",
    "go": "went gone", "have": "had has", "leave": "left", "mean": "meant", "meet": "met",
    "pay": "paid", "run": "ran", "show": "shown showed", "speak": "spoke spoken",
    "understand": "understood", "be": "is are was were been being", "fall": "fell fallen",
    "submit": "submitted submitting", "permit": "permitted permitting",
    "transfer": "transferred transferring",
    "refer": "referred referring", "occur": "occurred occurring", "opt": "opted opting",
    "log": "logged logging", "plan": "planned planning", "stop": "stopped stopping",
    "track": "tracked tracking", "cancel": "cancelled cancelling canceled canceling",
    "label": "labelled labeled labelling labeling", "profile": "profiled profiling",
    "infer": "inferred inferring", "program": "programmed programming", "swap": "swapped swapping",
    "scan": "scanned scanning", "drop": "dropped dropping", "fit": "fitted fitting",
    "admit": "admitted admitting", "control": "controlled controlling",
}  # fmt: skip
_DOUBLING = {"get": "getting", "let": "letting", "put": "putting", "set": "setting",
             "run": "running",              "begin": "beginning"}  # fmt: skip
_SIBILANT = ("s", "x", "z", "ch", "sh")
_VOWELS = "aeiou"


def inflections(word: str, *, verb: bool) -> tuple[str, ...]:
    """Return a word and its regular forms (a verb's -s, -ed, -ing; a noun's plural)."""
    if not word.isalpha():
        return (word,)
    forms = [word, _plural(word)]
    if verb:
        irregular = _IRREGULAR.get(word, "").split()
        forms.append(_DOUBLING.get(word, _ending(word, "ing")))
        forms.extend(irregular or [_ending(word, "ed")])
    return tuple(dict.fromkeys(forms))


def _plural(word: str) -> str:
    if word.endswith("y") and word[-2:-1] not in _VOWELS:
        return word[:-1] + "ies"
    if word.endswith(_SIBILANT):
        return word + "es"
    return word + "s"


def _ending(word: str, ending: str) -> str:
    if word.endswith("e") and not word.endswith("ee"):
        return word[:-1] + ending
    if ending == "ed" and word.endswith("y") and word[-2:-1] not in _VOWELS:
        return word[:-1] + "ied"
    return word + ending
