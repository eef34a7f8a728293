"""What a threshold costs: operating points over pictures whose truth is known, with their confidence intervals."""

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Z = 1.959964  # of the standard normal: intervals hold 95 of 100 times
SLACK = 1e-6  # of a ten-thousandth: 0.29 * 10,000 is a little under 2,900 in binary


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `of`."""

    hits: int
    of: int

    @property
    def rate(self) -> float:
        return self.hits / self.of if self.of else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % score interval of Wilson (1927): honest for rates near 0 and 1 and for few pictures."""
        if not self.of:
            return 0.0, 1.0
        n, p = self.of, self.rate
        middle, spread = p + Z * Z / (2 * n), Z * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
        scale = 1 + Z * Z / n
        return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


@dataclass(frozen=True, slots=True)
class Point:
    """At `threshold` (a score that reaches it counts as a face): `found` of the faces, `withheld` of the faceless."""

    threshold: float
    found: Share
    withheld: Share


def point(threshold: float, faces: Iterable[float], clear: Iterable[float]) -> Point:
    """`faces` and `clear` are the best scores of pictures with and without a face; 0 where there is none."""
    return _point(threshold, sorted(faces), sorted(clear))


def curve(faces: Iterable[float], clear: Iterable[float]) -> list[Point]:
    """A point for each score that occurs, strictest first: neither share ever falls along the list."""
    with_face, without = sorted(faces), sorted(clear)
    thresholds = sorted({score for score in (*with_face, *without) if score > 0}, reverse=True)
    return [_point(threshold, with_face, without) for threshold in thresholds]


def at(points: Sequence[Point], false_positives: float) -> Point | None:
    """The point that finds most with at most that share (0 to 1) wrongly withheld; None when every point is over."""
    under = [p for p in points if p.withheld.hits <= false_positives * p.withheld.of]
    # of points that find the same, the strictest: it leaves the most room
    return max(under, key=lambda p: (p.found.hits, p.threshold), default=None)


def supports(pictures: int, rate: float) -> bool:
    """Can so many pictures speak of that rate at all? Only when it is one of them at least."""
    return pictures * rate >= 1


def written(best: Point, faces: Iterable[float], clear: Iterable[float]) -> Point:
    """The same counts at a threshold to write down: two decimals where they do, four at most.

    All thresholds down to the next lower score count the same. Of these it is in the middle, as far as possible from
    any picture on either side: a picture that scores a little less next time still counts.
    """
    with_face, without = sorted(faces), sorted(clear)
    below = max(
        (scores[i - 1] for scores in (with_face, without) if (i := bisect_left(scores, best.threshold))), default=0
    )
    low, high = math.floor(below * 10_000 + SLACK), math.floor(best.threshold * 10_000 + SLACK)
    for step in (100, 10, 1):
        first, last = low // step + 1, high // step
        if first <= last:
            middle = round((low + high) / 2 / step)
            return _point(min(max(middle, first), last) * step / 10_000, with_face, without)
    return best  # scores that differ only behind the fourth decimal


def _point(threshold: float, faces: list[float], clear: list[float]) -> Point:
    reached = (Share(len(scores) - bisect_left(scores, threshold), len(scores)) for scores in (faces, clear))
    return Point(threshold, *reached)
