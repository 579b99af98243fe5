"""P5: an entry that was edited, removed, inserted or moved is found and named."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.evidence.chain import (
    GENESIS,
    Act,
    BrokenChainError,
    Entry,
    canonical_json,
    check_chain,
    instant,
    line,
    parse_line,
    seal,
)
from notifier.evidence.commitment import commit_person, new_salt

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
KINDS = ("commit", "approval", "intent", "outcome", "choice", "feed")
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8"), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
acts = st.builds(
    Act,
    kind=st.sampled_from(KINDS),
    campaign=st.text(st.characters(codec="utf-8"), max_size=6),
    body=st.dictionaries(
        st.text(st.characters(codec="utf-8"), max_size=5), json_values, max_size=3
    ),
)


def chain_of(many: list[Act]) -> list[Entry]:
    head, made = GENESIS, []
    for number, act in enumerate(many):
        entry = seal(head, act, now=NOW + timedelta(seconds=number))
        made.append(entry)
        head = entry.head
    return made


def example(count: int = 12) -> list[Entry]:
    return chain_of(
        [
            Act(kind=KINDS[n % 6], campaign="privacy@2", body={"n": n, "ü": "é"})
            for n in range(count)
        ]
    )


def check_lines(data: bytes) -> list[Entry]:
    """What a reader of the exported file does, kept apart from the file reading."""
    lines = data.split(b"\n")
    if lines.pop() != b"":
        raise BrokenChainError(len(lines) + 1, "cut")
    return list(check_chain(parse_line(text, number) for number, text in enumerate(lines, 1)))


def exported(entries: list[Entry]) -> bytes:
    return "".join(line(entry) + "\n" for entry in entries).encode()


def first_fault(entries: list[Entry]) -> BrokenChainError:
    with pytest.raises(BrokenChainError) as caught:
        check_lines(exported(entries))
    return caught.value


def test_the_hash_is_what_the_readme_says() -> None:
    entry = seal(GENESIS, Act(kind="commit", campaign="p@1", body={"b": 1, "a": "ß"}), now=NOW)
    plain = {
        "seq": 1, "at": "2026-11-24T09:30:00.000000Z", "kind": "commit", "campaign": "p@1",
        "subject": "", "body": {"a": "ß", "b": 1}, "prev": "0" * 64,
    }  # fmt: skip
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert entry.hash == hashlib.sha256(b"notifier.entry/1\n" + text.encode()).hexdigest()
    assert json.loads(line(entry)) == {**plain, "hash": entry.hash}


@given(st.lists(acts, max_size=6))
def test_any_chain_of_acts_holds_and_survives_its_export(many: list[Act]) -> None:
    entries = chain_of(many)
    assert check_lines(exported(entries)) == entries


BYTES = exported(example())


@given(st.integers(0, len(BYTES) - 1), st.integers(1, 255))
def test_any_edited_byte_is_found_in_its_own_line(place: int, change: int) -> None:
    edited = bytearray(BYTES)
    edited[place] ^= change
    with pytest.raises(BrokenChainError) as caught:
        check_lines(bytes(edited))
    assert caught.value.seq == BYTES[:place].count(b"\n") + 1


@given(st.integers(0, len(BYTES) - 1))
def test_any_removed_byte_is_found(place: int) -> None:
    with pytest.raises(BrokenChainError):
        check_lines(BYTES[:place] + BYTES[place + 1 :])


@given(st.integers(0, len(BYTES)), st.binary(min_size=1, max_size=3))
def test_any_inserted_bytes_are_found(place: int, more: bytes) -> None:
    with pytest.raises(BrokenChainError):
        check_lines(BYTES[:place] + more + BYTES[place:])


def test_an_edited_body_names_the_entry() -> None:
    entries = example()
    entries[7] = replace(entries[7], body=entries[7].body.replace("7", "8"))
    assert str(first_fault(entries)) == ("entry 8 (approval): its hash does not match its content")


@pytest.mark.parametrize("field", ["at", "kind", "campaign", "subject", "prev"])
def test_every_field_is_under_the_hash(field: str) -> None:
    entries = example()
    changed = {"at": "2026-11-24T09:30:07.000001Z", "kind": "commit", "campaign": "privacy@3",
               "subject": "0" * 64, "prev": "1" * 64}[field]  # fmt: skip
    entries[7] = replace(entries[7], **{field: changed})
    assert first_fault(entries).seq == 8


def test_an_entry_with_a_hash_made_anew_does_not_fit_the_next() -> None:
    entries = example()
    entries[4] = seal(entries[3].head, Act(kind="choice", body={"decision": "accept"}), now=NOW)
    fault = first_fault(entries)
    assert fault.seq == 6
    assert "does not follow entry 5 as it stands now" in str(fault)


def test_a_removed_entry_is_named() -> None:
    entries = example()
    del entries[4]
    fault = first_fault(entries)
    assert fault.seq == 5
    assert str(fault) == (
        "entry 5: entry 6 (feed) stands in its place; entry 5 was removed or moved"
    )


def test_swapped_entries_are_named() -> None:
    entries = example()
    entries[4], entries[5] = entries[5], entries[4]
    assert first_fault(entries).seq == 5


def test_a_repeated_entry_is_named() -> None:
    entries = example()
    entries.insert(5, entries[4])
    fault = first_fault(entries)
    assert fault.seq == 6
    assert "entry 5 (choice) stands in its place, a second time or moved" in str(fault)


def test_a_removed_first_entry_is_found() -> None:
    assert first_fault(example()[1:]).seq == 1


@pytest.mark.parametrize(
    "rewrite",
    [
        lambda text: text.replace(b'"kind":', b'"kind": '),
        lambda text: text.replace("é".encode(), b"\\u00e9"),
        lambda text: json.dumps(dict(reversed(json.loads(text).items()))).encode(),
        lambda text: text.replace(b'{"at"', b'{"at":"x","at"'),
        lambda text: text + b" ",
        lambda text: text + b"\r",
    ],
    ids=["white space", "escape", "key order", "double key", "space at the end", "CR"],
)
def test_the_same_content_written_otherwise_is_an_edit(rewrite) -> None:
    entry = example()[0]
    with pytest.raises(BrokenChainError, match=r"entry 1 \(commit\): its line is not in canonical"):
        parse_line(rewrite(line(entry).encode()), 1)


@pytest.mark.parametrize(
    "text",
    [
        b"", b"null", b"[]", b"{}", b"\xff\xfe", b"[" * 100_000, b'{"seq":NaN}', b"1" * 10_000,
        line(example()[0]).replace('"seq":1', '"seq":true').encode(),
        line(example()[0]).replace('"seq":1', '"seq":1.0').encode(),
        line(example()[0]).replace('"campaign":"privacy@2"', '"campaign":null').encode(),
        line(example()[0]).replace('"kind":"commit"', '"kind":"\\u001b[2J"').encode(),
    ],
)  # fmt: skip
def test_a_line_that_is_no_entry_is_named_by_its_number(text: bytes) -> None:
    with pytest.raises(BrokenChainError, match=r"^entry 3: line 3 ") as caught:
        parse_line(text, 3)
    assert caught.value.seq == 3
    assert "\x1b" not in str(caught.value)


def test_a_body_forged_in_the_database_to_swallow_a_field_is_found() -> None:
    honest = example(1)[0]
    forged = replace(honest, body=honest.body + ',"campaign":"x"')
    with pytest.raises(BrokenChainError):
        list(check_chain([forged]))


@pytest.mark.parametrize(
    "body", [{1: "a"}, {"a": {2: 3}}, {"a": float("nan")}, {"a": "\ud800"}, {"a": NOW}, {"a": b"x"}]
)
def test_what_json_would_not_give_back_is_refused(body) -> None:
    with pytest.raises(ValueError, match=r"."):
        seal(GENESIS, Act(kind="commit", body=body), now=NOW)


def test_unicode_is_kept_as_it_is() -> None:
    composed, decomposed = "\u00e9", "e\u0301"
    assert canonical_json(composed) != canonical_json(decomposed)


def test_instants_are_utc_and_never_naive() -> None:
    tokyo = timezone(timedelta(hours=9))
    assert instant(datetime(2027, 1, 1, 8, tzinfo=tokyo)) == "2026-12-31T23:00:00.000000Z"
    with pytest.raises(ValueError, match="naive"):
        instant(datetime(2027, 1, 1))  # noqa: DTZ001  the naive one is what is tested


def test_p5_a_person_never_stands_in_the_chain_as_such() -> None:
    with pytest.raises(ValueError, match="commitment"):
        seal(GENESIS, Act(kind="choice", body={}, subject="ada@example.com"), now=NOW)
    salt = new_salt()
    subject = commit_person(salt, "ada")
    assert seal(GENESIS, Act(kind="choice", body={}, subject=subject), now=NOW).subject == subject


def test_a_commitment_depends_on_salt_and_person() -> None:
    salt, other = new_salt(), new_salt()
    found = {commit_person(s, p) for s in (salt, other) for p in ("ada", "bob")}
    assert len(found) == 4
    assert commit_person(salt, "ada") == commit_person(salt, "ada")


@pytest.mark.parametrize("salt", ["", "00", "zz" * 32, "0" * 66])
def test_a_salt_has_32_bytes(salt: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        commit_person(salt, "ada")
