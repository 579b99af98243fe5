"""A translation beside its source: what can be seen without knowing either language."""

from __future__ import annotations

import doctest
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.plan import locales
from notifier.plan.locales import Readers, readers
from notifier.plan.model import Decision, Reason, Ruling, Shape, ShapeRow
from notifier.policy.parse import parse
from notifier.policy.translation import compare_translation

SOURCE = """# Retention

We keep your account for 24 months, and logs for thirty (30) days; we answer within 10 business
days. Since March 5, 2027 the fee is 1,000 dollars, or 2.5 %. See [the list](https://example.com/a)
or write to privacy@example.com.
"""
GERMAN = """# Speicherung

Wir behalten Ihr Konto 24 Monate und Protokolle 30 Tage; wir antworten binnen 10 Werktagen. Seit
dem 5. März 2027 beträgt die Gebühr 1.000 Dollar oder 2,5 Prozent. Siehe [die
Liste](https://example.com/a), oder schreiben Sie an privacy@example.com.
"""


def compared(source: str, translation: str, language: str = "en", locale: str = "de") -> dict:
    found = compare_translation(
        parse(source, markup="markdown"),
        parse(translation, markup="markdown"),
        language=language,
        locale=locale,
    )
    return {d.kind: (d.source_only, d.translation_only) for d in found.differences} | (
        {"uncompared": found.uncompared} if found.uncompared else {}
    )


def test_a_faithful_translation_differs_in_nothing() -> None:
    assert compared(SOURCE, GERMAN) == {}
    assert compared(GERMAN, SOURCE, "de", "en") == {}


@pytest.mark.parametrize(
    ("right", "wrong", "kind", "found"),
    [
        ("24 Monate", "36 Monate", "numbers", (("24",), ("36",))),
        ("24 Monate", "24 Jahre", "units", (("24 month",), ("24 year",))),
        ("10 Werktagen", "10 Tagen", "units", (("10 business day",), ("10 day",))),
        ("5. März 2027", "5. Mai 2027", "dates", (("2027-03-05",), ("2027-05-05",))),
        ("5. März 2027", "15. März 2027", "dates", (("2027-03-05",), ("2027-03-15",))),
        ("https://example.com/a", "https://example.com/b", "links",
         (("https://example.com/a",), ("https://example.com/b",))),
        ("privacy@", "datenschutz@", "links",
         (("privacy@example.com",), ("datenschutz@example.com",))),
    ],
)  # fmt: skip
def test_what_was_changed_on_the_way_is_named(
    right: str, wrong: str, kind: str, found: tuple
) -> None:
    assert right in GERMAN
    assert compared(SOURCE, GERMAN.replace(right, wrong))[kind] == found


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("fr", "Nous répondons dans les trente jours, dès le 5 mars 2027."),
        ("es", "Respondemos en 30 días, a partir del 5 de marzo de 2027."),
        ("it", "Rispondiamo entro trenta giorni, dal 5 marzo 2027."),
        ("nl", "We antwoorden binnen 30 dagen, vanaf 5 maart 2027."),
        ("pt-BR", "Respondemos em 30 dias, a partir de 5 de março de 2027."),
        ("sv", "Vi svarar inom 30 dagar, från den 5 mars 2027."),
        ("de", "Wir antworten binnen dreißig Tagen, ab dem 05.03.2027."),
        ("en-GB", "We answer within 30 days, as of 05/03/2027."),
        ("en-US", "We answer within 30 days, as of 2027-03-05 (not before)."),
    ],
)
def test_dates_and_units_are_known_in_each_language(locale: str, text: str) -> None:
    source = "We answer within thirty days, as of 5 March 2027."
    assert compared(source, text, locale=locale) == {}
    later = text.replace("2027", "2028")
    assert compared(source, later, locale=locale)["dates"][0] == ("2027-03-05",)


def test_of_an_unknown_language_numbers_and_links_are_compared_and_the_rest_is_said() -> None:
    source = "We answer within 30 days, as of 5 March 2027."
    same = compared(source, "30日以内に回答します。2027年3月5日から。", locale="ja")
    assert same["uncompared"] == ("units", "dates")
    assert same["numbers"] == ((), ("3",))  # the month, which the source tells in a word
    other = compared(source, "40日以内に回答します。", locale="ja")
    assert other["numbers"] == (("2027", "30", "5"), ("40",))


def test_a_long_list_of_differences_is_cut_and_counted() -> None:
    numbers = " ".join(str(n) for n in range(100, 150))
    (ours, theirs) = compared(f"Codes {numbers}", "Nichts")["numbers"]
    assert ours[-1] == "30 more"
    assert theirs == ()


@given(st.text(max_size=300))
def test_any_text_is_its_own_translation(text: str) -> None:
    assert compared(text, text, "en", "en-GB").keys() <= {"dates"}  # 5/3/2027 is read otherwise
    assert compared(text, text, "de", "de-AT") == {}


@pytest.mark.parametrize(
    "piece", ["1.000", "5. März ", "https://a", "1/2/", "2027年1", "30 ", "a@a."]
)
def test_no_text_stalls_it(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    began = time.process_time()
    compared(text, text, "de", "de")
    assert time.process_time() - began < 5


def shape(number: int, locale: str, people: int, decision: Decision) -> tuple[ShapeRow, Ruling]:
    one = Shape(
        status="active", role="customer", partner_governed=False, reachable=True,
        guardian_missing=False, country="", locale=locale, holdings=(),
    )  # fmt: skip
    row = ShapeRow(id=number, shape=one, people=people)
    return row, Ruling(decision=decision, reason=Reason.AFFECTED, locale=locale)


PEOPLE = [
    shape(1, "en-GB", 5, Decision.EMAIL),
    shape(2, "de", 2, Decision.EMAIL),
    shape(3, "de", 1, Decision.INTERSTITIAL),
    shape(4, "ja", 9, Decision.EXCLUDED),
    shape(5, "", 4, Decision.EMAIL),
    shape(6, "pt-BR", 1, Decision.EMAIL),
]


def read(*translations: str, fallbacks: tuple[str, ...] = ()) -> dict[str, Readers]:
    found = readers(
        [row for row, _ in PEOPLE],
        {row.id: ruling for row, ruling in PEOPLE},
        language="en-US", translations=translations, fallbacks=fallbacks,
    )  # fmt: skip
    assert sum(each.people for each in found) == 13
    return {each.locale: each for each in found}


def test_recipients_are_counted_by_what_they_can_read() -> None:
    none = read()
    assert none["en-GB"].reads == none["en-US"].reads == "en-US"
    assert (none["de"].reads, none["de"].people, none["de"].fallback) == ("", 3, False)
    some = read("de-AT")
    assert (some["de"].reads, some["pt-BR"].reads) == ("de-AT", "")
    assert "ja" not in none  # nobody who is told reads it


def test_a_fallback_counts_only_where_its_text_is_there() -> None:
    assert read(fallbacks=("fr",))["de"].reads == ""
    found = read("pt", fallbacks=("fr", "en"))
    assert (found["de"].reads, found["de"].fallback) == ("en-US", True)
    assert (found["pt-BR"].reads, found["pt-BR"].fallback) == ("pt", False)


def test_the_examples_of_the_docstrings_hold() -> None:
    assert doctest.testmod(locales).failed == 0
