"""The tutorial's commands, in order, as a reader types them."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from walk import COMMAND

PAGE = Path(__file__).resolve().parents[2] / "docs/tutorial/first-policy.md"
_BLOCK = re.compile(
    r"(?:<!-- file: (?P<file>\S+) -->\n)?```(?P<kind>\w+)\n(?P<text>.*?)^```",
    re.DOTALL | re.MULTILINE,
)


def test_the_tutorial_works(tmp_path: Path) -> None:
    script = ["set -eu"]
    for block in _BLOCK.finditer(PAGE.read_text(encoding="utf-8")):
        if block["file"]:
            (tmp_path / block["file"]).write_text(block["text"], encoding="utf-8")
        elif block["kind"] == "sh":
            script.append(block["text"])
    path = f"{Path(COMMAND[0]).parent}{os.pathsep}{os.environ['PATH']}"
    ran = subprocess.run(
        ["sh", "-c", "\n".join(script)],
        cwd=tmp_path,
        env={**os.environ, "PATH": path, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "email         2" in ran.stdout
    assert "interstitial  1" in ran.stdout
    assert "2 held, 1 suppressed" in ran.stdout
    assert "no: before effective" in ran.stdout
    assert "The evidence holds." in ran.stdout
