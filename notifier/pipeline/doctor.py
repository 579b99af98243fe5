"""Look a home over before people depend on it: what is wrong, and what to do about it."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import shutil
import stat
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from notifier.channels.dns import DnsSilentError, NameServers, is_reserved
from notifier.channels.model import RelayDownError, RelayRefusesError
from notifier.channels.smtp import Relay, Timeouts
from notifier.errors import NotifierError
from notifier.evidence.checkpoint import newest_checkpoint
from notifier.evidence.keys import PUBLIC_KEY, load_erasure_key, load_signer, load_token_keys
from notifier.pipeline.publish import check as check_feeds
from notifier.store import ledger
from notifier.store.engine import open_store, require_current

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from notifier.home import Home
    from notifier.store.engine import Store

LEAST_FREE_BYTES = 200_000_000
_PATIENCE = Timeouts(connect=5.0, command=5.0, body=5.0)
_BUSY_SECONDS = 5.0
_LONGEST_RECORD = 400
_PROBED_ZONES = ("UTC", "Europe/Berlin", "America/Los_Angeles")


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """One thing that was looked at. Says neither a secret nor anybody's address."""

    name: str
    ok: bool
    says: str
    next_step: str = ""
    """What to do; an ``ok`` check may have one too, where a choice is safe but worth knowing."""


def examine(home: Home, *, names: NameServers | None = None) -> tuple[Check, ...]:
    """Check configuration, keys, database, ledger, relay, DNS, feeds, clock and disk.

    Never raises for what it finds: what cannot be checked is a check that failed. Sends no mail and
    writes nothing but what SQLite keeps beside an open database. Takes some ten seconds at worst,
    plus the reading of the whole database. Not to be called from within an event loop.

    ``names`` are the name servers to ask; the system's, where none are given.
    """
    servers = names or NameServers()
    checks: list[tuple[str, Callable[[], Sequence[Check]]]] = [
        ("configuration", lambda: _configuration(home)),
        ("keys", lambda: [_keys(home)]),
        ("database", lambda: [_database(home)]),
        ("ledger", lambda: [_ledger(home)]),
        ("relay", lambda: [_relay(home)]),
        ("dns", lambda: _dns(home, servers)),
        ("feeds", lambda: [_feeds(home)]),
        ("clock", lambda: [_clock(home)]),
        ("disk", lambda: [disk_space(home.var)]),
    ]
    return tuple(check for name, look in checks for check in _guarded(name, look))


def _guarded(name: str, look: Callable[[], Sequence[Check]]) -> Sequence[Check]:
    try:
        return look()
    except NotifierError as error:
        return [_failed(name, error.message, error.next_step)]
    except OSError as error:
        why = f"{error.filename or 'the system'}: {error.strerror or type(error).__name__}"
        step = "Mend the permissions or the folder, or run as the user that the home belongs to."
        return [_failed(name, f"could not be checked: {why}.", step)]
    except Exception as error:  # noqa: BLE001  the other checks are worth having all the same
        # Only the kind: the text of an unforeseen error may hold people's data.
        kind = type(error).__name__
        return [_failed(name, f"could not be checked ({kind}).", "Report this as a fault.")]


def _passed(name: str, says: str, next_step: str = "") -> Check:
    return Check(name=name, ok=True, says=says, next_step=next_step)


def _failed(name: str, says: str, next_step: str = "") -> Check:
    return Check(name=name, ok=False, says=says, next_step=next_step)


# ---- configuration -----------------------------------------------------------------------------


def _configuration(home: Home) -> list[Check]:
    name = "configuration"
    found = [_failed(name, says, step) for says, step in _wrong_settings(home)]
    found += [_passed(name, says, step) for says, step in _worth_knowing(home)]
    return found or [_passed(name, "valid, and nothing in it is risky.")]


