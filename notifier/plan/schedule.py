"""The dates of a campaign: legal days, notify-by, and the first lawful effective date.

A legal day is a whole local day of the policy's time zone; instants are aware UTC.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from notifier.errors import InputError
from notifier.plan.model import Calendar

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

_DAY_SECONDS = 86_400
_SECOND = timedelta(seconds=1)
_SEARCH = timedelta(hours=50)
"""Wider than any jump of a zone's clock: whole days were skipped at the date line."""


FIRST_YEAR, LAST_YEAR = 1900, 9900
"""Legal days that can be counted with, notices and links before and after them included."""


def is_countable(day: date) -> bool:
    """Say whether a legal day leaves room for every period before and after it."""
    return FIRST_YEAR <= day.year <= LAST_YEAR


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Return the first instant of a local day, UTC.

    Where the clock skips midnight, that is the instant after the gap; where midnight comes twice,
    the first one; where the zone skipped the whole day, the start of the next one.

    :raises InputError: the instant lies outside the years 1 to 9999
    """
    try:
        midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
        instant = midnight.astimezone(UTC)
        local = instant.astimezone(zone)
        if local.date() == day and local.time() == midnight.time():
            return instant
        return _first_of(day, instant, zone)
    except OverflowError as error:
        raise _outside(str(day)) from error


def _first_of(day: date, near: datetime, zone: ZoneInfo) -> datetime:
    """Return the first second at which the local date is ``day`` or later, near an instant."""
    before, after = near - _SEARCH, near + _SEARCH
    while after - before > _SECOND:
        middle = before + timedelta(seconds=int((after - before).total_seconds()) // 2)
        if middle.astimezone(zone).date() >= day:
            after = middle
        else:
            before = middle
    return after


def notice_over(sent_at: datetime, days: int, zone: ZoneInfo) -> datetime:
    """Return when a notice has run: the start of the local day after ``days`` whole local days.

    A notice sent during a day counts from the next day on; sent at the very start of a day, that
    day counts. With no days to wait it has run at once. UTC.

    :raises InputError: the instant lies outside the years 1 to 9999
    """
    if days <= 0:
        return sent_at.astimezone(UTC)
    sent_day = sent_at.astimezone(zone).date()
    whole = start_of_day(sent_day, zone) == sent_at
    return start_of_day(_plus(sent_day, days if whole else days + 1), zone)


def sending_seconds(
    messages: int,
    *,
    rate_per_second: float,
    per_day: int = 0,
    ramp: Sequence[int] = (),
    hold_hours: float = 0.0,
) -> float:
    """Return how long sending takes, in seconds: rate, daily caps, and the hold of a first wave.

    ``ramp`` caps the first days, ``per_day`` all later ones (0: no cap), counted in UTC. A day that
    is full waits for the next; so this is the longest it can take, whatever the hour at which it
    begins. ``hold_hours`` is the hold of a first wave, 0 where nobody waits for one.

    :raises InputError: a cap of 0 in ``ramp`` or a rate of 0: sending would never end
    """
    if rate_per_second <= 0 or any(cap < 1 for cap in ramp):
        raise InputError(
            "With a rate or a daily cap of 0 sending would never end. Nothing was planned.",
            next_step="Set mail.rate_per_second and every number of mail.ramp above 0.",
        )
    whole_day = int(rate_per_second * _DAY_SECONDS) or 1
    left, days = max(messages, 0), 0
    for cap in ramp:
        if left <= min(cap, whole_day):
            break
        left -= min(cap, whole_day)
        days += 1
    else:
        if per_day and left > 0:
            full = (left - 1) // min(per_day, whole_day)
            left -= full * min(per_day, whole_day)
            days += full
    return days * _DAY_SECONDS + left / rate_per_second + hold_hours * 3600


def notify_by(
    effective: date, *, zone: ZoneInfo, notice_days: int, reserve_days: int, seconds: float
) -> datetime:
    """Return the last instant, UTC, at which sending may begin for an effective date.

    The start of the local day (effective − notice − retry reserve), minus the sending time.

    :raises InputError: the instant lies outside the years 1 to 9999
    """
    day = _plus(effective, -(notice_days + reserve_days))
    try:
        return start_of_day(day, zone) - timedelta(seconds=seconds)
    except OverflowError as error:
        raise _outside(f"{seconds:.0f} seconds before {day}") from error


def earliest_effective(
    now: datetime, *, zone: ZoneInfo, notice_days: int, reserve_days: int, seconds: float
) -> date:
    """Return the first effective date whose notify-by has not passed at ``now``.

    :raises InputError: there is none before the year 9999 ends
    """
    try:
        done = now + timedelta(seconds=seconds)
    except OverflowError as error:
        raise _outside(f"{seconds:.0f} seconds from now") from error
    day = _plus(done.astimezone(zone).date(), notice_days + reserve_days - 1)
    while (
        notify_by(
            day,
            zone=zone,
            notice_days=notice_days,
            reserve_days=reserve_days,
            seconds=seconds,
        )
        < now
    ):
        day = _plus(day, 1)
    return day


def calendar(
    effective: date,
    *,
    zone: ZoneInfo,
    notice_days: int,
    reserve_days: int,
    messages: int,
    rate_per_second: float,
    now: datetime,
    per_day: int = 0,
    ramp: Sequence[int] = (),
    hold_hours: float = 0.0,
) -> Calendar:
    """Return the dates of a campaign that tells ``messages`` people; ``now`` is aware UTC.

    :raises InputError: a date lies outside the years 1 to 9999, or sending would never end
    """
    seconds = sending_seconds(
        messages,
        rate_per_second=rate_per_second,
        per_day=per_day,
        ramp=ramp,
        hold_hours=hold_hours,
    )
    terms = {"notice_days": notice_days, "reserve_days": reserve_days}
    return Calendar(
        effective_date=effective,
        effective_at=start_of_day(effective, zone),
        notice_days=notice_days,
        notify_by=notify_by(effective, zone=zone, seconds=seconds, **terms),
        earliest_effective=earliest_effective(now, zone=zone, seconds=seconds, **terms),
        sending_seconds=seconds,
    )


def _plus(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError as error:
        raise _outside(f"{days} days from {day}") from error


def _outside(what: str) -> InputError:
    return InputError(
        f"{what} lies outside the years that can be counted. Nothing was done.",
        code="bad_date",
        next_step="Give an effective date between the years 1900 and 9998.",
    )
