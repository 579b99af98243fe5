"""The promise that started this: a real policy, changed in the ways that matter."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest
from walk import SITES, begin, copy_of, in_days, recipients, severities

if TYPE_CHECKING:
    from pathlib import Path

    from walk import Walker

    from notifier.channels.mailbox import Mailbox

PEOPLE = """person_id,email,name,locale,country,status,marketing_opt_out,role
old1,old1@example.com,Ada,en,US,active,false,customer
old2,old2@example.com,Ben,en,US,active,true,customer
old3,old3@example.com,Cem,en,,deactivated,false,customer
new1,new1@example.com,Dee,en,US,active,false,customer
"""
COLLECTIONS = """person_id,site,category,policy,version,collected_at
old1,alpha,contact,privacy,2012-06,2012-07-01
old2,beta,usage,privacy,2012-06,2013-07-01
old3,gamma,billing,privacy,2012-06,2014-07-01
new1,alpha,contact,privacy,next,
"""
OLD_PEOPLE = ["old1@example.com", "old2@example.com", "old3@example.com"]


@pytest.fixture(scope="module")
def seed(shared: Path) -> str:
    return (shared / "seed/privacy-policy.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory, seed: str) -> Walker:
    walker = begin(tmp_path_factory.mktemp("begun"), 9)
    first = walker.write("2012-06.txt", seed)
    walker(
        "commit", first, "--policy", "privacy", "--version", "2012-06",
        "--effective", "2012-06-01", "--as", "author",
    )  # fmt: skip
    return walker


@pytest.fixture
def walk(tmp_path: Path, mailbox: Mailbox, begun: Walker) -> Walker:
    return copy_of(begun, tmp_path, mailbox.port)


def change(walk: Walker, text: str, days: int) -> dict[str, object]:
    """Commit the text as the next version and import the people; return the commit's answer."""
    done = walk.show(
        "commit", walk.write("next.txt", text), "--policy", "privacy", "--version", "next",
        "--effective", in_days(days), "--as", "author",
    )  # fmt: skip
    walk("import", "people", walk.write("people.csv", PEOPLE))
    walk("import", "collections", walk.write("collections.csv", COLLECTIONS))
    return dict(done)


def swap(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new, 1)


def move_section_6_behind_8(text: str) -> str:
    six = text.index("6.\n==========\nHow does")
    seven = text.index("7.\n==========\nWhat does")
    nine = text.index("9.\n==========\nWho can")
    return text[:six] + text[seven:nine] + text[six:seven] + text[nine:]


def test_typos_wrapping_and_a_moved_section_tell_nobody(
    walk: Walker, seed: str, mailbox: Mailbox
) -> None:
    text = swap(seed, "periodic product newsletters", "periodic product newsleters")
    text = swap(text, "customer service updates", "customer servise updates")
    text = swap(text, "authenticated users", "authentcated users")
    wrapped = "\n".join(
        textwrap.fill(line, 72, break_long_words=False, break_on_hyphens=False) if line else line
        for line in move_section_6_behind_8(text).splitlines()
    )
    done = change(walk, wrapped, 60)
    assert (done["material"], done["route"], done["people_affected"]) == (False, "banner", 0)
    assert all(n == [] for n in severities(walk).values())
    walk("review", "approve", "privacy@next", "--as", "second")
    walk("run", "--until-idle")
    assert recipients(mailbox.folder) == []
    assert severities(walk) == {site: ["standard"] for site in SITES}


def test_selling_tells_exactly_the_people_of_the_old_version(
    walk: Walker, seed: str, mailbox: Mailbox
) -> None:
    done = change(
        walk, swap(seed, "We do not sell, trade or rent", "We may sell, trade or rent"), 60
    )
    assert (done["material"], done["touches_stored"], done["route"]) == (True, True, "email")
    shown = walk.show("review", "show", "privacy@next")
    assert [c["ground"] for c in shown["changes"]] == ["sale_ads"]
    walk("review", "approve", "privacy@next", "--as", "second")
    walk("run", "--until-idle")
    assert recipients(mailbox.folder) == OLD_PEOPLE
    assert severities(walk) == {site: ["prominent"] for site in SITES}
    (campaign,) = walk.show("status", "privacy@next")["campaigns"]
    assert (campaign["state"], campaign["people"]) == ("complete", {"sent": 3})
    walk("run", "--until-idle")
    assert recipients(mailbox.folder) == OLD_PEOPLE


