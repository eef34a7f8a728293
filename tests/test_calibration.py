from collections.abc import Iterable

import pytest
from facegate.calibration import LEVELS, Calibration, Scored, calibrate
from facegate.curve import Share


def picture(name: str, face: bool, score: float | None, *tags: str) -> Scored:
    return Scored(name, face, tags, score, "" if score is not None else "undecodable")


def folder(faces: Iterable[float], clear: Iterable[float], threshold: float = 0.4) -> Calibration:
    pictures = [
        picture(f"{face}{i}", face, s) for face, scores in ((True, faces), (False, clear)) for i, s in enumerate(scores)
    ]
    return calibrate(pictures, threshold)


# 200 faces and 1,000 without, that overlap: 10 faces at 0.3, 5 without at 0.35, one at 0.7
FACES = [0.8] * 190 + [0.3] * 10
CLEAR = [0.0] * 989 + [0.2] * 5 + [0.35] * 5 + [0.7]


def test_each_level_has_the_threshold_that_finds_most() -> None:
    found = folder(FACES, CLEAR)
    assert [row.level for row in found.rows] == list(LEVELS)
    thresholds = [row.point.threshold if row.point else None for row in found.rows]
    # the ten lower faces cost six in a thousand; without them it is the middle of what leaves out all without a face
    assert thresholds == [0.75, 0.75, 0.25, 0.25, 0.25]
    finest, best = found.rows[0].point, found.rows[2].point
    assert finest is not None
    assert best is not None
    assert (finest.found, finest.withheld) == (Share(190, 200), Share(0, 1000))
    assert (best.found, best.withheld) == (Share(200, 200), Share(6, 1000))


def test_few_pictures_speak_of_no_small_rates() -> None:
    found = folder([0.8] * 30, [0.0] * 50)
    assert [bool(row.point) for row in found.rows] == [False, False, False, True, True]
    assert found.rows[1].why == "needs 200 pictures without a face, there are 50"


def test_a_level_that_no_threshold_reaches_says_so() -> None:
    found = folder([0.8] * 30, [0.8] * 30 + [0.1] * 70)
    assert all(row.point is None for row in found.rows)
    assert found.rows[-1].why == "too many without a face have the highest of all scores"
    assert found.advice is None


def test_without_a_face_there_is_nothing_to_find() -> None:
    found = folder([], [0.1] * 2000)
    assert {row.why for row in found.rows} == {"no picture with a face was scored"}
    assert found.advice is None


def test_the_advice_is_at_one_percent_where_the_present_threshold_is_worse() -> None:
    lax = folder(FACES, CLEAR + [0.5] * 30, threshold=0.1).advice
    assert lax is not None
    assert (lax.level, lax.keep) == (0.01, False)
    strict = folder(FACES, CLEAR, threshold=0.79).advice
    assert strict is not None
    assert (strict.threshold, strict.keep) == (0.25, False)  # it finds 10 of 200 more: no chance


def test_chance_is_no_reason_for_another_threshold() -> None:
    faces = [0.8] * 198 + [0.5, 0.38]
    clear = [0.0] * 195 + [0.3, 0.39, 0.41, 0.45, 0.45]
    advice = folder(faces, clear, threshold=0.4).advice
    assert advice is not None
    assert advice.best.threshold != 0.4
    assert (advice.threshold, advice.keep) == (0.4, True)


def test_with_few_pictures_the_advice_is_at_the_next_level_or_none() -> None:
    coarse = folder([0.8] * 20, [0.0] * 20, threshold=0.79).advice
    assert coarse is not None
    assert coarse.level == 0.05
    assert folder([0.8] * 19, [0.0] * 1000).advice is None
    assert folder([0.8] * 1000, [0.0] * 19).advice is None


def test_what_has_no_score_counts_nowhere_and_is_kept() -> None:
    broken = picture("broken", True, None)
    found = calibrate([broken, picture("a", True, 0.8), picture("b", False, 0.0)], 0.4)
    assert found.present.found == Share(1, 1)
    assert found.unscored == (broken,)


def test_mistakes_come_worst_first() -> None:
    found = calibrate(
        [
            picture("near", True, 0.39), picture("at", True, 0.4), picture("far", True, 0.0),
            picture("some", False, 0.4), picture("none", False, 0.1), picture("much", False, 0.7),
        ],
        0.4,
    )  # fmt: skip
    assert [one.name for one in found.missed] == ["far", "near"]
    assert [one.name for one in found.wrong] == ["much", "some"]


def test_tags_are_counted_at_the_present_threshold_and_come_with_most_mistakes_first() -> None:
    found = calibrate(
        [
            picture("a", True, 0.8, "easy"), picture("b", True, 0.1, "dark"),
            picture("c", True, 0.1, "dark", "profile"),
            picture("d", False, 0.5, "dark"), picture("e", False, 0.1, "easy"),
        ],
        0.4,
    )  # fmt: skip
    assert [tag for tag, _ in found.tags] == ["dark", "profile", "easy"]
    dark = dict(found.tags)["dark"]
    assert (dark.threshold, dark.found, dark.withheld) == (0.4, Share(0, 2), Share(1, 1))


@pytest.mark.parametrize(("threshold", "hits"), [(0.05, 2), (0.2, 2), (0.25, 1), (0.8, 1), (0.81, 0)])
def test_any_threshold_can_be_asked_for(threshold: float, hits: int) -> None:
    assert folder([0.2, 0.8], [0.0]).at(threshold).found == Share(hits, 2)
