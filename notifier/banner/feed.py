"""Write a site's notices for machines and pages: the JSON feed, its check, and an HTML fragment."""

from __future__ import annotations

import json
from datetime import UTC
from functools import cache
from typing import TYPE_CHECKING, Any

from notifier.share import share

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from jsonschema import Draft202012Validator

    from notifier.banner.model import Notice
    from notifier.render import Templates

SCHEMA = "notifier.feed/1"


def instant(moment: datetime) -> str:
    """Return an aware instant as ``2027-01-15T08:00:00Z``, whole seconds.

    :raises ValueError: the instant is naive
    """
    if moment.tzinfo is None:
        raise ValueError("an instant must be aware")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def feed_bytes(site: str, notices: Sequence[Notice], revision: int) -> bytes:
    """Return the feed of a site as UTF-8 JSON; the same arguments give the same bytes.

    ``notices`` are those of ``public_notices``; what is still to come must not be among them. To
    learn whether content changed, compare ``feed_bytes(site, notices, 0)``.
    """
    document = {
        "schema": SCHEMA,
        "site": site,
        "revision": revision,
        "notices": [_entry(notice) for notice in notices],
    }
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def _entry(notice: Notice) -> dict[str, Any]:
    return {
        "id": notice.id,
        "severity": notice.severity.value,
        "title": notice.title,
        "text": notice.text,
        "url": notice.url,
        "from": instant(notice.from_),
        "until": instant(notice.until),
        "policy": notice.policy or None,
        "version": notice.version or None,
        "effective": instant(notice.effective),
        "locale": notice.locale,
    }


def check_feed(data: bytes) -> list[str]:
    """Return what is wrong with a feed, one sentence each; nothing for a good one."""
    try:
        document = json.loads(data)
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        return [f"it is not JSON in UTF-8: {error}"]
    problems = [
        f"{'.'.join(str(part) for part in fault.absolute_path) or 'the document'}: {fault.message}"
        for fault in sorted(_validator().iter_errors(document), key=lambda item: item.json_path)
    ]
    return problems or _backward(document)


def _backward(document: dict[str, Any]) -> list[str]:
    """Name notices that end before they begin, or stand there twice."""
    problems = [
        f"notices.{number}: until is not after from"
        for number, item in enumerate(document["notices"])
        if item["until"] <= item["from"]
    ]
    seen: set[tuple[str, str]] = set()
    for number, item in enumerate(document["notices"]):
        key = (item["id"], item["locale"])
        if key in seen:
            problems.append(f"notices.{number}: a second {key[0]} in {key[1]}")
        seen.add(key)
    return problems


@cache
def _validator() -> Draft202012Validator:
    from jsonschema import Draft202012Validator  # noqa: PLC0415  most commands check no feed

    path = share("data", "reference", "schemas", "feed-1.json")
    schema = json.loads(path.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def html_fragment(site: str, notices: Sequence[Notice], templates: Templates) -> str:
    """Return the same notices as HTML for server-side inclusion; empty where there are none.

    A fragment cannot switch itself off, so each notice carries its ``until``, and whoever includes
    it should fetch it again.
    """
    rows = [
        {
            "id": notice.id,
            "prominent": notice.severity.value == "prominent",
            "title": notice.title,
            "text": notice.text,
            "url": notice.url,
            "until": instant(notice.until),
            "locale": notice.locale,
        }
        for notice in notices
    ]
    return templates.render("banner/site.html", site=site, notices=rows)
