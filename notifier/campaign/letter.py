"""One mail for one person: approved words (a skeleton), filled with the person's own parts.

A skeleton is rendered once per cohort and language and approved as it stands. Filling it puts in
only a greeting, the choice link, and for a child's guardian one sentence, so that what was approved
is what is sent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

import css_inline

from notifier.campaign.content import (
    AcquisitionContent,
    Baseline,
    ChangeView,
    Consequences,
    Content,
    NoticeContent,
    standard_silence,
)
from notifier.campaign.redline import cut, plain_redline, size
from notifier.campaign.wording import (
    MARK,
    UNMARK,
    clean_line,
    clean_text,
    clean_words,
    listing,
    long_date,
    safe_url,
    wrap,
)
from notifier.errors import InputError
from notifier.render import Templates, escape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

HTML_LIMIT_BYTES = 96_000
"""A finished HTML part stays below this; a large mail provider hides what follows 102 kB."""
SUBJECT_LIMIT = 150
TEMPLATES = ("email/", "choice/")
"""The folders that phrase mails and the choice page: what an approval's digest covers."""

_REDLINE_CAPS = (8_000, 3_000, 1_000, 300, 0)
"""Characters of one redline that are shown, tried in turn until the mail is small enough."""
_SEGMENT = re.compile(f"{MARK}if ([a-z]+){UNMARK}(.*?){MARK}end \\1{UNMARK}", re.DOTALL)
_SLOT = re.compile(f"{MARK}([a-z]+){UNMARK}")
_LANGUAGE = re.compile(r'<html[^>]*\blang="([A-Za-z0-9-]+)"')


@dataclass(frozen=True, kw_only=True, slots=True)
class Skeleton:
    """The approved words of one cohort in one language, with slots for the person's own parts."""

    subject: str
    text: str
    html: str

    @property
    def language(self) -> str:
        """Return the language that the words are really in (BCP 47), as the HTML says."""
        found = _LANGUAGE.search(self.html)
        return found[1] if found else "en"


@dataclass(frozen=True, kw_only=True, slots=True)
class Filled:
    """The mail of one person, ready to be put into MIME."""

    subject: str
    text: str
    html: str
    language: str
    proof: bool = False


def make_skeleton(content: Content, templates: Templates, locale: str = "en") -> Skeleton:
    """Return the words of one cohort in the best language that the templates have.

    Text and HTML say the same. Where the HTML would grow past ``HTML_LIMIT_BYTES``, long redlines,
    then whole changes, are replaced by a link to the change page that says so, in both parts.

    :raises InputError: a template is wrong, a link is not one, or legal's words alone are too long
    """
    content = _cleaned(content)
    for smaller, left_out in _ever_smaller(content):
        if _at_least(smaller) > HTML_LIMIT_BYTES:
            continue  # thousands of changes need not be rendered to know
        skeleton = _render(smaller, templates, locale, left_out=left_out)
        if len(skeleton.html.encode()) <= HTML_LIMIT_BYTES:
            return skeleton
    raise InputError(
        f"The mail is larger than {HTML_LIMIT_BYTES} bytes without a single redline. Nothing was"
        " rendered.",
        code="mail_too_large",
        next_step="Shorten the note (`notifier review note`), and link to the rest.",
    )


def fill(
    skeleton: Skeleton,
    *,
    choice_url: str,
    name: str = "",
    guardian: bool = False,
    proof: bool = False,
) -> Filled:
    """Return one person's mail.

    ``name`` may be anything: it is cleaned, cut to 100 characters and escaped for its place; empty
    greets without one. ``guardian`` adds the sentence for the guardian of a child (pass no child's
    name then, unless the guardian should read it). ``proof`` marks a copy for colleagues.

    :raises InputError: ``choice_url`` is not a plain http(s) URL
    """
    name = clean_line(name)
    keep = {"name": bool(name), "guardian": guardian, "proof": proof}
    plain = {"name": name, "choice": safe_url(choice_url)}
    in_html = {
        "name": f"<bdi>{escape(name)}</bdi>",
        "choice": str(escape(plain["choice"])),
    }
    return Filled(
        subject=("[Test copy] " if proof else "") + skeleton.subject,
        text=wrap(_put(skeleton.text, keep, plain)),
        html=_put(skeleton.html, keep, in_html),
        language=skeleton.language,
        proof=proof,
    )


def consequences(content: Content, templates: Templates, locale: str = "en") -> Consequences:
    """Return the opening and what each choice and silence lead to, in the mail's own words."""
    values = _values(_cleaned(content), templates, locale, left_out=0)
    return Consequences(
        opening=values["opening"],
        if_accept=values["if_accept"],
        if_refuse=values["if_refuse"],
        if_nothing=values["if_nothing"],
    )


def _put(source: str, keep: Mapping[str, bool], values: Mapping[str, str]) -> str:
    source = _SEGMENT.sub(lambda found: found[2] if keep[found[1]] else "", source)
    return _SLOT.sub(lambda found: values[found[1]], source)


