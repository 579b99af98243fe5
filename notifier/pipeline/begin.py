"""Make a home, or bring an older one up to date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifier.errors import InputError, OutsideError
from notifier.evidence.keys import create_keys
from notifier.files import write_atomic
from notifier.home import Home, utc_now
from notifier.pipeline.example import example_settings, fill_example
from notifier.pipeline.publish import publish
from notifier.settings import CONFIG, load_settings
from notifier.share import share
from notifier.store.engine import open_store
from notifier.store.migrations import migrate

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

_FOLDERS = ("policies", "var", "var/feed", "var/checkpoints")


@dataclass(frozen=True, kw_only=True)
class Begun:
    """What ``init`` made."""

    home: Path
    fingerprint: str
    """Of the signing key: note it down elsewhere, so that a chain made anew is found out."""
    wrote_settings: bool
    """Whether a ``notifier.toml`` was written; one that stood there was kept."""
    migrations: tuple[str, ...]
    """What was done to the database."""


def begin(folder: Path, *, example: bool = False, clock: Callable[[], datetime] = utc_now) -> Begun:
    """Make a home in ``folder``, or migrate the one that is there. Running it twice is harmless.

    ``example`` fills it with the shipped example company: its settings, texts and people.

    :raises InputError: the folder is a file, or its configuration is not valid
    :raises OutsideError: it cannot be written
    """
    if folder.exists() and not folder.is_dir():
        raise InputError(
            f"{folder} is not a folder. Nothing was done.", next_step="Name a new or empty folder."
        )
    fresh = not (folder / CONFIG).exists()
    try:
        for name in _FOLDERS:
            (folder / name).mkdir(parents=True, exist_ok=True)
        if fresh:
            write_atomic(folder / CONFIG, _settings(example=example))
    except OSError as error:
        raise OutsideError(
            f"{folder} cannot be written: {error.strerror or error}. The home was not made.",
            next_step="Check the folder's permissions and the free space.",
        ) from error
    settings = load_settings(folder)
    store = open_store(settings.database.url, folder)
    try:
        done = migrate(store)
    finally:
        store.close()
    with Home(path=folder, settings=settings, clock=clock) as home:
        fingerprint = create_keys(home.keys)
        if example and fresh:
            fill_example(home, author="example author")
        publish(home)
    return Begun(
        home=folder,
        fingerprint=fingerprint,
        wrote_settings=fresh,
        migrations=tuple(done),
    )


def _settings(*, example: bool) -> bytes:
    if example:
        return example_settings().encode()
    return share("data", "reference", CONFIG).read_bytes()
