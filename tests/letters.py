"""Contents of mails for the tests: a fictional company, a policy change, an acquisition."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path

from notifier.campaign.content import (
    Acquirer,
    AcquisitionContent,
    Baseline,
    ChangeView,
    NoticeContent,
    SiteView,
    Speaker,
)
from notifier.classify.model import Silence
from notifier.diff.model import Word, WordOp

GOLDEN = Path(__file__).parent / "golden"
CHOICE = "https://notices.example.com/choice/c2FtcGxlLXRva2Vu.Zm9yLXRlc3Rz_0"
REF = "0123456789abcdef0123456789abcdef"
SENDER = "Example Meetings <privacy@example.com>"
DATED = datetime(2026, 12, 1, 8, 0, 0, tzinfo=UTC)

COMPANY = Speaker(
    name="Example Meetings, Inc.",
    address="1 Example Street, Springfield",
    contact="privacy@example.com",
    complaints="The State Privacy Office, Box 1, Springfield",
)
SITES = (
    SiteView(
        name="Example Meetings",
        url="https://meetings.example.com",
        choice_url="https://meetings.example.com/account/choices",
    ),
    SiteView(name="Example Webinars", url="https://webinars.example.com"),
)
OLD = Baseline(
    version="2012-06",
    since=date(2012, 6, 1),
    text_url="https://notices.example.com/policies/privacy/2012-06",
    change_url="https://notices.example.com/changes/privacy/2012-06/2027-01",
)


def words(*runs: tuple[str, str]) -> tuple[Word, ...]:
    """Return runs of words: ``("equal", "We "), ("delete", "do not")``."""
    return tuple(Word(op=WordOp(op), text=text) for op, text in runs)


SELLING = ChangeView(
    id="sell01",
    heading="With whom we share",
    says=(
        "Until now we promised not to sell or rent personal information; the new text allows it.",
    ),
    words=words(
        ("equal", "We "),
        ("delete", "do not"),
        ("insert", "may"),
        ("equal", " sell or rent your personal information."),
    ),
    old_words=words(
        ("equal", "We "),
        ("delete", "do not"),
        ("equal", " sell or rent your personal information."),
    ),
    new_words=words(
        ("equal", "We "), ("insert", "may"), ("equal", " sell or rent your personal information.")
    ),
    note="We mean contact details only.\nNo recordings.",
)
KEEPING = ChangeView(
    id="keep01",
    says=("Recordings are kept for 24 months instead of 12.",),
    words=words(
        ("equal", "We keep recordings for "),
        ("delete", "12"),
        ("insert", "24"),
        ("equal", " months."),
    ),
    old_words=words(("equal", "We keep recordings for "), ("delete", "12"), ("equal", " months.")),
    new_words=words(("equal", "We keep recordings for "), ("insert", "24"), ("equal", " months.")),
)


def notice(**changes: object) -> NoticeContent:
    """Return the content of a notice, with some fields changed."""
    values: dict[str, object] = {
        "company": COMPANY,
        "policy_title": "Privacy Policy",
        "sites": SITES,
        "baselines": (OLD,),
        "version": "2027-01",
        "effective": date(2027, 1, 15),
        "timezone": "America/Los_Angeles",
        "summary": "The new text no longer promises that we do not sell personal information.",
        "changes": (SELLING, KEEPING),
        "silence": Silence.KEEPS_OLD,
        "text_url": "https://notices.example.com/policies/privacy/2027-01",
        "words": "We want to sell contact details to headset makers.\n\nYou decide about yours.",
    }
    return NoticeContent(**{**values, **changes})  # type: ignore[arg-type]


def acquisition(**changes: object) -> AcquisitionContent:
    """Return the content of an acquisition's mail, with some fields changed."""
    values: dict[str, object] = {
        "company": COMPANY,
        "acquirer": Acquirer(
            name="Northwind Calls Ltd",
            address="7 Quay Road, Port Ellery",
            phone="+1 555 0100",
            email="privacy@northwind.example",
        ),
        "sites": SITES,
        "categories": ("contact", "billing", "usage"),
        "closes": date(2027, 3, 1),
        "timezone": "America/Los_Angeles",
        "silence": Silence.KEEPS_OLD,
        "how_to_refuse": "Use the link below, or write to privacy@example.com.",
        "baselines": (OLD,),
    }
    return AcquisitionContent(**{**values, **changes})  # type: ignore[arg-type]


def golden(name: str, data: str | bytes) -> None:
    """Compare with ``tests/golden/NAME``; ``NOTIFIER_GOLDEN_UPDATE=1`` writes it anew."""
    path = GOLDEN / name
    found = data.encode() if isinstance(data, str) else data
    if os.environ.get("NOTIFIER_GOLDEN_UPDATE") == "1":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(found)
    assert path.read_bytes() == found, f"{path} differs; NOTIFIER_GOLDEN_UPDATE=1 rewrites it"
