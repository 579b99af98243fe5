"""Which sites and categories a change plainly names; "all" unless it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.text import fold

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.reading import Reading

ALL = ("all",)


def sites(reading: Reading, context: Context) -> tuple[str, ...]:
    """Return the sites that the changed sentence names and no other, or ``("all",)``.

    A sentence that also speaks of all sites ("our websites"), or of the company as a whole, is told
    everywhere.
    """
    named = context.scope.sites
    if len(named) < 2:  # noqa: PLR2004 - one site is all sites
        return ALL
    sides = [f" {fold(text)} " for text in (reading.old_text, reading.new_text) if text.strip()]
    found = []
    for site, names in sorted(named.items()):
        forms = [f" {fold(name)} " for name in names if fold(name)]
        if all(any(form in side for form in forms) for side in sides):
            found.append(site)
    general = any(word in side for side in sides for word in _EVERYWHERE)
    return ALL if general or not found or len(found) == len(named) else tuple(found)


_EVERYWHERE = (" our sites ", " our websites ", " all sites ", " our products ", " our services ",
               " any site ", " we sell ", " may sell ")  # fmt: skip


def categories(_reading: Reading, _context: Context) -> tuple[str, ...]:
    """Return ``("all",)``: no rule narrows a change to some categories of data yet."""
    return ALL
