"""What is a change, and what is none."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest

from notifier.diff import compare
from notifier.diff.model import ChangeKind, Diff, WordOp
from notifier.diff.words import word_diff
from notifier.policy.parse import parse

SEED = Path(__file__).parents[3] / "shared" / "seed" / "privacy-policy.txt"

SMALL = """\
Example Meetings, Inc. respects your privacy and adheres to the rules of this statement.
==========
1.
==========
Why is my information needed?
Our products are web based; because of this they may require the use of first and last names.
Therefore, at a minimum, we may require such necessary information to establish your account.
Back to top ▲

2.
==========
How do we protect it?
We use industry-standard efforts, including encryption and firewalls, to safeguard it.
Nevertheless, we remind you that no security measure is perfect.
Back to top ▲

3.
==========
With whom do we share it?
We do not sell, trade or rent your personal information to third parties.
We employ other companies to perform functions on our behalf, such as sending mail.
They have access to personal information needed only to perform their functions.
Back to top ▲

4.
==========
Whom can I ask?
Write to privacy@example.com or to 1 Example Street, Springfield, at any time you like.
Back to top ▲
"""


def diff_of(old: str, new: str, markup: str = "text") -> Diff:
    return compare(parse(old, markup=markup), parse(new, markup=markup))


def kinds(diff: Diff) -> list[str]:
    return [change.kind.value for change in diff.changes]


def words(diff: Diff, op: WordOp) -> list[str]:
    return [word.text for change in diff.changes for word in change.words if word.op is op]


def section_behind(text: str, number: int, after: int) -> str:
    starts = {int(m[1]): m.start() for m in re.finditer(r"^(\d)\.\n=+\n", text, re.MULTILINE)}
    ends = {n: starts.get(n + 1, len(text)) for n in starts}
    moved = text[starts[number] : ends[number]]
    return text[: starts[number]] + text[ends[number] : ends[after]] + moved + text[ends[after] :]


def rewrap(text: str, width: int) -> str:
    paragraphs: list[list[str]] = [[]]
    for line in text.split("\n"):
        if not line.strip() or set(line) == {"="}:
            paragraphs += [[line], []]
        else:
            paragraphs[-1].append(line)
    filled = []
    for lines in paragraphs:
        joined = " ".join(lines)
        filled.append(
            textwrap.fill(joined, width, break_on_hyphens=False, break_long_words=False)
            if joined
            else "\n".join(lines)
        )
    return "\n".join(each for each, lines in zip(filled, paragraphs, strict=True) if lines)


@pytest.mark.parametrize("width", [50, 72, 80, 100])
def test_rewrapping_changes_nothing(width: int) -> None:
    diff = diff_of(SMALL, rewrap(SMALL, width))
    assert diff.changes == ()
    assert diff.ignored["wrapping"] >= 5


def test_moved_section_is_one_moved_change() -> None:
    diff = diff_of(SMALL, section_behind(SMALL, 2, 3))
    assert kinds(diff) == ["moved"]
    assert not diff.changes[0].edited
    assert len(diff.changes[0].new_units) == 4
    assert diff.changes[0].old.startswith("2.\n")


def test_moved_renumbered_and_edited() -> None:
    new = section_behind(SMALL, 2, 3).replace("no security", "no securty")
    new = new.replace("\n2.\n", "\nX\n").replace("\n3.\n", "\n2.\n").replace("\nX\n", "\n3.\n")
    diff = diff_of(SMALL, new)
    assert set(kinds(diff)) == {"moved", "renumbered"}
    edited = [change for change in diff.changes if change.edited]
    assert [change.new for change in edited] == [
        "Nevertheless, we remind you that no securty measure is perfect."
    ]


@pytest.mark.skipif(not SEED.exists(), reason="the seed policy (../shared) is not here")
@pytest.mark.parametrize("width", [40, 50, 60, 66, 72, 78, 80, 100, 120])
def test_seed_with_typos_rewrapped_and_section_6_behind_8(width: int) -> None:
    old = SEED.read_text()
    new = section_behind(old, 6, 8)
    for right, wrong in [
        ("adheres to the", "adhers to the"),
        ("We do not store passwords", "We do not stroe passwords"),
        ("no security measure", "no securty measure"),
    ]:
        assert right in new
        new = new.replace(right, wrong, 1)
    diff = diff_of(old, rewrap(new, width))
    assert sorted(kinds(diff)) == ["modified", "modified", "moved", "moved", "moved"]
    assert sum(change.edited for change in diff.changes) == 3
    gone = [
        w.text.strip()
        for c in diff.changes
        if c.edited
        for w in c.words
        if w.op is WordOp.DELETE and w.text.strip()
    ]
    assert gone == ["adheres", "store", "security"]


@pytest.mark.parametrize(
    ("old", "new", "markup", "reason"),
    [
        ("We  keep it.\tReally.", "We keep it. Really.", "text", "whitespace"),
        ("“We” don’t — ever…", '"We" don\'t - ever...', "text", "typography"),
        ("30\u00a0days only.", "30 days only.", "text", "typography"),
        ("We **never** sell it.", "We *never* sell it.", "markdown", "markup"),
        ("# Rights\n\nAsk us.", "## Rights\n\nAsk us.", "markdown", "markup"),
        ("- one\n- two", "* one\n* two", "markdown", "markup"),
        ("One thing.\n\n* * *\n\nTwo.", "One thing.\n\nTwo.", "markdown", "markup"),
        ("R&D is ours.", "R&amp;D is ours.", "markdown", "markup"),
        ("A.\n\nB.", "A.\n\n\n\nB.", "markdown", "whitespace"),
        ("---\nversion: 1\n---\nWe do.", "---\nversion: 2\n---\nWe do.", "text", "front_matter"),
    ],
)
def test_what_nobody_can_see_is_counted_not_shown(
    old: str, new: str, markup: str, reason: str
) -> None:
    diff = diff_of(old, new, markup)
    assert diff.changes == ()
    assert diff.ignored.get(reason, 0) >= 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("We do not sell it.", "We do sell it."),
        ("We may sell it to 13 firms.", "We may sell it to 16 firms."),
        ("We do not sell it.", "We do no\u200bt sell it."),
        ("We share it.", "We sh\u0430re it."),
        ("See [here](https://a.example).", "See [here](https://b.example)."),
        ("We do not sell it.", "We do \u202enot\u202c sell it."),
        ("It is [](https://a.example) here.", "It is [](https://b.example) here."),
        ("We do not sell it.", "We do ~~not~~ sell it."),
        ("Keep 1,000 of it.", "Keep 1.000 of it."),
    ],
)
def test_small_but_never_ignored(old: str, new: str) -> None:
    diff = diff_of(old, new, "markdown")
    assert kinds(diff) == ["modified"]
    assert diff.changes[0].edited


def test_hidden_characters_are_noted() -> None:
    diff = diff_of("We do not sell.", "We do no\u200bt sell. P\u0430y.")
    assert any("U+200B" in note for note in diff.notes)
    assert any("look-alike" in note for note in diff.notes)


def test_renumbering_is_its_own_kind() -> None:
    old = "# 5. Sharing\n\nWe share.\n\n# 6. Rights\n\nYou ask.\n"
    new = (
        "# 5. Cookies\n\nWe set a cookie.\n\n# 6. Sharing\n\nWe share.\n\n# 7. Rights\n\nYou ask.\n"
    )
    diff = diff_of(old, new, "markdown")
    assert kinds(diff) == ["added", "added", "renumbered", "renumbered"]
    assert not any(change.edited for change in diff.changes)


def test_table_rows_are_compared_row_by_row() -> None:
    old = "| Vendor | Where |\n|---|---|\n| Alpha | US |\n| Beta | DE |\n"
    new = "| Vendor | Where |\n|---|---|\n| Alpha | US |\n| Gamma | FR |\n| Beta | US |\n"
    diff = diff_of(old, new, "markdown")
    assert kinds(diff) == ["added", "modified"]
    assert diff.changes[1].old == "| Beta | DE |"


def test_removals_come_before_what_replaced_them() -> None:
    diff = diff_of(
        "A one.\n\nThe old text here.\n\nZ end.", "A one.\n\nWholly fresh prose.\n\nZ end."
    )
    assert kinds(diff) == ["removed", "added"]


def test_many_equal_lines_cost_and_change_little() -> None:
    line = "Intentionally omitted.\n\n"
    diff = diff_of(line * 400, line * 200 + "We sell data now.\n\n" + line * 200)
    assert kinds(diff) == ["added"]


def test_whole_words_and_guarded_islands() -> None:
    parts = [
        (w.op.value, w.text)
        for w in word_diff("We share the name of the user.", "We disclose the e-mail of the user.")
    ]
    assert parts == [
        ("equal", "We "),
        ("delete", "share the name"),
        ("insert", "disclose the e-mail"),
        ("equal", " of the user."),
    ]
    for guard in ("not", "may", "30", "never", "must", "only"):
        found = word_diff(f"We share {guard} names.", f"We sell {guard} mails.")
        assert guard in "".join(w.text for w in found if w.op is WordOp.EQUAL).split()


def test_kinds_of_the_equal_units() -> None:
    diff = diff_of(SMALL, SMALL.replace("do not sell", "may sell"))
    assert {change.kind for change in diff.equal} == {ChangeKind.EQUAL}
    assert kinds(diff) == ["modified"]
    assert words(diff, WordOp.DELETE) == ["do not"]
    assert words(diff, WordOp.INSERT) == ["may"]
    assert diff.changes[0].heading == "With whom do we share it?"


def test_a_split_and_a_merge_are_one_change_each() -> None:
    one = "Intro.\n\nWe collect your full name and address and we keep both of them for a year.\n"
    two = "Intro.\n\nWe collect your full name and address. We keep both of them for a year.\n"
    for old, new, kind in [(one, two, "split"), (two, one, "merged")]:
        diff = diff_of(old, new)
        assert kinds(diff) == [kind]
        assert len(diff.changes[0].old_units) + len(diff.changes[0].new_units) == 3
    assert diff_of(one, two).changes[0].edited  # "and" is gone
    assert not diff_of(one.replace("address and", "address;"), two).changes[0].edited


def test_a_new_sentence_beside_a_changed_one_is_no_split() -> None:
    old = "We collect your full name and address for billing."
    new = "We collect your full name and home address for billing. We sell both to partners."
    assert kinds(diff_of(old, new)) == ["modified", "added"]


def test_a_rename_is_folded_where_quotes_were_curled_too() -> None:
    old = '"Service Data" means your name.\n\nWe keep Service Data.\n\nWe sell no Service Data.\n'
    new = old.replace("Service Data", "Visitor Records").replace(
        '"Visitor Records"', "“Visitor Records”"
    )
    assert kinds(diff_of(old, new, "markdown")) == ["renamed"]
    sold = new.replace("your name", "your face")
    assert kinds(diff_of(old, sold, "markdown")) == ["modified", "renamed"]


def test_a_heading_and_a_line_that_shares_words_with_it_are_no_move() -> None:
    old = (
        "# Privacy\n\nHello.\n\n## One\n\nWords.\n\n### Letters and other parcels\n\nMore of it.\n"
    )
    new = (
        "# Privacy\n\nHello.\n\nStamps and other parcels\n\n## One\n\nWords.\n\n"
        "### Quite new\n\nMore of it.\n"
    )
    diff = compare(parse(old, markup="markdown"), parse(new, markup="markdown"))
    assert not any("parcels" in change.old and "parcels" in change.new for change in diff.changes)
    assert ChangeKind.MOVED not in {change.kind for change in diff.changes}
