from facegate.reports.sampled import RATES, Population, Sampled
from reports.conftest import exchange, withheld


def test_by_the_rate_in_force() -> None:
    sampled = Sampled(frozenset(("r1",)))
    for entry, outcome in (
        (exchange(sampling=0.1, sample=""), "passed"),
        (exchange(sampling=0.1, sample="s"), "passed"),
        (exchange(sampling=0.5, sample=""), "passed"),
        (withheld(sampling=0.1, sample="", record="r1"), "faces"),
        (withheld(sampling=0.1, sample="", record="r2"), "faces"),
        (exchange(sampling=0.1, sample="", reason="faces", observed="drop"), "observed"),
        (withheld(sampling=0.1, sample="", reason="encrypted"), "unreadable"),
        (exchange(sampling="much", sample=""), "passed"),
    ):
        sampled.add(entry, outcome)
    assert sampled.rates == {0.1: Population(2, 1, 3, 1), 0.5: Population(1, 0, 0, 0)}


def test_only_so_many_rates_are_counted_apart() -> None:
    sampled = Sampled()
    for number in range(RATES + 5):
        sampled.add(exchange(sampling=number / 1000, sample=""), "passed")
    assert (len(sampled.rates), sampled.left_out) == (RATES, 5)
