"""The tutorial's commands, in order, as a reader types them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from page import blocks, shell

if TYPE_CHECKING:
    from pathlib import Path


def test_the_tutorial_works(tmp_path: Path) -> None:
    script = []
    for block in blocks("tutorial/first-policy.md"):
        if block.file:
            (tmp_path / block.file).write_text(block.text, encoding="utf-8")
        else:
            script.append(block.text)
    code, said = shell("\n".join(script), tmp_path, os.environ)
    assert code == 0, said
    assert "email         2" in said
    assert "interstitial  1" in said
    assert "2 held, 1 suppressed" in said
    assert "no: before effective" in said
    assert "The evidence holds." in said
