"""The parts of a Word document, put into one file that is the same at every run."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from notifier.diff.labels import ignored_sentence, summary
from notifier.diff.render.tracked.body import AUTHOR, Body
from notifier.diff.render.tracked.paragraphs import paragraphs
from notifier.diff.shown import one_line

if TYPE_CHECKING:
    from notifier.diff.model import Diff

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first date that a zip file can hold; a diff has no date of its own."""
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"


def render_docx(diff: Diff, *, title: str, lang: str = "en") -> bytes:
    """Return a Word document of both texts, every difference a tracked change.

    Accepting all of them gives exactly the new text, rejecting all of them exactly the old one, as
    they are read: a paragraph, heading, list item or row a paragraph, numbers included, link
    targets in parentheses, without markup and wraps; only a character that XML cannot hold is
    written out. A move is a tracked move; of one that was edited, the words that went are struck
    out where it stood and those that came are marked where it stands. All marks have one fixed
    date, so the same texts give the same bytes.

    :raises AssertionError: one of the texts cannot be had exactly, which is a bug
    """
    body = Body().write(paragraphs(diff))
    said = [summary(diff.changes), *diff.notes, ignored_sentence(diff.ignored)]
    about = " ".join(one_line(text) for text in said if text)
    parts = {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relationships(
            (f"{_OFFICE}/relationships/officeDocument", "word/document.xml"),
            (f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
        ),
        "docProps/core.xml": _core(one_line(title), about),
        "word/_rels/document.xml.rels": _relationships(
            (f"{_OFFICE}/relationships/styles", "styles.xml"),
            (f"{_OFFICE}/relationships/numbering", "numbering.xml"),
            (f"{_OFFICE}/relationships/settings", "settings.xml"),
        ),
        "word/document.xml": _document(body),
        "word/numbering.xml": _NUMBERING,
        "word/settings.xml": _SETTINGS,
        "word/styles.xml": _styles(lang),
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        for name, text in parts.items():
            # Stored, not deflated: compressed bytes depend on the machine's zlib
            package.writestr(zipfile.ZipInfo(name, _EPOCH), (_HEAD + text).encode())
    return file.getvalue()


def _content_types() -> str:
    overrides = {
        "/docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
        "/word/document.xml": f"{_WORD}.document.main+xml",
        "/word/numbering.xml": f"{_WORD}.numbering+xml",
        "/word/settings.xml": f"{_WORD}.settings+xml",
        "/word/styles.xml": f"{_WORD}.styles+xml",
    }
    listed = "".join(
        f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in overrides.items()
    )
    rels = "application/vnd.openxmlformats-package.relationships+xml"
    return (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType="{rels}"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{listed}</Types>'
    )


def _relationships(*targets: tuple[str, str]) -> str:
    listed = "".join(
        f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'


def _core(title: str, about: str) -> str:
    return (
        f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{escape(title)}</dc:title><dc:creator>{AUTHOR}</dc:creator>"
        f"<dc:description>{escape(about)}</dc:description></cp:coreProperties>"
    )


def _document(body: str) -> str:
    page = (
        '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/>'
        '<w:pgMar w:top="1304" w:right="1304" w:bottom="1304" w:left="1304"'
        ' w:header="709" w:footer="709" w:gutter="0"/></w:sectPr>'
    )
    return f'<w:document xmlns:w="{_MAIN}"><w:body>\n{body}\n{page}</w:body></w:document>'


def _styles(lang: str) -> str:
    fonts = '<w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:cs="Calibri"/>'
    defaults = (
        f'<w:docDefaults><w:rPrDefault><w:rPr>{fonts}<w:sz w:val="22"/><w:szCs w:val="22"/>'
        f'<w:lang w:val="{escape(lang)}"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr>'
        '<w:spacing w:after="140" w:line="276" w:lineRule="auto"/></w:pPr></w:pPrDefault>'
        "</w:docDefaults>"
    )
    headings = "".join(
        _style(
            f"Heading{level}",
            f"heading {level}",
            paragraph=f'<w:keepNext/><w:spacing w:before="{before}" w:after="100"/>'
            f'<w:outlineLvl w:val="{level - 1}"/>',
            run=f'<w:b/><w:sz w:val="{size}"/><w:szCs w:val="{size}"/>',
        )
        for level, (before, size) in enumerate(
            ((0, 36), (320, 28), (260, 24), (220, 22), (200, 22), (200, 22)), 1
        )
    )
    bullet = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr><w:spacing w:after="60"/>'
    item = '<w:spacing w:after="60"/><w:ind w:left="360"/>'
    row = (
        '<w:pBdr><w:bottom w:val="single" w:sz="4" w:space="2" w:color="B0B0B0"/></w:pBdr>'
        '<w:spacing w:after="60"/>'
    )
    return (
        f'<w:styles xmlns:w="{_MAIN}">{defaults}'
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>'
        f"<w:qFormat/></w:style>{headings}"
        f"{_style('ListBullet', 'List Bullet', paragraph=bullet)}"
        f"{_style('ListParagraph', 'List Paragraph', paragraph=item)}"
        f"{_style('TableRow', 'Table Row', paragraph=row)}</w:styles>"
    )


def _style(identifier: str, name: str, *, paragraph: str, run: str = "") -> str:
    run = f"<w:rPr>{run}</w:rPr>" if run else ""
    return (
        f'<w:style w:type="paragraph" w:styleId="{identifier}"><w:name w:val="{name}"/>'
        f'<w:basedOn w:val="Normal"/><w:qFormat/><w:pPr>{paragraph}</w:pPr>{run}</w:style>'
    )


_NUMBERING = (
    f'<w:numbering xmlns:w="{_MAIN}"><w:abstractNum w:abstractNumId="0">'
    '<w:multiLevelType w:val="singleLevel"/><w:lvl w:ilvl="0"><w:start w:val="1"/>'
    '<w:numFmt w:val="bullet"/><w:lvlText w:val="•"/><w:lvlJc w:val="left"/>'
    '<w:pPr><w:ind w:left="360" w:hanging="360"/></w:pPr></w:lvl></w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
)
_SETTINGS = f'<w:settings xmlns:w="{_MAIN}"><w:trackRevisions/></w:settings>'
