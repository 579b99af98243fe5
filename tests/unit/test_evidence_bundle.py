"""P5: an export proves itself, and whatever is done to it is found and named."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.errors import EvidenceError, InputError, OutsideError
from notifier.evidence.bundle import Attachment, Opening, export, verify, verify_live
from notifier.evidence.chain import GENESIS, Act, Entry, canonical_json, line, seal
from notifier.evidence.checkpoint import (
    checkpoint_text,
    sign_checkpoint,
    write_checkpoint,
)
from notifier.evidence.commitment import commit_person
from notifier.evidence.keys import Signer, create_keys, load_signer
from notifier.evidence.report import render_report

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
TEXT = b"We do not sell data.\n"
FILE = "policies/privacy/2012-06/en.txt"
SALT = "5a" * 32
ADA = commit_person(SALT, "ada")


def story(count: int = 20, *, word: str = "") -> list[Entry]:
    first = Act(
        kind="commit",
        body={"file": FILE, "sha256": sha256(TEXT).hexdigest(), "actor": "Ed"},
    )
    rest = [
        Act(
            kind=("approval", "intent", "outcome")[n % 3],
            campaign="privacy@2",
            subject=ADA if n in {4, 5} else "",
            body={"n": n, "word": word},
        )
        for n in range(count - 1)
    ]
    head, made = GENESIS, []
    for number, act in enumerate([first, *rest]):
        made.append(seal(head, act, now=NOW + timedelta(seconds=number)))
        head = made[-1].head
    return made


@pytest.fixture(scope="module")
def signer(tmp_path_factory) -> Signer:
    folder = tmp_path_factory.mktemp("keys")
    create_keys(folder)
    return load_signer(folder)


def write(folder: Path, signer: Signer, entries: list[Entry] | None = None, **more: Any) -> Path:
    entries = story() if entries is None else entries
    earlier = [sign_checkpoint(signer, entries[n - 1].head, now=NOW) for n in (5, 12) if entries]
    export(
        folder,
        **{
            "entries": entries,
            "checkpoints": earlier,
            "signer": signer,
            "now": NOW,
            "attachments": [Attachment(path=FILE, data=TEXT)],
            "people": [Opening(person_id="ada", salt=SALT)],
            **more,
        },
    )
    return folder


@pytest.fixture(scope="module")
def pristine(tmp_path_factory, signer) -> Path:
    return write(tmp_path_factory.mktemp("out") / "bundle", signer)


@pytest.fixture
def bundle(tmp_path, pristine) -> Path:
    shutil.copytree(pristine, tmp_path / "bundle")
    return tmp_path / "bundle"


def edit_lines(bundle: Path, change) -> None:
    path = bundle / "entries.jsonl"
    path.write_bytes(b"".join(change(path.read_bytes().splitlines(keepends=True))))


def test_an_export_holds(bundle, signer) -> None:
    report = verify(bundle, key=signer.fingerprint)
    assert report.holds
    assert (report.entries, report.first_bad, report.checkpoints) == (20, None, 3)
    assert report.fingerprint == signer.fingerprint
    assert report.problems == report.notes == ()
    assert {p.relative_to(bundle).as_posix() for p in bundle.rglob("*") if p.is_file()} == {
        "README.txt", "manifest.json", "entries.jsonl", "key.pub", "people.jsonl", FILE,
        "checkpoints/5.json", "checkpoints/12.json", "checkpoints/20.json",
    }  # fmt: skip


def test_without_an_anchor_it_holds_and_says_so(bundle) -> None:
    report = verify(bundle)
    assert report.holds
    assert "nothing from outside was compared" in render_report(report)


def test_p5_one_changed_byte_names_the_entry(bundle) -> None:
    edit_lines(
        bundle, lambda lines: [*lines[:16], lines[16].replace(b'"n":15', b'"n":16'), *lines[17:]]
    )
    report = verify(bundle)
    assert report.first_bad == 17
    assert report.problems[0] == "entry 17 (approval): its hash does not match its content"
    assert "entries.jsonl: its content is not what the manifest lists" in report.problems[1]


def test_p5_one_removed_entry_is_named(bundle) -> None:
    edit_lines(bundle, lambda lines: lines[:16] + lines[17:])
    report = verify(bundle)
    assert report.first_bad == 17
    assert "entry 17 was removed or moved" in report.problems[0]


def test_p5_two_swapped_entries_are_named(bundle) -> None:
    edit_lines(bundle, lambda lines: [*lines[:3], lines[4], lines[3], *lines[5:]])
    report = verify(bundle)
    assert report.first_bad == 4
    assert report.problems[0].startswith("entry 4: entry 5 (")


def test_p5_an_inserted_entry_is_named(bundle) -> None:
    edit_lines(bundle, lambda lines: [*lines[:9], lines[2], *lines[9:]])
    assert verify(bundle).first_bad == 10


@pytest.mark.parametrize("kept", [0, 1, 12, 19])
def test_p5_a_chain_cut_off_is_found(bundle, kept: int) -> None:
    edit_lines(bundle, lambda lines: lines[:kept])
    report = verify(bundle)
    assert report.first_bad == kept + 1
    assert "missing: the chain ends at entry" in report.problems[0]


def test_a_cut_hidden_from_checkpoints_is_found_by_the_manifest(bundle) -> None:
    edit_lines(bundle, lambda lines: lines[:19])
    (bundle / "checkpoints" / "20.json").unlink()
    assert any("the manifest goes further" in problem for problem in verify(bundle).problems)


def test_entries_put_behind_the_end_are_found(bundle) -> None:
    last = story()[-1]
    more = seal(last.head, Act(kind="choice", body={}), now=NOW)
    edit_lines(bundle, lambda lines: [*lines, (line(more) + "\n").encode()])
    assert "entry 21: it was added after the export" in verify(bundle).problems


EDITS = st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 255))


@settings(deadline=None)
@given(edit=EDITS)
def test_any_edited_byte_of_the_entries_is_found_and_placed(
    pristine, tmp_path_factory, edit
) -> None:
    bundle = tmp_path_factory.mktemp("edited") / "bundle"
    shutil.copytree(pristine, bundle)
    path = bundle / "entries.jsonl"
    data = bytearray(path.read_bytes())
    place = int(edit[0] * len(data))
    expected = data[:place].count(b"\n") + 1
    data[place] ^= edit[1]
    path.write_bytes(data)
    report = verify(bundle)
    assert not report.holds
    assert report.first_bad == expected
    assert f"entry {expected}" in report.problems[0]


@settings(deadline=None, max_examples=60)
@given(edit=EDITS, which=st.integers(0, 8))
def test_any_edited_byte_of_any_file_is_found(pristine, tmp_path_factory, edit, which) -> None:
    bundle = tmp_path_factory.mktemp("edited") / "bundle"
    shutil.copytree(pristine, bundle)
    path = sorted(p for p in bundle.rglob("*") if p.is_file())[which]
    data = bytearray(path.read_bytes())
    data[int(edit[0] * len(data))] ^= edit[1]
    if path.name == "manifest.json" and json_or_none(data) == json_or_none(path.read_bytes()):
        return  # white space of the manifest is not part of what it says
    path.write_bytes(data)
    assert not verify(bundle).holds


def json_or_none(data: bytes | bytearray) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        return None


def made_anew(tmp_path: Path) -> Path:
    """What somebody can do who has everything but the home's key: all of it, with their own key."""
    create_keys(tmp_path / "forger")
    return write(tmp_path / "forged", load_signer(tmp_path / "forger"), story(word="forged"))


