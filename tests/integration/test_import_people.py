"""Importing: good rows are taken, bad ones named, and the same file twice changes nothing."""

import json
import os
import tracemalloc
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

from notifier.errors import InputError
from notifier.evidence.commitment import erased_mark
from notifier.settings import Policy, Settings, Site
from notifier.share import share
from notifier.sources.people import Catalog, PolicyFacts, read_collections, read_people
from notifier.store.engine import migrate, open_store
from notifier.store.erasure import erase_person
from notifier.store.people import (
    catalog,
    collections_of,
    find_person,
    import_collections,
    import_people,
)
from notifier.store.tables import CollectionRow, PersonRow, VersionRow

NOW = datetime(2026, 11, 24, tzinfo=UTC)
SITES = frozenset({"meetings", "shop", "other"})
CATALOG = Catalog(
    policies={
        "privacy": PolicyFacts(
            sites=frozenset({"meetings", "shop"}),
            zone=ZoneInfo("America/Los_Angeles"),
            versions=frozenset({"v1", "v2"}),
        )
    },
    sites=SITES,
    categories=frozenset({"contact", "usage"}),
)
HEADER = (
    "person_id,email,name,locale,timezone,country,status,marketing_opt_out,role,governed_by,"
    "guardian_email"
)


def marked(person_id):
    return erased_mark(b"k" * 32, person_id)


@pytest.fixture
def store(tmp_path):
    made = open_store("sqlite:///var/notifier.db", tmp_path)
    migrate(made)
    yield made
    made.close()


@pytest.fixture
def people(store, tmp_path):
    """Import lines of a people file and return the result."""

    def take(text, *, name="people.csv", **options):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
        return import_people(store, read_people(path), mark=marked, **options)

    return take


@pytest.fixture
def collections(store, tmp_path):
    def take(text, *, name="collections.csv", **options):
        path = tmp_path / name
        path.write_text(text)
        return import_collections(store, read_collections(path, CATALOG), mark=marked, **options)

    return take


def everybody(store):
    with store.read() as tx:
        rows = tx.exec(select(PersonRow).order_by(PersonRow.person_id)).all()
        return {row.person_id: row.model_dump() for row in rows}


def everything(store):
    with store.read() as tx:
        return [row.model_dump() for row in tx.exec(select(CollectionRow))]


def test_the_example_company_comes_in_whole_and_twice_is_once(store):
    path = share("data", "example", "people.csv")
    first = import_people(store, read_people(path), mark=marked)
    assert first.refused == 0
    assert first.taken == first.read == len(path.read_text().splitlines()) - 1
    before = everybody(store)
    again = import_people(store, read_people(path), mark=marked)
    assert (again.taken, again.unchanged) == (0, first.read)
    assert everybody(store) == before
    assert before["AL-1036"]["email"].endswith("@xn--grtnerei-blte-bfb48a.example")
    assert before["AL-1032"]["child"] is True
    salts = {person["salt"] for person in before.values()}
    assert len(salts) == first.read
    assert all(len(bytes.fromhex(salt)) == 32 for salt in salts)


def test_a_change_is_taken_and_the_salt_stays(store, people):
    people("person_id,email,name\np1,a@b.example,Ann\np2,c@d.example,Bo\n")
    before = everybody(store)
    result = people("person_id,email,name\np1,new@b.example,Ann\np2,c@d.example,Bo\n")
    assert (result.read, result.taken, result.unchanged) == (2, 1, 1)
    after = everybody(store)
    assert after["p1"] == {**before["p1"], "email": "new@b.example"}
    assert after["p2"] == before["p2"]


def test_p11_bad_rows_are_named_and_stop_nobody(store, people):
    result = people(
        "person_id,email,name,status\n"
        "p1,a@b.example,Ann,active\n"
        "p2,a@b.example;c@d.example,Bo,active\n"
        ",x@b.example,Nobody,active\n"
        "p4,a@b.example,Cy,gone\n"
        "p5,a@b.example\n"
        "p6,a@b.example,Dan,active,more\n"
        'p7,"a@b.example\r\nBcc: x@y.example",Eve,active\n'
        'p8,a@b.example,"Fay",deleted\n'
        "\n"
        f"p9,a@b.example,{'x' * 10_000},active\n"
        "p10,a@b.example,G\x00us,active\n"
        "p11,,Unreachable,\n"
    )
    assert set(everybody(store)) == {"p1", "p8", "p11"}
    reasons = {row.number: row.reason for row in result.bad}
    assert sorted(reasons) == [3, 4, 5, 6, 7, 8, 12, 13]
    assert "more than one address" in reasons[3]
    assert "person_id is empty" in reasons[4]
    assert "status" in reasons[5]
    assert "2 fields" in reasons[6]
    assert "5 fields" in reasons[7]
    assert "email" in reasons[8]
    assert "1,000" in reasons[12]
    assert "name" in reasons[13]
    assert (result.read, result.taken, result.refused) == (11, 3, 8)


