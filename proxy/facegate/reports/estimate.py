"""How many pictures that passed show a face after all: an estimate from the reviewed sample, with its interval. Pure.

Clopper and Pearson, "The use of confidence or fiducial limits" (Biometrika 26, 1934): exact, so never narrower than it
says; Brown, Cai and DasGupta, "Interval estimation for a binomial proportion" (Statistical Science 16, 2001) measure by
how much it is wider. Where nothing was found, the rule of three (Hanley and Lippman-Hand, JAMA 249, 1983).
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

CONFIDENCE = 0.95
_STEPS = 200  # of a bisection: a double has no more bits to halve
_TINY = 1e-300


@dataclass(frozen=True, slots=True)
class Interval:
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Stratum:
    """Pictures that passed while one rate was in force: `passed` of them, `drawn` for the sample, of these `reviewed`,
    and of these `missed` with a face."""

    rate: float
    passed: int
    drawn: int
    reviewed: int
    missed: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """`share` of the passed pictures show a face, that is `missed` pictures; `miss_rate` of those with a face passed.
    `upper`: by the rule of three, where the sample has none; else None. `passed` are the pictures it speaks of."""

    passed: int
    reviewed: int
    seen: int
    found: int
    share: float
    share_interval: Interval
    missed: float
    missed_interval: Interval
    miss_rate: float | None
    miss_rate_interval: Interval
    upper: float | None


def estimate(strata: Iterable[Stratum], found: int, confidence: float = CONFIDENCE) -> Estimate | None:
    """None where nothing was reviewed. `found`: pictures, out of the same traffic, in which a face was found.

    What was drawn and not reviewed is taken to be like what was: each reviewed picture stands for passed / reviewed of
    its stratum (Horvitz and Thompson, 1952, with the shares that came out in place of those that were meant). With
    several strata each has a part of the error to itself (Bonferroni), so that their sum holds as it says.
    """
    known = [stratum for stratum in strata if stratum.reviewed > 0]
    if not known:
        return None
    each = 1 - (1 - confidence) / len(known)
    missed, low, high = 0.0, 0.0, 0.0
    for it in known:
        passed = max(it.passed, it.reviewed)  # a damaged line is no reason to know less than was seen
        exact = clopper_pearson(it.missed, it.reviewed, each)
        missed += passed * it.missed / it.reviewed
        low += max(passed * exact.low, it.missed)  # those are no estimate: somebody saw them
        high += min(passed * exact.high, passed - (it.reviewed - it.missed))
    total = sum(max(it.passed, it.reviewed) for it in known)
    seen, reviewed = sum(it.missed for it in known), sum(it.reviewed for it in known)
    return Estimate(
        passed=total,
        reviewed=reviewed,
        seen=seen,
        found=found,
        share=missed / total,
        share_interval=Interval(low / total, high / total),
        missed=missed,
        missed_interval=Interval(low, high),
        miss_rate=_of_all(missed, found, None),
        miss_rate_interval=Interval(_of_all(low, found, 0.0), _of_all(high, found, 1.0)),
        upper=rule_of_three(reviewed, confidence) if seen == 0 and len(known) == 1 else None,
    )


def clopper_pearson(successes: int, trials: int, confidence: float = CONFIDENCE) -> Interval:
    """The exact two-sided interval of a share. Raises ValueError for counts that cannot be."""
    if not 0 <= successes <= trials or trials == 0:
        raise ValueError(f"{successes} of {trials} is no share")
    tail = (1 - confidence) / 2
    low = 0.0 if successes == 0 else beta_quantile(tail, successes, trials - successes + 1)
    high = 1.0 if successes == trials else beta_quantile(1 - tail, successes + 1, trials - successes)
    return Interval(low, high)


def rule_of_three(trials: int, confidence: float = CONFIDENCE) -> float:
    """What a share is at most, one-sidedly, when none of `trials` was one; about 3 / trials."""
    return -math.expm1(math.log1p(-confidence) / trials)


def beta_quantile(probability: float, a: float, b: float) -> float:
    """Where the regularised incomplete beta function comes to `probability`: bisected, for it only grows."""
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if incomplete_beta(a, b, middle) < probability:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def incomplete_beta(a: float, b: float, x: float) -> float:
    """Regularised: I_x(a, b). By the continued fraction of DLMF 8.17.22, https://dlmf.nist.gov/8.17#v"""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    if x > (a + 1) / (a + b + 2):  # there the fraction converges fast only for the other tail
        return 1 - incomplete_beta(b, a, 1 - x)
    front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    return math.exp(front) / a * _fraction(a, b, x)


def _fraction(a: float, b: float, x: float) -> float:
    """Lentz's method: 1 / (1 + d1 / (1 + d2 / (1 + ...)))."""
    c, d = 1.0, 1 / _away(1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, 10_000):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / _away(1 + term * d)
            c = _away(1 + term / c)
            value *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return value


def _away(value: float) -> float:
    """From zero, which nothing can be divided by."""
    return value if abs(value) > _TINY else _TINY


def _of_all[T](missed: float, found: int, otherwise: T) -> float | T:
    return missed / (missed + found) if missed + found > 0 else otherwise
