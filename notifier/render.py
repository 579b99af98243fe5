"""Turn templates into text: the only owner of jinja2.

A template is shipped under ``templates/`` or stands in the home's ``templates/`` folder, which wins
file by file. Only files are templates: policy text, names and legal's words are values, and a value
that looks like a template is shown as it stands.
"""

from __future__ import annotations

import hashlib
import traceback
from typing import TYPE_CHECKING, Any

from jinja2 import (
    ChoiceLoader,
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    select_autoescape,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import escape

from notifier.errors import InputError
from notifier.share import share

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["Templates", "escape"]


class Templates:
    """The templates of a home, its own first and the shipped ones behind.

    ``.html`` templates escape every value, ``.txt`` and ``.css`` ones none; an undefined name is an
    error; operator templates run in a sandbox that can neither reach Python nor change values.
    """

    def __init__(self, home: Path | None = None) -> None:
        folders = [] if home is None else [home / "templates"]
        self._folders = [*folders, share("templates")]
        self._environment = ImmutableSandboxedEnvironment(
            loader=ChoiceLoader([FileSystemLoader(folder) for folder in self._folders]),
            undefined=StrictUndefined,
            autoescape=select_autoescape(enabled_extensions=("html",), default=False),
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=False,
            auto_reload=False,
        )

    def render(self, name: str, /, **values: Any) -> str:
        """Return the template ``name`` (``email/notice/body.txt``) filled with ``values``.

        :raises InputError: no such template, a mistake in it, or a name that it does not get; the
            message names file and line
        """
        try:
            return self._environment.get_template(name).render(values)
        except TemplateError as error:
            raise self._fault(name, error) from error
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            raise self._fault(name, error) from error

    def localized(self, name: str, locale: str) -> tuple[str, str]:
        """Return the best template for a locale, and the language it is written in.

        ``email/notice/body.txt`` in ``de-AT`` is ``email/notice/de-AT/body.txt`` where that exists,
        else ``email/notice/de/body.txt``; else it is ``email/notice/body.txt``, which is English.
        """
        folder, _, file = name.rpartition("/")
        for tag in (locale, locale.split("-", maxsplit=1)[0]):
            if tag and tag.replace("-", "").isalnum():
                candidate = f"{folder}/{tag}/{file}"
                if self._path(candidate) is not None:
                    return candidate, tag
        return name, "en"

    def source(self, name: str) -> bytes:
        """Return a file of the template folders as it stands (a style sheet, a script).

        :raises InputError: there is none
        """
        path = self._path(name)
        if path is None:
            raise self._fault(name, TemplateNotFound(name))
        return path.read_bytes()

    def names(self, prefix: str = "") -> tuple[str, ...]:
        """Return the names of all templates below ``prefix``, sorted."""
        found = {
            path.relative_to(folder).as_posix()
            for folder in self._folders
            if folder.is_dir()
            for path in folder.rglob("*")
            if path.is_file() and not path.name.startswith(".")
        }
        return tuple(sorted(name for name in found if name.startswith(prefix)))

    def digest(self, names: Iterable[str]) -> str:
        """Return the SHA-256 (hex) over names and sources: same digest, same words.

        A name that is a folder (``email/notice/``) stands for everything below it.
        """
        wanted: set[str] = set()
        for name in names:
            wanted.update(self.names(name) if name.endswith("/") else (name,))
        total = hashlib.sha256()
        for name in sorted(wanted):
            source = self.source(name)
            total.update(f"{name}\0{len(source)}\0".encode())
            total.update(source)
        return total.hexdigest()

    def _path(self, name: str) -> Path | None:
        if ".." in name.split("/") or name.startswith("/"):
            return None
        for folder in self._folders:
            path = folder / name
            if path.is_file():
                return path
        return None

    def _fault(self, name: str, error: Exception) -> InputError:
        """Name the file and the line, and say what to do; never quote a value."""
        if isinstance(error, TemplateNotFound):
            return InputError(
                f"There is no template {error.name or name}. Nothing was rendered.",
                code="template",
                next_step="Put the file back, or remove what includes it.",
            )
        file, line = self._where(name, error)
        what = error.message if isinstance(error, TemplateError) else type(error).__name__
        return InputError(
            f"Template {file}, line {line}: {what}. Nothing was rendered.",
            code="template",
            next_step="Mend that line; or, if it is the home's own file, move it away so that the"
            " shipped one is used.",
        )

    def _where(self, name: str, error: Exception) -> tuple[str, int]:
        if isinstance(error, TemplateSyntaxError):
            return str(error.filename or error.name or name), error.lineno
        roots = tuple(str(folder) for folder in self._folders)
        for frame in reversed(traceback.extract_tb(error.__traceback__)):
            if frame.filename.startswith(roots):
                return frame.filename, frame.lineno or 0
        return str(self._path(name) or name), 0