def _ever_smaller(content: Content) -> Iterator[tuple[Content, int]]:
    """Yield the content whole, then with less and less in it, and how many changes are left out."""
    yield content, 0
    if isinstance(content, AcquisitionContent):
        return
    for cap in _REDLINE_CAPS:
        yield _capped(content, cap), 0
    bare = _capped(content, 0).changes
    shown = len(bare)
    while shown:
        shown //= 2
        yield replace(content, changes=bare[:shown]), len(bare) - shown


def _render(content: Content, templates: Templates, locale: str, *, left_out: int) -> Skeleton:
    folder = f"email/{content.message}"
    values = _values(content, templates, locale, left_out=left_out)

    def part(name: str) -> str:
        template, _ = templates.localized(f"{folder}/{name}", locale)
        return templates.render(template, **values)

    subject = " ".join(clean_text(part("subject.txt")).split())
    html = part("body.html")
    inlined = _inliner()(html)
    if inlined.count(MARK) != html.count(MARK):  # a forged slot, or one lost in the inliner
        raise InputError(
            f"The slots of {folder}/body.html did not survive. Nothing was rendered.",
            code="template",
            next_step="Keep {{ person.… }} in text or in href, inside table cells.",
        )
    return Skeleton(
        subject=subject if len(subject) <= SUBJECT_LIMIT else subject[: SUBJECT_LIMIT - 1] + "…",
        text=wrap(part("body.txt")),
        html=inlined,
    )


@cache
def _inliner() -> Callable[[str], str]:
    inliner = css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=False)
    return inliner.inline


def _person() -> dict[str, str]:
    """Return the slots as the templates see them: ``person.name`` and the like."""
    slots = {name: f"{MARK}{name}{UNMARK}" for name in ("name", "choice")}
    for segment in ("name", "guardian", "proof"):
        slots[f"if_{segment}"] = f"{MARK}if {segment}{UNMARK}"
        slots[f"end_{segment}"] = f"{MARK}end {segment}{UNMARK}"
    slots["choice_url"] = slots.pop("choice")
    return slots


def _values(
    content: Content, templates: Templates, locale: str, *, left_out: int
) -> dict[str, Any]:
    _, language = templates.localized(f"email/{content.message}/body.html", locale)
    day = content.effective if isinstance(content, NoticeContent) else content.closes
    values: dict[str, Any] = {
        "content": content,
        "company": content.company,
        "language": language,
        "day": long_date(day, language),
        "site_names": listing([site.name for site in content.sites]),
        "baselines": [_baseline(item, language) for item in content.baselines],
        "paragraphs": [part for part in content.words.split("\n\n") if part.strip()],
        "sign_in": [site for site in content.sites if site.choice_url],
        "reply_to": content.reply_to or content.company.contact,
        "left_out": left_out,
        "person": _person(),
        "silence": standard_silence(content),
        "listing": listing,
    }
    if isinstance(content, NoticeContent):
        values["changes"] = [_change(item) for item in content.changes]
    for name, own in (
        ("opening", content.summary),
        ("if_accept", content.if_accept),
        ("if_refuse", content.if_refuse),
        ("if_nothing", content.if_nothing),
    ):
        template, _ = templates.localized(f"choice/{name}.txt", locale)
        values[name] = own or " ".join(templates.render(template, **values).split())
    return values


def _baseline(item: Baseline, language: str) -> dict[str, str]:
    return {
        "version": item.version,
        "since": long_date(item.since, language) if item.since else "",
        "text_url": item.text_url,
        "change_url": item.change_url,
    }


def _change(item: ChangeView) -> dict[str, Any]:
    return {
        "id": item.id,
        "heading": item.heading,
        "says": (*item.says, item.remark) if item.remark else item.says,
        "note": [part for part in item.note.split("\n\n") if part.strip()],
        "words": item.words,
        "redline_text": plain_redline(item.words),
        "too_long": item.too_long,
    }


def _at_least(content: Content) -> int:
    """Return a size that the HTML certainly exceeds: its values, without any markup."""
    words = len(content.words)
    if isinstance(content, AcquisitionContent):
        return words
    return words + sum(
        size(item.words) + len(item.heading) + len(item.note) + sum(map(len, item.says))
        for item in content.changes
    )


def _capped(content: NoticeContent, cap: int) -> NoticeContent:
    """Cut every redline to ``cap`` characters, marking those changes."""
    return replace(content, changes=tuple(cut(item, cap) for item in content.changes))


def _cleaned(content: Content) -> Content:
    """Return the content with every string made harmless and every link checked."""
    return replace(content, **dict(_clean_fields(content)))


def _clean_fields(value: Any) -> Iterator[tuple[str, Any]]:
    for item in fields(value):
        yield item.name, _clean_value(item.name, getattr(value, item.name))


def _clean_value(name: str, value: Any) -> Any:
    if isinstance(value, str) and type(value) is str:
        if name.endswith("url"):
            return safe_url(value) if value else ""
        return clean_words(value) if name == "text" else clean_text(value)
    if isinstance(value, tuple):
        return tuple(_clean_value("", item) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **dict(_clean_fields(value)))
    return value
