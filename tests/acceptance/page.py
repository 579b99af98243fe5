"""Follow a page of the documentation: its commands, in order, as a reader types them."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import subprocess
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import warm
from walk import COMMAND

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from walk import Walker

DOCS = Path(__file__).resolve().parents[2] / "docs"
_BLOCK = re.compile(
    r"^## (?P<part>[^\n]+)$|(?:<!-- file: (?P<file>\S+) -->\n)?```(?P<kind>\w+)\n(?P<text>.*?)^```",
    re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True)
class Block:
    """Something to type or to put into a file, and the heading below which it stands."""

    part: str
    text: str
    file: str = ""


def blocks(page: str) -> Iterator[Block]:
    """Yield the shell blocks and the files of a page, in order."""
    part = ""
    for found in _BLOCK.finditer((DOCS / page).read_text(encoding="utf-8")):
        if found["part"]:
            part = found["part"]
        elif found["file"] or found["kind"] == "sh":
            yield Block(part, found["text"], found["file"] or "")


def shell(script: str, folder: Path, environment: Mapping[str, str]) -> tuple[int, str]:
    """Run a script that stops at the first failure; return its code and all that it said."""
    path = f"{Path(COMMAND[0]).parent}{os.pathsep}{environment['PATH']}"
    ran = subprocess.run(
        ["sh", "-c", f"set -eu\n{script}"],
        cwd=folder,
        env={**environment, "PATH": path, "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=300,
    )
    return ran.returncode, ran.stdout


def _ours_alone(script: str) -> bool:
    """Whether a script is commands of ours alone, which need no shell."""
    return all(line.startswith("notifier ") for line in script.splitlines())


def _commands(script: str, folder: Path, environment: Mapping[str, str]) -> tuple[int, str]:
    """Do what ``shell`` does with commands of ours alone, without a cold start of each."""
    code, said = 0, ""
    for line in script.splitlines():
        with contextlib.chdir(folder):
            code, out, err = warm.run(shlex.split(line)[1:], environment)
        said += out + err
        if code:
            break
    return code, said


class Page:
    """A page that one walker's reader follows, in the folder in which the home lies."""

    def __init__(self, page: str, walk: Walker, given: Mapping[str, str]) -> None:
        self._walk, self._given = walk, given
        self._left: dict[str, list[str]] = defaultdict(list)
        self._last: dict[str, str] = {}
        for block in blocks(page):
            self._left[block.part].append(block.text)

    def follow(self, part: str, *, code: int = 0, again: bool = False) -> str:
        """Type the next block below a heading, or its last one ``again``; return what was said."""
        text = self._last[part] if again else self._left[part].pop(0)
        self._last[part] = text
        for word, value in self._given.items():
            text = re.sub(rf"\b{word}\b", value, text)
        environment = self._walk.variables()
        del environment["NOTIFIER_HOME"]  # the page names it
        run = _commands if _ours_alone(text) else shell
        done, said = run(text, self._walk.home.parent, environment)
        assert done == code, f"{text}\n{done}: {said}"
        assert "Traceback" not in said, said
        return said

    def end(self) -> None:
        """Make sure that nothing on the page was left out."""
        assert [text for texts in self._left.values() for text in texts] == []
