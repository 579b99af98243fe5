"""Choice links (P10) and permits (P9): no is the answer to everything that is not known."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import Signer

from notifier.classify.model import Silence
from notifier.consent import (
    Choice,
    PermitFacts,
    PermitReason,
    make_token,
    permit,
    read_token,
)
from notifier.errors import SettingsError
from notifier.plan.model import Holding, Reason

KEYS = ["a" * 64, "b" * 64]
REF = "0123456789abcdef0123456789abcdef"
NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
EXPIRES = NOW + timedelta(days=90)
TOKEN = make_token(KEYS, REF, "privacy@2027-01", EXPIRES)


def test_a_token_names_the_message_and_nobody():
    claim = read_token(KEYS, TOKEN, NOW)
    assert (claim.ref, claim.campaign, claim.expires) == (REF, "privacy@2027-01", EXPIRES)
    assert make_token(KEYS, REF, "privacy@2027-01", EXPIRES) == TOKEN
    assert all(c.isalnum() or c in "-_." for c in TOKEN)


def test_every_flipped_bit_is_refused():
    raw = TOKEN.encode()
    for place, bit in product(range(len(raw)), range(8)):
        other = bytearray(raw)
        other[place] ^= 1 << bit
        assert read_token(KEYS, other.decode("latin-1"), NOW) is None, (place, bit)


@given(st.text(max_size=300))
def test_other_texts_are_refused(text):
    assert read_token(KEYS, text, NOW) is None


@pytest.mark.parametrize(
    "forged",
    [
        "", ".", "..", TOKEN[:-1], TOKEN + "=", TOKEN + "A", "." + TOKEN, TOKEN.partition(".")[0],
        TOKEN + "\n", TOKEN * 9,
    ],
)  # fmt: skip
def test_only_one_spelling_is_valid(forged):
    assert read_token(KEYS, forged, NOW) is None


def test_a_token_of_another_campaign_does_not_fit_this_one():
    other = make_token(KEYS, REF, "privacy@2028-01", EXPIRES)
    mixed = other.partition(".")[0] + "." + TOKEN.partition(".")[2]
    assert read_token(KEYS, mixed, NOW) is None
    assert read_token(KEYS, other, NOW).campaign == "privacy@2028-01"


def test_a_signature_for_another_purpose_opens_nothing():
    payload = TOKEN.partition(".")[0]
    for salt in (b"itsdangerous.Signer", b"notifier.session"):
        signer = Signer(KEYS[0], salt=salt, key_derivation="hmac")
        assert read_token(KEYS, signer.sign(payload).decode(), NOW) is None


def test_tokens_expire():
    assert read_token(KEYS, TOKEN, EXPIRES - timedelta(seconds=1)) is not None
    assert read_token(KEYS, TOKEN, EXPIRES) is None
    assert read_token(KEYS, TOKEN, EXPIRES + timedelta(days=400)) is None


def test_keys_rotate():
    old = make_token(KEYS[1:], REF, "c", EXPIRES)
    assert read_token(KEYS, old, NOW).ref == REF
    assert read_token(KEYS[:1], old, NOW) is None
    assert read_token(["c" * 64, *KEYS], TOKEN, NOW).ref == REF
    assert make_token(["c" * 64, *KEYS], REF, "privacy@2027-01", EXPIRES) != TOKEN


@pytest.mark.parametrize("keys", [[], [""], ["short"]])
def test_without_a_key_there_is_no_link(keys):
    with pytest.raises(SettingsError):
        make_token(keys, REF, "c", EXPIRES)


ZONE = ZoneInfo("America/Los_Angeles")
EFFECTIVE = datetime(2027, 1, 15, 8, tzinfo=UTC)
SENT = datetime(2026, 12, 10, 20, tzinfo=UTC)
LATE = datetime(2027, 1, 12, 20, tzinfo=UTC)
OVER_LATE = datetime(2027, 2, 12, 8, tzinfo=UTC)
AFTER = datetime(2027, 3, 1, tzinfo=UTC)
SOON = EFFECTIVE + timedelta(days=3)
HELD = (
    Holding(site="shop", category="contact", version="v1"),
    Holding(site="shop", category="usage", version="v2"),
)
FACTS = PermitFacts(
    approved=True,
    effective_at=EFFECTIVE,
    zone=ZONE,
    ruling=Reason.AFFECTED,
    sent_at=SENT,
    notice_days=30,
    silence=Silence.APPLIES,
    version="v2",
    newer_or_same=frozenset({"v2"}),
    holdings=HELD,
)
CHOSEN = {"chosen_at": datetime(2026, 12, 20, tzinfo=UTC)}


@pytest.mark.parametrize(
    ("facts", "now", "reason", "since", "earliest"),
    [
        ({"known": False, "erased": True}, AFTER, "unknown_person", None, None),
        ({"erased": True, "approved": False}, AFTER, "erased", None, None),
        ({"ruling": Reason.ERASED}, AFTER, "erased", None, None),
        ({"approved": False, "choice": Choice.REFUSE}, AFTER, "not_approved", None, None),
        ({"approved": False, "ruling": Reason.NOT_AFFECTED}, AFTER, "not_approved", None, None),
        ({"choice": Choice.REFUSE}, NOW, "refused", None, None),
        ({"choice": Choice.REFUSE}, AFTER, "refused", None, None),
        ({"choice": Choice.WITHDRAW}, AFTER, "refused", None, None),
        ({"ruling": Reason.REFUSED_BEFORE}, AFTER, "refused", None, None),
        ({}, NOW, "before_effective", None, EFFECTIVE),
        ({"sent_at": LATE}, NOW, "before_effective", None, OVER_LATE),
        ({"sent_at": None}, NOW, "before_effective", None, None),
        ({"silence": Silence.KEEPS_OLD}, NOW, "before_effective", None, None),
        ({"choice": Choice.ACCEPT, **CHOSEN}, NOW, "before_effective", None, EFFECTIVE),
        ({"ruling": Reason.JOINED_UNDER_NEW}, NOW, "before_effective", None, EFFECTIVE),
        ({"ruling": Reason.NOT_AFFECTED}, NOW, "before_effective", None, EFFECTIVE),
        ({"ruling": Reason.JOINED_UNDER_NEW}, EFFECTIVE, "joined_under_new", EFFECTIVE, None),
        ({"ruling": Reason.NOT_AFFECTED}, EFFECTIVE, "not_affected", EFFECTIVE, None),
        ({"ruling": Reason.NEVER_STORED}, AFTER, "not_affected", EFFECTIVE, None),
        ({"choice": Choice.ACCEPT, **CHOSEN}, AFTER, "accepted", EFFECTIVE, None),
        (
            {"choice": Choice.ACCEPT, "chosen_at": SOON, "sent_at": None},
            AFTER,
            "accepted",
            SOON,
            None,
        ),
        ({"sent_at": None}, AFTER, "not_reached", None, None),
        ({"ruling": None}, AFTER, "not_reached", None, None),
        ({"ruling": Reason.ALREADY_TOLD, "sent_at": None}, AFTER, "not_reached", None, None),
        ({"ruling": Reason.ALREADY_TOLD}, AFTER, "notice_ran", EFFECTIVE, None),
        ({"sent_at": LATE}, SOON, "notice_running", None, OVER_LATE),
        (
            {"sent_at": LATE, "silence": Silence.KEEPS_OLD},
            SOON,
            "notice_running",
            None,
            None,
        ),
        ({"sent_at": LATE}, OVER_LATE, "notice_ran", OVER_LATE, None),
        ({}, EFFECTIVE, "notice_ran", EFFECTIVE, None),
        ({"silence": Silence.KEEPS_OLD}, AFTER, "awaiting_choice", None, None),
    ],
)
def test_permits(facts, now, reason, since, earliest):
    answer = permit(replace(FACTS, **facts), now)
    assert answer.reason.value == reason
    assert answer.may_apply == (
        reason in {"not_affected", "joined_under_new", "notice_ran", "accepted"}
    )
    assert (answer.since, answer.earliest) == (since, earliest)


def test_what_governs_changes_only_where_the_new_terms_may_be_applied():
    assert permit(FACTS, NOW).governing == HELD
    assert {h.version for h in permit(FACTS, AFTER).governing} == {"v2"}
    assert permit(replace(FACTS, choice=Choice.REFUSE), AFTER).governing == HELD


def test_the_document_is_the_contract_s():
    document = permit(replace(FACTS, sent_at=LATE), SOON).document()
    assert document == {
        "may_apply": False,
        "reason": "notice_running",
        "since": None,
        "earliest": "2027-02-12T08:00:00Z",
        "governing": [
            {"site": "shop", "category": "contact", "version": "v1"},
            {"site": "shop", "category": "usage", "version": "v2"},
        ],
    }


INSTANTS = st.integers(-90, 120).map(lambda n: EFFECTIVE + timedelta(days=n, hours=n % 24))
facts = st.builds(
    PermitFacts,
    known=st.booleans(),
    erased=st.booleans(),
    approved=st.booleans(),
    effective_at=st.just(EFFECTIVE),
    zone=st.just(ZONE),
    ruling=st.none() | st.sampled_from(Reason),
    sent_at=st.none() | INSTANTS,
    notice_days=st.integers(0, 62),
    choice=st.none() | st.sampled_from(Choice),
    chosen_at=st.none() | INSTANTS,
    silence=st.sampled_from(Silence),
)


@given(facts, INSTANTS)
def test_never_yes_too_early_unapproved_refused_or_unknown(known, now):
    answer = permit(known, now)
    if answer.may_apply:
        assert now >= EFFECTIVE
        assert known.known
        assert known.approved
        assert not known.erased
        assert known.choice in {None, Choice.ACCEPT}
        assert known.ruling is not None or known.choice is Choice.ACCEPT
        assert answer.earliest is None
        assert answer.since >= EFFECTIVE
    else:
        assert answer.since is None
    if answer.reason is PermitReason.NOTICE_RAN:
        assert known.silence is Silence.APPLIES
        assert known.sent_at < now or known.notice_days == 0


@given(facts, INSTANTS)
def test_what_earliest_says_comes_true_if_nothing_happens(known, now):
    answer = permit(known, now)
    if answer.earliest is not None and known.choice is None:
        assert answer.earliest > now
        assert permit(known, answer.earliest).may_apply
        assert not permit(known, answer.earliest - timedelta(seconds=1)).may_apply
