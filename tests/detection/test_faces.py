from pathlib import Path

import numpy as np
import pytest
import skimage.data
import tiny_models
from facegate_addons.detection.description import Model, parse
from facegate_addons.detection.faces import FaceDetector
from facegate_addons.detection.picture import Picture


@pytest.fixture(scope="module")
def detector() -> FaceDetector:
    return FaceDetector.load(threshold=None, min_face=20)


FACE = skimage.data.astronaut()


def rgb(name: str) -> np.ndarray:
    pixels = getattr(skimage.data, name)()
    return pixels if pixels.ndim == 3 else np.repeat(pixels[..., None], 3, axis=2)


def test_a_face(detector: FaceDetector) -> None:
    (found,) = detector.detect(Picture(FACE, where="here"))
    left, top, right, bottom = found.box
    assert 160 < left < 200 < 240 < right < 290
    assert 40 < top < 90 < 150 < bottom < 200
    assert 0.8 < found.score <= 1
    assert found.where == "here"


@pytest.mark.parametrize(
    "name", ["coffee", "rocket", "chelsea", "coins", "brick", "text", "horse", "hubble_deep_field"]
)
def test_no_face(name: str, detector: FaceDetector) -> None:
    pixels = rgb(name)
    assert detector.detect(Picture(pixels.astype(np.uint8) * (255 if pixels.dtype == bool else 1))) == []


def test_boxes_are_in_pixels_of_the_original(detector: FaceDetector) -> None:
    (whole,), (half,) = detector.detect(Picture(FACE)), detector.detect(Picture(FACE[::2, ::2].copy(), (2.0, 2.0)))
    assert np.abs(np.subtract(whole.box, half.box)).max() <= 8


def test_two_faces(detector: FaceDetector) -> None:
    pair = np.hstack([FACE, FACE[:, ::-1]])
    canvas = np.zeros((1024, 1024, 3), np.uint8)
    canvas[:512] = pair
    assert len(detector.detect(Picture(canvas))) == 2


@pytest.mark.parametrize("shape", [(1, 1), (1, 3000), (3000, 1), (7, 5), (33, 31)])
def test_odd_shapes(shape: tuple[int, int], detector: FaceDetector) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (*shape, 3), dtype=np.uint8)
    assert isinstance(detector.detect(Picture(noise)), list)


def test_the_same_every_time(detector: FaceDetector) -> None:
    again = FaceDetector.load(threshold=None, min_face=20)
    first = detector.detect(Picture(FACE))
    detector.detect(Picture(rgb("coffee")))
    assert detector.detect(Picture(FACE)) == first == again.detect(Picture(FACE))


def test_versions() -> None:
    loaded = FaceDetector.load(threshold=0.9, min_face=33)
    assert loaded.versions["threshold"] == "0.9"
    assert loaded.versions["min_face"] == "33"
    assert len(loaded.versions["weights"]) == 64
    assert set(loaded.versions) == {*loaded._network.versions, "threshold", "min_face", "views"}


@pytest.mark.parametrize("rule", ["yunet", "centerface"])
def test_another_model_looks_the_same_way(rule: str, tmp_path: Path) -> None:
    description, weights = tiny_models.written(tmp_path, getattr(tiny_models, rule)(), rule=rule)
    model = Model(parse(description.read_text(), "red"), str(weights))
    squares = [(96, 192, 64), (384, 32, 32)]
    found = FaceDetector.load(model=model).detect(Picture(tiny_models.red(480, 480, *squares)), thorough=True)
    for x, y, side in squares:
        cells = [f.box for f in found if x <= f.box[0] < f.box[2] <= x + side and y <= f.box[1] < f.box[3] <= y + side]
        assert cells
        found = [f for f in found if f.box not in cells]
    assert not found
    strict = FaceDetector.load(model=model, threshold=0.99)
    assert (strict.threshold, FaceDetector.load(model=model).threshold) == (0.99, 0.5)


def test_it_stops_between_tiles_when_told_to(detector: FaceDetector) -> None:
    class Enough(Exception):
        pass

    asked = 0

    def tick() -> None:
        nonlocal asked
        asked += 1
        if asked == 3:
            raise Enough

    noise = np.random.default_rng(5).integers(100, 150, (2_000, 2_000, 3)).astype(np.uint8)
    with pytest.raises(Enough):
        detector.detect(Picture(noise), tick)


def test_a_threshold_above_the_obvious_counts_too() -> None:
    strict = FaceDetector.load(threshold=0.9999, min_face=20)
    assert strict.detect(Picture(skimage.data.astronaut())) == []
