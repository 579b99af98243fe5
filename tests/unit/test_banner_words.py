"""The words of the notices: every branch of both templates, with exactly the names they get."""

from __future__ import annotations

import pytest

from notifier.render import Templates

VERSION = {
    "kind": "version",
    "policy": "Privacy Policy",
    "day": "7 February 2027",
    "summary": "This changes how long information is kept.",
    "words": "",
    "site": "Alpha",
    "mailed": True,
}
ACQUISITION = {
    "kind": "acquisition",
    "severity": "prominent",
    "company": "Alderfold",
    "contact": "privacy@alderfold.example",
    "acquirer": "Harbor Ltd.",
    "readers": "",
    "site": "Alpha",
    "day": "7 February 2027",
}


@pytest.mark.parametrize(
    ("values", "title", "text"),
    [
        (
            VERSION | {"severity": "prominent"},
            "Our Privacy Policy changes on 7 February 2027",
            (
                "This changes how long information is kept. The new text takes effect on 7 February"
                " 2027. People whose stored information is affected get an e-mail with a choice."
            ),
        ),
        (
            VERSION | {"severity": "prominent", "mailed": False},
            "Our Privacy Policy changes on 7 February 2027",
            (
                "This changes how long information is kept. The new text takes effect on 7 February"
                " 2027."
            ),
        ),
        (
            VERSION | {"severity": "prominent", "words": "We sell less."},
            "Our Privacy Policy changes on 7 February 2027",
            "We sell less.",
        ),
        (
            VERSION | {"severity": "standard"},
            "We have tidied up our Privacy Policy",
            (
                "Wording and layout only: how we handle your information stays the same. The new"
                " text takes effect on 7 February 2027."
            ),
        ),
        (
            ACQUISITION,
            "Alderfold: Harbor Ltd. takes over Alpha",
            (
                "On 7 February 2027 information that was collected on Alpha passes to Harbor Ltd.;"
                " everybody it concerns gets an e-mail with a choice."
                " Questions: privacy@alderfold.example."
            ),
        ),
        (
            ACQUISITION | {"readers": "If you only read, nothing moves."},
            "Alderfold: Harbor Ltd. takes over Alpha",
            "If you only read, nothing moves.",
        ),
    ],
)
def test_words(values: dict[str, object], title: str, text: str) -> None:
    templates = Templates()
    shown = [
        " ".join(templates.render(f"banner/{part}.txt", **values).split())
        for part in ("title", "text")
    ]
    assert shown == [title, text]