def test_p13_no_reason_repeats_an_address_or_a_name(people):
    result = people(
        f"{HEADER}\n"
        'p1,"one@b.example,two@d.example","Sec\x07ret",de,,,active,false,customer,,\n'
        "p2,not-an-address,Secret,xx-yy-zz,Mars/Base,ZZ,gone,perhaps,boss,Secret,three@\n"
    )
    assert result.refused == 2
    for row in result.bad:
        assert "one@" not in row.reason
        assert "ecret" not in row.reason
        assert "not-an" not in row.reason
    named = result.bad[1].reason
    for column in ("email", "locale", "timezone", "country", "status", "marketing_opt_out", "role"):
        assert column in named
    assert "guardian_email" in named


@pytest.mark.parametrize("place", [0, 1, 25_000, 24_999, None])
def test_p11_a_poison_row_anywhere_stops_nobody(store, people, place):
    rows = [f"p{n},u{n}@b.example" for n in range(25_000)]
    expected = 25_000
    if place is None:
        rows = [line for row in rows[:50] for line in (row, "x,a@b@c")]
        expected = 50
    else:
        rows.insert(place, "x,\udcff@b.example")
    text = ("person_id,email\n" + "\n".join(rows)).encode("utf-8", "surrogateescape")
    result = people(text)
    assert result.taken == expected == len(everybody(store))
    assert result.refused == (50 if place is None else 1)
    if place is not None:
        assert result.bad[0].number == place + 2


def test_strict_takes_nothing_where_one_row_is_bad(store, people):
    rows = "".join(f"p{n},u{n}@b.example\n" for n in range(25_000))
    result = people(f"person_id,email\n{rows}x,\n,y@b.example\n", strict=True)
    assert everybody(store) == {}
    assert (result.read, result.taken, result.unchanged, result.refused) == (25_002, 0, 0, 1)
    good = people(f"person_id,email\n{rows}", strict=True)
    assert good.taken == len(everybody(store)) == 25_000


def test_every_bad_row_is_reported_though_few_are_kept(people):
    seen = []
    rows = "".join(f"p{n},bad\n" for n in range(3_000))
    result = people(f"person_id,email\n{rows}", report=seen.append)
    assert result.refused == len(seen) == 3_000
    assert len(result.bad) == 1_000
    assert [row.number for row in seen] == list(range(2, 3_002))


def test_a_person_who_stands_twice_has_the_later_row(store, people):
    people("person_id,email\np1,old@b.example\np2,x@b.example\np1,new@b.example\n")
    assert everybody(store)["p1"]["email"] == "new@b.example"


def erase(store, person):
    with store.write() as tx:
        row = find_person(tx, person)
        erase_person(tx, row, pseudonym=f"erased-{person}", mark=marked(person), now=NOW)


def test_an_erased_person_is_not_revived(store, people):
    people("person_id,email,name\np1,a@b.example,Ann\np2,c@d.example,Bo\n")
    erase(store, "p1")
    before = everybody(store)
    result = people("person_id,email,name\np1,a@b.example,Ann\np2,new@d.example,Bo\n")
    assert (result.taken, result.refused) == (1, 1)
    assert result.bad[0].number == 2
    assert "erased" in result.bad[0].reason
    assert everybody(store).keys() == before.keys()


def test_a_guardian_makes_a_child(store, people):
    people(
        "person_id,email,guardian_email,child\n"
        "p1,kid@b.example,parent@b.example,\n"
        "p2,kid@b.example,,true\n"
        "p3,kid@b.example,,false\n"
    )
    assert [p["child"] for p in everybody(store).values()] == [True, True, False]


def test_quoted_records_windows_line_ends_and_a_bom(store, people):
    text = (
        "\ufeffperson_id,email,name\r\n"
        'p1,a@b.example,"Okafor, Dr. ""Ada"""\r\n'
        'p2,a@b.example,"two\r\nlines"\r\n'
        "p3,a@b.example,Cy\r\n"
    )
    result = people(text)
    assert everybody(store)["p1"]["name"] == 'Okafor, Dr. "Ada"'
    assert set(everybody(store)) == {"p1", "p3"}
    assert [row.number for row in result.bad] == [3]