def test_a_new_kind_of_data_gets_prominent_notices_and_no_mail(
    walk: Walker, seed: str, mailbox: Mailbox
) -> None:
    extra = (
        "In our use of web analytics we do not collect GeoLocation data.\n"
        "A future mobile application will collect your precise location."
    )
    line = "In our use of web analytics we do not collect GeoLocation data."
    done = change(walk, swap(seed, line, extra), 60)
    assert (done["material"], done["touches_stored"]) == (True, False)
    assert done["route"] == "prominent_banner"
    walk("review", "approve", "privacy@next", "--as", "second")
    walk("run", "--until-idle")
    assert recipients(mailbox.folder) == []
    assert severities(walk) == {site: ["prominent"] for site in SITES}


def test_too_late_is_refused_until_rescheduled(walk: Walker, seed: str, mailbox: Mailbox) -> None:
    done = change(
        walk, swap(seed, "We do not sell, trade or rent", "We may sell, trade or rent"), 10
    )
    assert done["too_late"] is True
    refused = walk.show("review", "approve", "privacy@next", "--as", "second", code=3)
    assert refused["schema"] == "notifier.error/1"
    earliest = refused["earliest_effective"]
    walk("campaign", "reschedule", "privacy@next", "--effective", earliest, "--as", "author")
    walk("review", "approve", "privacy@next", "--as", "second")
    walk("run", "--until-idle")
    assert recipients(mailbox.folder) == OLD_PEOPLE


def test_the_author_cannot_approve(walk: Walker, seed: str) -> None:
    change(walk, swap(seed, "We do not sell, trade or rent", "We may sell, trade or rent"), 60)
    assert walk.show("review", "approve", "privacy@next", "--as", "AUTHOR", code=3)["code"] == (
        "four_eyes"
    )


ACQUISITION = """id = "harbor"
sites = ["alpha", "gamma"]
announce = {announce}
closes = {closes}
how_to_refuse = "Use the link in the mail, or write to privacy@example.com."
readers = "Harbor's support staff"

[acquirer]
name = "Harbor Ltd."
{acquirer}
"""


def test_an_acquisition_tells_exactly_whose_data_transfers(
    walk: Walker, seed: str, mailbox: Mailbox
) -> None:
    walk("import", "people", walk.write("people.csv", PEOPLE))
    rows = COLLECTIONS.replace("privacy,next", "privacy,2012-06")
    walk("import", "collections", walk.write("collections.csv", rows))
    text = ACQUISITION.format(
        announce=in_days(2),
        closes=in_days(90),
        acquirer='address = "2 Quay Road"\nemail = "privacy@harbor.example"',
    )
    walk("acquisition", walk.write("harbor.toml", text), "--as", "author")
    walk("review", "approve", "acquisition@harbor", "--as", "second")
    walk("run", "--until-idle")
    assert recipients(mailbox.folder) == []
    assert all(n == [] for n in severities(walk).values())


@pytest.mark.parametrize(
    "acquirer", ['address = "2 Quay Road"', 'email = "privacy@harbor.example"']
)
def test_an_acquirer_nobody_can_reach_is_refused(walk: Walker, acquirer: str) -> None:
    text = ACQUISITION.format(announce=in_days(1), closes=in_days(90), acquirer=acquirer)
    walk("acquisition", walk.write("harbor.toml", text), "--as", "author", code=2)
    assert walk.show("review", "list")["campaigns"] == []


def test_an_acquisition_is_told_from_its_announcement_on(
    walk: Walker, seed: str, mailbox: Mailbox
) -> None:
    walk("import", "people", walk.write("people.csv", PEOPLE))
    rows = COLLECTIONS.replace("privacy,next", "privacy,2012-06")
    walk("import", "collections", walk.write("collections.csv", rows))
    text = ACQUISITION.format(
        announce=in_days(-1),
        closes=in_days(90),
        acquirer='address = "2 Quay Road"\nphone = "+1 555 0100"',
    )
    walk("acquisition", walk.write("harbor.toml", text), "--as", "author")
    walk("review", "approve", "acquisition@harbor", "--as", "second")
    walk("run", "--until-idle")
    moved = ["new1@example.com", "old1@example.com", "old3@example.com"]
    assert recipients(mailbox.folder) == moved
    shown = severities(walk)
    assert {s for s, found in shown.items() if found} == {"alpha", "gamma"}
    assert shown["alpha"] == ["prominent"]
