"""What the web pages know: public texts and feeds, and the choice behind a good link."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from notifier.campaign.wording import long_date
from notifier.consent import Choice
from notifier.diff.model import ChangeKind
from notifier.diff.places import rename_places
from notifier.errors import NotifierError
from notifier.pipeline.assess import pair_view
from notifier.pipeline.choose import Addressed, record, who
from notifier.pipeline.history import History, read_history, read_policy
from notifier.pipeline.letters import summary_of, view_of
from notifier.pipeline.publish import feed_folder
from notifier.policy.history import public, states
from notifier.store import ledger
from notifier.web.face import (
    ChangePage,
    ChoicePage,
    ChoiceResult,
    Decision,
    FileAnswer,
    Health,
    Link,
    PolicyPage,
)

if TYPE_CHECKING:
    from notifier.campaign.content import ChangeView
    from notifier.classify.model import Verdict
    from notifier.diff.model import Diff
    from notifier.home import Home
    from notifier.store.engine import Session


class PublicFace:
    """The pipeline over an opened home, as the web pages ask it. Safe to use from threads."""

    def __init__(self, home: Home) -> None:
        self._home = home

    def feed(self, site: str) -> FileAnswer | None:
        """Return the published feed of a site."""
        return self._file(site, "json")

    def atom(self, site: str) -> FileAnswer | None:
        """Return the published changelog of a site."""
        return self._file(site, "atom")

    def _file(self, site: str, suffix: str) -> FileAnswer | None:
        if site not in self._home.settings.sites:
            return None
        try:
            return FileAnswer(body=(feed_folder(self._home) / f"{site}.{suffix}").read_bytes())
        except OSError:
            return None

    def choice(self, token: str) -> ChoicePage | None:
        """Return the page of a good link; changes nothing."""
        with self._home.store.read() as tx:
            found = who(self._home, tx, token)
            return self._page(found) if found else None

    def choose(self, token: str, decision: Decision) -> ChoiceResult | None:
        """Record a decision durably, then return it; the same one again is not a new event."""
        done = record(self._home, token, Choice(decision.value))
        if done is None:
            return None
        found, recorded = done
        return ChoiceResult(
            page=self._page(found),
            decision=decision,
            recorded_at=recorded.row.at,
            repeated=recorded.repeated,
            campaign=found.campaign.id,
        )

    def _page(self, found: Addressed) -> ChoicePage:
        campaign, company = found.campaign, self._home.settings.company
        cohort = campaign.approval["cohorts"][found.message.cohort]
        locale = campaign.approval["locale"]
        day = long_date(date.fromisoformat(campaign.effective_date), locale)
        links: tuple[Link, ...] = ()
        if campaign.kind == "acquisition":
            acquirer = campaign.terms["acquirer"]["name"]
            title = f"{acquirer} takes over on {day}"
        else:
            title = f"{self._home.policy(campaign.policy).title} changes on {day}"
            links = _links(campaign.policy, cohort["baselines"], campaign.version)
        notes = {n["change"]: n["text"] for n in campaign.approval["notes"]}
        return ChoicePage(
            company=company.name,
            contact=company.contact,
            complaints=company.complaints,
            title=title,
            words=notes.get("", cohort["opening"]),
            if_accept=cohort["if_accept"],
            if_refuse=cohort["if_refuse"],
            if_nothing=cohort["if_nothing"],
            links=links,
            current=Decision(found.last.decision) if found.last else None,
            current_at=found.last.at if found.last else None,
            locale=locale,
        )

    def policy_text(self, policy: str, version: str) -> PolicyPage | None:
        """Return a public version."""
        home, now = self._home, self._home.now()
        if policy not in home.settings.policies:
            return None
        with home.store.read() as tx:
            history = read_history(tx, policy)
        names = [fact.version for fact in public(history.facts, now)]
        if version not in names:
            return None
        row, about = history.row(version), home.policy(policy)
        text = read_policy(home, row)
        at = names.index(version)
        pairs = [(names[i], names[i + 1]) for i in (at - 1, at) if 0 <= i < len(names) - 1]
        return PolicyPage(
            company=home.settings.company.name,
            policy=policy,
            title=about.title,
            version=version,
            effective=_day(history, version),
            timezone=about.timezone,
            status=states(history.facts, now)[version].value,
            markup=text.reading.markup,
            source=text.text,
            contact=home.settings.company.contact,
            sites=tuple(Link(text=home.site(s).name, url=home.site(s).url) for s in about.sites),
            changes=tuple(
                Link(text=f"Changes from {old} to {new}", url=f"/changes/{policy}/{old}/{new}")
                for old, new in pairs
            ),
            locale=row.locale,
        )

    def change(self, policy: str, old: str, new: str) -> ChangePage | None:
        """Return the redline between two public versions, as it was ruled on.

        A notice names the version before as it was proposed; where that one never became public,
        the page compares with the last public one before, and says which.
        """
        home = self._home
        if policy not in home.settings.policies or old == new:
            return None
        with home.store.read() as tx:
            history = read_history(tx, policy)
            known = [fact.version for fact in public(history.facts, home.now())]
            if old in history.rows and old not in known and new in known:
                old = next(iter(known[: known.index(new)][-1:]), "")
            if not {old, new} <= {*known}:
                return None
            view = pair_view(home, tx, policy, history, old, new)
        verdicts = view.verdicts
        return ChangePage(
            company=home.settings.company.name,
            policy=policy,
            title=home.policy(policy).title,
            old=old,
            new=new,
            old_effective=_day(history, old),
            new_effective=_day(history, new),
            summary=summary_of(v for v in verdicts.values() if v.material),
            changes=tuple(_public_view(view.diff, *item) for item in verdicts.items()),
            links=_links(policy, [old], new)[1:],
            contact=home.settings.company.contact,
            locale=history.row(new).locale,
        )

    def health(self) -> Health:
        """Return whether the database answers and the feeds were published."""
        checks = {}
        try:
            with self._home.store.read() as tx:
                _ = self._head(tx)
            checks["database"] = "ok"
        except NotifierError:
            checks["database"] = "failed"
        missing = [site for site in self._home.settings.sites if self.feed(site) is None]
        checks["feeds"] = "unpublished" if missing else "ok"
        return Health(ok=checks["database"] == "ok" and not missing, checks=checks)

    @staticmethod
    def _head(tx: Session) -> int:
        return ledger.head(tx).seq


def _public_view(diff: Diff, key: str, verdict: Verdict) -> ChangeView:
    """Return a change for the page; a rename with all its places, too many for a mail."""
    shown = view_of(key, verdict)
    if verdict.change.kind is not ChangeKind.RENAMED:
        return shown
    return replace(shown, places=rename_places(diff, verdict.change))


def _day(history: History, version: str) -> str:
    row = history.row(version)
    return long_date(date.fromisoformat(row.effective_date), row.locale)


def _links(policy: str, baselines: list[str], version: str) -> tuple[Link, ...]:
    """Return the links from a choice page: what changed, the new text, the old ones."""
    changed = tuple(
        Link(text=f"What changed since {old}", url=f"/changes/{policy}/{old}/{version}")
        for old in baselines
    )
    texts = tuple(
        Link(text=f"Version {name}", url=f"/policies/{policy}/{name}")
        for name in (version, *baselines)
    )
    return changed + texts
