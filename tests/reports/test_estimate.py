import math
import random

import pytest
from facegate.reports.estimate import (
    Estimate,
    Stratum,
    beta_quantile,
    clopper_pearson,
    estimate,
    incomplete_beta,
    rule_of_three,
)


def of(*strata: Stratum, found: int = 0) -> Estimate:
    answer = estimate(strata, found)
    assert answer is not None
    return answer


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        # Clopper and Pearson's limits as they are printed in tables and textbooks, 95 %
        (0, 10, 0.0, 0.3085),
        (1, 10, 0.0025, 0.4450),
        (5, 10, 0.1871, 0.8129),
        (10, 10, 0.6915, 1.0),
        (0, 30, 0.0, 0.1157),
        (4, 20, 0.0573, 0.4366),
        (50, 100, 0.3983, 0.6017),
        (1, 1, 0.025, 1.0),
    ],
)  # fmt: skip
def test_published_limits(successes: int, trials: int, low: float, high: float) -> None:
    found = clopper_pearson(successes, trials)
    assert (found.low, found.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_limits_are_those_of_their_definition() -> None:
    """Each limit is the share at which so many, or more, or fewer, are met in 2.5 % of samples."""

    def binomial(share: float, trials: int, counts: range) -> float:
        return math.fsum(math.comb(trials, k) * share**k * (1 - share) ** (trials - k) for k in counts)

    for successes, trials in ((1, 7), (3, 40), (17, 300), (120, 130)):
        found = clopper_pearson(successes, trials)
        assert binomial(found.low, trials, range(successes, trials + 1)) == pytest.approx(0.025, rel=1e-9)
        assert binomial(found.high, trials, range(successes + 1)) == pytest.approx(0.025, rel=1e-9)


def test_the_beta_function_where_it_has_a_closed_form() -> None:
    for x in (1e-9, 0.01, 0.3, 0.5, 0.77, 0.999):
        assert incomplete_beta(1, 1, x) == pytest.approx(x, rel=1e-12)
        assert incomplete_beta(3, 1, x) == pytest.approx(x**3, rel=1e-12)
        assert incomplete_beta(1, 5, x) == pytest.approx(-math.expm1(5 * math.log1p(-x)), rel=1e-11)
        assert incomplete_beta(0.5, 0.5, x) == pytest.approx(2 / math.pi * math.asin(math.sqrt(x)), rel=1e-10)
        assert incomplete_beta(40, 70, x) + incomplete_beta(70, 40, 1 - x) == pytest.approx(1, rel=1e-12)
    assert (incomplete_beta(2, 3, -1), incomplete_beta(2, 3, 2)) == (0, 1)
    assert incomplete_beta(20, 999_981, beta_quantile(0.3, 20, 999_981)) == pytest.approx(0.3, rel=1e-9)


def test_the_rule_of_three() -> None:
    assert rule_of_three(1000) == pytest.approx(3 / 1000, rel=0.003)
    assert of(Stratum(0.1, 5000, 500, 500, 0)).upper == rule_of_three(500)
    assert of(Stratum(0.1, 5000, 500, 500, 1)).upper is None
    assert rule_of_three(500) < of(Stratum(0.1, 50_000, 500, 500, 0)).share_interval.high  # which is two-sided


@pytest.mark.parametrize("counts", [(1, 0), (-1, 5), (6, 5), (0, 0)])
def test_counts_that_cannot_be(counts: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="is no share"):
        clopper_pearson(*counts)


def test_one_rate() -> None:
    found = of(Stratum(0.01, 100_000, 1_000, 800, 2), found=9_750)
    assert (found.passed, found.reviewed, found.seen) == (100_000, 800, 2)
    assert found.share == pytest.approx(2 / 800)
    assert found.missed == pytest.approx(250)
    assert found.miss_rate == pytest.approx(250 / 10_000)
    exact = clopper_pearson(2, 800)
    assert (found.share_interval.low, found.share_interval.high) == (
        pytest.approx(exact.low),
        pytest.approx(exact.high),
    )
    assert found.miss_rate_interval.high == pytest.approx(exact.high * 1e5 / (exact.high * 1e5 + 9_750))
    assert found.miss_rate_interval.low < found.miss_rate < found.miss_rate_interval.high


def test_rates_that_changed_are_weighed() -> None:
    """Ten times as many were drawn from the second tenth of the traffic: unweighted it would count ten times."""
    found = of(Stratum(0.01, 90_000, 900, 900, 0), Stratum(0.1, 10_000, 1_000, 1_000, 10))
    assert found.share == pytest.approx(100 / 100_000)
    assert found.upper is None
    for one in ((Stratum(0.01, 90_000, 900, 900, 0),), (Stratum(0.1, 10_000, 1_000, 1_000, 10),)):
        alone = of(*one)
        assert alone.missed_interval.high < found.missed_interval.high
    unreviewed = of(Stratum(0.1, 10_000, 1_000, 1_000, 10), Stratum(0.5, 10**9, 5, 0, 0))
    assert unreviewed == of(Stratum(0.1, 10_000, 1_000, 1_000, 10))


def test_what_was_seen_is_no_estimate() -> None:
    all_seen = of(Stratum(1.0, 50, 50, 50, 3), found=97)
    assert (all_seen.missed_interval.low, all_seen.missed_interval.high) == (3, 3)
    assert all_seen.miss_rate == pytest.approx(0.03)
    none = of(Stratum(1.0, 50, 50, 50, 0), found=97).miss_rate_interval
    assert (none.low, none.high) == (0, 0)
    assert of(Stratum(0.5, 3, 10, 10, 1)).passed == 10  # lines were lost


def test_where_there_is_nothing_there_is_no_figure() -> None:
    assert estimate([], 5) is None
    assert estimate([Stratum(0.1, 100, 10, 0, 0)], 5) is None
    none = of(Stratum(0.1, 100, 10, 10, 0))
    assert (none.miss_rate, none.miss_rate_interval.low, none.miss_rate_interval.high) == (None, 0, 1)


@pytest.mark.parametrize("shares", [(0.004,), (0.05,), (0.001, 0.02)])
def test_the_interval_covers_the_truth_as_often_as_it_says(shares: tuple[float, ...]) -> None:
    drawing, hits, rounds = random.Random(7), 0, 400
    for _ in range(rounds):
        strata, truth = [], 0
        for number, share in enumerate(shares):
            passed, rate = 4_000 // (number + 1), 0.05 * (number + 1)
            faces = round(passed * share)
            drawn = [each < faces for each in range(passed) if drawing.random() < rate]
            strata.append(Stratum(rate, passed, len(drawn), len(drawn), sum(drawn)))
            truth += faces
        found = of(*strata, found=100)
        inside = found.miss_rate_interval.low <= truth / (truth + 100) <= found.miss_rate_interval.high
        assert inside == (found.missed_interval.low <= truth <= found.missed_interval.high)
        hits += inside
    assert hits / rounds >= 0.95 - 2 * math.sqrt(0.95 * 0.05 / rounds)
