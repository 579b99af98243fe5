"""The parts of a Word document: a zip of XML, opened so that no bomb goes off."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from functools import lru_cache
from typing import TYPE_CHECKING
from xml.parsers import expat

from notifier.extract.model import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST_ENTRIES = 2_000
MOST_BYTES = 64_000_000
"""Unpacked bytes of all parts that are read."""
MOST_ELEMENTS = 600_000
"""XML elements of all parts; a document of a hundred pages has some fifty thousand."""
DEEPEST = 200
"""Elements inside one another; Word itself writes fewer than fifty."""
_RATIO = 400
"""Unpacked bytes to packed ones, above which a part of a megabyte or more is a bomb."""
_CHUNK = 65_536
_SPACES = {
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main": "w:",
    "http://purl.oclc.org/ooxml/wordprocessingml/main": "w:",
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships": "r:",
    "http://purl.oclc.org/ooxml/officeDocument/relationships": "r:",
    "http://schemas.openxmlformats.org/officeDocument/2006/math": "m:",
    "http://purl.oclc.org/ooxml/officeDocument/math": "m:",
    "http://schemas.openxmlformats.org/markup-compatibility/2006": "mc:",
    "http://schemas.openxmlformats.org/package/2006/relationships": "",
}
_NEXT = "Open it in Word or LibreOffice, save it anew as .docx, and hand that in."


class Element:
    """One XML element; names are written with the usual prefixes: ``w:p``, ``r:id``."""

    __slots__ = ("attributes", "children", "name", "text")

    def __init__(self, name: str, attributes: dict[str, str] | None) -> None:
        self.name = name
        self.attributes = attributes
        self.children: Sequence[Element] = ()
        self.text = ""
        """The characters in a text element; other elements' white space is dropped."""

    def take(self, child: Element) -> None:
        """Add a child; most elements have none, so a list is made for the first one."""
        if isinstance(self.children, list):
            self.children.append(child)
        else:
            self.children = [child]

    def get(self, name: str) -> str:
        """Return an attribute, or an empty string."""
        return self.attributes.get(name, "") if self.attributes else ""

    def first(self, *names: str) -> Element | None:
        """Return the element that a path of names leads to, or ``None``."""
        node = self
        for name in names:
            for child in node.children:
                if child.name == name:
                    node = child
                    break
            else:
                return None
        return node

    def all(self, name: str) -> Iterator[Element]:
        """Yield the children of one name."""
        return (child for child in self.children if child.name == name)


_TEXTS = frozenset({"w:t", "w:delText", "w:instrText", "w:delInstrText", "m:t"})


class Package:
    """An opened document. Counts what it unpacks and refuses above the bounds.

    :raises Refusal: it is no Word document, is locked, or is made to exhaust whoever opens it
    """

    def __init__(self, raw: bytes) -> None:
        self._bytes_left = MOST_BYTES
        self.elements_left = MOST_ELEMENTS
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(raw))
            names = self._zip.namelist()
        except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
            raise _damaged() from error
        if len(names) > MOST_ENTRIES:
            raise _bomb(f"it has {len(names):,} parts, more than {MOST_ENTRIES:,}")
        self._names = frozenset(names)
        if len(self._names) < len(names):
            raise _bomb("two of its parts have one name")
        self.main = self._main_part()

    def _main_part(self) -> str:
        links = self.links("")
        for kind, target, _ in links.values():
            if kind.endswith("/officeDocument"):
                return target
        raise Refusal(
            "it is a zip file but no Word document",
            "Hand in the policy as .docx.",
            code="wrong_kind",
        )

    def links(self, part: str) -> dict[str, tuple[str, str, bool]]:
        """Return a part's relationships: id → (type, target, whether it lies outside)."""
        folder, name = posixpath.split(part)
        root = self.part(posixpath.join(folder, "_rels", f"{name}.rels"))
        found = {}
        for link in root.children if root else ():
            outside = link.get("TargetMode") == "External"
            target = link.get("Target")
            if not outside:
                target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            found[link.get("Id")] = (link.get("Type"), target, outside)
        return found

    def linked(self, kind: str) -> Element | None:
        """Return the part that the main part names as its styles, its numbering or its notes."""
        for found, target, outside in self.links(self.main).values():
            if found.endswith(f"/{kind}") and not outside:
                return self.part(target)
        return None

    def part(self, name: str) -> Element | None:
        """Return a part as a tree, or ``None`` where the document has no such part."""
        if name not in self._names:
            return None
        info = self._zip.getinfo(name)
        if info.flag_bits & 1:
            raise Refusal(
                "it is locked with a password", "Save it without a password.", code="locked"
            )
        if info.file_size > max(1_000_000, _RATIO * info.compress_size):
            raise _bomb("it unpacks to many hundred times its size")
        reader = _XmlReader(self)
        try:
            with self._zip.open(info) as file:
                while chunk := file.read(_CHUNK):
                    self._bytes_left -= len(chunk)
                    if self._bytes_left < 0:
                        raise _bomb(f"it unpacks to more than {MOST_BYTES // 1_000_000} MB")
                    reader.feed(chunk)
            return reader.close()
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
            raise _damaged() from error
        except expat.ExpatError as error:
            raise Refusal(
                f"its part {name} is not well-formed XML (line {error.lineno})",
                _NEXT,
                code="damaged_file",
            ) from error


class _XmlReader:
    """Expat with everything off that reaches outside or grows: no DTD, so no entity of any kind."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._open: list[Element] = []
        self._root: Element | None = None
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.StartDoctypeDeclHandler = _no_doctype

    def feed(self, chunk: bytes) -> None:
        self._parser.Parse(chunk, False)

    def close(self) -> Element | None:
        self._parser.Parse(b"", True)
        return self._root

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._package.elements_left -= 1
        if self._package.elements_left < 0:
            raise _bomb(f"it has more than {MOST_ELEMENTS:,} elements")
        if len(self._open) >= DEEPEST:
            raise _bomb(f"its elements lie more than {DEEPEST} deep in one another")
        named = {_short(key): value for key, value in attributes.items()} if attributes else None
        element = Element(_short(name), named)
        if self._open:
            self._open[-1].take(element)
        else:
            self._root = element
        self._open.append(element)

    def _end(self, _name: str) -> None:
        self._open.pop()

    def _text(self, data: str) -> None:
        if self._open and self._open[-1].name in _TEXTS:
            self._open[-1].text += data


@lru_cache(maxsize=10_000)
def _short(name: str) -> str:
    space, found, local = name.rpartition(" ")
    if not found:
        return local
    return f"{_SPACES[space]}{local}" if space in _SPACES else f"?:{local}"


def _no_doctype(*_: object) -> None:
    raise _bomb("it declares a document type, which no Word document does")


def _bomb(why: str) -> Refusal:
    return Refusal(f"{why}; it was not unpacked further", _NEXT, code="bomb")


def _damaged() -> Refusal:
    return Refusal("it is damaged: its parts cannot be unpacked", _NEXT, code="damaged_file")
