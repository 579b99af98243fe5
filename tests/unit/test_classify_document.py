"""What a change means where it stands: proofs that hold only beside both whole documents."""

import pytest

from notifier.classify.engine import classify
from notifier.classify.lexicon import load_lexicon
from notifier.classify.model import Classification
from notifier.classify.ruleset import load_ruleset
from notifier.diff.compare import compare
from notifier.policy.parse import parse


def classified(old: str, new: str) -> Classification:
    documents = (parse(text, markup="markdown") for text in (old, new))
    return classify(compare(*documents), ruleset=load_ruleset(), lexicon=load_lexicon())


def told(old: str, new: str) -> bool:
    """Return whether a person is told, or asked to decide."""
    return classified(old, new).material


PROMISE = """# Privacy

We explain here what we do.

We do not lend your records to anyone.

You can ask us at any time.
"""


@pytest.mark.parametrize(
    "instead",
    [
        "We do <!-- not --> lend your records to anyone.",
        "We do <span hidden>not</span> lend your records to anyone.",
        "<!-- We do not lend your records to anyone. -->",
        "<!--\n\nWe do not lend your records to anyone.\n\n-->",
        '<div style="display: none">We do not lend your records to anyone.</div>',
        "<div hidden>\n\nWe do not lend your records to anyone.\n\n</div>",
        "[//]: # (We do not lend your records to anyone.)",
        "<div hidden>We do not lend your records to anyone.",
        "<!-- We do not lend your records to anyone.",
        "We do <span style='text-decoration: line-through'>not</span> lend your records to anyone.",
        "We do ~~not~~ lend your records to anyone.",
        "We do ~not~ lend your records to anyone.",
        "~~We do not lend your records to anyone.~~",
    ],
)
def test_a_promise_that_is_hidden_or_struck_is_gone(instead):
    changed = PROMISE.replace("We do not lend your records to anyone.", instead)
    assert told(PROMISE, changed)
    assert told(changed, PROMISE)


SHOP = """# Example Shop Privacy Policy

We explain here what we do.

{contents}## Weather

Some words about it.

## Invoices

We use this:

* your town
* your street
{items}
We give these to:

* Alpha Post
{vendors}
## Parcels

Some more words.

## Fahrenheit

Even more words.
"""
RUN = "* Weather\n* Invoices\n{}* Fahrenheit\n\n"


def shop(*, contents: str = "", items: str = "", vendors: str = "") -> str:
    return SHOP.format(contents=contents, items=items, vendors=vendors)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("## Contents\n\n" + RUN.format(""), "## Contents\n\n" + RUN.format("* Parcels\n")),
        ("Contents\n\n" + RUN.format(""), "Contents\n\n" + RUN.format("* [Parcels](#parcels)\n")),
        ("On this page:\n\n", "On this page:\n\n" + RUN.format("")),
        ("", "Weather Invoices Parcels Fahrenheit\n\n"),
        (
            "This notice covers:\n\n1. Weather\n2. Invoices\n3. Fahrenheit\n\n",
            "This notice covers:\n\n1. Weather\n2. Invoices\n3. Parcels\n4. Fahrenheit\n\n",
        ),
    ],
)
def test_an_entry_of_a_table_of_contents_is_editorial(before, after):
    assert not told(shop(contents=before), shop(contents=after))
    assert not told(shop(contents=after), shop(contents=before))


@pytest.mark.parametrize(
    "where",
    [
        {"items": "* weather\n"},
        {"items": "* [Weather](#weather)\n"},
        {"items": "* Parcels\n* Fahrenheit\n"},
        {"vendors": "* Fahrenheit\n"},
        {"vendors": "* [Parcels](https://parcels.example)\n"},
        {"vendors": "* Parcels Fahrenheit\n"},
        {"contents": "We use:\n\n" + RUN.format("")},
        {"contents": "We give data to\n\n" + RUN.format("* Parcels\n")},
        {"contents": "Weather\n\nInvoices\n\n"},
        {"contents": RUN.format("* [Parcels](https://parcels.example)\n")},
        {"contents": "* Fahrenheit\n* Parcels\n* Weather\n\n"},
        {"contents": "## What we collect\n\n" + RUN.format("")},
    ],
)
def test_words_that_are_a_heading_elsewhere_are_no_table_of_contents(where):
    assert told(shop(), shop(**where))
    assert told(shop(**where), shop())


def test_an_entry_counts_only_in_a_run_that_nothing_else_governs():
    before = shop(contents="We use:\n\n" + RUN.format(""))
    after = shop(contents="We use:\n\n" + RUN.format("* Parcels\n"))
    assert told(before, after)


