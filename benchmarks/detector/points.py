"""Operating points of one contestant: found of the faces, withheld of the faceless, at a threshold or as shipped."""

from collections.abc import Iterable

from facegate.curve import Point, Share, at, curve

from benchmarks.detector.results import Results, Run

LEVELS = (0.005, 0.01, 0.02, 0.05)  # shares of false positives at which recall is given
LEVEL = 0.01  # the one at which groups are compared


def scores(run: Run, numbers: Iterable[int]) -> list[float]:
    """What could not be decoded counts as nothing found."""
    return [run.scores[number] or 0.0 for number in numbers]


def points(results: Results, run: Run) -> list[Point]:
    return curve(scores(run, results.faces), scores(run, results.clear))


def level(results: Results, run: Run, false_positives: float = LEVEL) -> Point | None:
    return at(points(results, run), false_positives)


def found_over(run: Run, numbers: list[int], threshold: float) -> set[int]:
    return {number for number in numbers if (run.scores[number] or 0.0) >= threshold}


def shipped(run: Run, numbers: list[int]) -> Share | None:
    """By the verdicts of the timed pass, which may stop earlier than the other one; None when nothing was timed."""
    if not run.shipped:
        return None
    return Share(sum(1 for number in numbers if run.shipped[number]), len(numbers))
