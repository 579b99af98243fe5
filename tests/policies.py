"""Real pairs of policies through the commands: ``python -m tests.policies`` prints the table."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from notifier.cli import run

PAIRS = Path(__file__).resolve().parent.parent.parent / "shared" / "policies"
MOST_SECONDS = 10.0
_PERSON = "person_id,email\nada,ada@example.com\n"


@dataclass(kw_only=True)
class PairRow:
    """One pair: what was found, and the processor seconds of each command."""

    name: str
    kinds: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    route: str = ""
    people: str = ""
    seconds: dict[str, float] = field(default_factory=dict)


def names() -> list[str]:
    """Return the pairs that are here."""
    return sorted(path.name for path in PAIRS.iterdir() if (path / "old.md").is_file())


class Walk:
    """One home in which each pair is a policy of its own."""

    def __init__(self, folder: Path, pairs: list[str]) -> None:
        self.folder = folder
        policies = "".join(
            f'[policies.p{number}]\nsites = ["alpha"]\nlanguage = "en"\n'
            for number in range(len(pairs))
        )
        (folder / "notifier.toml").write_text(
            f'[sites.alpha]\nname = "Alpha"\nurl = "https://alpha.example.com"\n{policies}'
        )
        self.pairs = pairs
        os.environ["NOTIFIER_HOME"] = str(folder)
        self.command("init", str(folder), "--format", "json")
        self.seconds: dict[str, float] = {}

    def command(self, *arguments: str) -> Any:
        """Run one command in this process; return its JSON document."""
        out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.StringIO()
        begun = time.process_time()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = run(list(arguments))
        self.seconds = {arguments[0]: time.process_time() - begun}
        out.seek(0)
        said = out.read()
        if code or "Traceback" in err.getvalue():
            raise AssertionError(f"{arguments}: exit {code}: {said}{err.getvalue()}")
        return json.loads(said)

    def measure(self, number: int) -> PairRow:
        """Take one pair through commit, commit, plan, diff and classify.

        :raises AssertionError: a command fails, or the pieces do not rebuild both files
        """
        name = self.pairs[number]
        row = PairRow(name=name)
        old, new = (str(PAIRS / name / f"{side}.md") for side in ("old", "new"))
        day = (datetime.now(UTC) + timedelta(days=90)).date().isoformat()
        self._step(row, "commit old", "commit", old, *self._version(number, "v1", "2020-01-01"))
        self._people(number)
        self._step(row, "commit new", "commit", new, *self._version(number, "v2", day))
        plan = self._step(row, "plan", "plan", f"p{number}@v2")
        row.people = ", ".join(f"{key} {n}" for key, n in plan["totals"].items() if n)
        diff = self._step(row, "diff --full", "diff", old, new, "--full")
        for side, path in (("old", old), ("new", new)):
            if rebuilt(diff["changes"], side) != Path(path).read_bytes():
                raise AssertionError(f"{name}: {side} is not rebuilt byte for byte")
        found = self._step(row, "classify", "classify", old, new)
        row.kinds = Counter(change["kind"] for change in found["changes"])
        row.outcomes = Counter(change["outcome"] for change in found["changes"])
        row.route = found["route"]
        return row

    def _step(self, row: PairRow, label: str, *arguments: str) -> Any:
        document = self.command(*arguments, "--format", "json")
        (row.seconds[label],) = self.seconds.values()
        return document

    def _version(self, number: int, version: str, day: str) -> tuple[str, ...]:
        policy = f"p{number}"
        return "--policy", policy, "--version", version, "--effective", day, "--as", "author"

    def _people(self, number: int) -> None:
        person, kept = self.folder / "people.csv", self.folder / "collections.csv"
        person.write_text(_PERSON)
        kept.write_text(
            "person_id,site,category,policy,version,collected_at\n"
            f"ada,alpha,contact,p{number},v1,\n"
        )
        self.command("import", "people", str(person), "--format", "json")
        self.command("import", "collections", str(kept), "--format", "json")


def rebuilt(changes: list[dict[str, Any]], side: str) -> bytes:
    """Return one file as the pieces of ``diff --full`` hold it."""
    pieces = [
        (change[f"{side}_span"], change[side])
        for change in changes
        if change["kind"] != "renamed" and change[f"{side}_span"]
    ]
    return "".join(text for _, text in sorted(pieces)).encode()


def main() -> None:
    """Print the table of every pair."""
    if not PAIRS.is_dir():
        sys.exit("The real policies are not here (../shared/policies); nothing was measured.")
    pairs = names()
    os.environ["NO_COLOR"] = "1"
    print("| pair | kinds | editorial | material | unknown | route | slowest command |")
    print("| --- | --- | ---: | ---: | ---: | --- | --- |")
    total, routes = Counter[str](), Counter[str]()
    with tempfile.TemporaryDirectory() as folder:
        walk = Walk(Path(folder), pairs)
        for number in range(len(pairs)):
            row = walk.measure(number)
            total.update(row.outcomes)
            routes[row.route] += 1
            slow = max(row.seconds, key=lambda step: row.seconds[step])
            kinds = ", ".join(f"{n} {kind}" for kind, n in sorted(row.kinds.items())) or "none"
            print(
                f"| {row.name} | {kinds} | {row.outcomes['editorial']} |"
                f" {row.outcomes['material']} | {row.outcomes['unknown']} | {row.route} |"
                f" {slow}, {row.seconds[slow]:.1f} s |",
                flush=True,
            )
    print(f"\n{len(pairs)} pairs; changes: {dict(total)}; routes: {dict(routes)}")


if __name__ == "__main__":
    main()
