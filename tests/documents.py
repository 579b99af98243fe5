"""Word documents made for tests: a zip of the XML that is asked for."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SPACES = (
    f'xmlns:w="{W}" xmlns:r="{_R}"'
    ' xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)
_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
STYLES = """
<w:style w:type="paragraph" w:default="1" w:styleId="Standard"><w:name w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>
<w:style w:type="paragraph" w:styleId="berschrift2"><w:name w:val="heading 2"/>
 <w:basedOn w:val="berschrift1"/></w:style>
<w:style w:type="paragraph" w:styleId="Own"><w:basedOn w:val="berschrift2"/></w:style>
<w:style w:type="paragraph" w:styleId="TOC1"><w:name w:val="toc 1"/></w:style>
<w:style w:type="paragraph" w:styleId="Clause"><w:name w:val="Clause"/><w:pPr><w:numPr>
 <w:ilvl w:val="1"/><w:numId w:val="3"/></w:numPr></w:pPr></w:style>
<w:style w:type="character" w:styleId="Ghost"><w:name w:val="Ghost"/>
 <w:rPr><w:vanish/></w:rPr></w:style>
"""
NUMBERING = """
<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/>
 <w:lvlText w:val="&#xF0B7;"/></w:lvl><w:lvl w:ilvl="1"><w:start w:val="1"/>
 <w:numFmt w:val="lowerLetter"/><w:lvlText w:val="(%2)"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:start w:val="1"/>
 <w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl><w:lvl w:ilvl="1"><w:start w:val="1"/>
 <w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2"/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>
<w:num w:numId="3"><w:abstractNumId w:val="1"/></w:num>
<w:num w:numId="4"><w:abstractNumId w:val="1"/><w:lvlOverride w:ilvl="0">
 <w:startOverride w:val="1"/></w:lvlOverride></w:num>
"""


def docx(
    body: str,
    *,
    styles: str = STYLES,
    numbering: str = NUMBERING,
    notes: Mapping[str, str] | None = None,
    links: Mapping[str, str] | None = None,
    prolog: str = "",
    extra: Mapping[str, bytes] | None = None,
) -> bytes:
    """Return a document with this body. ``notes``: footnotes by id; ``links``: targets by id."""
    footnotes = "".join(
        f'<w:footnote w:id="{key}">{text}</w:footnote>' for key, text in (notes or {}).items()
    )
    parts = {
        "[Content_Types].xml": b"<Types/>",
        "_rels/.rels": _rels({"rId1": ("officeDocument", "word/document.xml", False)}),
        "word/_rels/document.xml.rels": _rels(
            {"s": ("styles", "styles.xml", False), "n": ("numbering", "numbering.xml", False)}
            | {"f": ("footnotes", "footnotes.xml", False)}
            | {key: ("hyperlink", target, True) for key, target in (links or {}).items()}
        ),
        "word/styles.xml": _part("styles", styles),
        "word/numbering.xml": _part("numbering", numbering),
        "word/footnotes.xml": _part("footnotes", footnotes),
        "word/document.xml": _part("document", f"<w:body>{body}</w:body>", prolog=prolog),
        **(extra or {}),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in parts.items():
            file.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _part(name: str, inside: str, *, prolog: str = "") -> bytes:
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    return f"{head}{prolog}<w:{name} {_SPACES}>{inside}</w:{name}>".encode()


def _rels(links: Mapping[str, tuple[str, str, bool]]) -> bytes:
    rows = "".join(
        f'<Relationship Id="{key}" Type="{_R}/{kind}" Target="{target}"'
        f"{' TargetMode=' + chr(34) + 'External' + chr(34) if outside else ''}/>"
        for key, (kind, target, outside) in links.items()
    )
    return f'<Relationships xmlns="{_RELS}">{rows}</Relationships>'.encode()


def p(
    inside: str, *, style: str = "", number: tuple[int, int] | None = None, mark: str = ""
) -> str:
    """Return a paragraph; ``inside`` is text, or XML where it opens with ``<``."""
    runs = inside if inside.startswith("<") else r(inside)
    properties = f'<w:pStyle w:val="{style}"/>' if style else ""
    if number:
        level, key = number
        properties += f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{key}"/></w:numPr>'
    if mark:
        properties += f'<w:rPr><w:{mark} w:id="1" w:author="A"/></w:rPr>'
    return f"<w:p><w:pPr>{properties}</w:pPr>{runs}</w:p>"


def r(text: str, look: str = "") -> str:
    """Return a run."""
    return f'<w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def tracked(kind: str, text: str) -> str:
    """Return a tracked insertion, deletion or half of a move."""
    inside = f'<w:r><w:delText xml:space="preserve">{text}</w:delText></w:r>'
    return f'<w:{kind} w:id="1" w:author="A">{inside if kind == "del" else r(text)}</w:{kind}>'


def table(*rows: list[str], row_mark: str = "") -> str:
    """Return a table; a tracked ``row_mark`` stands on its last row."""
    found = ""
    for number, cells in enumerate(rows):
        last = number == len(rows) - 1
        mark = f'<w:trPr><w:{row_mark} w:id="1"/></w:trPr>' if row_mark and last else ""
        inside = "".join(
            f"<w:tc><w:tcPr/>{cell if cell.startswith('<') else p(cell)}</w:tc>" for cell in cells
        )
        found += f"<w:tr>{mark}{inside}</w:tr>"
    return f"<w:tbl>{found}</w:tbl>"
