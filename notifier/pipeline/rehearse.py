"""Send a marked copy of a campaign's mail to a colleague; it is nobody's notice."""

from __future__ import annotations

import asyncio
import secrets
from email.utils import parseaddr
from typing import TYPE_CHECKING, Any

from notifier.campaign.mime import ascii_address, mime
from notifier.channels.model import Accepted, Letter
from notifier.channels.smtp import Relay
from notifier.errors import InputError, OutsideError
from notifier.pipeline.plans import sample_mail, told_person
from notifier.pipeline.propose import make_plan, need_campaign
from notifier.sources import fields

if TYPE_CHECKING:
    from notifier.campaign.letter import Filled
    from notifier.channels.model import Channel, Outcome
    from notifier.home import Home
    from notifier.pipeline.propose import Plan

_REF_BYTES = 16


def send_test_copy(
    home: Home, campaign: str, *, to: str, cohort: str = "", person: str = ""
) -> dict[str, Any]:
    """Send what a cohort would read to one address, marked as a test; its link does nothing.

    Works before and after the approval, also in a dry run: no notice is sent and nothing is
    recorded. Without ``cohort`` it is the first one of the plan, with ``person`` theirs; nothing of
    the person is in it.

    :raises InputError: an address that is not one, no such cohort, or a campaign that mails nobody
    :raises UnknownThingError: no such campaign or person
    :raises OutsideError: the relay cannot be reached or did not take it
    """
    recipient = _address(to)
    with home.store.read() as tx:
        plan = make_plan(home, tx, need_campaign(tx, campaign))
        guardian = False
        if person:
            row, ruling = told_person(tx, plan, person)
            cohort, guardian = ruling.cohort, bool(row.child or row.guardian_email)
        cohort = _cohort(plan, cohort)
        mail = sample_mail(home, tx, plan, cohort, guardian=guardian, proof=True)
    letter = _letter(home, mail, recipient)
    outcome = asyncio.run(_send(Relay.from_settings(home.settings.mail), letter))
    if not isinstance(outcome, Accepted):
        raise OutsideError(
            f"The relay did not take the test copy: {type(outcome).__name__.lower()},"
            f" {outcome.reply.code} {outcome.reply.text}".rstrip()
            + ". Nothing was recorded.",
            code="not_accepted",
            next_step="Check the address and the relay (`notifier doctor`), then send it again.",
        )
    return {
        "schema": "notifier.test_copy/1",
        "campaign": campaign,
        "cohort": cohort,
        "subject": mail.subject,
        "queue_id": outcome.queue_id or None,
    }


def _cohort(plan: Plan, cohort: str) -> str:
    if not plan.cohorts:
        raise InputError(
            f"{plan.campaign.id} tells nobody by mail. Nothing was sent.",
            next_step="`notifier plan` shows its route; import people where some are due.",
        )
    if cohort and cohort not in plan.cohorts:
        raise InputError(
            f"{plan.campaign.id} has no cohort {cohort!r}. Nothing was sent.",
            next_step=f"Use one of: {', '.join(plan.cohorts)}.",
        )
    return cohort or next(iter(plan.cohorts))


def _address(to: str) -> str:
    try:
        address = fields.address(to, "--to")
    except ValueError as error:
        raise InputError(
            f"{error}. Nothing was sent.", next_step="Give one address, as ann@example.com."
        ) from error
    return ascii_address(address)


def _letter(home: Home, mail: Filled, recipient: str) -> Letter:
    settings = home.settings.mail
    data = mime(
        mail,
        sender=settings.sender,
        reply_to=settings.reply_to,
        recipient=recipient,
        ref=secrets.token_hex(_REF_BYTES),
        dated_at=home.now(),
    )
    sender = ascii_address(parseaddr(settings.sender)[1])
    return Letter.of(sender=sender, recipient=recipient, data=data)


async def _send(channel: Channel, letter: Letter) -> Outcome:
    line = await channel.connect()
    try:
        refused = await line.offer(letter)
        return refused if refused is not None else await line.body(letter)
    finally:
        await line.close()
