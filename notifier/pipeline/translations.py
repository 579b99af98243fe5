"""Translations of a version: attached to the hash of their source, compared with it, never judged.

Whoever commits a translation attests it. Which locales of recipients are left without one, and
without a recorded fallback, is asked before anybody approves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notifier.errors import PromiseError
from notifier.pipeline.history import read_document
from notifier.plan.locales import Readers, readers
from notifier.policy.history import VersionStatus
from notifier.policy.translation import compare_translation
from notifier.store.versions import translations

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from notifier.home import Home
    from notifier.plan.model import Ruling, ShapeRow
    from notifier.policy.translation import Comparison
    from notifier.settings import Policy
    from notifier.store.engine import Session
    from notifier.store.tables import VersionRow

UNREAD = "NO WORDS   {people} people read {locale}: no current translation and no fallback"
"""What the plan says before anybody tries to approve."""


def is_current(translation: VersionRow, source: VersionRow) -> bool:
    """Say whether a translation was attested, and of the text as it stands now."""
    return (
        translation.status == VersionStatus.COMMITTED
        and translation.source_sha256 == source.canonical_sha256
    )


def readers_of(
    tx: Session,
    policy: Policy,
    source: VersionRow,
    shapes: Iterable[ShapeRow],
    rulings: Mapping[int, Ruling],
) -> tuple[Readers, ...]:
    """Return the recipients of a version by locale, and what each of them can read."""
    current = [
        row.locale
        for row in translations(tx, source.policy, source.version)
        if is_current(row, source)
    ]
    return readers(
        shapes,
        rulings,
        language=policy.language,
        translations=current,
        fallbacks=policy.fallback_locales,
    )


def require_words(found: Iterable[Readers], campaign: str, policy: str) -> None:
    """Refuse an approval while recipients have no text that they read, and no recorded fallback.

    :raises PromiseError: a locale has neither
    """
    unread = [each for each in found if not each.reads]
    if not unread:
        return
    who = ", ".join(f"{each.locale} ({each.people})" for each in unread)
    first = unread[0].locale
    raise PromiseError(
        f"Recipients of {campaign} read languages in which there is no current translation and no"
        f" recorded fallback: {who}. Nothing was approved.",
        code="translation_missing",
        next_step=f"Attach a translation (`notifier commit FILE … --locale {first}`), or name in"
        f" policies.{policy}.fallback_locales what they read instead.",
    )


def reader_documents(found: Iterable[Readers]) -> list[dict[str, Any]]:
    """Return the recipients by locale as JSON."""
    return [
        {
            "locale": each.locale,
            "people": each.people,
            "reads": each.reads or None,
            "fallback": each.fallback,
        }
        for each in found
    ]


def translation_documents(home: Home, tx: Session, source: VersionRow) -> list[dict[str, Any]]:
    """Return the translations of a version as JSON: who attests them, and how they differ.

    :raises EvidenceError: a stored text is damaged
    """
    rows = translations(tx, source.policy, source.version)
    if not rows:
        return []
    text = read_document(home, source)
    return [
        {
            "locale": row.locale,
            "current": is_current(row, source),
            "attested_by": row.author,
            "source_sha256": row.source_sha256,
            **comparison_document(
                compare_translation(
                    text, read_document(home, row), language=source.locale, locale=row.locale
                )
            ),
        }
        for row in rows
    ]


def comparison_document(found: Comparison) -> dict[str, Any]:
    """Return what a translation and its source do not share, as JSON."""
    return {
        "differences": {
            each.kind: {
                "source_only": list(each.source_only),
                "translation_only": list(each.translation_only),
            }
            for each in found.differences
        },
        "uncompared": list(found.uncompared),
    }


def comparison_lines(document: Mapping[str, Any]) -> list[str]:
    """Return the same for people, one line a kind."""
    lines = [
        f"{kind}: only in the source {_list(sides['source_only'])};"
        f" only in the translation {_list(sides['translation_only'])}"
        for kind, sides in document["differences"].items()
    ]
    if not lines:
        compared = [k for k in ("numbers", "units", "dates") if k not in document["uncompared"]]
        lines = [f"{', '.join(compared)} and links are those of the source"]
    if document["uncompared"]:
        lines.append(f"{' and '.join(document['uncompared'])} of this language are not known")
    return lines


def _list(items: Iterable[str]) -> str:
    return ", ".join(items) or "nothing"
