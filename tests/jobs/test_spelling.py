import pytest
from facegate.jobs.spelling import key, letters, plain
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    "spelt",
    [
        *("CASE-1", " case-1 ", "case - 1", "case\u00a0-1", "Case\u20111", "case\u20131", "case\u22121"),
        *("ｃａｓｅ－１", "case\u200b-1", "c\u00adase-1".replace("\u00ad", "\u200d"), "case-\u2060 1", "case-1\ufe0f"),
        *(
            "case-１",
            "case-①",
            "\u3164case-1",
            "\u0441\u0430\u0455\u0435-1",
            "C\u0410SE-1",
            "c\u03b1se-1",
            "\U0001d41case-1",
        ),
    ],
)
def test_one_reference_in_many_spellings(spelt):
    assert key(spelt) == "case-1"


@pytest.mark.parametrize("other", ["case-2", "case-11", "case1", "case_1", "case-l", "cáse-1", "case-1a", "case/1"])
def test_other_references(other):
    assert key(other) != "case-1"


def test_words_lose_their_accents_and_bars():
    assert letters("Beschäftigte Łukasz ÉLÈVES Straße") == "beschaftigte lukasz eleves strasse"
    assert plain("  Two\t words ") == "two words"


@given(st.text() | st.text("hc\u0430\u04bb\u0308\u0301\u1e9eßŉǰ \u200b\u2011"))
def test_there_is_one_spelling(text):
    assert key(key(text)) == key(text)
    assert plain(plain(text)) == plain(text)