def test_an_unclosed_quote_costs_its_own_row_only(store, people):
    rows = "".join(f"q{n},u{n}@b.example,N\n" for n in range(500))
    result = people(f'person_id,email,name\np1,a@b.example,"Ann\n{rows}p2,c@d.example,"Bo\n')
    assert len(everybody(store)) == 500
    assert [row.number for row in result.bad] == [2, 503]


def test_an_endless_line_costs_its_own_row_only(store, people):
    endless = b"x" * 5_000_000
    result = people(
        b"person_id,email\np1,a@b.example\n" + endless + b"\np2,c@d.example\n" + endless
    )
    assert set(everybody(store)) == {"p1", "p2"}
    assert [row.number for row in result.bad] == [3, 5]


def test_bytes_that_are_not_utf8_are_a_bad_row(store, people):
    result = people(b"person_id,email,name\np1,a@b.example,J\xf6rg\np2,a@b.example,J\xc3\xb6rg\n")
    assert set(everybody(store)) == {"p2"}
    assert "UTF-8" in result.bad[0].reason


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"", "is empty"),
        (b"person_id,name\n", "missing columns 'email'"),
        (b"person_id,email,phone,age\n", "unknown columns 'phone', 'age'"),
        (b"person_id,email,email\n", "twice 'email'"),
        (b"person_id;email\np1;a@b.example\n", "names no column that is known"),
        (b"p1,a@b.example,Ann\n", "names no column that is known"),
        ("person_id,email\n".encode("utf-16"), "not UTF-8 text"),
        (b"\x00\x01\x02\x03", "not UTF-8 text"),
        (b"%PDF-1.4\n\xe2\xe3", "names no column that is known"),
        (b"x" * 3_000_000, "not UTF-8 text"),
    ],
)
def test_files_that_cannot_be_used_at_all(store, people, text, says):
    with pytest.raises(InputError) as caught:
        people(text)
    assert says in caught.value.message
    assert "Nothing was imported" in caught.value.message
    assert everybody(store) == {}


def test_p13_a_file_without_a_header_or_with_shifted_columns_gives_no_names_away(
    store, people, collections
):
    said = []
    for text in ("p1,ann@b.example,Ann\n", "person_id,email,ann@b.example,Ann Marker\n"):
        with pytest.raises(InputError) as caught:
            people(text)
        said.append(caught.value.message)
    people(PEOPLE)
    rows = "p0,Ann,ann@b.example,Ann Marker,Ann,Ann\np0,shop,usage,privacy,Ann,\n"
    said += [row.reason for row in collections(COLLECTED + rows).bad]
    keyed = '{"ann@b.example": "p1", "person_id": "p1"}\n'
    said += [row.reason for row in people(keyed, name="people.jsonl").bad]
    assert len(said) == 5
    assert not any("ann@" in text or "Marker" in text or "'Ann'" in text for text in said)


def test_missing_folders_and_pipes_are_refused(store, tmp_path):
    fifo = tmp_path / "pipe"
    os.mkfifo(fifo)
    for path in (tmp_path / "nowhere.csv", tmp_path, fifo):
        with pytest.raises(InputError, match=path.name):
            read_people(path)


def test_json_lines(store, people):
    lines = [
        {"person_id": "p1", "email": "a@b.example", "marketing_opt_out": True, "name": None},
        {"person_id": 17, "email": "jörg@bücher.example"},
        {"person_id": "p3"},
        {"person_id": "p4", "email": "a@b.example", "phone": "1"},
        {"person_id": "p5", "email": ["a@b.example", "c@d.example"]},
        {"email": "a@b.example"},
        {"person_id": "p7", "email": "a@b.example", "name": "\ud800"},
    ]
    text = "\n".join(json.dumps(line) for line in lines)
    text += '\nnot json\n[1]\n{"person_id": "p10", "person_id": "p11"}\n\n'
    text += "[" * 50_000 + '\n{"person_id": "p13", "email": "x@y.example"}\n'
    for name in ("people.jsonl", "people"):
        result = people(text, name=name)
        assert set(everybody(store)) == {"p1", "17", "p3", "p13"}
        assert [row.number for row in result.bad] == [4, 5, 6, 7, 8, 9, 10, 12]
    assert everybody(store)["17"]["email"] == "jörg@xn--bcher-kva.example"
    assert everybody(store)["p1"]["marketing_opt_out"] is True


PEOPLE = "person_id,email\n" + "".join(f"p{n},u{n}@b.example\n" for n in range(5))
COLLECTED = "person_id,site,category,policy,version,collected_at\n"


