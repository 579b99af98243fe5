"""Turn what a ``Face`` knows into pages: HTML that works without a script."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from notifier.web.face import Decision
from notifier.web.text import policy_html

if TYPE_CHECKING:
    from datetime import datetime

    from notifier.render import Templates
    from notifier.web.face import ChangePage, ChoicePage, ChoiceResult, PolicyPage

_ERRORS = (400, 404, 405, 413, 500)
"""Statuses that ``web/error.html`` has words for."""


class Pages:
    """The pages of the web face, rendered from the home's templates."""

    def __init__(self, templates: Templates) -> None:
        self._templates = templates
        self._errors = {status: self._error(status) for status in _ERRORS}

    def error(self, status: int) -> bytes:
        """Return the neutral page of an error: the same for everybody, made once."""
        return self._errors.get(status, self._errors[404 if status < 500 else 500])  # noqa: PLR2004  HTTP's classes

    def choice(self, page: ChoicePage, *, missing: bool = False) -> str:
        """Return the page with the two choices; ``missing`` says that none was sent."""
        return self._page(
            "choice/page.html", page.locale, page=page, missing=missing, when=_when(page.current_at)
        )

    def chosen(self, result: ChoiceResult) -> str:
        """Return the confirmation of a decision that is recorded."""
        effect = {
            Decision.ACCEPT: result.page.if_accept,
            Decision.REFUSE: result.page.if_refuse,
            Decision.WITHDRAW: result.page.if_nothing,
        }[result.decision]
        return self._page(
            "choice/done.html",
            result.page.locale,
            page=result.page,
            result=result,
            effect=effect,
            when=_when(result.recorded_at),
        )

    def policy(self, page: PolicyPage) -> str:
        """Return the full text of a version."""
        text = policy_html(page.source, page.markup)
        return self._page("web/policy.html", page.locale, page=page, text=text)

    def change(self, page: ChangePage) -> str:
        """Return the redline between two versions."""
        return self._page("web/change.html", page.locale, page=page)

    def _page(self, name: str, locale: str, **values: object) -> str:
        template, language = self._templates.localized(name, locale)
        return self._templates.render(template, language=language, **values)

    def _error(self, status: int) -> bytes:
        return self._page("web/error.html", "en", status=status).encode()


def _when(instant: datetime | None) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC") if instant else ""
