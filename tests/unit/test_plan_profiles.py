"""Notice profiles are data; a policy's table maps countries to them."""

import pytest

from notifier.errors import SettingsError
from notifier.plan.profiles import Profile, days_for, load_profiles, longest_days


def profile(name, days):
    return Profile(id=name, days=days, title="t", source="s", counsel="c")


KNOWN = {n: profile(n, d) for n, d in [("us", 30), ("eu", 31), ("pay", 62), ("co", 45), ("no", 0)]}
NOTICE = {"default": "us", "DE": "eu", "FR": "pay", "US-CO": "co", "CH": "no"}


@pytest.mark.parametrize(
    ("country", "days"),
    [
        ("DE", 31),
        ("DE-BY", 31),
        ("FR", 62),
        ("US-CO", 45),
        ("US-NY", 30),
        ("US", 30),
        ("JP", 30),
        ("CH", 0),
        ("*", 30),
        ("", 62),  # not known: the longest of the table
    ],
)
def test_days_by_country(country, days):
    assert days_for(country, NOTICE, KNOWN) == days


def test_the_longest_is_of_the_table_not_of_all_profiles():
    assert longest_days({"default": "us", "DE": "eu"}, KNOWN) == 31


@pytest.mark.parametrize("notice", [{"DE": "eu"}, {"default": "nowhere"}])
def test_a_table_that_does_not_hold_together_is_refused(notice):
    with pytest.raises(SettingsError):
        days_for("DE", notice, KNOWN)


def test_the_shipped_profiles():
    shipped = load_profiles()
    days = {name: one.days for name, one in shipped.items()}
    assert days == {
        "us-default": 30, "p2b": 15, "eecc": 31, "psd2": 62, "glba": 30, "eu-gdpr": 30, "none": 0,
    }  # fmt: skip
    for one in shipped.values():
        assert "counsel" in one.counsel.lower() or "confirm" in one.counsel.lower()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", "profiles"),
        ("[profiles.x]\ntitle='t'\nsource='s'\ncounsel='c'\n", "profiles.x.days"),
        ("[profiles.x]\ndays=true\ntitle='t'\nsource='s'\ncounsel='c'\n", "profiles.x.days"),
        ("[profiles.x]\ndays=-1\ntitle='t'\nsource='s'\ncounsel='c'\n", "profiles.x.days"),
        ("[profiles.x]\ndays=3\ntitle='t'\nsource=''\ncounsel='c'\n", "profiles.x.source"),
        ("profiles = 3", "profiles"),
        ("[", "cannot be read"),
    ],
)
def test_a_broken_file_names_its_place(tmp_path, text, names):
    path = tmp_path / "profiles.toml"
    path.write_text(text)
    with pytest.raises(SettingsError, match=names):
        load_profiles(path)
