"""Find what is shipped with code: ``templates/`` and ``data/``, in the wheel or a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def share(*parts: str) -> Path:
    """Return the path of a shipped file or folder, e.g. ``share("data", "reference")``.

    The wheel carries both trees as ``notifier/_share``; in a checkout they stand at the top level.
    """
    installed = _PACKAGE / "_share"
    root = installed if installed.is_dir() else _PACKAGE.parent
    return root.joinpath(*parts)
