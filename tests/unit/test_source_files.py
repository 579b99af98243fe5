"""Files that people hand in: read exactly, or refused with a reason."""

from __future__ import annotations

import os
from datetime import date
from typing import TYPE_CHECKING

import pytest

from notifier.errors import InputError
from notifier.sources.text import MAX_BYTES, read_policy_file

if TYPE_CHECKING:
    from pathlib import Path


def write(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def test_markdown_with_front_matter(tmp_path: Path) -> None:
    raw = b"\xef\xbb\xbf---\r\nversion: 2027-01\r\neffective: 2027-01-15\r\n---\r\n"
    raw += b"# A\r\n\r\nWe do.\r\n"
    policy = read_policy_file(write(tmp_path, "p.md", raw))
    assert policy.raw == raw
    assert policy.text == "# A\n\nWe do.\n"
    assert policy.reading.markup == "markdown"
    assert policy.front_matter == {"version": "2027-01", "effective": date(2027, 1, 15)}


def test_plain_text_without_front_matter(tmp_path: Path) -> None:
    policy = read_policy_file(write(tmp_path, "p.txt", "We sell – nothing.\n".encode("cp1252")))
    assert (policy.text, policy.reading.markup, policy.front_matter) == (
        "We sell – nothing.\n",
        "text",
        {},
    )


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.md", b"", "empty"),
        ("blank.txt", b" \n\t\r\n", "empty"),
        ("bom.txt", b"\xef\xbb\xbf\n", "empty"),
        ("nul.txt", b"We sell\0nothing.", "binary"),
        ("elf.txt", bytes(range(1, 32)) * 40, "binary"),
        ("big.md", b"a" * (MAX_BYTES + 1), "above the limit"),
        ("p.pdf", b"%PDF-1.7", "cannot be read by this version"),
        ("p.docx", b"PK", "no Word document"),
        ("only.md", b"---\na: 1\n---\n\n", "no text below the front matter"),
        ("alias.md", b"---\na: &x [1]\nb: *x\n---\nText.", "aliases"),
        ("twice.md", b"---\na: 1\na: 2\n---\nText.", "twice"),
        ("object.md", b"---\na: !!python/object/apply:os.system [ls]\n---\nText.", "line 2"),
        ("deep.md", b"---\na: " + b"[" * 4000 + b"\n---\nText.", "nested"),
        ("broken.md", b"---\na: 'x\n---\nText.", "front matter"),
        ("date.md", b"---\na: 2027-13-45\n---\nText.", "front matter"),
    ],
)
def test_refusals_name_the_file_and_the_next_step(
    tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    path = write(tmp_path, name, content)
    with pytest.raises(InputError, match=says) as caught:
        read_policy_file(path)
    assert caught.value.message.startswith(str(path))
    assert "nothing was stored" in caught.value.message
    assert caught.value.next_step
    assert caught.value.exit_code == 2


def test_things_that_are_no_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "folder.md").mkdir()
    (tmp_path / "loop.md").symlink_to(tmp_path / "loop.md")
    for name, says in [
        ("pipe.txt", "pipe"),
        ("folder.md", "a folder"),
        ("none.md", "no such file"),
        ("loop.md", "cannot be opened"),
        ("nul\0.md", "cannot be opened"),
    ]:
        with pytest.raises(InputError, match=says):
            read_policy_file(tmp_path / name)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable_file(tmp_path: Path) -> None:
    path = write(tmp_path, "p.md", b"We sell.")
    path.chmod(0)
    with pytest.raises(InputError, match="permission was denied"):
        read_policy_file(path)
