"""Drive the installed command as a process of its own, with a real SMTP server on loopback."""

from __future__ import annotations

import email
import email.policy
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import warm

COMMAND = [str(Path(sys.executable).with_name("notifier"))]
SITES = ("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta")
LINK = re.compile(r"https?://[^\s<>\"')\]]+")


@dataclass
class Done:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Walker:
    """One home and whoever acts on it."""

    def __init__(self, home: Path, **environment: str) -> None:
        self.home = home
        self.environment = environment

    def variables(self, **more: str) -> dict[str, str]:
        """Return the environment in which this home's commands run."""
        ours = {"NOTIFIER_HOME": str(self.home), "NO_COLOR": "1", "COLUMNS": "200"}
        return {**os.environ, **ours, **self.environment, **more}

    def __call__(
        self, *arguments: object, code: int | None = 0, before: tuple[str, ...] = (), **more: str
    ) -> Done:
        """Run a command in a process of its own.

        With ``before`` in front of it, as ``strace -f`` would stand, that is the installed script.
        """
        done = self._run([*map(str, arguments)], before, self.variables(**more))
        assert "Traceback" not in done.err, done.err
        if code is not None:
            assert done.code == code, (arguments, done)
        return done

    def _run(
        self, arguments: list[str], before: tuple[str, ...], environment: dict[str, str]
    ) -> Done:
        if not before:
            return Done(*warm.run(arguments, environment))
        ran = subprocess.run(
            [*before, *COMMAND, *arguments],
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return Done(code=ran.returncode, out=ran.stdout, err=ran.stderr)

    def show(self, *arguments: object, code: int | None = 0) -> Any:
        return self(*arguments, "--format", "json", code=code).json

    def write(self, name: str, text: str) -> Path:
        path = self.home.parent / name
        path.write_text(text, encoding="utf-8")
        return path


def settings(sites: tuple[str, ...] = SITES, extra: str = "") -> str:
    """Return a configuration with these sites and one policy over them."""
    tables = "\n".join(
        f'[sites.{s}]\nname = "Site {s}"\nurl = "https://{s}.example.com"\n' for s in sites
    )
    named = ", ".join(f'"{s}"' for s in sites)
    return (
        f"{tables}\n[policies.privacy]\nsites = [{named}]\n"
        'timezone = "America/Los_Angeles"\n[mail]\ntls = "none"\n' + extra
    )


def begin(folder: Path, port: int, text: str | None = None) -> Walker:
    """Make a home whose relay listens on ``port``."""
    home = folder / "home"
    home.mkdir(parents=True)
    (home / "notifier.toml").write_text(text or settings())
    walk = Walker(home, NOTIFIER_MAIL__PORT=str(port))
    walk("init", home)
    return walk


def copy_of(walk: Walker, folder: Path, port: int) -> Walker:
    """Return a home of one's own that is as far as another one; commands take a second each."""
    shutil.copytree(walk.home, folder / "home", symlinks=True)
    return Walker(folder / "home", NOTIFIER_MAIL__PORT=str(port))


def in_days(days: int) -> str:
    """Return an ISO date some days from today."""
    return (date.today() + timedelta(days=days)).isoformat()  # noqa: DTZ011  a calendar day


def recipients(folder: Path) -> list[str]:
    """Return whom the mailbox got mails for, sorted, once per mail."""
    return sorted(str(mail["To"]) for mail in mails(folder))


def mails(folder: Path) -> list[Any]:
    """Return the mails in the mailbox."""
    return [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in sorted(folder.glob("*.eml"))
    ]


def links(mail: Any) -> list[str]:
    """Return every URL of a mail, from both parts."""
    found: dict[str, None] = {}
    for part in ("plain", "html"):
        text = mail.get_body((part,)).get_content().replace("&amp;", "&")
        found |= dict.fromkeys(url.rstrip(".,;") for url in LINK.findall(text))
    return list(found)


def severities(walk: Walker) -> dict[str, list[str]]:
    """Return the severities of the notices in each site's published feed."""
    return {
        path.stem: [n["severity"] for n in json.loads(path.read_text())["notices"]]
        for path in sorted((walk.home / "var/feed").glob("*.json"))
    }
