"""A changed definition names the passages that use its term."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from notifier.diff import compare
from notifier.diff.labels import remark
from notifier.diff.render.document import diff_document
from notifier.diff.render.page import render_page
from notifier.policy.parse import parse

if TYPE_CHECKING:
    from notifier.diff.model import Diff


def diff_of(old: str, new: str) -> Diff:
    return compare(parse(old, markup="markdown"), parse(new, markup="markdown"))


def used(diff: Diff) -> list[tuple[str, list[str]]]:
    return [
        (each.term, [diff.new.source[s.start : s.end].decode() for s in each.used])
        for change in diff.changes
        for each in change.defines
    ]


@pytest.mark.parametrize(
    ("defined", "term", "use"),
    [
        ('"Personal Data" means {}.', "Personal Data", "We sell no Personal Data."),
        ("The term “Usage Data” refers to {}.", "Usage Data", "We keep Usage Data."),
        ("**Partner** means {}.", "Partner", "Partners may see it."),
        ("We offer {} (collectively, the “Services”).", "Services", "The Services are free."),
        ("„Nutzungsdaten“ bezeichnet {}.", "Nutzungsdaten", "Wir löschen Nutzungsdaten."),
        ("Wir verarbeiten {} (nachfolgend „Daten“).", "Daten", "Ihre Daten bleiben hier."),
        ("« Données » désigne {}.", "Données", "Nous vendons les Données."),
        ("«Datos» significa {}.", "Datos", "No vendemos los Datos."),
        ("「個人情報」とは、{}をいいます。", "個人情報", "個人情報を販売しません。"),
    ],
)
def test_a_definition_is_known_in_its_usual_forms(defined: str, term: str, use: str) -> None:
    old, new = (f"{defined.format(said)}\n\n{use}\n\nNothing.\n" for said in ("alpha", "beta"))
    assert used(diff_of(old, new)) == [(term, [use])]


def test_a_definition_that_went_still_names_who_uses_it() -> None:
    diff = diff_of(
        '"Data" means names.\n\nWe keep Data.\n\nAll Data.\n', "We keep Data.\n\nAll Data.\n"
    )
    assert used(diff) == [("Data", ["We keep Data.", "All Data."])]
    assert remark(diff.changes[0]) == "It defined “Data”, used in 2 other passages."


@pytest.mark.parametrize(
    "text",
    [
        "Read “Cookies” below, {}, and (see “Your rights”) the rest.\n\nCookies. Your rights.",
        "“We” means {}.\n\nWe do.",
        "Your Data is {}.\n\nYour Data.",
        "“...” means {}.\n\nSo it is.",
    ],
)
def test_a_quotation_or_a_pronoun_is_no_term_to_follow(text: str) -> None:
    found = used(diff_of(text.format("alpha"), text.format("beta")))
    assert [term for term, _ in found] in ([], ["We"])


def test_a_moved_or_equal_definition_says_nothing() -> None:
    assert (
        used(
            diff_of(
                '"Data" means names.\n\nWe keep Data.\n', '"Data" means names.\n\nWe hold Data.\n'
            )
        )
        == []
    )


def test_every_form_links_or_counts_the_uses() -> None:
    diff = diff_of(
        '"Data" means names.\n\n# Use\n\nWe keep Data & more.\n',
        '"Data" means names and faces.\n\n# Use\n\nWe keep Data & more.\n',
    )
    (change,) = diff_document(diff, full=False)["changes"]
    ((start, end),) = change["defines"][0]["used"]
    assert diff.new.source[start:end] == b"We keep Data & more."
    page = render_page(diff, title="Terms", full=True)
    assert "<summary>Where “Data” is used</summary>" in page
    assert f'<a href="#u-{start}">In the text</a>' in page
    assert f'id="u-{start}"' in page
    assert "We keep <strong>Data</strong> &amp; more." in page
    assert f"#u-{start}" not in render_page(diff, title="Terms", full=False)


def test_more_terms_than_can_be_followed_are_said() -> None:
    old, new = (
        "\n\n".join(f"“Term {n}” means {said} {n}. Term {n} holds." for n in range(201))
        for said in ("alpha", "beta")
    )
    diff = diff_of(old, new)
    assert [len(change.defines) for change in diff.changes] == [1] * 200 + [0]
    assert any("the first 200 terms" in note for note in diff.notes)