def test_a_chain_made_anew_is_found_by_the_fingerprint(tmp_path, signer) -> None:
    forged = made_anew(tmp_path)
    assert verify(forged).holds  # alone nobody can tell; the report says so
    report = verify(forged, key=signer.fingerprint)
    assert not report.holds
    assert "made anew with another key" in report.problems[0]


def test_p5_a_chain_made_anew_is_found_by_a_saved_checkpoint(tmp_path, signer) -> None:
    saved = tmp_path / "saved.json"
    saved.write_text(checkpoint_text(sign_checkpoint(signer, story()[8].head, now=NOW)))
    report = verify(made_anew(tmp_path), checkpoint=saved)
    assert not report.holds
    assert "is signed by" in report.problems[0]


def test_a_chain_made_anew_with_the_homes_own_key_is_found_by_a_saved_checkpoint(
    tmp_path, signer
) -> None:
    forged = write(tmp_path / "forged", signer, story(word="forged"))
    saved = tmp_path / "saved.json"
    saved.write_text(checkpoint_text(sign_checkpoint(signer, story()[8].head, now=NOW)))
    assert verify(forged, key=signer.fingerprint).holds
    report = verify(forged, checkpoint=saved, key=signer.fingerprint)
    assert report.first_bad == 9
    assert "entry 9 (intent): it is not the entry that the checkpoint" in report.problems[0]
    assert "made anew after entry 5" in report.problems[0]


