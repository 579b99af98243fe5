"""The audience from the rows: shapes, baselines, what was told before, and messages (P1, P8)."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from notifier.plan.audience import cohorts_of, decide, decide_transfer, tally
from notifier.plan.model import (
    Decision,
    Exposure,
    Holding,
    Reason,
    TellingChange,
    Told,
    Transfer,
)
from notifier.store.audience import (
    OTHER_COUNTRY,
    discard,
    load_shapes,
    load_transfer_shapes,
    materialize,
    people_of,
    sample_people,
)
from notifier.store.engine import migrate, open_store
from notifier.store.tables import CampaignRow, ChoiceRow, CollectionRow, MessageRow, PersonRow

NOW = datetime(2026, 11, 24, tzinfo=UTC)
V1, V2 = datetime(2012, 6, 1, 7, tzinfo=UTC), datetime(2020, 1, 1, 8, tzinfo=UTC)
COLLECTING = [("v1", V1), ("v2", V2)]
CAMPAIGN = "privacy@v3"
EXPOSURE = Exposure(
    policy="privacy",
    version="v3",
    newer_or_same=frozenset({"v3"}),
    by_baseline={
        "v1": (TellingChange(key="sale"),),
        "v2": (TellingChange(key="device", categories=("device",)),),
    },
    told_keys={("privacy@v2", "a"): frozenset({"sale"})},
    order=("v1", "v2", "v3"),
    site_locales={"meetings": "en", "shop": "fr"},
)


def days(country):
    return 62 if not country else 30


@pytest.fixture
def store(tmp_path):
    made = open_store("sqlite:///var/notifier.db", tmp_path)
    migrate(made)
    yield made
    made.close()


def person(person_id, *held, **parts):
    """Return the rows of a person and of what is held: (site, category, version, collected_at)."""
    usual = {"email": f"{person_id}@mail.example", "country": "DE", "locale": "de", "salt": "00"}
    rows = [PersonRow(person_id=person_id, **{**usual, **parts})]
    for site, category, version, *more in held:
        policy = more[1] if len(more) > 1 else "privacy"
        rows.append(
            CollectionRow(
                person_id=person_id, site=site, category=category, policy=policy, version=version,
                collected_at=more[0] if more else "",
            )
        )  # fmt: skip
    return rows


def put(store, *groups):
    with store.write() as tx:
        tx.add_all([row for group in groups for row in group])


def campaign(name, state="complete", kind="version", policy="privacy"):
    return CampaignRow(
        id=name, kind=kind, policy=policy, version=name.partition("@")[2], state=state,
        author="a", opened_at=NOW, effective_date="2025-01-01", effective_at=NOW,
    )  # fmt: skip


def message(name, person_id, state="sent", cohort="a", **parts):
    return MessageRow(
        campaign=name, person_id=person_id, state=state, cohort=cohort,
        ref=f"{name}/{person_id}/{parts.get('kind', '')}", **parts,
    )  # fmt: skip


def choice(name, person_id, decision):
    return ChoiceRow(campaign=name, person_id=person_id, decision=decision, how="link", at=NOW)


def shapes_by_person(store, **options):
    """Return every person's shape, through the numbers in the temporary table."""
    with store.read() as tx:
        rows = load_shapes(
            tx, policy="privacy", collecting=COLLECTING, campaign=CAMPAIGN, **options
        )
        by_id = {row.id: row for row in rows}
        found = dict(people_of(tx, by_id))
        counted = Counter(row.id for row in found.values())
        assert all(row.people == counted[row.id] for row in rows)
        return {name: row.shape for name, row in found.items()}


def versions(shape):
    return [h.version for h in shape.holdings]


def test_the_baseline_is_the_version_under_which_it_was_collected(store):
    put(
        store,
        person("named", ("shop", "usage", "v1", "2025-01-01T00:00:00Z")),
        person("early", ("shop", "usage", "", "2019-12-31T23:59:59Z")),
        person("midnight", ("shop", "usage", "", "2020-01-01T07:59:59Z")),
        person("first", ("shop", "usage", "", "2020-01-01T08:00:00Z")),
        person("late", ("shop", "usage", "", "2026-01-01T00:00:00Z")),
        person("before", ("shop", "usage", "", "1999-01-01T00:00:00Z")),
        person("neither", ("shop", "usage", "")),
    )
    found = {name: versions(shape) for name, shape in shapes_by_person(store).items()}
    assert found == {
        "named": ["v1"], "early": ["v1"], "midnight": ["v1"], "first": ["v2"], "late": ["v2"],
        "before": ["v1"], "neither": ["v1"],
    }  # fmt: skip


