"""What makes the classifier fast changes nothing of what it sees."""

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.classify.entries import ANY_NUMBER
from notifier.classify.folds import american, exchanged
from notifier.classify.lexicon import load_lexicon
from notifier.classify.once import once
from notifier.classify.pieces import TOKEN
from notifier.classify.stamps import stamped
from notifier.classify.text import has_digit, hidden_words, keys, tokens

ENTRIES = load_lexicon().equivalences
SNIPPETS = st.sampled_from(
    [
        "data", "Data,", "(data)", "“data”,", "US", "us", "U.S.", "A.", "-a.", "_x_", "don’t",
        "IT,", "1,000", "1.5", "•it", "?", ":", "[email protected]", "[ email protected ]",
        "[email", "protected]", "https://example.com/a?b.", "www.example.com", "<5",
        "me@example.com", "< 5", "example.com/a|b", ">", "%", "A&B", "é", "ﬁ", "İ", "п", "²",
        "\u200b", "\ufeff", "x" * 45, "third-party", " ", "  ", "\n", "\x0c", "\u00a0",
        "\u2028", "",
    ]
)  # fmt: skip
TEXTS = st.lists(SNIPPETS, max_size=16).map("".join) | st.lists(SNIPPETS, max_size=16).map(" ".join)


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_pieces_hold_the_words_that_the_whole_text_holds(text):
    clean = text.strip("\u200b\ufeff\u2060 \t\r\n")
    shift = text.find(clean) if clean else 0
    whole = [
        (found.start() + shift, found.group().rstrip(".,;:!?*" * (found.lastgroup == "url")))
        for found in TOKEN.finditer(clean)
    ]
    assert [(token.start, token.text) for token in tokens(text)] == whole
    assert all(text[token.start : token.end] == token.text for token in tokens(text))
    assert keys(text) == tuple(token.key for token in tokens(text))


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_a_word_opens_a_text_or_follows_a_stop(text):
    end = 0
    for number, token in enumerate(tokens(text)):
        between = text[end : token.start]
        # What an address lost at its end is no stop, since it may belong to the address.
        if token.kind != "url" and not (number and tokens(text)[number - 1].kind == "url"):
            assert token.first == (number == 0 or any(mark in between for mark in ".!?:•|"))
        end = token.end


def test_a_text_in_capitals_says_us_where_a_sentence_names_the_country():
    assert keys("We store it in the US") == ("we", "store", "it", "in", "the", "us.")
    assert keys("CONTACT US") == ("contact", "us")
    assert keys("MADE IN THE U.S.")[-1] == "us."


@pytest.mark.parametrize(
    ("british", "wanted"),
    [
        ("practised", "practiced"), ("organisations", "organizations"), ("analysed", "analyzed"),
        ("behaviour", "behavior"), ("cancelled", "canceled"), ("centres", "center"),
        ("defence", "defense"), ("programmes", "programs"), ("catalogue", "catalog"),
        ("cataloguing", "cataloging"), ("dialogues", "dialogs"), ("judgement", "judgment"),
        ("fulfil", "fulfill"), ("enrolments", "enrollments"), ("cheques", "checks"),
        ("grey", "gray"), ("whilst", "while"),
    ],
)  # fmt: skip
def test_every_british_spelling_is_looked_at(british, wanted):
    assert american(british) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "Date of last revision: 3 March 2021", "Last updated 3 March 2021", "Updated: 3 March 2021",
        "Revised 3 March 2021", "Modified on 3 March 2021", "Effective from 3 March 2021",
        "In effect since 3 March 2021", "Version 3 March 2021", "Date: 3 March 2021",
        "As of 3 March 2021", "Posted 3 March 2021", "Published 3 March 2021",
        "Changelog 3 March 2021", "Our policy was changed on 3 March 2021",
        "This notice goes into effect 3 March 2021", "Archived version from 3 March 2021",
        "Copyright 2021", "© 2021", "(c) 2021",
    ],
)  # fmt: skip
def test_every_stamp_is_looked_at(text):
    assert has_digit(text)
    assert len(stamped(text)) == 1


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_an_entry_is_found_by_the_words_of_each_of_its_forms(entry):
    exchanges = load_lexicon().exchanges
    for form in filter(None, entry.forms):
        words = tuple("13" if word == ANY_NUMBER else word for word in form)
        assert entry in exchanges.among({*words, "elsewhere"})
        assert exchanges.may_explain(words)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_an_entry_that_is_not_found_changes_nothing(data):
    vocabulary = [*sorted(load_lexicon().exchanges.words - {ANY_NUMBER}), "13", "thirteen"]
    words = tuple(data.draw(st.lists(st.sampled_from(vocabulary), max_size=12)))
    found = load_lexicon().exchanges.among({*words})
    for entry in ENTRIES:
        assert entry in found or exchanged(words, entry) == words


def test_a_word_that_no_form_has_is_not_explained():
    assert not load_lexicon().exchanges.may_explain(["auditors"])


def test_hidden_characters_are_seen_in_texts_of_any_letters():
    assert hidden_words("We do n\u200bot sell") == ("n\u200bot",)
    assert hidden_words("Café – we do nоt sell") == ("nоt",)
    assert hidden_words("Café – “we” do not sell") == ()


def test_an_answer_is_kept_for_the_same_objects_alone():
    asked = []

    @once
    def work(one, two):
        asked.append((one, two))
        return len(asked)

    first, second = object(), object()
    assert [work(first, second), work(first, second), work(second, first)] == [1, 1, 2]
    assert [work(first, second), work([], second), work([], second)] == [3, 4, 5]


def test_threads_that_ask_by_turns_get_their_own_answers():
    @once
    def work(value):
        return value[0]

    wrong = []

    def ask(value):
        wrong.extend(value for _ in range(3_000) if work(value) != value[0])

    threads = [threading.Thread(target=ask, args=([name],)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
