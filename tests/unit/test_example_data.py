"""The example company and the notice profiles hold together, without running the product."""

from __future__ import annotations

import csv
import re
import tomllib
from datetime import date
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from notifier.settings import load_settings
from notifier.share import share

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLE = share("data", "example")
POLICY = EXAMPLE / "policies" / "privacy"
PEOPLE_HEADER = (
    "person_id,email,name,locale,timezone,country,status,marketing_opt_out,role,governed_by,"
    "guardian_email,child"
)
COLLECTIONS_HEADER = "person_id,site,category,policy,version,collected_at"

# Name of the version → its source and the day it came into force; the new one has no day yet.
VERSIONS: dict[str, tuple[str, date | None]] = {
    "2019-03": ("2019-03-01.md", date(2019, 3, 1)),
    "2021-06": ("2021-06-15.md", date(2021, 6, 15)),
    "2023-01": ("2023-01-10.md", date(2023, 1, 10)),
    "2024-09": ("2024-09-01.md", date(2024, 9, 1)),
    "2027-01": ("next.md", None),
}
IN_FORCE = {name: day for name, (_, day) in VERSIONS.items() if day is not None}
PROFILES = {
    "us-default": 30,
    "p2b": 15,
    "eecc": 31,
    "psd2": 62,
    "glba": 30,
    "eu-gdpr": 30,
    "none": 0,
}

Row = dict[str, str]