def test_everybody_has_a_shape_and_only_this_policy_counts(store):
    put(
        store,
        person("nothing"),
        person("elsewhere", ("shop", "usage", "t1", "", "terms")),
        person("both", ("shop", "usage", "t1", "", "terms"), ("shop", "usage", "v2")),
        person("gone", ("shop", "usage", "v1"), status="erased", email=""),
    )
    found = shapes_by_person(store)
    assert {name: versions(shape) for name, shape in found.items()} == {
        "nothing": [], "elsewhere": [], "both": ["v2"], "gone": ["v1"],
    }  # fmt: skip
    assert found["gone"].status == "erased"


def test_holdings_are_sorted_and_stand_once(store):
    put(
        store,
        person(
            "p",
            ("shop", "usage", "v2", "2021-01-01T00:00:00Z"),
            ("shop", "usage", "v2", "2022-01-01T00:00:00Z"),
            ("shop", "usage", "", "2023-01-01T00:00:00Z"),
            ("meetings", "usage", "v1"),
        ),
    )
    assert shapes_by_person(store)["p"].holdings == (
        Holding(site="meetings", category="usage", version="v1"),
        Holding(site="shop", category="usage", version="v2"),
    )


@pytest.mark.parametrize(
    ("parts", "reachable", "orphan"),
    [
        ({}, True, False),
        ({"email": ""}, False, False),
        ({"child": True, "guardian_email": "parent@mail.example"}, True, False),
        ({"child": True, "guardian_email": "parent@mail.example", "email": ""}, True, False),
        ({"child": True}, False, True),  # the child's own address is no way to reach the guardian
        ({"marketing_opt_out": True}, True, False),
        ({"status": "deactivated"}, True, False),
    ],
)
def test_p8_who_can_be_reached(store, parts, reachable, orphan):
    put(store, person("p", ("shop", "usage", "v1"), **parts))
    shape = shapes_by_person(store)["p"]
    assert (shape.reachable, shape.guardian_missing) == (reachable, orphan)


def test_countries_fold_to_those_that_the_policy_lists(store):
    countries = {"a": "DE", "b": "US-CO", "c": "US-NY", "d": "JP", "e": "", "f": "DE-BY"}
    put(store, *(person(name, country=country) for name, country in countries.items()))
    folded = shapes_by_person(store, countries=["default", "DE", "US-CO"])
    assert {name: shape.country for name, shape in folded.items()} == {
        "a": "DE", "b": "US-CO", "c": OTHER_COUNTRY, "d": OTHER_COUNTRY, "e": "", "f": "DE",
    }  # fmt: skip
    assert {n: s.country for n, s in shapes_by_person(store).items()} == countries


def test_told_is_whom_the_relay_took_a_notice_for_or_who_decided(store):
    names = ["sent", "planned", "bounced", "decided", "reminded", "cancelled", "other", "this"]
    put(store, *(person(name, ("shop", "usage", "v1")) for name in names))
    put(
        store,
        [
            campaign("privacy@v2"),
            campaign("privacy@v0", state="cancelled"),
            campaign("terms@v2", policy="terms"),
            campaign(CAMPAIGN, state="proposed"),
            campaign("acquisition@x", kind="acquisition", policy=""),
            message("privacy@v2", "sent"),
            message("privacy@v2", "planned", state="planned"),
            message("privacy@v2", "bounced", state="bounced"),
            message("privacy@v2", "decided", state="suppressed"),
            choice("privacy@v2", "decided", "refuse"),
            message("privacy@v2", "reminded", kind="reminder"),
            message("privacy@v0", "cancelled"),
            message("terms@v2", "other"),
            message("acquisition@x", "other"),
            message(CAMPAIGN, "this"),
        ],
    )
    found = {name: shape.told for name, shape in shapes_by_person(store).items() if shape.told}
    assert found == {
        "sent": (Told(campaign="privacy@v2", cohort="a"),),
        "decided": (Told(campaign="privacy@v2", cohort="a", choice="refuse"),),
    }


def test_the_last_choice_counts_and_the_last_campaign_decided_on_stands_last(store):
    put(store, person("p", ("shop", "usage", "v1")))
    put(
        store,
        [
            *(campaign(name) for name in ("privacy@a", "privacy@b", "privacy@c")),
            *(message(name, "p") for name in ("privacy@a", "privacy@b", "privacy@c")),
        ],
    )
    for name, decision in [
        ("privacy@a", "accept"), ("privacy@b", "refuse"), ("privacy@a", "withdraw"),
    ]:  # fmt: skip
        put(store, [choice(name, "p", decision)])
    told = shapes_by_person(store)["p"].told
    assert [(t.campaign, t.choice) for t in told] == [
        ("privacy@c", ""), ("privacy@b", "refuse"), ("privacy@a", "withdraw"),
    ]  # fmt: skip


