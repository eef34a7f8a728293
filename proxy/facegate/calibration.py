"""From the scores of labelled pictures to what thresholds cost, and to the one to write down. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from facegate.curve import Point, Share, at, curve, point, supports, written

# shares of the pictures without a face that may be withheld, for which a threshold is sought
LEVELS = (0.001, 0.005, 0.01, 0.02, 0.05)
ADVISED = 0.01  # the level at which the threshold that is shipped was chosen (docs/detector.md)
NO_PICTURE = "no picture"  # the `why` of what lies beside pictures: a README, a list
LEAST = 20  # pictures of each kind to advise on: with fewer, a single one is more than the widest level


@dataclass(frozen=True, slots=True)
class Scored:
    """One labelled picture. `score` is its best finding's, 0 without one; None when it has none, and `why`."""

    name: str
    face: bool
    tags: tuple[str, ...]
    score: float | None
    why: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """The threshold that finds most with at most `level` withheld; without a point, `why` there is none."""

    level: float
    point: Point | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Advice:
    """Write `threshold`: that of `best`, or, to `keep` it, the present one, which the pictures cannot tell from it."""

    level: float
    threshold: float
    best: Point
    keep: bool


@dataclass(frozen=True, slots=True)
class Calibration:
    """What is known of a folder. `tags`, `missed` and `wrong` are about the threshold in force, that of `present`."""

    curve: tuple[Point, ...]  # a point for each score, strictest first
    present: Point
    rows: tuple[Row, ...]
    advice: Advice | None
    tags: tuple[tuple[str, Point], ...]  # those with most mistakes first
    missed: tuple[Scored, ...]  # faces under the threshold, the lowest score first
    wrong: tuple[Scored, ...]  # no faces that reach it, the highest score first
    unscored: tuple[Scored, ...]

    def at(self, threshold: float) -> Point:
        """What any threshold costs: as much as the next higher one that a picture scores."""
        none = Point(threshold, Share(0, self.present.found.of), Share(0, self.present.withheld.of))
        return next((point for point in reversed(self.curve) if point.threshold >= threshold), none)


def calibrate(pictures: Iterable[Scored], threshold: float) -> Calibration:
    scored = defaultdict[bool, list[tuple[float, Scored]]](list)
    unscored = []
    for picture in pictures:
        if picture.score is None:
            unscored.append(picture)
        else:
            scored[picture.face].append((picture.score, picture))
    faces, clear = ([score for score, _ in scored[face]] for face in (True, False))
    present = point(threshold, faces, clear)
    points = curve(faces, clear)
    rows = tuple(_row(level, points, faces, clear) for level in LEVELS)
    missed = sorted((one for one in scored[True] if one[0] < threshold), key=lambda one: one[0])
    wrong = sorted((one for one in scored[False] if one[0] >= threshold), key=lambda one: -one[0])
    return Calibration(
        tuple(points), present, rows, _advice(rows, present), _by_tag(threshold, scored),
        tuple(picture for _, picture in missed), tuple(picture for _, picture in wrong), tuple(unscored),
    )  # fmt: skip


def _row(level: float, points: list[Point], faces: list[float], clear: list[float]) -> Row:
    if not faces:
        return Row(level, None, "no picture with a face was scored")
    if not supports(len(clear), level):
        return Row(level, None, f"needs {round(1 / level):,} pictures without a face, there are {len(clear):,}")
    best = at(points, level)
    if best is None:
        return Row(level, None, "too many without a face have the highest of all scores")
    return Row(level, written(best, faces, clear))


def _advice(rows: tuple[Row, ...], present: Point) -> Advice | None:
    """At ADVISED, or at the next level that the pictures can speak of. Chance alone is no reason to write another."""
    if min(present.found.of, present.withheld.of) < LEAST:
        return None
    for row in rows:
        if row.level >= ADVISED and row.point:
            withholds_no_more = present.withheld.interval[0] <= row.level
            finds_no_less = present.found.rate >= row.point.found.interval[0]
            keep = withholds_no_more and finds_no_less
            return Advice(row.level, (present if keep else row.point).threshold, row.point, keep)
    return None


def _by_tag(threshold: float, scored: dict[bool, list[tuple[float, Scored]]]) -> tuple[tuple[str, Point], ...]:
    tagged = defaultdict[str, dict[bool, list[float]]](lambda: {True: [], False: []})
    for face, those in scored.items():
        for score, picture in those:
            for tag in picture.tags:
                tagged[tag][face].append(score)
    points = {tag: point(threshold, scores[True], scores[False]) for tag, scores in tagged.items()}
    return tuple(sorted(points.items(), key=lambda one: (-_mistakes(one[1]), one[0])))


def _mistakes(counted: Point) -> int:
    return counted.found.of - counted.found.hits + counted.withheld.hits