def test_collections_twice_are_once(store, people, collections):
    people(PEOPLE)
    text = COLLECTED + (
        "p0,meetings,contact,privacy,v1,2019-05-12\n"
        "p0,meetings,contact,privacy,v2,2019-05-12T10:00:00+02:00\n"
        "p1,shop,usage,privacy,,2026-01-01T00:00:00Z\n"
        "p2,shop,usage,privacy,,\n"
    )
    first, before = collections(text), everything(store)
    assert (first.taken, first.refused, first.undated) == (4, 0, 1)
    assert sorted(row["collected_at"] for row in before) == [
        "", "2019-05-12T07:00:00Z", "2019-05-12T08:00:00Z", "2026-01-01T00:00:00Z",
    ]  # fmt: skip
    again = collections(text)
    assert (again.taken, again.unchanged) == (0, 4)
    assert everything(store) == before
    with store.read() as tx:
        assert [row.version for row in collections_of(tx, "p0")] == ["v1", "v2"]


def test_collections_that_name_what_is_not_known(store, people, collections):
    people(PEOPLE)
    result = collections(
        COLLECTED + "p0,meetings,contact,privacy,v1,\n"
        "p9,meetings,contact,privacy,v1,\n"
        "p1,nowhere,contact,privacy,v1,\n"
        "p1,meetings,secrets,privacy,v1,\n"
        "p1,meetings,contact,terms,v1,\n"
        "p1,meetings,contact,privacy,v9,\n"
        "p1,other,contact,privacy,v1,\n"
        "p1,meetings,contact,privacy,v1,yesterday\n"
        "p1,meetings,contact,privacy,v1,2019-05-12T10:00:00\n"
        "p1,meetings,contact,privacy,v1,2019-02-30\n"
        ",meetings,contact,privacy,v1,\n"
        "p1,nowhere,secrets,terms,v9,never\n"
        "p2,shop,contact,privacy,v2,\n"
    )
    reasons = {row.number: row.reason for row in result.bad}
    assert sorted(reasons) == list(range(3, 14))
    for number, word in [
        (3, "person_id is not known"), (4, "site is not known"), (5, "category is not known"),
        (6, "policy is not known"), (7, "never committed"), (8, "not a site of the policy"),
        (9, "collected_at"), (10, "offset"), (11, "collected_at"), (12, "person_id is empty"),
    ]:  # fmt: skip
        assert word in reasons[number]
    for word in ("site", "category", "policy", "collected_at"):
        assert word in reasons[13]
    assert result.taken == len(everything(store)) == 2


def test_nothing_is_collected_of_the_erased(store, people, collections):
    people(PEOPLE)
    erase(store, "p1")
    result = collections(COLLECTED + "p0,shop,usage,privacy,v1,\np1,shop,usage,privacy,v1,\n")
    assert (result.taken, result.refused) == (1, 1)
    assert "erased" in result.bad[0].reason


def test_strict_collections_take_nothing(store, people, collections):
    people(PEOPLE)
    rows = "p0,shop,usage,privacy,v1,\np1,shop,usage,privacy,,\np9,shop,usage,privacy,v1,\n"
    result = collections(COLLECTED + rows, strict=True)
    assert (result.taken, result.undated, result.refused) == (0, 0, 1)
    assert everything(store) == []


def test_the_catalog_knows_committed_versions_but_no_drafts(store):
    policy = Policy(sites=("meetings",), timezone="Europe/Berlin")
    settings = Settings(
        sites={"meetings": Site(name="M", url="https://m.example")}, policies={"privacy": policy}
    )
    with store.write() as tx:
        for name, status in (("v1", "committed"), ("v2", "draft"), ("v3", "withdrawn")):
            tx.add(
                VersionRow(
                    policy="privacy", version=name, locale="en", authoritative=True, status=status,
                    historical=False, effective_date="2026-01-01", effective_at=NOW, author="a",
                    committed_at=NOW, file="f", markup="markdown", raw_sha256="",
                    canonical_sha256="", parser="p",
                )
            )  # fmt: skip
    with store.read() as tx:
        known = catalog(tx, settings)
    assert known.policies["privacy"].versions == {"v1", "v3"}
    assert known.policies["privacy"].sites == {"meetings"}
    assert known.policies["privacy"].zone.key == "Europe/Berlin"
    assert "contact" in known.categories


@pytest.mark.slow
def test_reading_takes_constant_memory(tmp_path):
    path = tmp_path / "people.csv"

    def peak(rows):
        with path.open("w") as file:
            file.write("person_id,email,name\n")
            file.writelines(f"p{n},user{n}@mail.example,Some Name {n}\n" for n in range(rows))
        tracemalloc.start()
        try:
            taken = sum(len(batch.rows) for batch in read_people(path))
            assert taken == rows
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(1_000)
    assert peak(120_000) < 1.5 * peak(30_000)
