"""How fast, how many a day, when again, and whose fault it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.dispatch.judge import Retries, rehearsed
from notifier.dispatch.pace import TokenBucket, cap_of_the_day
from notifier.dispatch.prepare import ALIKE, Streak

NOW = datetime(2026, 11, 24, tzinfo=UTC)


@given(
    rate=st.floats(0.1, 500),
    pauses=st.lists(st.floats(0, 5), min_size=2, max_size=200),
)
def test_no_second_sees_more_than_the_rate_and_its_burst(rate, pauses):
    now = 100.0
    bucket = TokenBucket(rate, lambda: now)
    used = []
    for pause in pauses:
        now += pause
        now += bucket.wait_seconds()
        used.append(now)
    for start in used:
        within = sum(start <= at < start + 1 for at in used)
        assert within <= rate * 1.2 + 2


def test_waits_add_up_when_asked_at_one_instant():
    bucket = TokenBucket(20, lambda: 7.0)
    waits = [bucket.wait_seconds() for _ in range(24)]
    assert waits[-1] == pytest.approx(1.0, abs=0.21)


@pytest.mark.parametrize(
    ("per_day", "ramp", "before", "cap"),
    [(0, (), 5, 0), (9, (), 0, 9), (9, (1, 5), 0, 1), (9, (1, 5), 1, 5), (9, (1, 5), 2, 9)],
)  # fmt: skip
def test_the_ramp_comes_before_the_cap(per_day, ramp, before, cap):
    assert cap_of_the_day(per_day, ramp, before) == cap


def test_the_last_wait_repeats_within_the_reserve():
    schedule = Retries(minutes=(30, 60), reserve=timedelta(hours=3))
    assert schedule.next_at(1, NOW, NOW) == NOW + timedelta(minutes=30)
    assert schedule.next_at(7, NOW, NOW) == NOW + timedelta(minutes=60)
    last = NOW + timedelta(hours=2)
    assert schedule.next_at(3, NOW, last) == NOW + timedelta(hours=3)
    assert schedule.next_at(4, NOW, last + timedelta(seconds=1)) is None
    assert Retries(minutes=(30,), reserve=timedelta(0)).next_at(1, NOW, NOW) is None


def test_a_rehearsal_compares_addresses_without_case():
    assert not rehearsed("Ann@x.org", ["ann@X.org"])
    assert rehearsed("bob@x.org", ["ann@x.org"])
    assert not rehearsed("bob@x.org", [])


def test_failures_alike_are_kept_back_until_something_succeeds():
    streak = Streak()
    results = [object() for _ in range(ALIKE)]
    kept = [streak.failed(result, "same") for result in results[:-1]]
    assert kept == [[]] * (ALIKE - 1)
    assert not streak.systemic()
    assert streak.failed(results[-1], "same") == []
    assert streak.systemic()
    assert streak.succeeded() == results
    assert not streak.systemic()
    assert streak.failed("next", "same") == ["next"]


def test_failures_that_differ_are_each_their_own():
    streak = Streak()
    streak.failed("a", "one")
    assert streak.failed("b", "two") == ["a", "b"]
    assert streak.failed("c", "two") == ["c"]
