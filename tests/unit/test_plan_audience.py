"""Who is told: one row of the table for every question, in the order in which they are asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.errors import UnknownThingError
from notifier.plan.audience import cohorts_of, decide, decide_transfer, tally, transfer_cohorts_of
from notifier.plan.model import (
    Decision,
    Exposure,
    Holding,
    Reason,
    Shape,
    ShapeRow,
    TellingChange,
    Told,
    Transfer,
)


def held(*items):
    return tuple(Holding(site=s, category=c, version=v) for s, c, v in items)


OLD = held(("meetings", "contact", "v1"))


def shape(**parts):
    usual = {
        "status": "active",
        "role": "customer",
        "partner_governed": False,
        "reachable": True,
        "guardian_missing": False,
        "country": "DE",
        "locale": "de",
        "holdings": OLD,
    }
    return Shape(**{**usual, **parts})


SALE = TellingChange(key="sale")
DEVICE = TellingChange(key="device", categories=("device",))
SHOP = TellingChange(key="shop", sites=("shop",))
EXPOSURE = Exposure(
    policy="privacy",
    version="v3",
    newer_or_same=frozenset({"v3", "v4"}),
    by_baseline={"v2": (DEVICE, SHOP), "v1": (SALE, DEVICE), "v0": ()},
    told_keys={
        ("privacy@v2", "a"): frozenset({"sale"}),
        ("privacy@v2b", "b"): frozenset({"device", "else"}),
    },
    order=("v0", "v1", "v2", "v3", "v4"),
    site_locales={"meetings": "en", "shop": "fr"},
)
DAYS = {"DE": 30, "": 62}.__getitem__

TOLD = Told(campaign="privacy@v2", cohort="a")


@pytest.mark.parametrize(
    ("person", "decision", "reason"),
    [
        ({}, "email", "affected"),
        ({"status": "deactivated"}, "email", "affected"),
        ({"status": "deleted"}, "email", "affected"),
        ({"role": "commenter"}, "email", "affected"),
        ({"status": "erased"}, "excluded", "erased"),
        ({"status": "erased", "holdings": ()}, "excluded", "erased"),
        ({"holdings": ()}, "excluded", "never_stored"),
        ({"holdings": (), "role": "attendee"}, "excluded", "never_stored"),
        ({"status": "deleted", "holdings": ()}, "excluded", "never_stored"),
        ({"role": "attendee"}, "excluded", "processor_role"),
        ({"role": "attendee", "partner_governed": True}, "excluded", "processor_role"),
        ({"partner_governed": True}, "excluded", "partner_governed"),
        ({"holdings": held(("shop", "device", "v3"))}, "excluded", "joined_under_new"),
        ({"holdings": held(("shop", "device", "v4"))}, "excluded", "joined_under_new"),
        (
            {"holdings": held(("shop", "device", "v3"), ("shop", "device", "v1"))},
            "email",
            "affected",
        ),
        ({"holdings": held(("shop", "device", "v0"))}, "excluded", "not_affected"),
        ({"holdings": held(("meetings", "contact", "v2"))}, "excluded", "not_affected"),
        ({"holdings": held(("meetings", "device", "v2"))}, "email", "affected"),
        ({"holdings": held(("shop", "contact", "v2"))}, "email", "affected"),
        ({"told": (TOLD,)}, "excluded", "already_told"),
        ({"told": (Told(campaign="privacy@v2", cohort="b"),)}, "email", "affected"),
        ({"told": (Told(campaign="privacy@v9", cohort="a"),)}, "email", "affected"),
        (
            {"told": (Told(campaign="privacy@v2", cohort="a", choice="accept"),)},
            "excluded",
            "already_told",
        ),
        (
            {"told": (Told(campaign="privacy@v2", cohort="a", choice="refuse"),)},
            "excluded",
            "refused_before",
        ),
        (
            {"told": (Told(campaign="privacy@v2", cohort="a", choice="withdraw"),)},
            "excluded",
            "refused_before",
        ),
        # refused, but something new has come since
        (
            {
                "holdings": held(("meetings", "device", "v1")),
                "told": (Told(campaign="privacy@v2", cohort="a", choice="refuse"),),
            },
            "email",
            "affected",
        ),
        ({"reachable": False}, "interstitial", "no_address"),
        ({"reachable": False, "guardian_missing": True}, "interstitial", "guardian_missing"),
        ({"reachable": False, "holdings": ()}, "excluded", "never_stored"),
    ],
)
def test_decisions(person, decision, reason):
    ruling = decide(shape(**person), EXPOSURE, DAYS)
    assert (ruling.decision.value, ruling.reason.value) == (decision, reason)
    assert bool(ruling.cohort) == (ruling.decision is not Decision.EXCLUDED)


@pytest.mark.parametrize(
    ("first", "last", "reason"),
    [("refuse", "accept", Reason.ALREADY_TOLD), ("accept", "refuse", Reason.REFUSED_BEFORE)],
)
def test_of_several_campaigns_the_last_choice_counts(first, last, reason):
    told = (
        Told(campaign="privacy@v2", cohort="a", choice=first),
        Told(campaign="privacy@v2b", cohort="b", choice=last),
    )
    person = shape(holdings=held(("meetings", "device", "v1")), told=told)
    assert decide(person, EXPOSURE, DAYS).reason is reason


def test_a_choice_about_other_changes_does_not_count():
    told = (TOLD, Told(campaign="privacy@v2b", cohort="b", choice="refuse"))
    assert decide(shape(told=told), EXPOSURE, DAYS).reason is Reason.ALREADY_TOLD


def test_nobody_is_left_out_in_silence_where_a_baseline_has_no_text():
    with pytest.raises(UnknownThingError, match="v7"):
        decide(shape(holdings=held(("meetings", "contact", "v7"))), EXPOSURE, DAYS)


def test_added_then_removed_again_tells_only_those_in_between():
    exposure = Exposure(
        policy="privacy",
        version="v3",
        newer_or_same=frozenset({"v3"}),
        by_baseline={"v1": (), "v2": (SALE,)},
    )
    assert decide(shape(), exposure, DAYS).reason is Reason.NOT_AFFECTED
    between = shape(holdings=held(("meetings", "contact", "v2")))
    assert decide(between, exposure, DAYS).decision is Decision.EMAIL


def test_a_ruling_names_baselines_oldest_first_days_and_locale():
    both = shape(
        country="",
        locale="",
        holdings=held(("shop", "device", "v2"), ("meetings", "contact", "v1"), ("shop", "x", "v0")),
    )
    ruling = decide(both, EXPOSURE, DAYS)
    assert ruling.baselines == ("v1", "v2")
    assert ruling.notice_days == 62
    assert ruling.locale == "en"
    assert decide(shape(), EXPOSURE, DAYS).locale == "de"


def test_a_cohort_is_its_baselines_with_their_changes():
    one = shape(holdings=held(("shop", "device", "v2"), ("meetings", "contact", "v1")))
    same = shape(country="", locale="fr", holdings=tuple(reversed(one.holdings)))
    other = shape(holdings=held(("shop", "device", "v2"), ("meetings", "device", "v1")))
    keys = [decide(s, EXPOSURE, DAYS).cohort for s in (one, same, other)]
    assert keys[0] == keys[1] != keys[2]
    found = cohorts_of([one, same, other, shape(holdings=())], EXPOSURE)
    assert set(found) == set(keys)
    assert found[keys[0]].by_baseline == (("v1", ("sale",)), ("v2", ("device", "shop")))
    assert found[keys[0]].change_keys == ("device", "sale", "shop")


TRANSFER = Transfer(
    sites=frozenset({"shop", "club"}), categories=frozenset({"all"}), order=("v0", "v1", "v3")
)


@pytest.mark.parametrize(
    ("person", "decision", "reason"),
    [
        ({"holdings": held(("shop", "contact", "v1"))}, "email", "affected"),
        ({"holdings": held(("shop", "contact", "v3"))}, "email", "affected"),
        ({"status": "deactivated", "holdings": held(("club", "x", "v9"))}, "email", "affected"),
        ({"holdings": held(("meetings", "contact", "v1"))}, "excluded", "not_affected"),
        ({"holdings": ()}, "excluded", "never_stored"),
        (
            {"status": "erased", "holdings": held(("shop", "contact", "v1"))},
            "excluded",
            "erased",
        ),
        (
            {"role": "attendee", "holdings": held(("shop", "contact", "v1"))},
            "excluded",
            "processor_role",
        ),
        (
            {"partner_governed": True, "holdings": held(("shop", "contact", "v1"))},
            "excluded",
            "partner_governed",
        ),
        (
            {"reachable": False, "holdings": held(("shop", "contact", "v1"))},
            "interstitial",
            "no_address",
        ),
        # what was told of a version does not tell of a transaction
        ({"holdings": held(("shop", "contact", "v1")), "told": (TOLD,)}, "email", "affected"),
    ],
)
def test_transfer_decisions(person, decision, reason):
    ruling = decide_transfer(shape(**person), TRANSFER, DAYS)
    assert (ruling.decision.value, ruling.reason.value) == (decision, reason)


def test_only_transferred_categories_count():
    transfer = Transfer(sites=frozenset({"shop"}), categories=frozenset({"billing"}))
    told = shape(holdings=held(("shop", "billing", "v1"), ("shop", "usage", "v1")))
    spared = shape(holdings=held(("shop", "usage", "v1"), ("meetings", "billing", "v1")))
    assert decide_transfer(told, transfer, DAYS).decision is Decision.EMAIL
    assert decide_transfer(spared, transfer, DAYS).reason is Reason.NOT_AFFECTED
    (cohort,) = transfer_cohorts_of([told, spared], transfer).values()
    assert cohort.change_keys == ("shop:billing",)
    assert cohort.key == decide_transfer(told, transfer, DAYS).cohort


shapes = st.builds(
    Shape,
    status=st.sampled_from(["active", "deactivated", "deleted", "erased"]),
    role=st.sampled_from(["customer", "attendee", "commenter"]),
    partner_governed=st.booleans(),
    reachable=st.booleans(),
    guardian_missing=st.booleans(),
    country=st.sampled_from(["DE", ""]),
    locale=st.sampled_from(["", "de"]),
    holdings=st.lists(
        st.builds(
            Holding,
            site=st.sampled_from(["meetings", "shop"]),
            category=st.sampled_from(["contact", "device"]),
            version=st.sampled_from(["v0", "v1", "v2", "v3", "v4"]),
        ),
        max_size=4,
    ).map(lambda found: tuple(sorted(set(found)))),
    told=st.lists(
        st.builds(
            Told,
            campaign=st.sampled_from(["privacy@v2", "privacy@v2b"]),
            cohort=st.sampled_from(["a", "b"]),
            choice=st.sampled_from(["", "accept", "refuse", "withdraw"]),
        ),
        max_size=3,
    ).map(tuple),
)


@given(st.lists(st.tuples(shapes, st.integers(1, 1000)), max_size=30))
def test_p1_totals_add_up_to_the_population_and_to_every_site(drawn):
    rows = [ShapeRow(id=n, shape=s, people=p) for n, (s, p) in enumerate(drawn)]
    for rulings in (
        {row.id: decide(row.shape, EXPOSURE, DAYS) for row in rows},
        {row.id: decide_transfer(row.shape, TRANSFER, DAYS) for row in rows},
    ):
        counted = tally(rows, rulings)
        assert counted.people == sum(row.people for row in rows) == sum(counted.totals.values())
        for site, totals in counted.by_site.items():
            there = [r.people for r in rows if site in {h.site for h in r.shape.holdings}]
            assert sum(totals.values()) == sum(there)


@given(shapes)
def test_p1_every_affected_person_is_told_or_excluded_for_a_closed_reason(person):
    ruling = decide(person, EXPOSURE, DAYS)
    if ruling.decision is Decision.EXCLUDED:
        assert ruling.reason in list(Reason)[:8]
        assert not ruling.cohort
        assert not ruling.baselines
    else:
        assert ruling.cohort in cohorts_of([person], EXPOSURE)
        assert not {"v3", "v4"} & set(ruling.baselines)
    if ruling.decision is Decision.EMAIL:
        assert person.reachable
        assert not person.guardian_missing
