from facegate_addons.workers import pace
from facegate_addons.workers.pace import JOBS, LARGE, SLOW, Pace


def test_a_large_body_is_heavy():
    assert Pace().heavy("a", LARGE + 1)
    assert not Pace().heavy("a", LARGE)


def test_a_job_whose_bodies_took_long_is_until_they_do_not():
    it = Pace()
    it.took("a", 10 * SLOW)
    assert it.heavy("a", 1)
    assert not it.heavy("b", 1)
    for _ in range(20):
        it.took("a", SLOW / 10)
    assert not it.heavy("a", 1)


def test_one_slow_look_in_many_quick_ones_does_not_count():
    it = Pace()
    it.took("a", SLOW / 10)
    it.took("a", 2 * SLOW)
    assert not it.heavy("a", 1)


def test_what_is_remembered_is_bounded(monkeypatch):
    assert JOBS > 2
    monkeypatch.setattr(pace, "JOBS", 2)
    it = Pace()
    for job in "abc":
        it.took(job, 10 * SLOW)
    assert [it.heavy(job, 1) for job in "abc"] == [False, True, True]
