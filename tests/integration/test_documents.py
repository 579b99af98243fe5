"""Pages and documents in a home: refused by name, stored as they are, read the same for ever."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from documents import docx, p, r, tracked

from notifier.cli import run
from notifier.errors import InputError
from notifier.extract.model import Form
from notifier.sources import extraction
from notifier.sources.extraction import extract

if TYPE_CHECKING:
    from pathlib import Path

TOML = (
    '[sites.alpha]\nname = "A"\nurl = "https://a.example"\n[policies.privacy]\nsites = ["alpha"]\n'
)
PAGE = b"<nav>Home</nav><main><h1>Privacy</h1><p>We will never sell your data.</main>"
EDITED = docx(
    p("Privacy", style="berschrift1")
    + p(
        r("We will ")
        + tracked("del", "never")
        + tracked("ins", "sometimes")
        + r(" sell your data.")
    )
)
RESAVED = docx(
    p("Privacy", style="berschrift1") + p(r("We will sometimes ") + r("sell your data.")),
    extra={"docProps/app.xml": b"<Properties/>"},
)


class Command:
    """The commands of one home, in this process."""

    def __init__(
        self,
        folder: Path,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        self.folder, self.capsys = folder, capsys
        self.home = folder / "home"
        monkeypatch.setenv("NOTIFIER_HOME", str(self.home))
        self.home.mkdir()
        (self.home / "notifier.toml").write_text(TOML)
        self("init", str(self.home))

    def __call__(self, *arguments: str, code: int = 0) -> Any:
        self.capsys.readouterr()
        got = run([*arguments, "--format", "json"])
        out = self.capsys.readouterr().out
        assert got == code, out
        return json.loads(out)

    def commit(
        self, version: str, name: str, raw: bytes, day: str, *more: str, code: int = 0
    ) -> Any:
        path = self.folder / name
        path.write_bytes(raw)
        return self(
            "commit", str(path), "--policy", "privacy", "--version", version, "--effective", day,
            "--as", "author", *more, code=code,
        )  # fmt: skip


@pytest.fixture
def do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Command:
    return Command(tmp_path, capsys, monkeypatch)


def test_a_page_then_a_document(do: Command) -> None:
    assert do.commit("v1", "p.html", PAGE, "2024-01-01")["kind"] == "first"

    refused = do.commit("v2", "p.docx", EDITED, "2999-01-01", code=2)
    assert refused["code"] == "unresolved_revisions"
    assert refused["revisions_total"] == 2
    assert refused["revisions"][0]["words"] == "never"

    done = do.commit("v2", "p.docx", EDITED, "2999-01-01", "--revisions", "accept")
    assert (done["kind"], done["campaign"]) == ("campaign", "privacy@v2")
    assert done["material"] is True

    shown = do("versions", "show", "privacy@v2")
    assert shown["parser"].startswith("notifier-extract/1 notifier-parser/")
    assert shown["text"] == "# Privacy\n\nWe will sometimes sell your data.\n"
    stored = do.home / "policies/privacy/v2/en.docx"
    assert stored.read_bytes() == EDITED
    assert shown["sha256"] == hashlib.sha256(EDITED).hexdigest()
    assert (do.home / "policies/privacy/v1/en.html").read_bytes() == PAGE

    again = do.commit("v3", "p.docx", RESAVED, "2999-02-01")
    assert (again["kind"], again["previous"]) == ("no_change", "v2")


def test_the_rejected_reading_is_no_change(do: Command) -> None:
    do.commit("v1", "p.html", PAGE, "2024-01-01")
    done = do.commit("v2", "p.docx", EDITED, "2999-01-01", "--revisions", "reject")
    assert done["kind"] == "no_change"


def test_spans_are_those_of_the_extracted_text(do: Command, tmp_path: Path) -> None:
    for name, raw in (("old.html", PAGE), ("new.docx", EDITED)):
        (tmp_path / name).write_bytes(raw)
    files = [str(tmp_path / name) for name in ("old.html", "new.docx")]
    found = do("diff", *files, "--full", "--revisions", "accept")
    assert "".join(c["new"] for c in found["changes"]) == (
        "# Privacy\n\nWe will sometimes sell your data.\n"
    )
    (change,) = [c for c in found["changes"] if c["kind"] == "modified"]
    source = b"# Privacy\n\nWe will never sell your data.\n"
    assert source[slice(*change["old_span"])].decode() == change["old"]
    assert found["notes"] == [
        "Old text: Left out, since it is no policy text: navigation (1).",
        "New text: Tracked changes were read as if accepted: 2.",
    ]
    assert do("classify", *files, "--revisions", "accept")["material"] is True
    assert do("classify", *files, code=2)["code"] == "unresolved_revisions"


def test_cases_may_name_pages_and_documents(do: Command, tmp_path: Path) -> None:
    (tmp_path / "old.html").write_bytes(PAGE)
    (tmp_path / "new.docx").write_bytes(RESAVED)
    row = {
        "id": "1",
        "old": "We will never sell your data.", "new": "We will sometimes sell your data.",
        "old_file": "old.html", "new_file": "new.docx", "material": True,
    }  # fmt: skip
    cases = tmp_path / "cases.jsonl"
    cases.write_text(json.dumps(row) + "\n")
    assert do("evaluate", str(cases))["misses"] == []
    (tmp_path / "new.docx").write_bytes(EDITED)
    assert "line 1" in do("evaluate", str(cases), code=2)["message"]


def test_the_reader_is_bounded_and_where_a_limit_is_missing_still_reads() -> None:
    script = (
        "import resource, sys\n"
        "from notifier.extract.limits import limit_this_process\n"
        "limit_this_process()\n"
        "names = ('AS', 'CPU', 'CORE', 'FSIZE', 'NOFILE')\n"
        "print([resource.getrlimit(getattr(resource, 'RLIMIT_' + n))[0] for n in names])\n"
        "def deny(*_): raise ValueError\n"
        "resource.setrlimit = deny\n"
        "del resource.RLIMIT_NPROC\n"
        "limit_this_process()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[0] == f"[{512 * 2**20}, 5, 0, 0, 32]"


def test_a_reader_that_stalls_or_dies_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extraction, "WALL_SECONDS", 0.001)
    with pytest.raises(InputError, match="seconds of processor time") as caught:
        extract(PAGE + b"1", Form.HTML, revisions=None, name="p.html")
    assert caught.value.code == "too_slow"
    monkeypatch.undo()
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(InputError, match="exit code 1") as caught:
        extract(PAGE + b"2", Form.HTML, revisions=None, name="p.html")
    assert caught.value.code == "reader_failed"
    assert "nothing was stored" in caught.value.message


def test_extraction_repeats_byte_for_byte_in_a_new_process() -> None:
    found = []
    for _ in range(2):
        extraction._CACHE.clear()
        found.append(extract(PAGE, Form.HTML, revisions=None, name="p.html"))
    assert found[0] == found[1]
