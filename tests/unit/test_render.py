from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from notifier.errors import InputError
from notifier.render import Templates
from notifier.share import share

if TYPE_CHECKING:
    from pathlib import Path


def home(tmp_path: Path, name: str, text: str) -> Path:
    path = tmp_path / "templates" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return tmp_path


def test_the_homes_file_wins_and_the_others_are_shipped(tmp_path: Path) -> None:
    templates = Templates(home(tmp_path, "email/notice/subject.txt", "Ours {{ day }}"))
    assert templates.render("email/notice/subject.txt", day="today") == "Ours today"
    assert templates.source("email/notice/body.txt") == Templates().source("email/notice/body.txt")


def test_html_escapes_and_text_does_not(tmp_path: Path) -> None:
    home(tmp_path, "a.html", "{{ v }}")
    templates = Templates(home(tmp_path, "a.txt", "{{ v }}"))
    assert templates.render("a.html", v="<b>&") == "&lt;b&gt;&amp;"
    assert templates.render("a.txt", v="<b>&") == "<b>&"


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("line\n{{ unknown }}", "'unknown' is undefined"),
        ("line\n{% if %}", "Expected an expression"),
        ("line\n{{ 1 / 0 }}", "ZeroDivisionError"),
        ("line\n{{ ''.__class__.__mro__ }}", "unsafe"),
    ],
)
def test_a_mistake_names_file_and_line_and_what_to_do(
    tmp_path: Path, source: str, what: str
) -> None:
    templates = Templates(home(tmp_path, "email/x.txt", source))
    with pytest.raises(InputError) as caught:
        templates.render("email/x.txt")
    assert f"{tmp_path}/templates/email/x.txt, line 2" in str(caught.value)
    assert what in str(caught.value)
    assert "Mend that line" in caught.value.next_step
    assert caught.value.exit_code == 2


def test_a_missing_template_and_paths_outside_are_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s", encoding="utf-8")
    templates = Templates(tmp_path)
    for name in ("nothing.txt", "../secret", "/etc/passwd", "email/../../secret"):
        with pytest.raises(InputError):
            templates.render(name)
        with pytest.raises(InputError):
            templates.source(name)


def test_templates_cannot_change_values(tmp_path: Path) -> None:
    templates = Templates(home(tmp_path, "a.txt", "{{ rows.append(1) }}"))
    rows: list[int] = []
    with pytest.raises(InputError, match="unsafe"):
        templates.render("a.txt", rows=rows)
    assert rows == []


def test_locales_fall_back_and_say_which_language_they_are(tmp_path: Path) -> None:
    templates = Templates(home(tmp_path, "email/notice/de/body.txt", "Hallo"))
    assert templates.localized("email/notice/body.txt", "de-AT") == (
        "email/notice/de/body.txt",
        "de",
    )
    assert templates.localized("email/notice/body.txt", "fr") == ("email/notice/body.txt", "en")
    assert templates.localized("email/notice/body.txt", "../x") == ("email/notice/body.txt", "en")


def test_digest_moves_with_every_byte_and_nothing_else(tmp_path: Path) -> None:
    shipped = Templates().digest(["email/", "choice/"])
    assert shipped == Templates(tmp_path).digest(["choice/", "email/"])
    home(tmp_path, "web/style.css", "x")
    assert shipped == Templates(tmp_path).digest(["email/", "choice/"])
    home(tmp_path, "choice/if_refuse.txt", "Other words.")
    assert shipped != Templates(tmp_path).digest(["email/", "choice/"])


def test_every_mail_has_its_three_files() -> None:
    for folder in share("templates", "email").iterdir():
        if folder.is_dir():
            assert {path.name for path in folder.iterdir()} == {
                "subject.txt",
                "body.txt",
                "body.html",
            }
