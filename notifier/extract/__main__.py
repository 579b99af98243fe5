"""``python -m notifier.extract FORM [REVISIONS]``: a file on stdin, one JSON answer on stdout."""

from __future__ import annotations

import json
import sys
from typing import Any

from notifier.extract.limits import MEMORY_BYTES, limit_this_process
from notifier.extract.model import MAX_RAW, Form, Refusal, Revisions


def main(arguments: list[str]) -> None:
    """Extract within the limits and answer ``{"text", "notes"}`` or ``{"refused": {…}}``."""
    limit_this_process()
    form = Form(arguments[0])
    revisions = Revisions(arguments[1]) if len(arguments) > 1 else None
    try:
        answer = _extract(sys.stdin.buffer.read(MAX_RAW + 1), form, revisions)
    except Refusal as error:
        answer = {
            "refused": {
                "what": error.what,
                "next": error.next_step,
                "code": error.code,
                "details": error.details,
            }
        }
    except MemoryError:
        answer = {"refused": _TOO_MUCH}
    sys.stdout.buffer.write(json.dumps(answer).encode())
    sys.stdout.buffer.flush()


_TOO_MUCH = {
    "what": f"it takes more than {MEMORY_BYTES // 1024 // 1024} MB of memory to read",
    "next": "Save it anew from the program that made it, or hand in the policy's text alone.",
    "code": "too_much_memory",
    "details": {},
}


def _extract(raw: bytes, form: Form, revisions: Revisions | None) -> dict[str, Any]:
    if form is Form.HTML:
        from notifier.extract.html import extract_html  # noqa: PLC0415 - only one reader is needed

        found = extract_html(raw)
    else:
        from notifier.extract.docx import extract_docx  # noqa: PLC0415

        found = extract_docx(raw, revisions)
    return {"text": found.text, "notes": list(found.notes)}


if __name__ == "__main__":
    main(sys.argv[1:])
