import pytest
from facegate.jobs.subjects import REFERENCE


def group(changed, *members: str):
    return changed("scope.kind", "group", changed("scope.subjects", list(members)))


def test_a_group_keeps_its_members_as_they_are_written(changed, read):
    assert read(group(changed, "Case-1", "case 2")).scope.subjects == ("Case-1", "case 2")


@pytest.mark.parametrize(
    ("subject", "says"),
    [
        ("*", "has '*', which is a pattern; write one reference for each person"),
        ("everyone", "has 'everyone', which means whoever turns up, and a targeted search is for given persons; "),
        ("all employees", "has 'all employees', which means whoever turns up"),
        (
            "employees of X",
            "has 'employees of X', which names a set of people and not its members; write one reference",
        ),
        ("case-1..case-9", "has 'case-1..case-9', which is a range; list every person by a reference of their own"),
        ("case-1, case-2", "has 'case-1, case-2', which is several persons at once; write each as an entry of its own"),
        ("n/a", "has 'n/a', which stands for nobody yet; write the reference of the person, like \"case-4711\""),
        ("a" * (REFERENCE + 1), f"has '{'a' * 56}..., too long for a reference; {REFERENCE} characters are the most"),
    ],
)
def test_who_is_nobody_is_told_why(changed, wrong, subject, says):
    (line,) = wrong(changed("scope.subjects", [subject]))
    assert line.startswith(f"scope.subjects {says}")


@pytest.mark.parametrize("again", ["case-1", "CASE-1", "case - 1", "ｃａｓｅ-1", "case\u20131", "c\u0430se-1"])
def test_the_same_person_twice_is_no_group(changed, wrong, again):
    first, second = wrong(group(changed, "case-1", again))
    assert first.startswith("scope.subjects has ")
    assert "twice" in first
    assert first.endswith("; list each person once")
    assert second == "scope.subjects has one member; a group lists every member, at least two different ones"


def test_the_same_person_twice_among_others(changed, wrong):
    assert wrong(group(changed, "case-1", "case-2", "CASE-1")) == [
        "scope.subjects has 'CASE-1' twice, once as 'case-1'; list each person once"
    ]
    assert wrong(group(changed, "case-1", "case-2", "case-1")) == [
        "scope.subjects has 'case-1' twice; list each person once"
    ]


def test_zero_width_characters_are_not_taken_at_all(changed, wrong):
    assert "characters that cannot be seen" in wrong(group(changed, "case-1", "case\u200b-1", "case-2"))[0]


def test_a_group_of_one_and_an_individual_of_two(changed, wrong):
    assert wrong(group(changed, "case-1")) == [
        "scope.subjects has one member; a group lists every member, at least two different ones"
    ]
    assert wrong(changed("scope.subjects", ["case-1", "case-2"])) == [
        'scope.subjects has 2 persons, and an individual is one; write kind = "group" for several'
    ]
