"""Keys are private, never overwritten, and named by a fingerprint that openssl gives too."""

from __future__ import annotations

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from notifier.errors import OutsideError, SettingsError
from notifier.evidence.keys import (
    create_keys,
    is_signed,
    load_signer,
    load_token_keys,
    read_public_key,
    rotate_token_keys,
    same_fingerprint,
)


def test_keys_are_made_once_and_kept(tmp_path) -> None:
    folder = tmp_path / "var" / "keys"
    first = create_keys(folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert create_keys(folder) == first == load_signer(folder).fingerprint
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert set(before) == {"erasure.key", "evidence.key", "evidence.pub", "token.keys"}


def test_private_files_are_for_their_owner_alone(tmp_path) -> None:
    create_keys(tmp_path / "keys")
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    for name in ("erasure.key", "evidence.key", "token.keys"):
        assert (tmp_path / "keys" / name).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_a_key_that_others_can_read_is_not_used(tmp_path, mode: int) -> None:
    create_keys(tmp_path)
    (tmp_path / "evidence.key").chmod(mode)
    (tmp_path / "token.keys").chmod(mode)
    with pytest.raises(SettingsError, match="others can read") as caught:
        load_signer(tmp_path)
    assert "chmod 600" in caught.value.next_step
    with pytest.raises(SettingsError, match="others can read"):
        load_token_keys(tmp_path)


def test_the_fingerprint_is_the_hash_of_the_public_key(tmp_path) -> None:
    print_ = create_keys(tmp_path)
    body = "".join((tmp_path / "evidence.pub").read_text().splitlines()[1:-1])
    digest = hashlib.sha256(base64.b64decode(body)).digest()
    assert print_ == "SHA256:" + base64.b64encode(digest).decode().rstrip("=")
    assert same_fingerprint(f" {print_.removeprefix('SHA256:')}=\n", print_)
    assert not same_fingerprint(print_[:-1], print_)


def test_a_signature_fits_its_message_and_key_only(tmp_path) -> None:
    create_keys(tmp_path / "a")
    create_keys(tmp_path / "b")
    signer, other = load_signer(tmp_path / "a"), load_signer(tmp_path / "b")
    signature = signer.sign(b"said")
    assert is_signed(read_public_key(signer.public_key), signature, b"said")
    assert not is_signed(read_public_key(signer.public_key), signature, b"Said")
    assert not is_signed(read_public_key(other.public_key), signature, b"said")
    assert not is_signed(read_public_key(signer.public_key), "no base64!", b"said")


def test_the_key_never_shows_in_text(tmp_path) -> None:
    create_keys(tmp_path)
    secret = "".join((tmp_path / "evidence.key").read_text().splitlines()[1:-1])
    assert secret not in repr(load_signer(tmp_path))
    assert "private" not in repr(load_signer(tmp_path))


def test_a_damaged_key_is_named_and_never_replaced(tmp_path) -> None:
    create_keys(tmp_path)
    (tmp_path / "evidence.key").write_bytes(b"")
    with pytest.raises(SettingsError, match="not a private key"):
        create_keys(tmp_path)
    assert (tmp_path / "evidence.key").read_bytes() == b""


def test_a_key_of_another_kind_is_refused(tmp_path) -> None:
    create_keys(tmp_path)
    other = generate_private_key(SECP256R1())
    (tmp_path / "evidence.key").write_bytes(
        other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    with pytest.raises(SettingsError, match="not an Ed25519 key"):
        load_signer(tmp_path)
    with pytest.raises(ValueError, match="not a public key"):
        read_public_key("hello")


def test_a_missing_key_says_what_to_do(tmp_path) -> None:
    with pytest.raises(SettingsError, match=r"evidence\.key cannot be read") as caught:
        load_signer(tmp_path)
    assert "notifier init" in caught.value.next_step


def test_token_keys_rotate_newest_first(tmp_path) -> None:
    create_keys(tmp_path)
    (oldest,) = load_token_keys(tmp_path)
    assert len(bytes.fromhex(oldest)) == 32
    rotate_token_keys(tmp_path)
    assert len(load_token_keys(tmp_path)) == 2
    assert load_token_keys(tmp_path)[1] == oldest
    for _ in range(4):
        rotate_token_keys(tmp_path, keep=3)
    assert len(set(load_token_keys(tmp_path))) == 3
    assert oldest not in load_token_keys(tmp_path)
    assert (tmp_path / "token.keys").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("data", [b"", b"\n", b"short\n", b"\xff\n"])
def test_a_token_file_without_proper_keys_is_refused(tmp_path, data: bytes) -> None:
    create_keys(tmp_path)
    (tmp_path / "token.keys").write_bytes(data)
    with pytest.raises(SettingsError, match="64 hex digits"):
        load_token_keys(tmp_path)


def test_a_folder_that_cannot_be_made_is_an_outside_error(tmp_path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutsideError, match="could not be written"):
        create_keys(tmp_path / "file" / "keys")
