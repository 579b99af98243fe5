"""The command line: one module a group of commands; everything heavy is imported when called."""

from __future__ import annotations

import os
import sys
import traceback
from itertools import pairwise


def main() -> None:
    """Run the command line; no traceback reaches a user (``NOTIFIER_DEBUG=1`` shows it)."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code."""
    from typer.exceptions import Abort, TyperException

    from notifier.cli.app import app
    from notifier.cli.output import say, show_error
    from notifier.errors import InputError, NotifierError, OutsideError

    arguments = hoist(arguments)
    as_json = _wants_json(arguments)
    try:
        code = app(args=arguments, prog_name="notifier", standalone_mode=False)
    except NotifierError as error:
        show_error(error, as_json=as_json)
        return error.exit_code
    except (Abort, KeyboardInterrupt):
        say("notifier: stopped.")
        return 130
    except TyperException as error:
        show_error(
            InputError(
                _usage(error),
                code="usage",
                next_step="See `notifier --help`, or --help of the command.",
            ),
            as_json=as_json,
        )
        return 2
    except BrokenPipeError:  # the reader of our output went away, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001  the last net: no traceback reaches a user
        if os.environ.get("NOTIFIER_DEBUG"):
            traceback.print_exc()
        show_error(
            OutsideError(
                f"Something failed that should not: {type(error).__name__}. What was not"
                " confirmed above was not done.",
                code="internal",
                next_step="Run it again with NOTIFIER_DEBUG=1 and report what it prints.",
            ),
            as_json=as_json,
        )
        return 1
    return code if isinstance(code, int) else 0


def _usage(error: Exception) -> str:
    message = getattr(error, "format_message", error.__str__)().strip()
    if not message:
        return "A command is missing; the help above names them. Nothing was done."
    return message + (" " if message.endswith((".", "?", "!")) else ". ") + "Nothing was done."


_EARLY = ("--home", "--as", "--format")


def hoist(arguments: list[str]) -> list[str]:
    """Let the shared options stand before the command too: move them behind it.

    >>> hoist(["--home", "h", "status", "--format", "json"])
    ['status', '--format', 'json', '--home', 'h']
    """
    early: list[str] = []
    rest = list(arguments)
    while rest and rest[0].split("=", 1)[0] in _EARLY:
        taken = 1 if "=" in rest[0] else 2
        early += rest[:taken]
        rest = rest[taken:]
    at = rest.index("--") if "--" in rest else len(rest)
    return rest[:at] + early + rest[at:]


def _wants_json(arguments: list[str]) -> bool:
    return "--format=json" in arguments or any(
        pair == ("--format", "json") for pair in pairwise(arguments)
    )