TIERS = """# Privacy

{opening}## Gold users

We show you nothing but your own photos.

{gold}Ask us at any time.

## Other users

We show you pictures of our own.

{other}Write to us at any time.

## Lists

We do not keep:

* your letters
* your calls

We keep:

* your orders
"""


def tiers(*, opening: str = "", gold: str = "", other: str = "") -> str:
    return TIERS.format(opening=opening, gold=gold, other=other)


SENTENCE = "Our staff looks at no photos of yours.\n\n"


def swapped(text: str, one: str, two: str) -> str:
    return text.replace(one, "@@").replace(two, one).replace("@@", two)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (tiers(gold=SENTENCE), tiers(other=SENTENCE)),
        (tiers(opening=SENTENCE), tiers(other=SENTENCE)),
        (tiers(), swapped(tiers(), "Gold users", "Other users")),
        (tiers(), swapped(tiers(), "We do not keep:", "We keep:")),
        (tiers(), tiers().replace("Ask us", "## Introduction\n\nAsk us")),
        (tiers(), tiers().replace("Ask us", "### In Berlin\n\nAsk us")),
        (tiers(), tiers().replace("\n* your calls", "\n## Overview\n\n* your calls")),
        (tiers(), tiers().replace("## Other users\n\n", "")),
        (
            tiers(gold="All of the above holds for guests.\n\n"),
            tiers(gold="").replace(
                "We show you nothing", "All of the above holds for guests.\n\nWe show you nothing"
            ),
        ),
    ],
)
def test_the_same_words_under_other_words_are_not_cleared(before, after):
    assert told(before, after)
    assert told(after, before)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # A section with its heading.
        (
            tiers(),
            tiers().split("## Gold")[0]
            + "## Other"
            + tiers().split("## Other")[1].split("## Lists")[0]
            + "## Gold"
            + tiers().split("## Gold")[1].split("## Other")[0]
            + "## Lists"
            + tiers().split("## Lists")[1],
        ),
        # A sentence within its section.
        (
            tiers(gold=SENTENCE),
            tiers().replace("time.\n\n## Other", f"time.\n\n{SENTENCE}## Other"),
        ),
        # Headings that say nothing scope nothing.
        (tiers(), tiers(opening="## Introduction\n\n")),
        (
            tiers(opening=f"## Overview\n\nWords.\n\n{SENTENCE}"),
            tiers(opening=f"{SENTENCE}## Overview\n\nWords.\n\n"),
        ),
    ],
)
def test_a_move_under_the_same_words_is_editorial(before, after):
    assert not told(before, after)
    assert not told(after, before)


CLAUSES = """# Privacy

## 1. Weather

Some words{reference}.

## 2. Snow

More words about these:

{items}

{after}
"""
ITEMS = "(a) to post your parcels;\n\n(b) to rank your letters."
SWAPPED = "(a) to rank your letters;\n\n(b) to post your parcels."
COUNTED = "1. to post your parcels;\n2. to rank your letters;\n3. to draw maps."
TURNED = "1. to draw maps;\n2. to post your parcels;\n3. to rank your letters."


def clauses(items: str, *, after: str = "", reference: str = "") -> str:
    return CLAUSES.format(items=items, after=after, reference=reference)


@pytest.mark.parametrize(
    ("items", "turned", "said"),
    [
        (ITEMS, SWAPPED, {"after": "You can object to (b)."}),
        (ITEMS, SWAPPED, {"reference": ", but not for letter b"}),
        (COUNTED, TURNED, {"after": "For 1 and 2 we ask you first."}),
        (COUNTED, TURNED, {"reference": ", as purposes 2 and 3 need them"}),
        (
            "30. is how many days we keep them.",
            "60. is how many days we keep them.",
            {},
        ),
        ("16. Lowest age of guests.", "14. Lowest age of guests.", {}),
    ],
)
def test_a_number_that_a_sentence_refers_to_is_more_than_a_number(items, turned, said):
    assert told(clauses(items, **said), clauses(turned, **said))
    assert told(clauses(turned, **said), clauses(items, **said))


