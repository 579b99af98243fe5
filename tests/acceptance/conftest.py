"""A mailbox that really receives, for the acceptance tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from notifier.channels.mailbox import Mailbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[Mailbox]:
    with Mailbox(tmp_path / "mailbox") as box:
        yield box
