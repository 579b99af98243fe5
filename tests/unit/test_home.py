"""Which folder becomes a home."""

from __future__ import annotations

from pathlib import Path

import pytest

from notifier.errors import InputError
from notifier.home import new_home


def test_a_new_home_is_the_folder_named_else_the_working_folder(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NOTIFIER_HOME", raising=False)
    assert new_home(None, None) == tmp_path
    assert new_home(Path("a"), None) == new_home(None, Path("a")) == tmp_path / "a"
    assert new_home(Path("a"), tmp_path / "a") == tmp_path / "a"
    monkeypatch.setenv("NOTIFIER_HOME", str(tmp_path / "env"))
    assert new_home(None, None) == tmp_path / "env"
    assert new_home(Path("a"), None) == tmp_path / "a"


def test_two_homes_are_one_too_many() -> None:
    with pytest.raises(InputError, match="Two homes"):
        new_home(Path("a"), Path("b"))
