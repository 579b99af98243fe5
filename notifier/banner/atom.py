"""Write a site's changelog as Atom (RFC 4287): every public version, with or without a notice."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from notifier.banner.feed import instant

if TYPE_CHECKING:
    from collections.abc import Iterable

    from notifier.banner.model import LoggedVersion

_ATOM = "http://www.w3.org/2005/Atom"
_XML = "http://www.w3.org/XML/1998/namespace"
_NEVER = "1970-01-01T00:00:00Z"
"""``updated`` of a changelog without entries: Atom requires one, and it must not move."""


def atom_bytes(
    site: str,
    versions: Iterable[LoggedVersion],
    *,
    site_name: str,
    site_url: str,
    author: str,
    self_url: str,
    locale: str = "en",
) -> bytes:
    """Return the changelog of a site, newest first; the same arguments give the same bytes.

    Ids are URNs derived from site, policy and version, so that they survive a move of the server.
    """
    rows = sorted(versions, key=lambda item: (item.policy, item.version))
    rows.sort(key=lambda item: (item.published, item.effective), reverse=True)
    root = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": locale})
    _add(root, "id", _urn(site_url, site))
    _add(root, "title", _xml_text(f"{site_name}: changes of our policies"))
    _add(root, "updated", instant(rows[0].published) if rows else _NEVER)
    _add(_sub(root, "author"), "name", _xml_text(author))
    _sub(root, "link", rel="self", type="application/atom+xml", href=self_url)
    if site_url:
        _sub(root, "link", rel="alternate", type="text/html", href=site_url)
    for row in rows:
        _entry(root, row, _urn(site_url, site, row.policy, row.version))
    ET.indent(root)
    body: str = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{body}\n'.encode()


def _entry(root: ET.Element, row: LoggedVersion, urn: str) -> None:
    entry = _sub(root, "entry", **{"xml:lang": row.locale})
    _add(entry, "id", urn)
    _add(entry, "title", _xml_text(f"{row.title}, version {row.version}"))
    _add(entry, "updated", instant(row.published))
    _add(entry, "published", instant(row.published))
    _sub(entry, "link", rel="alternate", type="text/html", href=row.text_url)
    if row.change_url:
        _sub(
            entry,
            "link",
            rel="related",
            type="text/html",
            href=row.change_url,
            title="What changed",
        )
    takes_effect = f"Takes effect at {instant(row.effective)}."
    _add(entry, "summary", _xml_text(f"{row.summary} {takes_effect}".strip()))


def _sub(parent: ET.Element, tag: str, **attributes: str) -> ET.Element:
    return ET.SubElement(parent, tag, attributes)


def _add(parent: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(parent, tag).text = text


def _urn(*parts: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, "notifier\0" + "\0".join(parts)).urn


def _xml_text(text: str) -> str:
    """Return text without the characters that XML 1.0 cannot hold, on one line."""
    allowed = "".join(
        char
        for char in text
        if char in "\t\n\r" or (char >= " " and not "\ud800" <= char <= "\udfff")
    )
    return " ".join(allowed.replace("\ufffe", "").replace("\uffff", "").split())