def everyone():
    return [
        person("affected", ("shop", "usage", "v1")),
        person("opted", ("shop", "usage", "v1"), marketing_opt_out=True),
        person("asleep", ("meetings", "usage", "v1"), status="deactivated", locale="", country=""),
        person("deleted", ("shop", "usage", "v1"), status="deleted"),
        person("mute", ("shop", "usage", "v1"), email=""),
        person("orphan", ("shop", "usage", "v1"), child=True),
        person("spared", ("shop", "usage", "v2")),
        person("new", ("shop", "usage", "v3")),
        person("guest", ("shop", "usage", "v1"), role="attendee"),
        person("partner", ("shop", "usage", "v1"), governed_by="Partner"),
        person("gone", ("shop", "usage", "v1"), status="erased"),
        person("nobody"),
        person("told", ("shop", "usage", "v1")),
        person("refused", ("shop", "usage", "v1")),
        [
            campaign("privacy@v2"),
            message("privacy@v2", "told"),
            message("privacy@v2", "refused"),
            choice("privacy@v2", "refused", "refuse"),
        ],
    ]


EXPECTED = {
    "affected": "affected", "opted": "affected", "asleep": "affected", "deleted": "affected",
    "mute": "no_address", "orphan": "guardian_missing", "spared": "not_affected",
    "new": "joined_under_new", "guest": "processor_role", "partner": "partner_governed",
    "gone": "erased", "nobody": "never_stored", "told": "already_told",
    "refused": "refused_before",
}  # fmt: skip


def plan(tx):
    rows = load_shapes(tx, policy="privacy", collecting=COLLECTING, campaign=CAMPAIGN)
    return rows, {row.id: decide(row.shape, EXPOSURE, days) for row in rows}


def test_p1_the_plan_adds_up_and_becomes_messages(store):
    put(store, *everyone())
    with store.write() as tx:
        rows, rulings = plan(tx)
        assert {name: r.reason.value for name, r in people_of(tx, rulings)} == EXPECTED
        counted = tally(rows, rulings)
        assert counted.people == sum(counted.totals.values()) == len(EXPECTED)
        assert sum(counted.by_site["shop"].values()) == 12
        assert sum(counted.by_site["meetings"].values()) == 1
        assert materialize(tx, campaign=CAMPAIGN, rulings=rulings, locale="en") == 6
    with store.read() as tx:
        sent = tx.exec(select(MessageRow).where(MessageRow.campaign == CAMPAIGN)).all()
        assert {m.person_id: (m.state, m.reason) for m in sent} == {
            "affected": ("planned", ""),
            "opted": ("planned", ""),
            "asleep": ("planned", ""),
            "deleted": ("planned", ""),
            "mute": ("suppressed", "no_address"),
            "orphan": ("suppressed", "guardian_missing"),
        }
        assert {m.kind for m in sent} == {"notice"}
        assert {m.channel for m in sent} == {"email"}
        assert {m.locale for m in sent} == {"en"}
        assert {m.person_id: m.notice_days for m in sent}["asleep"] == 62
        refs = {m.ref for m in sent}
        assert len(refs) == 6
        assert all(len(bytes.fromhex(ref)) == 16 for ref in refs)
        assert {m.cohort for m in sent} == set(cohorts_of((r.shape for r in rows), EXPOSURE))
        assert all(m.dated_at is None and m.sent_at is None and not m.recipient for m in sent)


def test_materialising_again_adds_only_who_is_new(store):
    put(store, *everyone())
    for expected in (6, 0):
        with store.write() as tx:
            _, rulings = plan(tx)
            assert materialize(tx, campaign=CAMPAIGN, rulings=rulings, locale="en") == expected
    put(store, person("later", ("shop", "usage", "v1")))
    with store.write() as tx:
        refs = {m.person_id: m.ref for m in tx.exec(select(MessageRow))}
        _, rulings = plan(tx)
        assert materialize(tx, campaign=CAMPAIGN, rulings=rulings, locale="en") == 1
        after = {m.person_id: m.ref for m in tx.exec(select(MessageRow))}
    assert {name: after[name] for name in refs} == refs


def test_a_locale_is_used_where_it_is_available(store):
    put(
        store,
        person("de", ("shop", "usage", "v1")),
        person("site", ("shop", "usage", "v1"), locale=""),
        person("pl", ("shop", "usage", "v1"), locale="pl"),
    )
    with store.write() as tx:
        _, rulings = plan(tx)
        materialize(tx, campaign=CAMPAIGN, rulings=rulings, locale="en", available={"de", "fr"})
        found = {m.person_id: m.locale for m in tx.exec(select(MessageRow))}
    assert found == {"de": "de", "site": "fr", "pl": "en"}


