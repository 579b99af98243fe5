"""The docs are true: pages are current, links resolve, named commands and options exist."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

import pytest
from docs_reference import ROOT, commands, pages

if TYPE_CHECKING:
    from pathlib import Path

PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
_SHELL = re.compile(r"^```sh\n(.*?)^```", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("path", pages(), ids=lambda p: p.name)
def test_generated_pages_are_current(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == pages()[path], "run `make docs`"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_resolve(page: Path) -> None:
    for target in _LINK.findall(page.read_text(encoding="utf-8")):
        if "://" not in target and not target.startswith("mailto:"):
            assert (page.parent / target).exists(), target


def shell_lines() -> list[tuple[str, str]]:
    return [
        (page.name, line)
        for page in PAGES
        for block in _SHELL.findall(page.read_text(encoding="utf-8"))
        for line in block.splitlines()
        if line.startswith(("notifier ", "make "))
    ]


@pytest.mark.parametrize(("page", "line"), shell_lines())
def test_shown_commands_exist(page: str, line: str) -> None:
    words = shlex.split(line, comments=True)
    if words[0] == "make":
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        assert re.search(rf"^{words[1]}:", makefile, re.MULTILINE)
        return
    known = commands()
    words = words[3:] if words[1] == "--home" else words[1:]
    name = next(n for n in (" ".join(words[:2]), words[0]) if n in known)
    options = {o for p in known[name].params for o in [*p.opts, *p.secondary_opts]}
    for word in words:
        if word.startswith("--"):
            assert word in options, (page, word)


def test_every_error_page_exists() -> None:
    named = {
        match
        for path in (ROOT / "notifier").rglob("*.py")
        for match in re.findall(r"docs/[a-z/-]+\.md", path.read_text(encoding="utf-8"))
    }
    assert {"docs/reference/settings.md", "docs/reference/acquisition.md"} <= named
    assert [name for name in named if not (ROOT / name).exists()] == []


PROMISES = (1, 2, 3, 4, 5, 7, 8, 11, 12, 13, 15, 17)


def promise_tests() -> list[tuple[int, str, str]]:
    """Return the promise, file and name of every test that the page of promises names."""
    page = (ROOT / "docs/explanation/promises.md").read_text(encoding="utf-8")
    sections = re.findall(r"^## P(\d+) .*?$(.*?)(?=^## |\Z)", page, re.DOTALL | re.MULTILINE)
    return [
        (int(number), file, name)
        for number, text in sections
        for file, name in re.findall(r"^- `(\S+)::(\w+)`$", text, re.MULTILINE)
    ]


@pytest.mark.parametrize(("number", "file", "name"), promise_tests())
def test_a_promise_names_tests_that_exist(number: int, file: str, name: str) -> None:
    assert name.startswith(f"test_p{number}_")
    source = (ROOT / file).read_text(encoding="utf-8")
    assert re.search(rf"^def {name}\(", source, re.MULTILINE)


def test_every_promise_is_checked() -> None:
    assert {number for number, _, _ in promise_tests()} >= set(PROMISES)