def _wrong_settings(home: Home) -> Iterator[tuple[str, str]]:
    """Yield what does not work as it is written."""
    settings, mail = home.settings, home.settings.mail
    remote = not _is_loopback(mail.host)
    if not settings.sites or not settings.policies:
        yield (
            "there is no site or no policy, so there is nothing to tell anybody.",
            "Add a [sites.…] and a [policies.…] table.",
        )
    if mail.window != 1:
        yield (
            f"mail.window = {mail.window} is not honoured by this version; it works as 1.",
            "Set it to 1.",
        )
    public = _host_of(settings.web.base_url)
    if not public or (remote and _is_loopback(public)):
        yield (
            "web.base_url leads nobody here from elsewhere: the links in mails would be dead.",
            "Set web.base_url to the public address of `notifier serve`.",
        )
    if remote and mail.tls == "none" and mail.username:
        yield (
            "mail.tls is none: the relay's password travels in plain text.",
            "Set mail.tls to starttls or implicit.",
        )
    domain = _sender_domain(home)
    if not domain:
        yield "mail.from holds no address with a domain.", "Write it as Name <you@your-domain>."
    elif remote and is_reserved(domain):
        yield (
            f"mail.from is of {domain}, a name kept for examples; receivers will refuse it.",
            "Set mail.from to an address of a domain of yours.",
        )


def _worth_knowing(home: Home) -> Iterator[tuple[str, str]]:
    """Yield what is a choice that somebody may have forgotten."""
    settings, mail = home.settings, home.settings.mail
    if mail.dry_run:
        yield (
            "mail.dry_run is on: every mail is held, also those of approved campaigns.",
            "Set it to false when you mean it, then `notifier campaign resume`.",
        )
    if mail.only_to:
        yield (
            f"mail.only_to is set: all but {len(mail.only_to)} addresses are held.",
            "Empty it after the rehearsal, then `notifier campaign resume`.",
        )
    if _is_loopback(mail.host) and _is_loopback(_host_of(settings.web.base_url)):
        yield (
            "web.base_url is an address of this machine: links in mails work here only.",
            "Before people elsewhere get mail, set it to the public address of `notifier serve`.",
        )
    if not settings.review.four_eyes:
        yield (
            "review.four_eyes is off: whoever commits a version can approve it alone.",
            "Set it to true where a second person can look.",
        )
    if mail.tls == "none" and not mail.username and not _is_loopback(mail.host):
        yield (
            "mail.tls is none: mails go to the relay in plain text.",
            "Set it to starttls or implicit, unless the way to the relay is all yours.",
        )


def _is_loopback(host: str) -> bool:
    bare = host.casefold().strip("[]").rstrip(".")
    try:
        return ipaddress.ip_address(bare).is_loopback
    except ValueError:
        return bare == "localhost" or bare.endswith(".localhost")


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _sender_domain(home: Home) -> str:
    _, at, domain = parseaddr(home.settings.mail.sender)[1].rpartition("@")
    return domain.casefold() if at else ""


# ---- keys and database -------------------------------------------------------------------------


def _keys(home: Home) -> Check:
    files = sorted(home.keys.iterdir()) if home.keys.is_dir() else []
    if not files:
        load_signer(home.keys)  # says what is missing, and what to do
    faults = _mode_faults([home.keys], private=False)
    faults += _mode_faults([path for path in files if path.name == PUBLIC_KEY], private=False)
    faults += _mode_faults([path for path in files if path.name != PUBLIC_KEY], private=True)
    if faults:
        return _failed("keys", *_told(faults))
    signer, links = load_signer(home.keys), load_token_keys(home.keys)
    load_erasure_key(home.keys)
    public = home.keys / PUBLIC_KEY
    if public.is_file() and public.read_text("utf-8", errors="replace") != signer.public_key:
        return _failed(
            "keys",
            f"{public} is not the public half of the signing key.",
            "Find out who changed one of them; compare the fingerprint with the one noted down.",
        )
    return _passed(
        "keys",
        f"private to their owner; the signing key is {signer.fingerprint}, and choice links have"
        f" {len(links)} key{'' if len(links) == 1 else 's'}.",
    )


def _mode_faults(paths: Sequence[Path], *, private: bool) -> list[tuple[str, str]]:
    """Return (what is wrong, the command that mends it) for files that others own or can reach."""
    faults = []
    for path in paths:
        status = path.stat()
        mode, user = stat.S_IMODE(status.st_mode), os.geteuid()
        if mode & (0o077 if private else 0o022):
            what = "others can reach" if private else "others can change"
            wanted = "600" if private else "go-w"
            faults.append((f"{path}, which {what} (mode {mode:04o})", f"`chmod {wanted} {path}`"))
        if status.st_uid != user:
            whose = f"{path}, which belongs to user {status.st_uid} while this is user {user}"
            faults.append((whose, f"`chown {user} {path}`, or run as that user"))
    return faults


