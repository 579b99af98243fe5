"""The first wave of a campaign: let a few go first, hold the rest, and let it go, or ask."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from notifier.banner import instant
from notifier.campaign.machine import CampaignEvent, CampaignState
from notifier.pipeline.moves import move
from notifier.plan.wave import Wave, WaveVerdict
from notifier.store import ledger
from notifier.store.campaigns import all_campaigns
from notifier.store.waves import (
    WAVE_HELD,
    WAVE_RELEASED,
    find_wave,
    hold_rest,
    release_rest,
    was_released,
)

if TYPE_CHECKING:
    from datetime import datetime

    from notifier.home import Home
    from notifier.store.engine import Session
    from notifier.store.tables import CampaignRow


def hold_back(home: Home, tx: Session, campaign: str, now: datetime) -> int:
    """Hold everybody beyond the first wave; return how many. Harmless to repeat.

    Nobody is held while ``dry_run`` or ``only_to`` keep the mails here: the wave is drawn when
    they are lifted.
    """
    mail = home.settings.mail
    if not mail.first.people or mail.dry_run or mail.only_to or was_released(tx, campaign):
        return 0
    held = hold_rest(tx, campaign, mail.first.people)
    if held:
        body = {"people": mail.first.people, "held": held}
        ledger.append(tx, now=now, kind=WAVE_HELD, campaign=campaign, body=body)
    return held


def let_go(tx: Session, campaign: str, now: datetime, *, reason: str = "", actor: str = "") -> int:
    """Let everybody go who waits for the first wave; return how many."""
    wave = find_wave(tx, campaign)
    if wave is None:
        return 0
    released = release_rest(tx, campaign)
    body = {
        "released": released,
        "accepted": wave.accepted,
        "refused": wave.refused,
        "open": wave.open,
        "reason": reason,
        "actor": actor,
    }
    ledger.append(tx, now=now, kind=WAVE_RELEASED, campaign=campaign, body=body)
    return released


def verdict(home: Home, wave: Wave, now: datetime) -> WaveVerdict:
    """Say what a first wave means for the rest under the configuration."""
    first = home.settings.mail.first
    return wave.verdict(hold_hours=first.hold_hours, max_bounce=first.max_bounce, now=now)


def hours_ahead(home: Home, tx: Session, campaign: str, left: int, now: datetime) -> float:
    """Return for how many hours the first wave can still hold up the ``left`` messages."""
    first = home.settings.mail.first
    wave = find_wave(tx, campaign)
    if wave is None:
        waits = 0 < first.people < left and not was_released(tx, campaign)
        return first.hold_hours if waits else 0.0
    goes_on = wave.goes_on_at(first.hold_hours)
    return first.hold_hours if goes_on is None else max(0.0, (goes_on - now) / timedelta(hours=1))


def look_at_waves(home: Home, says: list[str]) -> tuple[int, datetime | None]:
    """Let go what may go, or ask; return how many may go now, and when the next hold ends."""
    now, released, ends = home.now(), 0, []
    with home.store.write() as tx:
        for row in all_campaigns(tx):
            wave = find_wave(tx, row.id) if row.state == CampaignState.SENDING else None
            if wave is None:
                continue
            released += _look(home, tx, row, wave, now, says)
            goes_on = wave.goes_on_at(home.settings.mail.first.hold_hours)
            if goes_on is not None and goes_on > now and row.state == CampaignState.SENDING:
                ends.append(goes_on)
    return released, min(ends, default=None)


def _look(
    home: Home, tx: Session, row: CampaignRow, wave: Wave, now: datetime, says: list[str]
) -> int:
    first = home.settings.mail.first
    match verdict(home, wave, now):
        case WaveVerdict.RELEASE:
            says.append(f"{row.id}: the first wave went well ({wave.figures()}); the rest goes.")
            return let_go(tx, row.id, now)
        case WaveVerdict.ASK:
            why = f"first wave: {wave.figures()}; mail.first.max_bounce is {first.max_bounce:.1%}"
            move(tx, row, CampaignEvent.NEED_DECISION, now, reason=why)
            says.append(
                f"{row.id} stopped after its {why}. Decide with `notifier campaign decide"
                f" {row.id} continue|cancel --reason …`."
            )
        case WaveVerdict.WAIT:
            goes_on = wave.goes_on_at(first.hold_hours)
            until = (
                f"until {instant(goes_on)}"
                if goes_on
                else f"until {first.hold_hours:g} hours after the last of the wave is settled"
            )
            says.append(f"{row.id}: the first wave is out; the other {wave.held} wait {until}.")
    return 0


def wave_document(home: Home, tx: Session, row: CampaignRow) -> dict[str, Any] | None:
    """Return what ``status`` shows of a first wave for which others wait."""
    wave = find_wave(tx, row.id)
    if wave is None:
        return None
    goes_on = wave.goes_on_at(home.settings.mail.first.hold_hours)
    return {
        "accepted": wave.accepted,
        "refused": wave.refused,
        "open": wave.open,
        "held": wave.held,
        "goes_on_at": instant(goes_on) if goes_on else None,
    }