@pytest.mark.parametrize(
    ("items", "turned", "said"),
    [
        (ITEMS, SWAPPED, {"after": "You can object in 2 days."}),
        (COUNTED, TURNED, {"after": "Article 6(1)(b) GDPR and Section 2 of the Data Act hold."}),
        (COUNTED, TURNED, {"reference": ", unlike section 2"}),
        (COUNTED, COUNTED.replace("1.", "4.").replace("2.", "5.").replace("3.", "6."), {}),
    ],
)
def test_a_number_that_nothing_refers_to_is_only_a_number(items, turned, said):
    assert not told(clauses(items, **said), clauses(turned, **said))


def test_a_section_number_to_which_a_sentence_still_points_is_not_cleared():
    said = {"reference": ", see Section 2"}
    before, after = (clauses(COUNTED, **said), clauses(COUNTED, **said))
    after = after.replace("## 2. Snow", "## 3. Snow").replace(
        "# Privacy\n", "# Privacy\n\n## 2. Ice"
    )
    assert told(before, after)
    moved = swapped(clauses(COUNTED, **said), "## 1. Weather", "## 2. Weather")
    assert told(before, moved.replace("## 2. Snow", "## 1. Snow"))


TERMS = """# Privacy

"{term}" means {meaning}.

## Use

We lock up {term}. We lend no {other} to anyone.

## Safety

Nobody but our staff looks at {other}.
"""


def terms(term: str, *, meaning: str = "whatever tells who you are", other: str = "") -> str:
    return TERMS.format(term=term, meaning=meaning, other=other or term)


def test_a_defined_term_is_renamed_only_where_its_definition_says_the_same():
    before = terms("Personal Data")
    assert not told(before, terms("Personal Information"))
    wider = classified(
        before, terms("Personal Information", meaning="whatever tells where you are")
    )
    renamed = [each for each in wider.verdicts if each.change.kind == "renamed"]
    assert [each.outcome for each in renamed] == ["unknown"]
    assert {finding.rule for finding in renamed[0].findings} == {"defined-term"}


def test_a_defined_term_gives_way_to_no_other_words():
    assert told(terms("Personal Data"), terms("Personal Data", other="Personal Information"))
    assert told(terms("Personal Data", other="Personal Information"), terms("Personal Data"))
    undefined = terms("Parcels", other="personal data")
    assert not told(undefined, terms("Parcels", other="personal information"))


LINES = """# Privacy

## Lists

We never lend out:

Your many old letters to us.

{never}We lend out:

Your many new orders from us.

{lent}

## Tables

| Kept | Why |
|---|---|
| stamps | for our own pleasure |
{kept}
Some words.

| Thrown away | Why |
|---|---|
| boxes | for want of space |
{thrown}
"""
LINE = "Your many small pictures of cats.\n\n"
ROW = "| your many small | pictures of cats |\n"


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ({"never": LINE}, {"lent": LINE}),
        ({"kept": ROW}, {"thrown": ROW}),
        ({"never": LINE, "lent": LINE}, {"lent": LINE}),
        ({"kept": ROW, "thrown": ROW}, {"thrown": ROW}),
    ],
)
def test_lines_and_rows_hang_on_what_introduces_them(here, there):
    nothing = dict.fromkeys(("never", "lent", "kept", "thrown"), "")
    one, two = (LINES.format(**{**nothing, **each}) for each in (here, there))
    assert told(one, two)
    assert told(two, one)


def test_words_in_front_are_a_joined_heading_only_where_it_stands_above_them():
    before = "# Privacy\n\n## Weather\n\nWe look at it.\n\n## Parcels\n\nWe post them for you.\n"
    assert not told(before, before.replace("We post", "Parcels We post"))
    assert told(before, before.replace("We post", "Weather We post"))


VISITORS = "We record the voice of everybody who calls the front desk of the shop."


@pytest.mark.parametrize(
    ("section", "free"),
    [
        (f"## Voiceprints\n\n{VISITORS}\n", True),
        ("## Voiceprints\n\nSee our Cookie Policy for more information on this.\n", False),
        ("## Voiceprints\n\nYou can ask us at any time.\n", False),
        ("## Voiceprints\n\n- voice\n- tone\n", False),
        ("## Voiceprints\n", False),
        (f"## We keep no voiceprints\n\n{VISITORS}\n", False),
        (f"## Voiceprints of members only\n\n{VISITORS}\n", False),
    ],
)
def test_a_heading_is_free_only_above_a_new_statement_of_its_own(section, free):
    for sides in ((PROMISE, f"{PROMISE}\n{section}"), (f"{PROMISE}\n{section}", PROMISE)):
        found = classified(*sides)
        headings = [v for v in found.verdicts if "##" in v.change.old + v.change.new]
        assert headings
        assert all(v.material is not free for v in headings)
        assert found.material
