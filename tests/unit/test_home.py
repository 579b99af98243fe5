"""Which folder becomes a home."""

from __future__ import annotations

from pathlib import Path

import pytest

from notifier.cli import run
from notifier.errors import InputError, SettingsError
from notifier.home import new_home, open_home
from tests.world import TOML


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


def test_a_notice_profile_that_does_not_exist_is_found_before_anything_is_done(tmp_path) -> None:
    toml = (
        TOML.format(port=9) + '[policies.privacy.notice]\ndefault = "us-default"\nDE = "eu-gpdr"\n'
    )
    tmp_path.joinpath("notifier.toml").write_text(toml.replace("[mail]", "[mail]", 1))
    with pytest.raises(SettingsError, match="eu-gpdr"):
        open_home(tmp_path)


def test_a_home_that_was_there_is_not_said_to_hold_its_mails(tmp_path, capsys) -> None:
    assert run(["init", str(tmp_path)]) == 0
    assert "dry_run = true keeps mails here" in capsys.readouterr().err
    assert run(["init", str(tmp_path)]) == 0
    said = capsys.readouterr().err
    assert "nothing had to be done" in said
    assert "dry_run" not in said
