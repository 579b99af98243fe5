"""A small policy of our own and the people it is about, for tests that must run anywhere."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from walk import Walker, begin, in_days, settings

FIRST = """# Privacy policy

## What we collect

We collect your name and your email address when you open an account.

## What we use it for

We use your email address to answer your questions.
We do not sell your personal information.

## How long we keep it

We keep your account for 24 months after you last signed in.
"""
SELLS = FIRST.replace("We do not sell", "We may sell")
PEOPLE = """person_id,email,name,locale,country,status,marketing_opt_out,role
ada,ada@example.com,Ada,en,US,active,false,customer
ben,ben@example.com,Ben,en,US,active,true,customer
cem,,Cem,en,US,active,false,customer
"""
COLLECTIONS = """person_id,site,category,policy,version,collected_at
ada,alpha,contact,privacy,v1,
ben,beta,usage,privacy,v1,
cem,beta,usage,privacy,v1,
"""


def commit(walk: Walker, name: str, text: str, effective: str, *more: str) -> Any:
    """Commit a text as version ``name`` by ``author``."""
    file = walk.write(f"{name}.md", text)
    return walk.show(
        "commit", file, "--policy", "privacy", "--version", name, "--effective", effective,
        "--as", "author", *more,
    )  # fmt: skip


def people(walk: Walker, rows: str = PEOPLE, collections: str = COLLECTIONS) -> None:
    """Import people and what was collected from them."""
    walk("import", "people", walk.write("people.csv", rows))
    walk("import", "collections", walk.write("collections.csv", collections))


def approved(folder: Path, port: int, sites: tuple[str, ...] = ("alpha", "beta")) -> Walker:
    """Return a home in which a change that everybody must be told was approved."""
    return approved_for(folder, port, PEOPLE, COLLECTIONS, sites)


def approved_for(
    folder: Path,
    port: int,
    rows: str,
    collections: str,
    sites: tuple[str, ...] = ("alpha",),
    extra: str = "",
) -> Walker:
    """Return a home in which a change that these people must be told was approved."""
    walk = begin(folder, port, settings(sites, extra))
    commit(walk, "v1", FIRST, "2024-01-01")
    commit(walk, "v2", SELLS, in_days(60))
    people(walk, rows, collections)
    walk("review", "approve", "privacy@v2", "--as", "second")
    return walk


OLD = Path(__file__).resolve().parent.parent / "data" / "home-0001"
"""Written by the first schema: approved, two of five people told, three planned."""
OLD_TOML = """
[sites.alpha]
name = "Alpha"
url = "https://alpha.example.com"
[policies.privacy]
sites = ["alpha"]
timezone = "Europe/Berlin"
[mail]
tls = "none"
"""


def first_schema(folder: Path, port: int) -> Walker:
    """Return a home as the program's first schema left it, in the middle of a campaign."""
    home = folder / "home"
    shutil.copytree(OLD / "policies", home / "policies")
    (home / "var").mkdir()
    (home / "notifier.toml").write_text(OLD_TOML)
    with closing(sqlite3.connect(home / "var/notifier.db")) as database:
        database.executescript((OLD / "database.sql").read_text())
    return Walker(home, NOTIFIER_MAIL__PORT=str(port))
