from datetime import UTC, datetime
from typing import Any

import pytest
from facegate.jobs.fields import PROBLEMS, Problems, Table, shown
from facegate_addons.domain.job import Live


def table(**raw: Any) -> tuple[Table, Problems]:
    problems = Problems()
    return Table(raw, problems, "scope."), problems


def test_what_is_right_is_noted_nowhere():
    read, problems = table(
        text=" a ", texts=["a", "b"], whole=1, flag=False, choice="inspect", wholes=[1, 2, 1], none=None
    )
    assert (read.text("text", "x"), read.texts("texts", "x", 2)) == ("a", ("a", "b"))
    assert (read.whole("whole"), read.flag("flag"), read.choice("choice", Live)) == (1, False, Live.INSPECT)
    assert read.wholes("wholes", "[1]", 1, 2) == (1, 2)
    assert "none" not in read
    assert not problems


def test_what_may_be_left_out_is_empty():
    read, problems = table()
    assert (read.text("a"), read.whole("a"), read.flag("a"), read.choice("a", Live)) == ("", None, None, None)
    assert (read.texts("a", "x", 2, required=False), read.wholes("a", "x", 1, 2), read.table("a")) == ((), (), None)
    assert not problems


@pytest.mark.parametrize("value", [True, 1.0, "1", 0, -1, 1 << 53, [1], {}, float("nan")])
def test_what_is_no_whole_number(value):
    read, problems = table(a=value)
    assert read.whole("a") is None
    assert str(problems[0]).startswith("scope.a has to be a whole number from 1 on, without quotes, not ")


@pytest.mark.parametrize("value", [0, 1, "true", []])
def test_what_is_no_flag(value):
    read, problems = table(a=value)
    assert read.flag("a") is None
    assert str(problems[0]).startswith("scope.a has to be true or false, without quotes, not ")


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ([], "has to be a list of 1 to 2 texts, like [x]"),
        ("a", "has to be a list of 1 to 2 texts, like [x]"),
        (["a", "b", "c"], "has 3 entries; 2 is the most"),
        ([1], "has to be text in quotes, not 1"),
        ([""], "is empty"),
    ],
)
def test_what_is_no_list_of_texts(value, says):
    read, problems = table(a=value)
    assert read.texts("a", "[x]", 2) == ()
    assert str(problems[0]).startswith(f"scope.a {says}")


@pytest.mark.parametrize("value", [0, 3, "1", True, None])
def test_what_is_no_list_of_numbers(value):
    read, problems = table(a=[1, value])
    assert read.wholes("a", "[1]", 1, 2) == ()
    assert str(problems[0]) == f"scope.a has {value!r} in it; write numbers from 1 to 2, like [1]"


def test_an_unhashable_choice_is_none():
    read, problems = table(a={}, b=["inspect"], c="INSPECT")
    assert [read.choice(key, Live) for key in "abc"] == [None, None, None]
    assert len(problems) == 3


def test_problems_have_an_end():
    problems = Problems()
    for n in range(PROBLEMS + 5):
        problems.note("a", str(n))
    assert len(problems) == PROBLEMS


def test_shown_is_short_and_on_one_line():
    assert shown("a\nb") == "'a\\nb'"
    assert len(shown("a" * 10_000)) == 60
    assert shown(10**5_000) == "this int"
    assert shown(datetime(2026, 1, 1, tzinfo=UTC)).startswith("datetime")
