"""The house keeps its own rules: what help costs, who needs whom, what may stand in a file."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from functools import cache
from importlib import metadata
from itertools import chain
from pathlib import Path

import pytest

from notifier.settings import Company, Database, Mail, People, Policy, Review, Site, Web
from notifier.share import share

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "notifier"
MODULES = sorted(PACKAGE.rglob("*.py"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LONGEST_MODULE = 450

HEAVY = {
    "sqlmodel", "sqlalchemy", "alembic", "fastapi", "starlette", "uvicorn", "aiosmtplib",
    "aiosmtpd", "apscheduler", "jinja2", "cryptography", "css_inline", "jsonschema", "dns",
}  # fmt: skip
ASK_EVERY_COMMAND_FOR_HELP = """
import contextlib, io, json, sys
import typer
from notifier.cli import run
from notifier.cli.app import app

def paths(command, path):
    yield path
    for name, below in getattr(command, "commands", {}).items():
        yield from paths(below, [*path, name])

answers = {}
asked = [[], *[path for path in paths(typer.main.get_command(app), []) if path]]
for path in asked:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        code = run([*path, "--help"])
    modules = sorted({name.partition(".")[0] for name in sys.modules})
    answers[" ".join(path)] = [code, printed.getvalue(), modules]
print(json.dumps(answers))
"""

NOT_IMPORTED = {
    "tzdata": "zoneinfo looks for it where the system has no time zones",
    "python-multipart": "starlette reads forms with it",
    "rich": "typer draws help and errors with it",
}
"""Dependencies that no module imports by name, and who uses them."""
COMES_WITH = {
    "idna": "email-validator",
    "markupsafe": "jinja2",
    "pydantic": "pydantic-settings",
    "sqlalchemy": "sqlmodel",
    "starlette": "fastapi",
}
"""Imported, and always installed by a dependency that is made of it."""

EXAMPLE_SITE = {
    "name": "Example Meetings",
    "url": "https://meetings.example.com",
    "locale": "en",
    "choice_url": "",
}
EXAMPLE_POLICY = {
    "title": "Privacy Policy",
    "sites": ["meetings"],
    "language": "en",
    "timezone": "America/Los_Angeles",
    "ruleset": "seed-promise",
    "notice": {"default": "us-default"},
    "fallback_locales": [],
    "editorial_banner": True,
    "notice_days": 90,
}


@pytest.fixture(scope="module")
def helps():
    ran = subprocess.run(
        [sys.executable, "-c", ASK_EVERY_COMMAND_FOR_HELP],
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    return json.loads(ran.stdout)


def test_help_answers_without_loading_anything_heavy(helps):
    assert len(helps) > 30
    found = {command: HEAVY & set(modules) for command, (_, _, modules) in helps.items()}
    assert {command: heavy for command, heavy in found.items() if heavy} == {}


def test_every_command_has_help_that_says_something(helps):
    assert [command for command, (code, _, _) in helps.items() if code != 0] == []
    empty = [c for c, (_, text, _) in helps.items() if len(re.findall(r"[a-z]{3,}", text)) < 10]
    assert empty == []


def test_modules_stay_short():
    sizes = {str(m.relative_to(ROOT)): len(m.read_text("utf-8").splitlines()) for m in MODULES}
    assert {name: size for name, size in sizes.items() if size > LONGEST_MODULE} == {}


def test_every_folder_of_the_package_says_what_it_is_for():
    folders = {module.parent for module in MODULES}
    silent = [
        str(folder.relative_to(ROOT))
        for folder in sorted(folders)
        if not (folder / "__init__.py").is_file()
        or not ast.get_docstring(ast.parse((folder / "__init__.py").read_text("utf-8")))
    ]
    assert silent == []


def tree():
    """Every text file that is ours: the tracked folders and the files beside them."""
    folders = ["notifier", "templates", "data", "tests", "docs", ".ci"]
    found = [path for folder in folders for path in (ROOT / folder).rglob("*")]
    found += [path for path in ROOT.iterdir() if path.suffix in {".md", ".toml"}]
    for path in [*found, ROOT / "Makefile"]:
        if path.is_file() and "__pycache__" not in path.parts:
            yield path


def test_no_open_work_hides_in_the_tree():
    words = re.compile(rb"\b(?:T[O]DO|F[I]XME|X[X]X)\b")  # so written that it does not find itself
    files = list(tree())
    assert len(files) > 200
    found = {
        f"{path.relative_to(ROOT)}: {line.decode(errors='replace')}"
        for path in files
        for line in path.read_bytes().splitlines()
        if words.search(line)
    }
    assert found == set()


def imported():
    """Top-level names of other people's packages that ``notifier`` imports."""
    names = set()
    for module in MODULES:
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                names.add(node.module.partition(".")[0])
    return names - sys.stdlib_module_names - {"notifier"}


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def owners():
    """The distributions that give an imported name, by that name."""
    given = metadata.packages_distributions()
    return {name: {normal(dist) for dist in given[name]} for name in imported()}


