"""Checkpoints: signed, written whole, never replaced."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from notifier.errors import EvidenceError, InputError, OutsideError
from notifier.evidence.chain import GENESIS, Head
from notifier.evidence.checkpoint import (
    checkpoint_fault,
    checkpoint_text,
    newest_checkpoint,
    parse_checkpoint,
    read_checkpoint,
    read_checkpoints,
    set_aside,
    sign_checkpoint,
    start_of,
    write_checkpoint,
)
from notifier.evidence.keys import Signer, create_keys, load_signer

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@pytest.fixture
def signer(tmp_path) -> Signer:
    create_keys(tmp_path / "keys")
    return load_signer(tmp_path / "keys")


def of(signer: Signer, seq: int, digit: str = "a"):
    return sign_checkpoint(signer, Head(seq=seq, hash=digit * 64), now=NOW)


def test_a_checkpoint_survives_its_file(tmp_path, signer) -> None:
    checkpoint = of(signer, 41)
    path = write_checkpoint(tmp_path / "checkpoints", checkpoint)
    assert path.name == "41.json"
    assert read_checkpoint(path) == checkpoint
    assert checkpoint_fault(checkpoint) == ""
    assert checkpoint_fault(checkpoint, key=signer.fingerprint) == ""
    assert [p.name for p in path.parent.iterdir()] == ["41.json"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("seq", 42), ("hash", "b" * 64), ("at", "2026-11-24T09:30:00.000001Z"), ("signature", "AAAA")],
)
def test_every_field_is_signed(signer, field: str, value) -> None:
    assert "does not fit" in checkpoint_fault(replace(of(signer, 41), **{field: value}))


def test_another_key_is_found_out(tmp_path, signer) -> None:
    create_keys(tmp_path / "other")
    other = of(load_signer(tmp_path / "other"), 41)
    assert "is signed by SHA256:" in checkpoint_fault(other, key=signer.fingerprint)
    borrowed = replace(other, fingerprint=signer.fingerprint)
    assert "not the one it names" in checkpoint_fault(borrowed)
    assert "carries not a public key" in checkpoint_fault(replace(other, public_key="x"))


def test_the_newest_is_the_one_with_the_highest_number(tmp_path, signer) -> None:
    assert newest_checkpoint(tmp_path / "none") is None
    for seq in (9, 10, 2):
        write_checkpoint(tmp_path / "c", of(signer, seq))
    (tmp_path / "c" / ".11.json.0123.tmp").write_text("half")  # what a crash leaves
    (tmp_path / "c" / "notes.json").write_text("mine")
    newest = newest_checkpoint(tmp_path / "c", key=signer.fingerprint)
    assert newest is not None
    assert newest.seq == 10
    assert [c.seq for c in read_checkpoints(tmp_path / "c")] == [2, 9, 10]
    assert start_of(newest) == newest.head
    assert start_of(None) == GENESIS


def test_the_same_again_changes_nothing_and_another_chain_is_refused(tmp_path, signer) -> None:
    path = write_checkpoint(tmp_path, of(signer, 7))
    before = path.read_bytes()
    assert write_checkpoint(tmp_path, of(signer, 7)) == path
    with pytest.raises(EvidenceError, match="restored or made anew"):
        write_checkpoint(tmp_path, of(signer, 7, "b"))
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "data",
    [
        b"", b"{", b"[]", b"null", b"[" * 9000, b"x" * 20_000,
        b'{"schema": "notifier.checkpoint/1"}',
        b'{"schema": "notifier.checkpoint/2", "seq": 1}',
    ],
)  # fmt: skip
def test_a_damaged_file_is_named(data: bytes) -> None:
    with pytest.raises(EvidenceError, match=r"^7\.json is not a checkpoint"):
        parse_checkpoint(data, "7.json")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("seq", True),
        ("seq", -1),
        ("seq", "7"),
        ("hash", "A" * 64),
        ("at", "\x1b[2J"),
        ("more", "x"),
    ],
)
def test_fields_of_the_wrong_form_are_refused(signer, field: str, value) -> None:
    document = json.loads(checkpoint_text(of(signer, 7)))
    document[field] = value
    with pytest.raises(EvidenceError, match="not a checkpoint"):
        parse_checkpoint(json.dumps(document).encode(), "7.json")


def test_a_damaged_newest_is_not_passed_over(tmp_path, signer) -> None:
    write_checkpoint(tmp_path, of(signer, 7))
    path = write_checkpoint(tmp_path, of(signer, 8))
    path.write_text(path.read_text().replace("a" * 64, "c" * 64))
    with pytest.raises(EvidenceError, match="does not fit"):
        newest_checkpoint(tmp_path)


def test_a_missing_file_is_bad_input(tmp_path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_checkpoint(tmp_path / "none.json")


def test_a_folder_that_cannot_be_written(tmp_path, signer) -> None:
    (tmp_path / "c").write_text("a file")
    with pytest.raises(OutsideError, match="could not be written"):
        write_checkpoint(tmp_path / "c", of(signer, 7))


def test_what_is_set_aside_is_kept(tmp_path, signer) -> None:
    kept, lost = of(signer, 7), of(signer, 9)
    write_checkpoint(tmp_path, kept)
    write_checkpoint(tmp_path, lost)
    set_aside(tmp_path, [lost])
    assert newest_checkpoint(tmp_path) == kept
    (moved,) = (tmp_path / "set-aside").iterdir()
    assert read_checkpoint(moved) == lost
