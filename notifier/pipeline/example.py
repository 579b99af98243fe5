"""Fill a home with the example company: four past texts, a new one, people of every kind."""

from __future__ import annotations

import shutil
from datetime import timedelta
from typing import TYPE_CHECKING

from notifier.pipeline.commit import Submission, commit_version
from notifier.pipeline.take import take_in
from notifier.share import share

if TYPE_CHECKING:
    from pathlib import Path

    from notifier.home import Home
    from notifier.pipeline.commit import Committed

POLICY = "privacy"
PAST = {
    "2019-03": "2019-03-01",
    "2021-06": "2021-06-15",
    "2023-01": "2023-01-10",
    "2024-09": "2024-09-01",
}
"""Version → the day on which it took effect; the file bears the day."""
NEW = "2027-01"
NOTICE_AHEAD = timedelta(days=75)


def example_settings() -> str:
    """Return the example's configuration; nothing leaves until somebody says so."""
    text = share("data", "example", "notifier.toml").read_text(encoding="utf-8")
    return text.replace("dry_run = false", "dry_run = true ")


def copy_example(folder: Path) -> Path:
    """Copy the example's files beside the settings, never over what stands there."""
    source, target = share("data", "example"), folder / "example"
    for path in sorted(source.rglob("*")):
        copy = target / path.relative_to(source)
        if path.is_file() and not copy.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
    return target


def fill_example(home: Home, *, author: str) -> Committed:
    """Commit the example's texts and import its people; return the new version's commit.

    The new version takes effect 75 days from today, in time for every notice.
    """
    files = copy_example(home.path)
    texts = files / "policies" / POLICY
    for version, day in PAST.items():
        past = Submission(
            file=texts / f"{day}.md", policy=POLICY, version=version, effective=day, historical=True
        )
        commit_version(home, past, actor=author)
    effective = (home.now() + NOTICE_AHEAD).date().isoformat()
    new = Submission(file=texts / "next.md", policy=POLICY, version=NEW, effective=effective)
    committed = commit_version(home, new, actor=author)
    take_in(home, "people", files / "people.csv")
    take_in(home, "collections", files / "collections.csv")
    return committed
