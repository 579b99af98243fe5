"""What stands in a Markdown source and no reader sees: comments, elements that are hidden.

A promise that is put into a comment is a promise no more, so its words must not count as text.
"""

from __future__ import annotations

import re

from notifier.policy.inline_marks import code_spans, run_length

UNSEEN_STYLE = re.compile(
    r"(?:\A|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0(?:\.0+)?"
    r"|font-size\s*:\s*0(?:\.0+)?(?:px|pt|em|rem|%)?)\s*(?:!\s*important\s*)?(?=;|\Z)",
    re.IGNORECASE,
)
"""A style attribute that hides its element."""
_MARK = re.compile(
    r"(?P<code>`+|^ {0,3}~{3,})|(?P<comment><!--)"
    r"|(?P<definition>^ {0,3}\[[^\[\]\n]{1,99}\]:[ \t]{0,9}#[ \t]{1,9}"
    r"[(\"'][^\n]{0,999}[)\"'][ \t\r]{0,9}$)"
    r"|<(?P<close>/?)(?P<name>[A-Za-z][A-Za-z0-9-]{0,40})(?P<rest>(?=[\s/>])[^<>]{0,2000})>",
    re.MULTILINE,
)
_ATTRIBUTE = re.compile(
    r"(?:^|(?<=[\s\"'/]))(?P<name>hidden|aria-hidden|style)(?=[\s=/>]|$)"
    r"(?:\s*=\s*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|(?P<bare>[^\s\"'>/]+)))?",
    re.IGNORECASE,
)
_FENCE = re.compile(r"^ {0,3}~{3,}", re.MULTILINE)
_BLANK_LINE = re.compile(r"\n[ \t]{0,4}\r?\n\Z|\A\Z")
_VOID = frozenset({"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "wbr"})
_MOST_UNCLOSED = 20
"""Hidden elements that are never closed, after which no further element is looked at."""
_WORD = re.compile(r"\w")
_LETTER = re.compile(r"[^\r\n]")


def without_unseen(text: str, begin: int = 0) -> tuple[str, int]:
    """Return the text with blanks, letter for letter, for what no reader sees; and how often.

    Line ends stay, so that every offset and every line is that of the source. What is never closed
    stays as it is, and so do code spans and fences, which show what stands in them. Linear.
    """
    ranges = _ranges(text, begin)
    parts, at, passages = [], 0, 0
    for start, end in ranges:
        parts += [text[at:start], _LETTER.sub(" ", text[start:end])]
        passages += bool(_WORD.search(text, start, end))
        at = end
    return "".join([*parts, text[at:]]) if ranges else text, passages


_STRUCK_STYLE = re.compile(r"text-decoration(?:-line)?\s*:[^;]{0,200}line-through", re.IGNORECASE)


def strikes(tag: str) -> bool:
    """Return whether a tag strikes its text through by its style, as ``<s>`` does."""
    return any(
        found["name"].casefold() == "style"
        and _STRUCK_STYLE.search(found["double"] or found["single"] or found["bare"] or "")
        for found in _ATTRIBUTE.finditer(tag)
    )


def hides(rest: str) -> bool:
    """Return whether the attributes of a tag say that nobody sees its element."""
    for found in _ATTRIBUTE.finditer(rest):
        value = (found["double"] or found["single"] or found["bare"] or "").strip()
        name = found["name"].casefold()
        if name == "hidden" and value.casefold() != "until-found":
            return True
        if name == "aria-hidden" and value.casefold() == "true":
            return True
        if name == "style" and UNSEEN_STYLE.search(value):
            return True
    return False


def _ranges(text: str, begin: int) -> list[tuple[int, int]]:
    if "<" not in text and "]:" not in text:
        return []
    found: list[tuple[int, int]] = []
    at, unclosed, comments = begin, 0, True
    code = _code_ends(text)
    while mark := _MARK.search(text, at):
        at = mark.end()
        if mark["code"]:
            at = code.get(mark.start(), at)
        elif mark["definition"]:
            # A link that leads nowhere holds a comment, unless it goes on with a paragraph.
            if _BLANK_LINE.search(text[max(begin, mark.start() - 9) : mark.start()]):
                found.append(mark.span())
        elif mark["comment"]:
            end = text.find("-->", at) if comments else -1
            comments = end >= 0
            if comments:
                found.append((mark.start(), end + 3))
                at = end + 3
        elif not mark["close"] and mark["name"].lower() not in _VOID and hides(mark["rest"]):
            end = _closed(text, mark) if unclosed < _MOST_UNCLOSED else -1
            unclosed += end < 0
            if end >= 0:
                found.append((mark.start(), end))
                at = end
    return found


def _closed(text: str, opening: re.Match[str]) -> int:
    """Return where an element ends whose opening tag was found; -1 where it never does."""
    if opening["rest"].endswith("/"):
        return -1
    depth = 1
    tag = re.compile(rf"<(/?){opening['name']}(?=[\s/>])[^<>]{{0,2000}}>", re.IGNORECASE)
    for found in tag.finditer(text, opening.end()):
        depth += -1 if found[1] else 1
        if depth == 0:
            return found.end()
    return -1


def _code_ends(text: str) -> dict[int, int]:
    """Return where each code span and fence ends, by where it begins."""
    ends = {start: end + run_length(text, end) for start, end in code_spans(text).items()}
    fences = list(_FENCE.finditer(text))
    ends |= {one.start(): two.end() for one, two in zip(fences[::2], fences[1::2], strict=False)}
    return ends