def test_a_saved_checkpoint_beyond_the_end_is_found(tmp_path, bundle, signer) -> None:
    saved = tmp_path / "saved.json"
    saved.write_text(checkpoint_text(sign_checkpoint(signer, story(30)[-1].head, now=NOW)))
    report = verify(bundle, checkpoint=saved)
    assert report.first_bad == 21
    assert "entries 21 to 30 are missing" in report.problems[0]


def test_a_checkpoint_that_fits_is_counted(tmp_path, bundle, signer) -> None:
    saved = tmp_path / "saved.json"
    saved.write_text(checkpoint_text(sign_checkpoint(signer, story()[8].head, now=NOW)))
    report = verify(bundle, checkpoint=saved)
    assert report.holds
    assert report.checkpoints == 4
    assert report.compared == ("checkpoint",)


@pytest.mark.parametrize("name", ["key.pub", "manifest.json", FILE, "checkpoints/12.json"])
def test_a_removed_file_is_named(bundle, name: str) -> None:
    (bundle / name).unlink()
    assert any(problem.startswith(name) for problem in verify(bundle).problems)


@pytest.mark.parametrize("name", ["key.pub", "manifest.json", FILE, "checkpoints/12.json"])
def test_a_changed_file_is_named(bundle, name: str) -> None:
    (bundle / name).write_bytes(b"{}")
    assert any(problem.startswith(name) for problem in verify(bundle).problems)


def test_an_added_file_is_named(bundle) -> None:
    (bundle / "policies" / "more.txt").write_text("x")
    assert verify(bundle).problems == (
        "policies/more.txt: the manifest does not list it; it was added",
    )


def test_links_and_pipes_are_named_and_not_opened(bundle, tmp_path) -> None:
    (tmp_path / "elsewhere").write_bytes(TEXT)
    (bundle / FILE).unlink()
    (bundle / FILE).symlink_to(tmp_path / "elsewhere")
    os.mkfifo(bundle / "checkpoints" / "99.json")
    (bundle / "linked").symlink_to(tmp_path)
    problems = "\n".join(verify(bundle).problems)
    assert f"{FILE}: it is a link or no file" in problems
    assert "checkpoints/99.json: it is a link or no file" in problems
    assert "linked: it is a link or no file" in problems


def test_a_text_that_no_entry_records_is_named_even_when_signed(tmp_path, signer) -> None:
    other = Attachment(path=FILE, data=b"We sell everything.\n")
    bundle = write(tmp_path / "b", signer, attachments=[other])
    assert verify(bundle).problems == (f"{FILE}: no entry of the ledger records this text",)


def test_a_person_is_opened_with_their_entries(bundle) -> None:
    (text,) = (bundle / "people.jsonl").read_text().splitlines()
    assert json.loads(text) == {
        "person_id": "ada", "salt": SALT, "subject": ADA, "entries": [6, 7],
    }  # fmt: skip
    # With its quotes: the digests of keys made anew for each run hold "ada" now and then.
    assert '"ada"' not in (bundle / "entries.jsonl").read_text()
    assert '"ada"' not in (bundle / "manifest.json").read_text()


@pytest.mark.parametrize(
    "change",
    [("ada", "bob"), (SALT, "5b" * 32), ("[6,7]", "[6]"), ("[6,7]", "6"), ("entries", "more")],
)
def test_a_false_opening_is_found_even_when_listed(tmp_path, signer, change) -> None:
    bundle = write(tmp_path / "b", signer)
    text = (bundle / "people.jsonl").read_text().replace(*change)
    (bundle / "people.jsonl").write_text(text)
    assert any(p.startswith("people.jsonl, line 1") for p in verify(bundle).problems)


def test_nobody_is_opened_unasked(tmp_path, signer) -> None:
    bundle = write(tmp_path / "b", signer, people=[])
    assert not (bundle / "people.jsonl").exists()
    assert verify(bundle).holds


def test_an_empty_ledger_can_be_exported(tmp_path, signer) -> None:
    bundle = write(tmp_path / "b", signer, [], attachments=[], people=[])
    report = verify(bundle, key=signer.fingerprint)
    assert report.holds
    assert report.head == GENESIS


def test_a_broken_chain_is_not_signed(tmp_path, signer) -> None:
    entries = story()
    del entries[10]
    with pytest.raises(EvidenceError, match=r"Nothing was exported.*entry 11 was removed"):
        write(tmp_path / "b", signer, entries, checkpoints=[])
    assert list(tmp_path.iterdir()) == []


def test_a_chain_that_does_not_fit_its_checkpoints_is_not_signed(tmp_path, signer) -> None:
    honest = sign_checkpoint(signer, story()[8].head, now=NOW)
    with pytest.raises(EvidenceError, match="made anew from its beginning on"):
        write(tmp_path / "b", signer, story(word="forged"), checkpoints=[honest])


