import pytest


@pytest.mark.parametrize("subject", ["*", "everyone", "All employees", "everybody in Berlin"])
def test_nobody(changed, wrong, subject):
    assert wrong(changed("scope.subjects", [subject]))


@pytest.mark.parametrize("members", [["case-1"], ["case-1", " CASE-1 "]])
def test_a_group_is_at_least_two(changed, wrong, members):
    assert wrong(changed("scope.kind", "group", changed("scope.subjects", members)))
