import math

import numpy as np
import pytest
from facegate_addons.detection.candidates import CANDIDATES, Look
from facegate_addons.detection.description import RULES
from facegate_addons.detection.yunet import looks, shapes

HEIGHT, WIDTH = 64, 96
OUTPUTS = RULES["yunet"].outputs


def maps(n: int = 1) -> dict[str, np.ndarray]:
    """Nothing seen in `n` pictures, by the outputs' names."""
    return dict(zip(OUTPUTS, map(np.float32, map(np.zeros, shapes(n, HEIGHT, WIDTH))), strict=True))


def light(seen: dict[str, np.ndarray], stride: int, row: int, column: int, score: float, picture: int = 0) -> int:
    """A face of `stride` pixels a side at one cell; its index among the cells of its stride."""
    index = row * (WIDTH // stride) + column
    seen[f"cls_{stride}"][picture, index] = 1
    seen[f"obj_{stride}"][picture, index] = score**2
    return index


def look(seen: dict[str, np.ndarray]) -> Look:
    return looks(list(seen.values()), HEIGHT, WIDTH)[0]


def test_one_cell() -> None:
    seen = maps()
    index = light(seen, 16, 2, 3, 0.9)
    seen["bbox_16"][0, index] = (0.25, -0.5, math.log(2), math.log(3))  # column first, unlike CenterFace
    (found,) = look(seen).candidates(0.5)
    x, y = (3 + 0.25) * 16, (2 - 0.5) * 16
    assert found.box == pytest.approx((x - 16, y - 24, x + 16, y + 24), abs=1e-3)
    assert found.score == pytest.approx(0.9)


def test_the_score_is_the_geometric_mean_of_both_held_to_one() -> None:
    seen = maps()
    seen["cls_8"][0, 0], seen["obj_8"][0, 0] = 4.0, 0.25
    assert look(seen).best() == pytest.approx(0.5)
    seen["obj_8"][0, 0] = -1.0
    assert look(seen).best() == 0


def test_all_strides_together_best_first_and_doubles_dropped() -> None:
    seen = maps()
    light(seen, 8, 0, 0, 0.6)
    light(seen, 32, 1, 2, 0.8)
    light(seen, 16, 1, 1, 0.7)
    seen["bbox_8"][0, light(seen, 8, 2, 2, 0.65)] = (0, 0, math.log(2), math.log(2))  # the face of stride 16 again
    assert [round(found.score, 2) for found in look(seen).candidates(0.5)] == [0.8, 0.7, 0.6]
    assert [round(found.score, 2) for found in look(seen).candidates(0.5, most=2)] == [0.8, 0.7]
    assert look(seen).candidates(0.9) == []


def test_best_anywhere_and_in_the_middle() -> None:
    seen = maps()
    light(seen, 8, 0, 0, 0.9)
    light(seen, 32, 1, 1, 0.4)
    assert (look(seen).best(), look(seen).centre()) == pytest.approx((0.9, 0.4))


def test_maps_that_are_all_faces_are_bounded() -> None:
    seen = maps()
    for name in OUTPUTS[:6]:
        seen[name][:] = 1
    assert 0 < len(look(seen).candidates(0.1)) <= CANDIDATES


def test_each_picture_of_a_batch_is_its_own() -> None:
    seen = maps(2)
    light(seen, 8, 0, 0, 0.5, picture=1)
    first, second = looks(list(seen.values()), HEIGHT, WIDTH)
    assert (first.best(), second.best()) == pytest.approx((0.0, 0.5))


def test_shapes() -> None:
    assert shapes(2, HEIGHT, WIDTH)[:3] == [(2, 96, 1), (2, 24, 1), (2, 6, 1)]
    assert shapes(2, HEIGHT, WIDTH)[6:] == [(2, 96, 4), (2, 24, 4), (2, 6, 4)]
    assert len(shapes(1, HEIGHT, WIDTH)) == len(OUTPUTS)
