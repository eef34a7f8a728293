from collections import Counter

from facegate.selftest import canary
from facegate.selftest.cases import cases, windows

PICTURE = canary.jpeg()


def test_each_has_a_name_of_its_own_and_some_have_to_pass() -> None:
    chosen = cases(PICTURE)
    assert [name for name, times in Counter(case.name for case in chosen).items() if times > 1] == []
    assert sum(case.passes for case in chosen) == 3
    assert sum(not case.passes for case in chosen) > 50


def test_windows_are_stretches_of_the_picture_that_no_page_has() -> None:
    stretches = windows(PICTURE)
    assert len(stretches) > 40
    assert all(len(stretch) == 24 for stretch in stretches)
    for case in cases(PICTURE):
        if case.passes:
            assert not any(stretch in case.reply for stretch in stretches), case.name
