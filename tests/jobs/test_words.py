import pytest
from facegate.jobs import words
from facegate.jobs.nobody import nobody
from facegate.jobs.spelling import letters


@pytest.mark.parametrize("name", ["EVERYBODY", "EVERY", "SETS", "COLLECTIVES", "OF", "LEADS", "ANYBODY", "NOBODY"])
def test_words_stand_as_they_are_compared(name):
    table = getattr(words, name)
    assert table
    assert all(word == letters(word) for word in table)


def test_a_word_alone_is_nobody():
    alone = words.EVERYBODY | words.EVERY | words.SETS | words.COLLECTIVES | words.ANYBODY | words.NOBODY
    assert [word for word in sorted(alone) if not nobody(word)] == []


def test_a_set_is_refused_by_its_name_and_what_has_a_number_is_not():
    for word in words.SETS | words.COLLECTIVES:
        assert nobody(f"{word} of ACME"), word
        assert nobody(f"the {word}"), word
        assert nobody(f"{word}-4711") == "", word


def test_what_means_many_is_not_what_stands_before_them():
    assert not (words.SETS | words.COLLECTIVES) & (words.LEADS | words.OF)
