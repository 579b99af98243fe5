"""What is shipped is what stands in the tree, no more and no less, and it works on its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PARTS = ["notifier", "templates", "data", "tests", "docs"]
PLANTED = [
    "notifier/__pycache__/share.cpython-311.pyc",
    "notifier/dist/left-over.whl",
    "data/.demo/home/notifier.toml",
    "templates/.venv/pyvenv.cfg",
    "tests/.pytest_cache/README.md",
]
"""What work leaves behind; .gitignore names all of it, and it may hold people's data."""


def call(*command, cwd, **environment):
    """Run in an environment that knows nothing of the checkout; return what was printed."""
    clean = {"PATH": os.environ["PATH"], "HOME": str(cwd), "NO_COLOR": "1", "LC_ALL": "C.UTF-8"}
    ran = subprocess.run(
        [*map(str, command)], cwd=cwd, env=clean | environment, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, (command, ran.stdout, ran.stderr)
    return ran.stdout


def ignored():
    lines = (ROOT / ".gitignore").read_text("utf-8").splitlines()
    return [line.rstrip("/") for line in lines if line and not line.startswith("#")]


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """Our files, in another place, and what work would leave between them."""
    folder = tmp_path_factory.mktemp("tree")
    for part in PARTS:
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns(*ignored()))
    for path in [*ROOT.glob("*.md"), *(ROOT / n for n in ("LICENSE", "Makefile", ".gitignore"))]:
        shutil.copy(path, folder)
    for name in ("pyproject.toml", "requirements.txt"):
        shutil.copy(ROOT / name, folder)
    return folder


@pytest.fixture(scope="module")
def ours(tree):
    """The names of our files, before anything is planted among them."""
    return {str(path.relative_to(tree)) for path in tree.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def littered(tree, ours):
    assert not ours & set(PLANTED)
    for name in PLANTED:
        path = tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("left behind")
    return tree


def build(tree, kind, target):
    call(sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", target, cwd=tree)
    (made,) = target.iterdir()
    return made


@pytest.fixture(scope="module")
def wheel(littered, tmp_path_factory):
    return build(littered, "wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def sdist(littered, tmp_path_factory):
    return build(littered, "sdist", tmp_path_factory.mktemp("sdist"))


def contents(wheel):
    """What a wheel would install, without its own records."""
    with zipfile.ZipFile(wheel) as archive:
        return {n for n in archive.namelist() if not re.match(r"notifier-[^/]+\.dist-info/", n)}


def test_the_wheel_has_the_package_the_templates_and_the_data_and_nothing_else(wheel, ours):
    shipped = contents(wheel)
    code = {name for name in ours if name.startswith("notifier/")}
    shared = {name for name in ours if name.startswith(("templates/", "data/"))}
    assert shipped == code | {f"notifier/_share/{name}" for name in shared}
    assert shipped >= {
        "notifier/py.typed",
        "notifier/store/migrations/script.py.mako",
        "notifier/store/migrations/versions/0001_first_tables.py",
        "notifier/_share/templates/email/notice/body.html",
        "notifier/_share/data/reference/notifier.toml",
        "notifier/_share/data/example/people.csv",
    }


def test_the_wheel_says_what_it_is(wheel):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    with zipfile.ZipFile(wheel) as archive:
        (metadata,) = [n for n in archive.namelist() if n.endswith(".dist-info/METADATA")]
        about = archive.read(metadata).decode()
        names = archive.namelist()
    assert f"Version: {project['version']}\n" in about
    assert "License-Expression: Apache-2.0\n" in about
    assert about.count("\nRequires-Dist: ") == len(project["dependencies"])
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_the_sdist_has_the_tests_and_gives_the_same_wheel(sdist, wheel, ours, tmp_path):
    call("tar", "-xzf", sdist, cwd=tmp_path)  # tarfile's own filters are younger than Debian 12
    (unpacked,) = tmp_path.iterdir()
    found = {str(path.relative_to(unpacked)) for path in unpacked.rglob("*") if path.is_file()}
    assert found - ours == {"PKG-INFO"}
    folders = tuple(f"{part}/" for part in PARTS)
    assert {n for n in ours if n.startswith(folders)} <= found
    assert {"pyproject.toml", "Makefile", "README.md", "LICENSE", "CHANGELOG.md"} <= found
    again = build(unpacked, "wheel", tmp_path / "wheel")
    assert contents(again) == contents(wheel)


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The bin folder of an environment that has the wheel, our dependencies, and no checkout."""
    folder = tmp_path_factory.mktemp("installed")
    call(sys.executable, "-m", "venv", "--without-pip", "env", cwd=folder)
    bin_ = folder / "env" / "bin"
    python = bin_ / "python"
    if shutil.which("uv"):
        install = ["uv", "pip", "install", "--quiet", "--offline", "--python", python]
    else:
        install = [sys.executable, "-m", "pip", "--python", python, "install", "--no-index"]
    call(*install, "--no-deps", wheel, cwd=folder, UV_NO_CACHE="1")
    # A folder named in a .pth is searched, but its own .pth files, which lead to the checkout,
    # are not read.
    (library,) = (folder / "env" / "lib").glob("python*/site-packages")
    (library / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return bin_


@pytest.fixture
def empty(tmp_path):
    folder = tmp_path / "empty"
    folder.mkdir()
    return folder


def test_the_checkout_is_out_of_reach(installed, empty):
    asked = "import sys, notifier; print(notifier.__file__, *sys.path, sep='\\n')"
    file, *path = call(installed / "python", "-c", asked, cwd=empty).splitlines()
    assert file.startswith(str(installed.parent))
    assert str(ROOT) not in path


@pytest.mark.slow
def test_the_demo_runs_from_the_wheel(installed, empty):
    told = call(installed / "notifier", "demo", cwd=empty)
    assert "The evidence holds." in told
    assert {path.name for path in empty.iterdir()} == {".demo"}
    mails = list((empty / ".demo" / "mailbox").glob("*.eml"))
    assert len(mails) > 20
    feeds = list((empty / ".demo" / "home" / "var" / "feed").glob("*.json"))
    assert len(feeds) == 5


@pytest.mark.slow
def test_the_example_home_is_made_from_the_wheel(installed, empty):
    call(installed / "notifier", "init", "--example", cwd=empty)
    assert "dry_run = true" in (empty / "notifier.toml").read_text("utf-8")
    told = call(installed / "notifier", "versions", "list", cwd=empty)
    assert all(version in told for version in ("2019-03", "2024-09", "2027-01"))
    call(installed / "notifier", "diff", "privacy@2024-09", "privacy@2027-01", cwd=empty)
    call(installed / "notifier", "evidence", "verify", cwd=empty)