def test_an_export_never_mixes_with_other_files(tmp_path, signer) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "mine.txt").write_text("x")
    with pytest.raises(InputError, match="not an empty folder"):
        write(tmp_path / "b", signer)
    assert [p.name for p in (tmp_path / "b").iterdir()] == ["mine.txt"]


def test_an_export_into_the_empty_folder_in_which_one_stands(tmp_path, signer, monkeypatch) -> None:
    (tmp_path / "b").mkdir()
    monkeypatch.chdir(tmp_path / "b")
    write(tmp_path / "b", signer)
    assert verify(tmp_path / "b").holds
    assert [p.name for p in tmp_path.iterdir()] == ["b"]


@pytest.mark.parametrize("path", ["../x", "/x", "policies/../../x", "key.pub", "a//b", "", "a\\b"])
def test_an_attachment_stays_in_its_place(tmp_path, signer, path: str) -> None:
    with pytest.raises(ValueError, match="no place for an attachment"):
        write(tmp_path / "b", signer, attachments=[Attachment(path=path, data=b"")])
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written(tmp_path, signer) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutsideError, match="could not be written"):
        write(tmp_path / "file" / "b", signer)


def test_the_limit_to_a_campaign_is_said_and_the_chain_stays_whole(tmp_path, signer) -> None:
    bundle = write(tmp_path / "b", signer, campaign="privacy@2")
    assert "those of campaign privacy@2" in (bundle / "README.txt").read_text()
    assert json.loads((bundle / "manifest.json").read_text())["campaign"] == "privacy@2"
    assert verify(bundle).entries == 20


def test_the_recipe_in_the_readme_works_without_us(bundle) -> None:
    text = (bundle / "README.txt").read_text()
    start = text.index("    import hashlib")
    recipe = text[start : text.index("The last two words", start)]
    program = "\n".join(row[4:] for row in recipe.splitlines())

    def run() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", "-c", program]
        return subprocess.run(command, cwd=bundle, capture_output=True, text=True, check=False)

    assert run().stdout.split() == ["20", story()[-1].hash]
    edit_lines(bundle, lambda lines: lines[:7] + lines[8:])
    assert "AssertionError: entry 8" in run().stderr


def test_what_is_no_bundle_is_bad_input(tmp_path) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(InputError, match=r"holds no entries\.jsonl"):
            verify(folder)


def test_hostile_names_do_not_reach_the_terminal(bundle) -> None:
    (bundle / "policies" / "\x1b[2J.txt").write_text("x")
    rendered = render_report(verify(bundle))
    assert "\x1b" not in rendered


def test_the_report_reads_well(bundle, signer) -> None:
    edit_lines(bundle, lambda lines: lines[:16] + lines[17:])
    report = verify(bundle, key=signer.fingerprint)
    assert render_report(report).startswith(
        "The evidence does NOT hold.\n"
        "  entry 17: entry 18 (intent) stands in its place; entry 17 was removed or moved.\n"
    )
    document = report.document()
    assert document["schema"] == "notifier.verification/1"
    assert (document["holds"], document["first_bad"], document["entries"]) == (False, 17, 16)
    assert canonical_json(document)


def test_the_live_ledger_is_held_against_its_checkpoints(tmp_path, signer) -> None:
    for number in (5, 12):
        head = story()[number - 1].head
        write_checkpoint(tmp_path / "c", sign_checkpoint(signer, head, now=NOW))
    good = verify_live(story(), checkpoints=tmp_path / "c", fingerprint=signer.fingerprint)
    assert good.holds
    assert good.checkpoints == 2
    assert any("entries 13 to 20 are not under a checkpoint" in note for note in good.notes)
    cut = verify_live(story()[:9], checkpoints=tmp_path / "c", fingerprint=signer.fingerprint)
    assert cut.problems[0].startswith("entries 10 to 12 are missing: the chain ends at entry 9")
    forged = verify_live(
        story(word="x"), checkpoints=tmp_path / "c", fingerprint=signer.fingerprint
    )
    assert forged.first_bad == 5
    (tmp_path / "c" / "12.json").write_text("{}")
    damaged = verify_live(story(), checkpoints=tmp_path / "c", fingerprint=signer.fingerprint)
    assert "is not a checkpoint" in damaged.problems[0]
    elsewhere = verify_live(
        story(), checkpoints=tmp_path / "none", fingerprint=signer.fingerprint, key="SHA256:AAAA"
    )
    assert not elsewhere.holds