def _told(faults: Sequence[tuple[str, str]]) -> tuple[str, str]:
    whats, steps = zip(*faults, strict=True)
    return f"not safe: {'; '.join(whats)}.", f"Run {'; '.join(steps)}."


@contextmanager
def _opened(home: Home) -> Iterator[Store]:
    """Open the database apart from ``home.store``, which waits longer for locks than fits here."""
    store = open_store(home.settings.database.url, home.path, busy_seconds=_BUSY_SECONDS)
    try:
        require_current(store)
        yield store
    finally:
        store.close()


def _database(home: Home) -> Check:
    with _opened(home) as store, store.read() as tx:
        result = tx.connection().exec_driver_sql("PRAGMA quick_check(1)").scalar()
        beside = [store.path.with_name(store.path.name + end) for end in ("", "-wal", "-shm")]
        faults = _mode_faults([path for path in beside if path.exists()], private=True)
    if result != "ok":
        return _failed(
            "database",
            f"{store.path} is damaged: SQLite's quick_check does not pass.",
            "Stop every `notifier run`, keep the file as it is, restore a backup, then run"
            " `notifier evidence verify`.",
        )
    if faults:
        return _failed("database", *_told(faults))
    return _passed("database", "opens, has this version's schema, is whole and private.")


def _ledger(home: Home) -> Check:
    """Compare the chain's end with the newest checkpoint; `evidence verify` reads it all."""
    newest = newest_checkpoint(home.var / "checkpoints", key=load_signer(home.keys).fingerprint)
    with _opened(home) as store, store.read() as tx:
        end = ledger.head(tx)
        fault = ledger.disagreement(tx, newest)
    if fault:
        return _failed(
            "ledger",
            f"{fault}.",
            "Run `notifier evidence verify`; was the restore meant, `notifier campaign decide`.",
        )
    if newest is None:
        return _passed("ledger", f"{end.seq} entries; there is no checkpoint yet to compare with.")
    return _passed("ledger", f"{end.seq} entries; {newest.name} fits.")


# ---- relay and DNS -----------------------------------------------------------------------------


def _relay(home: Home) -> Check:
    mail = home.settings.mail
    where = f"{mail.host}:{mail.port}"
    try:
        asyncio.run(_greet(Relay.from_settings(mail, timeouts=_PATIENCE)))
    except RelayDownError as error:
        return _failed(
            "relay",
            f"down: {error.message}",
            "Check mail.host, mail.port and the relay itself; until it answers, mails wait.",
        )
    except RelayRefusesError as error:
        return _failed("relay", f"refuses: {error.message}", error.next_step)
    secured = {
        "none": "in plain text (mail.tls = none)",
        "starttls": "encrypted by STARTTLS, with a certificate that this machine trusts",
        "implicit": "encrypted from the start, with a certificate that this machine trusts",
    }[mail.tls]
    login = "the login works" if mail.username else "no login is configured"
    return _passed("relay", f"{where} answers, {secured}; {login}.")


async def _greet(relay: Relay) -> None:
    line = await relay.connect()
    await line.close()


def _dns(home: Home, names: NameServers) -> list[Check]:
    domain = _sender_domain(home)
    if not domain or is_reserved(domain):
        says = f"not checked: {domain or 'mail.from'} is no domain that mail can come from."
        return [_passed("dns", says)]
    checks: list[Check] = []
    try:
        for look in (_spf, _dmarc):
            checks.append(look(domain, names))  # noqa: PERF401  what was found before a silence stays
    except DnsSilentError:
        checks.append(_passed("dns", f"DNS does not answer; {domain} was not checked."))
    except ValueError:
        step = "Mend the domain of mail.from."
        checks.append(_failed("dns", "the domain of mail.from is not a domain name.", step))
    return [*checks, _dkim(domain)]


