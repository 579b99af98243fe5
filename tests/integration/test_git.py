"""Reading a commit of a repository that nobody trusts: nothing of it is ever run.

Each trap is shown to spring first: an ordinary Git command in the same repository writes the
marker. Then the file is read, and no marker may appear.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from alembic import command
from alembic.config import Config
from typer.testing import CliRunner

from notifier.cli.app import app
from notifier.errors import InputError, OutsideError
from notifier.home import Home
from notifier.pipeline.begin import begin
from notifier.pipeline.show import versions_document
from notifier.settings import load_settings
from notifier.sources.git import blob as blob_module
from notifier.sources.git import read_git_file
from notifier.store import ledger
from notifier.store.engine import migrate, open_store
from notifier.store.migrations import FOLDER
from notifier.store.versions import all_versions

if TYPE_CHECKING:
    from pathlib import Path

TEXT = b"# Privacy\n\nWe keep little.\r\n"
LIMIT = 2_000_000
QUIET = {
    "PATH": os.environ["PATH"],
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.com",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.com",
    "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
    "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
}
pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def git(repo: Path, *command: str, data: bytes | None = None, check: bool = True) -> str:
    done = subprocess.run(
        ["git", "-C", str(repo), *command],
        env=QUIET | {"HOME": str(repo)},
        input=data,
        capture_output=True,
        check=check,
        timeout=60,
    )
    return done.stdout.decode("utf-8", "replace").strip()


def make(folder: Path, *options: str) -> Path:
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main", *options)
    (folder / "legal").mkdir()
    (folder / "legal" / "privacy.md").write_bytes(TEXT)
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "One")
    return folder


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    return make(tmp_path / "repo")


def read(repo: Path, rev: str = "main", path: str = "legal/privacy.md") -> bytes:
    return read_git_file(repo, rev, path, limit=LIMIT).raw


def trap(repo: Path) -> tuple[Path, Path]:
    """Return a program that writes a marker, and the marker."""
    marker, program = repo.parent / "MARKER", repo.parent / "trap.sh"
    program.write_text(f'#!/bin/sh\necho "$0 $*" >> "{marker}"\nexit 0\n')
    program.chmod(0o755)
    return program, marker


HOOKS = ("post-checkout", "pre-commit", "post-index-change", "reference-transaction")
TRAPS = {
    "hooks": ((), ["commit", "-q", "--allow-empty", "-m", "Two"]),
    "hooks path": ((("core.hooksPath", "{folder}/hooks"),), ["checkout", "-q", "--detach"]),
    "monitor of files": ((("core.fsmonitor", "{trap}"),), ["status"]),
    "filter": (
        (("filter.evil.smudge", "{trap}"), ("filter.evil.clean", "{trap}")),
        ["cat-file", "--filters", "HEAD:legal/privacy.md"],
    ),
    "text conversion": (
        (("diff.evil.textconv", "{trap}"),),
        ["cat-file", "--textconv", "HEAD:legal/privacy.md"],
    ),
    "outer difference": (
        (("diff.evil.command", "{trap}"),),
        ["diff", "--ext-diff", "4b825dc642cb6eb9a060e54bf8d69288fbee4904", "HEAD"],
    ),
    "alias": ((("alias.odd", "!{trap}"),), ["odd"]),
    "editor": ((("core.editor", "{trap}"),), ["commit", "-q", "--amend"]),
    "included file": ((("include.path", "{folder}/more"),), ["status"]),
    "remote program": (
        (("remote.origin.url", "{repo}"), ("remote.origin.uploadpack", "{trap}")),
        ["fetch", "-q", "origin"],
    ),
}


@pytest.mark.parametrize("name", TRAPS)
def test_nothing_of_a_repository_is_run(repo: Path, name: str) -> None:
    program, marker = trap(repo)
    settings, spring = TRAPS[name]
    (repo / ".git" / "info").mkdir(exist_ok=True)
    (repo / ".git" / "info" / "attributes").write_text("*.md filter=evil diff=evil\n")
    for folder in (repo / ".git" / "hooks", repo.parent / "hooks"):
        folder.mkdir(exist_ok=True)
        for hook in HOOKS if name.startswith("hooks") else ():
            shutil.copy(program, folder / hook)
    (repo.parent / "more").write_text(f"[core]\n\tfsmonitor = {program}\n")
    places = {"trap": program, "folder": repo.parent, "repo": repo}
    for key, value in settings:
        git(repo, "config", key, value.format(**places))
    git(repo, *spring, check=False)
    assert marker.exists(), "the trap does not spring, so the test shows nothing"
    marker.unlink()
    for rev in ("main", "HEAD", git(repo, "rev-parse", "main")[:9]):
        marker.unlink(missing_ok=True)  # what our own use of git above has sprung
        assert read(repo, rev) == TEXT
        assert not marker.exists()


def test_missing_objects_are_never_fetched(tmp_path: Path) -> None:
    source = make(tmp_path / "source")
    git(source, "config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--no-checkout", "--filter=blob:none", f"file://{source}", "clone")
    program, marker = trap(clone)
    git(clone, "config", "remote.origin.uploadpack", str(program))
    git(clone, "cat-file", "blob", "HEAD:legal/privacy.md", check=False)
    assert marker.exists()
    marker.unlink()
    with pytest.raises(InputError, match="not whole") as caught:
        read(clone)
    assert caught.value.code == "missing_object"
    assert not marker.exists()


def test_what_was_committed_is_read_not_what_replaces_it(repo: Path) -> None:
    first = git(repo, "rev-parse", "main")
    evil = git(repo, "hash-object", "-w", "--stdin", data=b"We sell everything.\n")
    git(repo, "replace", git(repo, "rev-parse", "main:legal/privacy.md"), evil)
    assert git(repo, "cat-file", "blob", "main:legal/privacy.md") == "We sell everything."
    assert read(repo) == TEXT
    git(repo, "commit", "-q", "--allow-empty", "-m", "Two")
    (repo / ".git" / "info").mkdir(exist_ok=True)
    (repo / ".git" / "info" / "grafts").write_text(f"{git(repo, 'rev-parse', 'main')}\n")
    assert read_git_file(repo, "main~1", "legal/privacy.md", limit=LIMIT).commit == first


def test_the_environment_of_the_caller_does_not_reach_git(
    repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, marker = trap(repo)
    for name in ("GIT_SSH_COMMAND", "GIT_EXTERNAL_DIFF", "GIT_PAGER", "GIT_ASKPASS"):
        monkeypatch.setenv(name, str(program))
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", "/nowhere")
    monkeypatch.setenv("GIT_TRACE", str(marker))
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "core.fsmonitor")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", str(program))
    assert read(repo) == TEXT
    assert not marker.exists()


def test_nothing_in_the_repository_is_written(repo: Path) -> None:
    def state() -> dict[Path, tuple[int, int]]:
        return {p: (p.stat().st_mtime_ns, p.stat().st_size) for p in repo.rglob("*")}

    before = state()
    read(repo)
    assert state() == before


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give files away")
def test_a_repository_of_somebody_else_is_read_without_trusting_it(repo: Path) -> None:
    for path in (repo, *repo.rglob("*")):
        os.chown(path, 65534, 65534)
    assert git(repo, "status", check=False) == ""  # Git itself refuses: dubious ownership
    assert read(repo) == TEXT


@pytest.mark.parametrize(
    "rev",
    [
        "--upload-pack=touch /tmp/x",
        "-p",
        "main:legal/privacy.md",
        "main@{upstream}",
        "main@{1 day ago}",
        ":/One",
        "main^{/One}",
        "main..main",
        "^main",
        "../../etc/passwd",
        "refs/../config",
        "main\n--all",
        "main\0",
        "",
        "a" * 20_000,
        "~1",
    ],
)
def test_odd_revisions_are_refused(repo: Path, rev: str) -> None:
    with pytest.raises(InputError) as caught:
        read(repo, rev)
    assert caught.value.code in {"bad_revision", "unknown_revision"}
    assert "\n" not in caught.value.message
    assert len(caught.value.message) < 400


@pytest.mark.parametrize("rev", ["config", "index", "description", "nothing", "abcd", "f" * 40])
def test_what_names_no_commit_is_unknown(repo: Path, rev: str) -> None:
    with pytest.raises(InputError) as caught:
        read(repo, rev)
    assert caught.value.code == "unknown_revision"


def test_names_are_found_where_git_finds_them(repo: Path) -> None:
    first = git(repo, "rev-parse", "main")
    git(repo, "tag", "-a", "v1", "-m", "One")
    git(repo, "update-ref", "refs/remotes/origin/main", first)
    (repo / "legal" / "privacy.md").write_bytes(b"Two.\n")
    git(repo, "commit", "-q", "-am", "Two")
    git(repo, "branch", "feature/x")
    git(repo, "pack-refs", "--all")
    git(repo, "symbolic-ref", "refs/heads/alias", "refs/heads/main")
    old = ("v1", "origin/main", "main~1", "HEAD^", "@~", "refs/tags/v1", first, first[:8])
    for rev in old:
        found = read_git_file(repo, rev, "legal/privacy.md", limit=LIMIT)
        assert (found.raw, found.commit) == (TEXT, first), rev
    for rev in ("main", "HEAD", "@", "feature/x", "heads/main", "alias"):
        assert read(repo, rev) == b"Two.\n", rev


def test_bare_linked_and_packed_repositories_are_read(repo: Path, tmp_path: Path) -> None:
    git(repo, "gc", "-q")
    git(repo, "worktree", "add", "-q", "-b", "other", str(tmp_path / "linked"))
    git(tmp_path, "clone", "-q", "--bare", "repo", "bare.git")
    git(tmp_path, "clone", "-q", "--shared", "repo", "borrowing")
    for place in (tmp_path / "linked", tmp_path / "bare.git", tmp_path / "borrowing"):
        assert read(place, "HEAD") == TEXT


def test_a_repository_of_longer_hashes(tmp_path: Path) -> None:
    repo = make(tmp_path / "long", "--object-format=sha256")
    found = read_git_file(repo, "main", "legal/privacy.md", limit=LIMIT)
    assert (found.raw, len(found.commit)) == (TEXT, 64)


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("link.md", "is a symbolic link"),
        ("legal", "is a folder"),
        ("module", "is a submodule"),
        ("link-folder/privacy.md", "is not there"),
        ("nothing.md", "is not there"),
        ("*.md", "is not there"),
        (":(glob)**", "is not there"),
        ("--all", "is not there"),
        ("/etc/passwd", "not a path inside"),
        ("../x", "not a path inside"),
        ("legal/", "not a path inside"),
        ("legal//privacy.md", "not a path inside"),
        ("", "not a path inside"),
        ("a\0b", "not a path inside"),
    ],
)
def test_only_a_regular_file_of_the_commit_is_read(repo: Path, path: str, says: str) -> None:
    (repo / "link.md").symlink_to("/etc/passwd")
    (repo / "link-folder").symlink_to("legal")
    head = git(repo, "rev-parse", "HEAD")
    git(repo, "update-index", "--add", "--cacheinfo", f"160000,{head},module")
    git(repo, "add", "link.md", "link-folder")
    git(repo, "commit", "-q", "-m", "Two")
    with pytest.raises(InputError, match=says) as caught:
        read(repo, "main", path)
    assert caught.value.next_step


@pytest.mark.parametrize(
    "name",
    ["-rf.md", "a b.md", "ü.md", "new\nline.md", "\x1b[31mred.md", "q\"'$(touch x).md", "*.md"],
)
def test_hostile_names_are_only_names(repo: Path, name: str) -> None:
    (repo / name).write_bytes(b"Text.\n")
    git(repo, "add", "-A")
    git(repo, "commit", "-q", "-m", "Two")
    assert read(repo, "main", f"./{name}") == b"Text.\n"
    with pytest.raises(InputError) as caught:
        read(repo, "main~1", name)
    assert "\x1b" not in caught.value.message
    assert "\n" not in caught.value.message


def test_what_is_too_large_is_refused_before_it_is_read(repo: Path) -> None:
    (repo / "big.md").write_bytes(b"x" * 3_000_001)
    git(repo, "add", ".")
    git(repo, "commit", "-q", "-m", "Two")
    with pytest.raises(InputError, match="above the limit of 2 MB"):
        read(repo, "main", "big.md")


def test_files_that_never_end_do_not_hold_the_program(repo: Path) -> None:
    (repo / ".git" / "HEAD").unlink()
    os.mkfifo(repo / ".git" / "HEAD")
    with pytest.raises(InputError, match="not a Git repository"):
        read(repo)


def test_a_git_that_hangs_is_given_up(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit = git(repo, "rev-parse", "main")
    loose = repo / ".git" / "objects" / commit[:2] / commit[2:]
    loose.unlink()
    os.mkfifo(loose)
    monkeypatch.setattr(blob_module, "_SECONDS", 0.5)
    with pytest.raises((OutsideError, InputError)):
        read(repo, "main")


def test_a_name_that_leads_round_in_circles(repo: Path) -> None:
    heads = repo / ".git" / "refs" / "heads"
    (heads / "a").write_text("ref: refs/heads/b\n")
    (heads / "b").write_text("ref: refs/heads/a\n")
    (heads / "c").symlink_to("main")
    for rev in ("a", "c"):
        with pytest.raises(InputError, match="no revision"):
            read(repo, rev)


@pytest.mark.parametrize("kind", ["nothing", "file", "folder"])
def test_no_repository(tmp_path: Path, kind: str) -> None:
    place = tmp_path / "x"
    if kind == "file":
        place.write_text("x")
    elif kind == "folder":
        place.mkdir()
        (place / ".git").write_text("gitdir: ../../../..\n")
    with pytest.raises(InputError, match="not a Git repository"):
        read(place)


def test_without_git_the_error_says_what_to_do(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OutsideError, match="not installed") as caught:
        read(repo)
    assert "without --git" in caught.value.next_step


TOML = """
[sites.alpha]
name = "Alpha"
url = "https://alpha.example.com"
[policies.privacy]
sites = ["alpha"]
"""


def test_the_commit_is_kept_with_the_version_and_in_the_ledger(
    repo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "notifier.toml").write_text(TOML)
    begin(home)
    say = ["--home", str(home), "--git", str(repo), "--policy", "privacy", "--version", "v1"]
    run = CliRunner().invoke
    for missing in (["--effective", "2024-01-01"], ["--effective", "2024-01-01", "--rev", ""]):
        done = run(app, ["commit", "legal/privacy.md", *say, *missing])
        assert isinstance(done.exception, InputError)
    done = run(
        app, ["commit", "legal/privacy.md", *say, "--effective", "2024-01-01", "--rev", "main"]
    )
    assert done.exit_code == 0, done.exception
    wanted = git(repo, "rev-parse", "main")
    with Home(path=home, settings=load_settings(home)) as opened:
        (version,) = versions_document(opened)["versions"]
        assert version["git_commit"] == wanted
        with opened.store.read() as tx:
            acts = [entry for entry in ledger.entries(tx) if entry.kind == "commit"]
        assert [json.loads(entry.body)["git_commit"] for entry in acts] == [wanted]
    assert (home / version["file"]).read_bytes() == TEXT


def test_a_home_from_before_keeps_its_versions(tmp_path: Path) -> None:
    store = open_store("sqlite:///x.db", tmp_path)
    store.create_file()
    columns = (
        "policy, version, locale, authoritative, status, historical, effective_date, effective_at,"
        " author, committed_at, file, markup, raw_sha256, canonical_sha256, parser, summary,"
        " source_sha256"
    )
    values = (
        "'p', 'v', 'en', 1, 'committed', 1, '2024-01-01', '2024-01-01 00:00:00', 'a',"
        " '2024-01-01 00:00:00', 'f', 'text', '', '', '', '', ''"
    )
    with store.write() as tx:
        config = Config()
        config.set_main_option("script_location", str(FOLDER))
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = tx.connection()
        command.upgrade(config, "0001")
        tx.connection().exec_driver_sql(f"INSERT INTO version ({columns}) VALUES ({values})")
    assert "0003_git_commit" in migrate(store)
    with store.read() as tx:
        assert [row.git_commit for row in all_versions(tx)] == [""]
    store.close()