def rows(name: str) -> list[Row]:
    with (EXAMPLE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def text(version: str) -> str:
    """One line, so that a hard wrap does not hide a sentence."""
    return " ".join((POLICY / VERSIONS[version][0]).read_text(encoding="utf-8").split())


def toml(*parts: str) -> dict[str, Any]:
    return tomllib.loads(share("data", *parts).read_text(encoding="utf-8"))


PEOPLE = rows("people.csv")
COLLECTIONS = rows("collections.csv")
BY_ID = {person["person_id"]: person for person in PEOPLE}


def holdings(person: Row) -> list[Row]:
    return [row for row in COLLECTIONS if row["person_id"] == person["person_id"]]


def in_force(day: date) -> str:
    return max((since, name) for name, since in IN_FORCE.items() if since <= day)[1]


def baseline(row: Row) -> str:
    if row["version"]:
        return row["version"]
    return in_force(date.fromisoformat(row["collected_at"])) if row["collected_at"] else "2019-03"


# --- the configuration


def test_configuration_is_valid_and_leaves_no_key_to_a_default() -> None:
    settings = load_settings(EXAMPLE)
    raw = toml("example", "notifier.toml")
    assert len(settings.sites) == 5
    assert settings.policies["privacy"].sites == tuple(settings.sites)
    assert settings.mail.dry_run is False
    for section in ("company", "people", "mail", "database", "web", "review"):
        model = type(getattr(settings, section))
        keys = {f.alias or name for name, f in model.model_fields.items()} - {"password"}
        assert set(raw[section]) == keys, section
    policy_keys = set(type(settings.policies["privacy"]).model_fields)
    assert set(raw["policies"]["privacy"]) == policy_keys


def test_policies_name_profiles_that_exist() -> None:
    notice = load_settings(EXAMPLE).policies["privacy"].notice
    assert notice == {"default": "us-default", "DE": "eu-gdpr"}
    assert set(notice.values()) <= set(toml("reference", "notice-profiles.toml")["profiles"])


def test_each_notice_profile_has_days_title_source_and_a_word_for_counsel() -> None:
    profiles = toml("reference", "notice-profiles.toml")["profiles"]
    assert {name: profile["days"] for name, profile in profiles.items()} == PROFILES
    for name, profile in profiles.items():
        assert set(profile) == {"days", "title", "source", "counsel"}, name
        assert profile["title"].strip(), name
        assert profile["source"].strip(), name
        assert profile["counsel"].startswith("Have your counsel confirm "), name


# --- people


def test_headers_are_those_of_the_contract() -> None:
    for name, header in (("people.csv", PEOPLE_HEADER), ("collections.csv", COLLECTIONS_HEADER)):
        with (EXAMPLE / name).open(encoding="utf-8") as file:
            assert file.readline() == header + "\n"


def test_no_row_is_short_or_long() -> None:
    for row in PEOPLE + COLLECTIONS:
        assert None not in row
        assert None not in row.values()


def test_person_ids_are_unique_and_fields_are_known_words() -> None:
    assert len(BY_ID) == len(PEOPLE) == 45
    for person in PEOPLE:
        assert person["status"] in {"active", "deactivated", "deleted"}
        assert person["role"] in {"customer", "attendee", "commenter"}
        assert person["marketing_opt_out"] in {"true", "false"}
        assert person["child"] in {"true", "false"}
        assert re.fullmatch(r"([A-Z]{2}(-[A-Z]{2})?)?", person["country"])
        assert ZoneInfo(person["timezone"]).key == person["timezone"]


def test_addresses_lie_in_the_reserved_domain() -> None:
    for person in PEOPLE:
        for address in (person["email"], person["guardian_email"]):
            assert address == "" or re.fullmatch(r"[a-z0-9.+-]+@[\w.-]+\.example", address)


KINDS: dict[str, Callable[[Row], bool]] = {
    "active": lambda p: p["status"] == "active" and bool(holdings(p)),
    "deactivated, data kept": lambda p: p["status"] == "deactivated" and bool(holdings(p)),
    "deleted, some data kept": lambda p: p["status"] == "deleted" and bool(holdings(p)),
    "deleted, nothing kept": lambda p: p["status"] == "deleted" and not holdings(p),
    "opted out of marketing": lambda p: p["marketing_opt_out"] == "true",
    "opted out and deactivated": lambda p: (
        p["marketing_opt_out"] == "true" and p["status"] == "deactivated"
    ),
    "attendee of a customer's event": lambda p: p["role"] == "attendee" and bool(holdings(p)),
    "commenter without an account": lambda p: p["role"] == "commenter" and bool(holdings(p)),
    "governed by a partner's policy": lambda p: bool(p["governed_by"]) and bool(holdings(p)),
    "child with a guardian": lambda p: p["child"] == "true" and bool(p["guardian_email"]),
    "child without a guardian": lambda p: p["child"] == "true" and not p["guardian_email"],
    "adult without an address": lambda p: p["child"] == "false" and not p["email"],
    "referred friend, nothing stored": lambda p: p["status"] == "active" and not holdings(p),
    "in Germany": lambda p: p["country"] == "DE",
    "in Colorado": lambda p: p["country"] == "US-CO",
    "without a country": lambda p: not p["country"],
    "internationalised domain": lambda p: not p["email"].isascii(),
    "address with a plus": lambda p: "+" in p["email"],
    "name with commas": lambda p: "," in p["name"],
    "name with markup characters": lambda p: "<" in p["name"] and "&" in p["name"],
    "name in Japanese": lambda p: bool(re.search("[\u4e00-\u9fff]", p["name"])),
    "name in Cyrillic": lambda p: bool(re.search("[\u0400-\u04ff]", p["name"])),
    "name in Hebrew": lambda p: bool(re.search("[\u0590-\u05ff]", p["name"])),
    "name in Arabic": lambda p: bool(re.search("[\u0600-\u06ff]", p["name"])),
    "one address for two people": lambda p: (
        bool(p["email"]) and sum(other["email"] == p["email"] for other in PEOPLE) == 2
    ),
    "several baselines": lambda p: len({baseline(row) for row in holdings(p)}) > 2,
    "version to be looked up": lambda p: any(
        not row["version"] and row["collected_at"] for row in holdings(p)
    ),
    "neither version nor date": lambda p: any(
        not row["version"] and not row["collected_at"] for row in holdings(p)
    ),
    "joined under the new version": lambda p: {baseline(row) for row in holdings(p)} == {"2027-01"},
    "partly under the new version": lambda p: {"2027-01"} < {baseline(row) for row in holdings(p)},
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_person_is_there(kind: str) -> None:
    assert [person["person_id"] for person in PEOPLE if KINDS[kind](person)]


@pytest.mark.parametrize("kind", KINDS)
def test_no_kind_is_everybody(kind: str) -> None:
    assert not all(KINDS[kind](person) for person in PEOPLE)


# --- collections


def test_collections_refer_to_what_exists() -> None:
    settings = load_settings(EXAMPLE)
    for row in COLLECTIONS:
        assert row["person_id"] in BY_ID
        assert row["policy"] == "privacy"
        assert row["site"] in settings.policies["privacy"].sites
        assert row["category"] in settings.people.categories
        assert row["version"] in {*VERSIONS, ""}


def test_no_collection_is_listed_twice() -> None:
    keys = [tuple(row.values()) for row in COLLECTIONS]
    assert len(set(keys)) == len(keys)


def test_dates_agree_with_the_version_that_is_named() -> None:
    for row in COLLECTIONS:
        if row["version"] and row["version"] != "2027-01":
            assert in_force(date.fromisoformat(row["collected_at"])) == row["version"], row


def test_every_version_is_somebodys_baseline() -> None:
    assert {baseline(row) for row in COLLECTIONS} == set(VERSIONS)


def test_repair_had_no_data_before_the_policy_covered_it() -> None:
    assert "Alderfold Repair" not in text("2019-03")
    assert "Alderfold Repair" in text("2021-06")
    assert "2019-03" not in {baseline(row) for row in COLLECTIONS if row["site"] == "repair"}


# --- the policy's versions


@pytest.mark.parametrize("version", VERSIONS)
def test_version_has_the_length_and_parts_of_a_real_policy(version: str) -> None:
    source = (POLICY / VERSIONS[version][0]).read_text(encoding="utf-8")
    assert 900 <= len(source.split()) <= 1500
    assert source.startswith("# Privacy Policy\n\nLast updated: ")
    assert re.findall(r"^## (\d+)\. ", source, re.MULTILINE) == [str(n) for n in range(1, 13)]
    assert source.count("\n| --- |") == 1
    assert "before the change takes effect" in text(version)


@pytest.mark.parametrize(
    ("sentence", "found_in"),
    [
        ("We do not use content that you post, such as photographs", {"2021-06"}),
        ("for 36 months after the instrument", {"2019-03", "2027-01"}),
        ("for 24 months after the instrument", {"2021-06", "2023-01", "2024-09"}),
        ("We answer within 45 days", {"2019-03", "2021-06"}),
        ("We answer within 30 days", {"2023-01", "2024-09", "2027-01"}),
        ("you may ask for a second review", {"2023-01", "2024-09", "2027-01"}),
        ("Northlight Hosting", {"2019-03", "2021-06", "2023-01"}),
        ("Cairnfield Cloud", {"2024-09", "2027-01"}),
        ("do not sell, rent or trade usage information", set(VERSIONS) - {"2027-01"}),
        ("do not sell, rent or trade contact information", set(VERSIONS)),
        ("We may sell usage information", {"2027-01"}),
        ("Tallystone Screening", {"2027-01"}),
        ("may collect precise location", {"2027-01"}),
        ("seperate", {"2024-09"}),
        ("adress ", {"2024-09"}),
        ("recieve", {"2024-09"}),
        ("## 12. Questions", set(VERSIONS) - {"2027-01"}),
        ("## 5. Cookies", set(VERSIONS) - {"2027-01"}),
        ("## 9. Cookies", {"2027-01"}),
    ],
)
def test_versions_say_what_the_readme_says(sentence: str, found_in: set[str]) -> None:
    assert {version for version in VERSIONS if sentence in text(version)} == found_in


def test_section_references_lead_to_the_section_they_mean() -> None:
    for version in VERSIONS:
        number = "6" if version != "2027-01" else "5"
        assert f"## {number}. How long we keep information" in text(version)
        assert f"Section {number} says how long we keep each kind." in text(version)
        assert "as section 10 describes" in text(version)
        assert "## 10. If our company changes hands" in text(version)


# --- who should be told what, by a careful reader


def reading() -> dict[str, set[str]]:
    """Outcome → people, from the table of the README: nothing to tell is contact and content."""
    groups: dict[str, set[str]] = {}
    for person in PEOPLE:
        held = {(baseline(row), row["category"]) for row in holdings(person)}
        groups.setdefault(_outcome(person, held), set()).add(person["person_id"])
    return groups


def _outcome(person: Row, held: set[tuple[str, str]]) -> str:
    quiet = {(v, c) for v in ("2023-01", "2024-09") for c in ("contact", "content")}
    new = {(v, c) for v, c in held if v == "2027-01"}
    ladder = [
        ("partner", bool(person["governed_by"])),
        ("guest", person["role"] == "attendee"),
        ("nothing stored", not held),
        ("joined", held == new),
        ("not affected", held <= quiet | new),
        ("no guardian", person["child"] == "true" and not person["guardian_email"]),
        ("sign-in", not person["email"] and not person["guardian_email"]),
        ("mail", True),
    ]
    return next(name for name, applies in ladder if applies)


def test_the_readme_counts_and_names_the_groups() -> None:
    readme = (EXAMPLE / "README.md").read_text(encoding="utf-8")
    section = readme.split("fall into these groups:")[1].split("## The people")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")][2:]
    outcomes = [
        "mail",
        "sign-in",
        "no guardian",
        "not affected",
        "joined",
        "partner",
        "guest",
        "nothing stored",
    ]
    groups = reading()
    assert set(groups) == set(outcomes)
    assert sum(map(len, groups.values())) == len(PEOPLE)
    for line, outcome in zip(lines, outcomes, strict=True):
        count, *ids = re.findall(r"\d+", line.split("|")[2].replace("AL-", ""))
        assert int(count) == len(groups[outcome]), line
        if outcome != "mail":
            assert {f"AL-{number}" for number in ids} == groups[outcome], line


def test_people_named_for_the_sentence_that_came_and_went() -> None:
    posted = {
        row["person_id"]
        for row in COLLECTIONS
        if row["category"] == "content" and baseline(row) == "2021-06"
    }
    assert posted == {"AL-1007", "AL-1010", "AL-1026"}


# --- the acquisition and the page


def test_acquisition_names_two_sites_and_a_reachable_acquirer() -> None:
    deal = toml("example", "acquisition.toml")
    settings = load_settings(EXAMPLE)
    assert set(deal) == {
        *("id", "sites", "categories", "announce", "closes", "how_to_refuse", "readers"),
        "acquirer",
    }
    assert len(deal["sites"]) == 2
    assert set(deal["sites"]) < set(settings.sites)
    assert set(deal["categories"]) < set(settings.people.categories)
    assert date(2027, 1, 1) <= date.fromisoformat(deal["announce"])
    assert date.fromisoformat(deal["announce"]) < date.fromisoformat(deal["closes"])
    assert set(deal["acquirer"]) == {"name", "address", "phone", "email"}
    assert all(deal["acquirer"].values())


def test_acquisition_reaches_somebody_whom_the_new_version_does_not() -> None:
    deal = toml("example", "acquisition.toml")
    moving = {
        row["person_id"]
        for row in COLLECTIONS
        if row["site"] in deal["sites"] and row["category"] in deal["categories"]
    }
    assert moving & reading()["not affected"] >= {"AL-1009"}
    assert len(moving) < len(PEOPLE) / 2


def test_page_embeds_the_notices_of_a_site_that_exists() -> None:
    page = (EXAMPLE / "site" / "index.html").read_text(encoding="utf-8")
    base_url = load_settings(EXAMPLE).web.base_url
    assert f'src="{base_url}/notice.js"></script>' in page
    named = re.findall(r'<site-notice site="([a-z]+)"></site-notice>', page)
    assert len(named) == 1
    assert named[0] in load_settings(EXAMPLE).sites
