"""Write the generated pages of docs/reference from the code; run by ``make docs``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer.main

from notifier.campaign.machine import CAMPAIGN, MESSAGE
from notifier.cli.app import app
from notifier.policy.history import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs/reference"
_EXIT_CODES = """Exit codes: 0 done · 1 failed · 2 wrong usage or bad input · 3 refused, because a
promise to people would be broken · 10 a material change was found (`classify --exit-code` only).

`--home`, `--as` and `--format` may stand before the command as well. With `--format json` an error
is a document too: `{"schema": "notifier.error/1", "code", "message", "next", …}`.
"""


def pages() -> dict[Path, str]:
    """Return the generated pages by path."""
    return {
        REFERENCE / "commands.md": "\n".join(_commands()),
        REFERENCE / "settings.md": "\n".join(_settings()),
        REFERENCE / "states.md": "\n".join(_states()),
    }


def commands() -> dict[str, Any]:
    """Return every command by its full name, as Typer built it."""
    found: dict[str, Any] = {}

    def walk(command: Any, name: str) -> None:
        below = getattr(command, "commands", None)
        if below is None:
            found[name] = command
            return
        for part, child in below.items():
            walk(child, f"{name} {part}".strip())

    walk(typer.main.get_command(app), "")
    return found


def _commands() -> Iterator[str]:
    yield "# Commands\n\nWritten by `make docs` from the code.\n"
    yield _EXIT_CODES
    for name, command in sorted(commands().items()):
        arguments = [p for p in command.params if p.param_type_name == "argument"]
        options = [p for p in command.params if p.param_type_name == "option"]
        shown = " ".join(_argument(a) for a in arguments)
        yield f"## notifier {name}\n\n```\nnotifier {name} {shown}".rstrip() + "\n```\n"
        yield f"{' '.join((command.help or '').split())}\n"
        rows = [(f"`{_argument(a)}`", a.help or "") for a in arguments]
        rows += [(f"`{_flags(o)}`", o.help or "") for o in options if "--help" not in o.opts]
        yield "| | |\n| --- | --- |"
        yield "\n".join(f"| {left} | {right.replace('|', chr(92) + '|')} |" for left, right in rows)
        yield ""


def _argument(parameter: Any) -> str:
    name = parameter.metavar or (parameter.name or "").upper()
    return name if parameter.required else f"[{name}]"


def _flags(option: Any) -> str:
    names = " / ".join([*option.opts, *option.secondary_opts])
    return names if option.is_flag else f"{names} {option.metavar or (option.name or '').upper()}"


def _settings() -> Iterator[str]:
    text = (ROOT / "data/reference/notifier.toml").read_text(encoding="utf-8")
    yield "# Settings\n\nWritten by `make docs` from the file that `notifier init` writes.\n"
    yield (
        "An unknown key is an error. Each can be overridden by the environment as"
        " `NOTIFIER_SECTION__KEY`,\nfor instance `NOTIFIER_MAIL__PORT=2525`; secrets"
        " (`NOTIFIER_MAIL__PASSWORD`) come only from there, or\nfrom a file of that name in the"
        " folder that `NOTIFIER_SECRETS_DIR` names.\n"
    )
    for line in text.splitlines():
        section = re.match(r"\[([a-z.]+)\]", line)
        key = re.match(r"([a-z_]+) = (.+?)(?:\s{2,}#\s*(.*))?$", line)
        if section:
            yield f"\n## [{section[1]}]\n\n| Key | In a new home | |\n| --- | --- | --- |"
        elif key:
            note = (key[3] or "").replace("|", "\\|")
            yield f"| `{key[1]}` | `{key[2].strip()}` | {note} |"
    yield ""


def _states() -> Iterator[str]:
    yield "# States\n\nWritten by `make docs` from `campaign/machine.py` and `policy/history.py`.\n"
    yield "Every step that a row does not hold is refused (`wrong_state`, exit code 2).\n"
    yield "## A campaign\n\n| From | by | to |\n| --- | --- | --- |"
    yield from _steps((s, e, to) for s, events in CAMPAIGN.items() for e, to in events.items())
    yield "\n## A message\n\n| From | by | to |\n| --- | --- | --- |"
    yield from _steps((s, e, to) for s, events in MESSAGE.items() for e, to in events.items())
    yield "\n## A version\n"
    yield "Never stored: they follow from the campaign's state, its approval and the clock.\n"
    yield "| From | by | to |\n| --- | --- | --- |"
    yield from _steps((s, by, to) for s, next_ in VERSION.items() for to, by in next_.items())
    yield ""


def _steps(steps: Iterable[tuple[str | None, str, str]]) -> Iterator[str]:
    for state, event, following in steps:
        begins = f"`{state}`" if state else "nothing"
        yield f"| {begins} | {event.replace('_', ' ')} | `{following}` |"


if __name__ == "__main__":
    for path, page in pages().items():
        path.write_text(page, encoding="utf-8")
        print(f"{path.relative_to(ROOT)} written")