def _spf(domain: str, names: NameServers) -> Check:
    """Judge SPF (RFC 7208). The envelope sender is of the same domain, so a pass is aligned."""
    records = names.spf(domain)
    if len(records) != 1:
        much = f"{len(records)} SPF records, which voids them" if records else "no SPF record"
        step = f"Publish one TXT record at {domain} that names your relay, as its operator says."
        return _failed("spf", f"{domain} has {much}.", step)
    terms = records[0].casefold().split()[1:]
    says = f"{domain} says `{records[0][:_LONGEST_RECORD]}`"
    step = "Name your relay in the record, and end it with ~all or -all."
    if {"all", "+all"} & set(terms):
        return _failed("spf", f"{says}, which lets everybody send in its name.", step)
    if terms == ["-all"]:
        return _failed("spf", f"{says}, which lets nobody send, not even your relay.", step)
    return _passed("spf", f"{says}; see that your relay is among these.")


def _dmarc(domain: str, names: NameServers) -> Check:
    found = names.dmarc(domain)
    if found is None:
        return _failed(
            "dmarc",
            f"{domain} has no DMARC record; large receivers refuse bulk mail without one.",
            f'Publish a TXT record at _dmarc.{domain}; "v=DMARC1; p=none" is a beginning.',
        )
    if found.count > 1:
        says = f"{found.place} has {found.count} DMARC records, which voids them."
        return _failed("dmarc", says, f"Leave one TXT record at _dmarc.{found.place}.")
    if found.policy not in {"none", "quarantine", "reject"}:
        says = f"the DMARC record of {found.place} has no policy that receivers understand."
        return _failed("dmarc", says, "Mend its p= (none, quarantine or reject).")
    says = f"{found.place} asks receivers for {found.policy} of mails that fail in its name."
    return _passed("dmarc", says)


def _dkim(domain: str) -> Check:
    return _passed(
        "dkim",
        "not checked: its records cannot be found without the selector, which your relay chooses.",
        f"Look into a mail that arrived: DKIM-Signature must name d={domain} or its parent.",
    )


# ---- feeds, clock, disk ------------------------------------------------------------------------


def _feeds(home: Home) -> Check:
    found = check_feeds(home)
    bad = [f"{site}: {'; '.join(problems)}" for site, problems in found.items() if problems]
    if bad:
        step = "Run `notifier feed publish`, then `notifier feed check`."
        return _failed("feeds", f"not as they should be: {'. '.join(bad)}.", step)
    return _passed("feeds", f"{len(found)} published, each as its schema asks.")


def _clock(home: Home) -> Check:
    """Compare the clock with the newest entry, and load the zones that legal days need."""
    wanted = {policy.timezone for policy in home.settings.policies.values()}
    for zone in sorted(wanted | set(_PROBED_ZONES)):
        try:
            ZoneInfo.no_cache(zone)
        except (KeyError, ValueError, OSError):
            return _failed(
                "clock",
                f"the time zone {zone} cannot be loaded; legal days cannot be counted.",
                "Install the system's tzdata, or the Python package of that name.",
            )
    with _opened(home) as store, store.read() as tx:
        newest = next(ledger.entries(tx, after=ledger.head(tx).seq - 1), None)
    now = home.now()
    if newest is not None and now < datetime.fromisoformat(newest.at):
        return _failed(
            "clock",
            f"it is {now:%Y-%m-%d %H:%M:%S} UTC by the system's clock, before entry {newest.seq}"
            f" of the ledger ({newest.at}): the clock is late now, or was early then.",
            "Set the clock (NTP) and send nothing before: every notice period is counted by it.",
        )
    return _passed(
        "clock", f"{now:%Y-%m-%d %H:%M:%S} UTC, not before the newest entry; zones load."
    )


def disk_space(folder: Path, *, least_bytes: int = LEAST_FREE_BYTES) -> Check:
    """Check that the disk of a folder has room for what a campaign writes.

    :raises OSError: there is no such folder
    """
    free = shutil.disk_usage(folder).free
    says = f"{free // 1_000_000} MB free at {folder}"
    if free < least_bytes:
        return _failed("disk", f"only {says}.", "Free space before anything is sent.")
    return _passed("disk", f"{says}.")
