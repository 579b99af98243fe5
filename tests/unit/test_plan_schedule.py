"""Legal days, notify-by and the first lawful date (P3, P7)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.errors import InputError
from notifier.plan.schedule import (
    calendar,
    earliest_effective,
    notice_over,
    notify_by,
    sending_seconds,
    start_of_day,
)

LA = ZoneInfo("America/Los_Angeles")
BERLIN = ZoneInfo("Europe/Berlin")
KOLKATA = ZoneInfo("Asia/Kolkata")
ZONES = [LA, BERLIN, KOLKATA, ZoneInfo("America/Sao_Paulo"), ZoneInfo("Pacific/Apia")]


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "start"),
    [
        ("America/Los_Angeles", date(2027, 1, 15), utc(2027, 1, 15, 8)),
        ("America/Los_Angeles", date(2027, 3, 14), utc(2027, 3, 14, 8)),  # the gap comes at two
        ("America/Los_Angeles", date(2027, 3, 15), utc(2027, 3, 15, 7)),
        ("America/Los_Angeles", date(2027, 11, 8), utc(2027, 11, 8, 8)),  # after the overlap
        ("Europe/Berlin", date(2028, 2, 29), utc(2028, 2, 28, 23)),
        ("Europe/Berlin", date(2027, 3, 29), utc(2027, 3, 28, 22)),
        ("Asia/Kolkata", date(2027, 1, 1), utc(2026, 12, 31, 18, 30)),
        ("America/Sao_Paulo", date(2018, 11, 4), utc(2018, 11, 4, 3)),  # began at one o'clock
        ("Asia/Beirut", date(2022, 3, 27), utc(2022, 3, 26, 22)),  # began at one o'clock
        ("America/Havana", date(2022, 11, 6), utc(2022, 11, 6, 4)),  # midnight came twice
        ("America/Scoresbysund", date(2024, 3, 31), utc(2024, 3, 31, 1)),  # the gap: 0 to 1
        ("Pacific/Apia", date(2011, 12, 30), utc(2011, 12, 30, 10)),  # the day did not exist
        ("Pacific/Apia", date(2011, 12, 31), utc(2011, 12, 30, 10)),
        ("America/Toronto", date(1919, 3, 31), utc(1919, 3, 31, 4, 30)),  # the gap: 23:30 to 0:30
    ],
)
def test_p7_a_local_day_starts_at_its_first_instant(zone, day, start):
    assert start_of_day(day, ZoneInfo(zone)) == start


@given(st.dates(date(1925, 1, 1), date(2120, 1, 1)), st.sampled_from(ZONES))
@settings(max_examples=300, deadline=None)
def test_the_second_before_the_start_is_another_day(day, zone):
    start = start_of_day(day, zone)
    assert start.tzinfo is UTC
    assert (start - timedelta(seconds=1)).astimezone(zone).date() < day
    assert start.astimezone(zone).date() >= day


def test_a_date_that_cannot_be_counted_is_refused():
    with pytest.raises(InputError) as caught:
        start_of_day(date(1, 1, 1), KOLKATA)
    assert caught.value.exit_code == 2


def test_the_last_day_that_can_be_counted_is_counted():
    dates = calendar(
        date(9999, 12, 31), zone=LA, notice_days=30, reserve_days=5, messages=0,
        rate_per_second=1, now=utc(2026, 1, 1),
    )  # fmt: skip
    assert dates.effective_at == utc(9999, 12, 31, 8)
    assert dates.notify_by == utc(9999, 11, 26, 8)


def test_year_9999_is_refused_everywhere():
    with pytest.raises(InputError):
        notice_over(utc(9999, 12, 30), 30, BERLIN)
    with pytest.raises(InputError):
        notify_by(date(1, 1, 5), zone=BERLIN, notice_days=30, reserve_days=5, seconds=0)
    with pytest.raises(InputError):
        earliest_effective(utc(9999, 12, 1), zone=BERLIN, notice_days=30, reserve_days=5, seconds=0)
    with pytest.raises(InputError):
        earliest_effective(
            utc(2026, 1, 1), zone=BERLIN, notice_days=1, reserve_days=0, seconds=1e13
        )


@pytest.mark.parametrize(
    ("zone", "effective", "expected"),
    [
        # 30 days and 5 of reserve: start of 11 December, minus 20 seconds of sending
        (LA, date(2027, 1, 15), utc(2026, 12, 11, 7, 59, 40)),
        (BERLIN, date(2027, 1, 15), utc(2026, 12, 10, 22, 59, 40)),
        (KOLKATA, date(2027, 1, 15), utc(2026, 12, 10, 18, 29, 40)),
        # over the spring change: local days, not 24-hour steps
        (LA, date(2027, 4, 10), utc(2027, 3, 6, 7, 59, 40)),
        (BERLIN, date(2027, 4, 20), utc(2027, 3, 15, 22, 59, 40)),
        # over a leap day
        (LA, date(2028, 4, 4), utc(2028, 2, 29, 7, 59, 40)),
    ],
)
def test_p3_notify_by_is_a_local_midnight_minus_the_sending_time(zone, effective, expected):
    dates = calendar(
        effective, zone=zone, notice_days=30, reserve_days=5, messages=1000,
        rate_per_second=50.0, now=utc(2026, 11, 24),
    )  # fmt: skip
    assert dates.notify_by == expected
    assert dates.sending_seconds == 20.0
    assert dates.effective_at == start_of_day(effective, zone)


INSTANTS = st.integers(1_577_836_800, 2_840_140_800).map(lambda s: datetime.fromtimestamp(s, UTC))
"""Any second from 2020 to 2060."""
DAYS = st.dates(date(2020, 1, 1), date(2060, 1, 1))


@given(DAYS, DAYS, st.sampled_from(ZONES), st.integers(0, 62), st.integers(0, 10))
@settings(max_examples=200, deadline=None)
def test_notify_by_grows_with_the_effective_date(one, other, zone, notice, reserve):
    early, late = sorted((one, other))
    terms = {"zone": zone, "notice_days": notice, "reserve_days": reserve, "seconds": 7.5}
    assert notify_by(early, **terms) <= notify_by(late, **terms)


@given(
    INSTANTS,
    st.sampled_from(ZONES),
    st.integers(0, 62),
    st.integers(0, 10),
    st.floats(0, 500_000),
)
@settings(max_examples=300, deadline=None)
def test_p3_the_earliest_date_is_in_time_and_the_day_before_is_not(
    now, zone, notice, reserve, seconds
):
    terms = {"zone": zone, "notice_days": notice, "reserve_days": reserve, "seconds": seconds}
    first = earliest_effective(now, **terms)
    assert notify_by(first, **terms) >= now
    assert notify_by(first - timedelta(days=1), **terms) < now


@pytest.mark.parametrize(
    ("sent", "days", "zone", "over"),
    [
        (utc(2026, 12, 10, 20), 30, LA, utc(2027, 1, 10, 8)),  # noon: counts from the next day
        (utc(2026, 12, 10, 8), 30, LA, utc(2027, 1, 9, 8)),  # at the very start: that day counts
        (utc(2026, 12, 11, 7, 59, 59), 30, LA, utc(2027, 1, 10, 8)),  # a second before midnight
        (utc(2027, 3, 1, 12), 30, BERLIN, utc(2027, 3, 31, 22)),  # over the change of clocks
        (utc(2028, 2, 1, 12), 30, KOLKATA, utc(2028, 3, 2, 18, 30)),  # over a leap day
        (utc(2026, 12, 10, 20), 0, LA, utc(2026, 12, 10, 20)),  # no days to wait
    ],
)
def test_a_notice_runs_for_whole_local_days(sent, days, zone, over):
    assert notice_over(sent, days, zone) == over


@given(
    INSTANTS,
    st.sampled_from(ZONES[:3]),
    st.integers(1, 90),
    st.integers(0, 10),
)
@settings(max_examples=200, deadline=None)
def test_p3_whoever_is_sent_to_by_notify_by_has_had_the_whole_notice(now, zone, notice, reserve):
    day = earliest_effective(now, zone=zone, notice_days=notice, reserve_days=reserve, seconds=60)
    last = notify_by(day, zone=zone, notice_days=notice, reserve_days=reserve, seconds=60)
    accepted = last + timedelta(seconds=60, days=reserve - 1 if reserve else 0)
    assert notice_over(accepted, notice, zone) <= start_of_day(day, zone)


@pytest.mark.parametrize(
    ("messages", "terms", "expected"),
    [
        (0, {}, 0.0),
        (1000, {}, 20.0),
        (1000, {"hold_hours": 24}, 86_420.0),
        (1000, {"per_day": 400}, 2 * 86_400 + 4.0),
        (800, {"per_day": 400}, 86_400 + 8.0),  # the second day is full, there is no third
        (1000, {"ramp": [100, 300]}, 2 * 86_400 + 12.0),
        (400, {"ramp": [100, 300]}, 86_400 + 6.0),
        (1000, {"ramp": [100, 300], "per_day": 200}, 4 * 86_400 + 4.0),
    ],
)
def test_sending_time_counts_rate_caps_ramp_and_hold(messages, terms, expected):
    assert sending_seconds(messages, rate_per_second=50.0, **terms) == pytest.approx(expected)


@pytest.mark.parametrize("terms", [{"rate_per_second": 0}, {"rate_per_second": 1, "ramp": [0]}])
def test_sending_that_would_never_end_is_refused(terms):
    with pytest.raises(InputError):
        sending_seconds(10, **terms)