def declared():
    return {
        normal(re.match(r"[\w.-]+", line)[0]): line for line in PROJECT["project"]["dependencies"]
    }


def test_every_dependency_is_used():
    used = set().union(*owners().values())
    assert set(declared()) - used == set(NOT_IMPORTED)


def test_every_import_is_declared():
    undeclared = {n for n, dists in owners().items() if not dists & set(declared())}
    assert undeclared == set(COMES_WITH)
    for name, carrier in COMES_WITH.items():
        wanted = {normal(re.match(r"[\w.-]+", r)[0]) for r in metadata.requires(carrier)}
        assert owners()[name] & wanted, f"{carrier} no longer brings {name}"


def test_requirements_are_complete_hashed_and_name_no_registry():
    text = (ROOT / "requirements.txt").read_text("utf-8")
    pinned = {normal(name) for name in re.findall(r"(?m)^([\w.-]+)==", text)}
    assert set(declared()) <= pinned
    blocks = re.split(r"(?m)^(?=\S)", text)[1:]
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []
    assert re.findall(r"://|--index|--find-links|--extra-index", text) == []


def ignores():
    """Lines of pyproject.toml in which ruff is told to ignore something, without their indent."""
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    lint = text[text.index("[tool.ruff.lint]") : text.index("[tool.pytest")]
    for line in lint.splitlines():
        code, _, reason = line.partition("#")
        if re.search(r'"[A-Z]+[0-9]*"', code) and not code.startswith("select"):
            yield line.strip(), reason.strip()


def test_everything_that_ruff_ignores_has_a_reason():
    found = list(ignores())
    configured = PROJECT["tool"]["ruff"]["lint"]
    codes = [*configured["ignore"], *chain(*configured["per-file-ignores"].values())]
    assert sum(len(re.findall(r'"[A-Z]+[0-9]*"', line.partition("#")[0])) for line, _ in found) == (
        len(codes)
    )
    assert [line for line, reason in found if len(reason) < 10] == []


def test_make_help_lists_every_target():
    text = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"(?m)^([a-z-]+):", text))
    assert targets == set(re.search(r"(?m)^\.PHONY: (.*)$", text)[1].split())
    ran = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    shown = dict(re.findall(r"(?m)^\s+make ([\w-]+)\s+(\S.*)$", ran.stdout))
    assert set(shown) == targets
    assert targets >= {
        "help",
        "demo",
        "test",
        "lint",
        "format",
        "bench",
        "docs",
        "package",
        "clean",
    }


def shipped_settings():
    return tomllib.loads(share("data", "reference", "notifier.toml").read_text("utf-8"))


def as_written(model, **given):
    """A section as the file would write it, without what may not stand there."""
    section = model(**given).model_dump(mode="json", by_alias=True)
    section.pop("password", None)
    return section


SECTIONS = {
    "company": Company, "people": People, "mail": Mail, "database": Database, "web": Web,
    "review": Review,
}  # fmt: skip


@pytest.mark.parametrize("name", SECTIONS)
def test_the_shipped_settings_show_every_default(name):
    defaults = as_written(SECTIONS[name])
    if name == "mail":
        defaults["dry_run"] = True  # the one difference: `init` makes a home that sends nothing
    assert shipped_settings()[name] == defaults


def test_the_shipped_settings_show_an_example_site_and_policy():
    shipped = shipped_settings()
    assert set(shipped) == {*SECTIONS, "sites", "policies"}
    assert shipped["sites"] == {"meetings": EXAMPLE_SITE}
    assert shipped["policies"] == {"privacy": EXAMPLE_POLICY}
    assert as_written(Site, name=EXAMPLE_SITE["name"], url=EXAMPLE_SITE["url"]) == EXAMPLE_SITE
    assert as_written(Policy, sites=["meetings"], timezone="America/Los_Angeles") == EXAMPLE_POLICY


def test_the_shipped_settings_are_those_of_the_contract(shared):
    text = (shared / "CONTRACT.md").read_text("utf-8")
    promised = tomllib.loads(re.search(r"(?s)```toml\n(.*?)```", text)[1])
    promised["mail"]["dry_run"] = True
    assert shipped_settings() == promised
