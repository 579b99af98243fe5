"""The options that many commands share, and who acts when none is named."""

from __future__ import annotations

import getpass
import os
import unicodedata
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from notifier.errors import InputError

HomeOption = Annotated[
    Path | None,
    typer.Option(
        "--home", metavar="DIR", help="The home; else NOTIFIER_HOME, else the nearest one upwards."
    ),
]
ActorOption = Annotated[
    str,
    typer.Option("--as", metavar="WHO", help="Who acts; else NOTIFIER_ACTOR, else the login name."),
]


class Format(StrEnum):
    """How a command shows its data."""

    TEXT = "text"
    JSON = "json"


FormatOption = Annotated[Format, typer.Option("--format", help="text, or one JSON document.")]


def actor(option: str) -> str:
    """Return who acts, in the form in which people are compared: trimmed, NFC, case-folded.

    :raises InputError: nobody, or a name with control characters
    """
    name = option or os.environ.get("NOTIFIER_ACTOR", "") or _login()
    name = unicodedata.normalize("NFC", " ".join(name.split())).casefold()
    if not name or any(unicodedata.category(char).startswith("C") for char in name):
        raise InputError(
            "Nobody is named as the one who acts. Nothing was done.",
            next_step="Give --as WHO or set NOTIFIER_ACTOR.",
        )
    return name


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # no login name in some containers
        return ""
