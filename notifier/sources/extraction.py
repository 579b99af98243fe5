"""Have a page or a document read by a process that can do no harm, and take its answer."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from notifier.errors import OutsideError
from notifier.extract.limits import CPU_SECONDS, WALL_SECONDS
from notifier.extract.model import Extracted
from notifier.sources.kinds import refusal

if TYPE_CHECKING:
    from notifier.errors import InputError
    from notifier.extract.model import Form, Revisions

_KEPT = 16
_CACHE: OrderedDict[tuple[str, str, str], Extracted] = OrderedDict()
"""The last extractions of this process: a campaign reads the same versions again and again."""


def extract(raw: bytes, form: Form, *, revisions: Revisions | None, name: str) -> Extracted:
    """Return the Markdown text of a page or document; the same bytes always give the same text.

    The reader runs in a process of its own that has no way to the network or the disk in it, under
    limits of memory, time and files (``notifier.extract.limits``); it dies with its limits, not us.

    :raises InputError: the file cannot be read as a policy, or is above the limits; says which
    :raises OutsideError: the process could not be started
    """
    key = (hashlib.sha256(raw).hexdigest(), form.value, revisions.value if revisions else "")
    if key not in _CACHE:
        _CACHE[key] = _answer(_run(raw, key[1:], name), name)
        while len(_CACHE) > _KEPT:
            _CACHE.popitem(last=False)
    return _CACHE[key]


def _run(raw: bytes, arguments: tuple[str, ...], name: str) -> bytes:
    command = [sys.executable, "-P", "-s", "-m", "notifier.extract", *filter(None, arguments)]
    try:
        done = subprocess.run(  # noqa: S603 - our own module, by our own interpreter
            command,
            input=raw,
            capture_output=True,
            timeout=WALL_SECONDS,
            env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONHASHSEED": "0"},
            check=False,
        )
    except subprocess.TimeoutExpired as error:  # it has been killed and waited for
        raise _too_slow(name) from error
    except OSError as error:
        raise OutsideError(
            f"{name}: the process that reads it could not be started: {error.strerror}."
            " Nothing was stored.",
            next_step="Free some memory or processes, then try again.",
        ) from error
    if done.returncode in {-signal.SIGXCPU, -signal.SIGKILL}:
        raise _too_slow(name)
    if done.returncode:
        raise refusal(
            name,
            f"the process that read it ended with {_ending(done.returncode)}, most often for want"
            " of memory",
            "Save it anew from the program that made it, or hand in the policy's text alone.",
            code="reader_failed",
        )
    return done.stdout


def _ending(code: int) -> str:
    try:
        return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
    except ValueError:
        return f"signal {-code}"


def _answer(output: bytes, name: str) -> Extracted:
    answer: dict[str, Any] = json.loads(output)
    refused = answer.get("refused")
    if refused:
        raise refusal(
            name,
            refused["what"],
            refused["next"],
            code=refused["code"],
            **refused["details"],
        )
    return Extracted(text=answer["text"], notes=tuple(answer["notes"]))


def _too_slow(name: str) -> InputError:
    return refusal(
        name,
        f"it takes more than {CPU_SECONDS} seconds of processor time (or {WALL_SECONDS} in all) to"
        " read",
        "Save it anew from the program that made it, or hand in the policy's text alone.",
        code="too_slow",
    )
