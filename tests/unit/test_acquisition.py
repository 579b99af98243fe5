from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from notifier.campaign.acquisition import Acquisition, read_acquisition
from notifier.errors import InputError

ZONE = ZoneInfo("America/New_York")
ACQUIRER = {"name": "Harbor Ltd.", "address": "2 Quay Road", "email": "privacy@harbor.example"}
WHOLE = {
    "id": "harbor",
    "sites": ["alpha"],
    "announce": date(2027, 1, 1),
    "closes": date(2027, 6, 1),
    "acquirer": ACQUIRER,
}


def read(**changes) -> Acquisition:
    table = {key: value for key, value in {**WHOLE, **changes}.items() if value is not None}
    return read_acquisition(
        table,
        source="harbor.toml",
        sites=("alpha", "beta"),
        categories=("contact", "usage"),
        zone=ZONE,
    )


def test_a_day_begins_in_the_policys_zone() -> None:
    assert read().announce == datetime(2027, 1, 1, 5, tzinfo=UTC)
    assert read(announce="2027-01-01T12:00:00Z").announce == datetime(2027, 1, 1, 12, tzinfo=UTC)
    assert read(announce=None).announce is None


def test_all_sites_and_categories() -> None:
    assert read(sites="all").sites == ("alpha", "beta")
    assert read().categories == ("all",)
    assert read(categories=["usage"]).categories == ("usage",)


def test_it_survives_storing() -> None:
    whole = read(how_to_refuse="Write to us.", readers="Read on.")
    assert Acquisition.from_terms(whole.terms()) == whole


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"acquirer": None}, "acquirer"),
        ({"acquirer": ACQUIRER | {"name": " "}}, "acquirer.name"),
        ({"acquirer": ACQUIRER | {"address": ""}}, "acquirer.address"),
        ({"acquirer": ACQUIRER | {"email": ""}}, "acquirer.phone"),
        ({"acquirer": ACQUIRER | {"fax": "1"}}, "acquirer.fax"),
        ({"sites": ["gamma"]}, "sites"),
        ({"sites": []}, "sites"),
        ({"sites": "alpha"}, "sites"),
        ({"categories": ["secrets"]}, "categories"),
        ({"closes": None}, "closes"),
        ({"closes": "soon"}, "closes"),
        ({"closes": date(9999, 12, 31)}, "closes"),
        ({"closes": datetime(2027, 6, 1, 12, tzinfo=UTC)}, "closes"),
        ({"announce": "soon"}, "announce"),
        ({"announce": 7}, "announce"),
        ({"id": "../x"}, "id"),
        ({"price": 3}, "price"),
        ({"how_to_refuse": 3}, "how_to_refuse"),
    ],
)
def test_what_is_wrong_is_named(changes, key: str) -> None:
    with pytest.raises(InputError) as caught:
        read(**changes)
    assert caught.value.details["key"] == key
    assert "harbor.toml" in caught.value.message