def test_discard_keeps_whatever_may_have_left(store):
    put(
        store,
        [
            campaign(CAMPAIGN),
            message(CAMPAIGN, "planned", state="planned"),
            message(CAMPAIGN, "mute", state="suppressed"),
            message(CAMPAIGN, "held", state="held"),
            message(CAMPAIGN, "sent", sent_at=NOW, intent_at=NOW),
            message(CAMPAIGN, "tried", state="deferred", intent_at=NOW),
            message(CAMPAIGN, "doubt", state="unknown"),
            message("privacy@v2", "planned", state="planned"),
        ],
    )
    with store.write() as tx:
        assert discard(tx, CAMPAIGN) == 4
    with store.read() as tx:
        left = {(m.campaign, m.person_id) for m in tx.exec(select(MessageRow))}
    assert left == {
        (CAMPAIGN, "sent"), (CAMPAIGN, "doubt"), ("privacy@v2", "planned"),
    }  # fmt: skip


def test_a_sample_of_each_cohort_gets_a_mail_where_somebody_does(store):
    put(
        store,
        person("mute", ("shop", "usage", "v1"), email=""),
        person("mailed", ("shop", "usage", "v1")),
        person("silent", ("shop", "device", "v2"), email=""),
        person("spared", ("shop", "usage", "v2")),
    )
    with store.read() as tx:
        rows, rulings = plan(tx)
        samples = sample_people(tx, rulings)
        by_person = dict(people_of(tx, rulings))
    assert set(samples) == set(cohorts_of((r.shape for r in rows), EXPOSURE))
    assert set(samples.values()) == {"mailed", "silent"}
    assert all(by_person[name].cohort == cohort for cohort, name in samples.items())


def test_an_acquisition_looks_at_every_policy(store):
    put(
        store,
        person("shop", ("shop", "usage", "", "2021-01-01T00:00:00Z")),
        person("terms", ("shop", "usage", "", "", "terms")),
        person("closed", ("shop", "usage", "v3"), status="deactivated"),
        person("away", ("meetings", "usage", "v1")),
        person("nobody"),
    )
    transfer = Transfer(sites=frozenset({"shop"}), categories=frozenset({"all"}))
    with store.write() as tx:
        rows = load_transfer_shapes(
            tx, collecting={"privacy": COLLECTING, "terms": [("t1", V1), ("t2", V2)]}
        )
        rulings = {row.id: decide_transfer(row.shape, transfer, days) for row in rows}
        found = dict(people_of(tx, rulings))
        assert {name: r.reason for name, r in found.items()} == {
            "shop": Reason.AFFECTED, "terms": Reason.AFFECTED, "closed": Reason.AFFECTED,
            "away": Reason.NOT_AFFECTED, "nobody": Reason.NEVER_STORED,
        }  # fmt: skip
        assert {name: r.baselines for name, r in found.items() if r.baselines} == {
            "shop": ("v2",), "terms": ("t1",), "closed": ("v3",),
        }  # fmt: skip
        assert tally(rows, rulings).totals["email"] == 3
        assert materialize(tx, campaign="acquisition@x", rulings=rulings, locale="en") == 3


def test_the_scan_says_what_a_plain_reading_of_the_rows_says(store):
    """Compare with a person-by-person reading, over some hundred random people."""
    dice = random.Random(7)  # noqa: S311  no secret
    groups, expected = [], {}
    for number in range(300):
        held = []
        for _ in range(dice.randint(0, 5)):
            when = V1 + timedelta(days=dice.randint(-400, 5_000))
            stamp = dice.choice(["", when.strftime("%Y-%m-%dT%H:%M:%SZ")])
            version = dice.choice(["", "", "v1", "v2", "v3"])
            held.append((dice.choice(["shop", "meetings"]), dice.choice("abc"), version, stamp))
        name = f"p{number}"
        groups.append(person(name, *dict.fromkeys(held)))
        expected[name] = {
            (site, category, version or ("v2" if stamp and stamp >= "2020-01-01T08" else "v1"))
            for site, category, version, stamp in held
        }
    put(store, *groups)
    found = {
        name: {(h.site, h.category, h.version) for h in shape.holdings}
        for name, shape in shapes_by_person(store).items()
    }
    assert found == expected


def test_loading_twice_in_one_transaction_and_by_a_reader(store):
    put(store, person("p", ("shop", "usage", "v1")))
    with store.read() as tx:
        first, again = plan(tx), plan(tx)
        assert first == again
    with store.read() as tx:
        assert len(plan(tx)[0]) == 1
    with store.write() as tx:
        assert plan(tx)[1][0].decision is Decision.EMAIL
