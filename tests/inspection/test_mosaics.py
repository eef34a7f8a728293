import io
from collections.abc import Callable

import numpy as np
import pytest
from facegate_addons.detection.faces import FaceDetector
from facegate_addons.detection.picture import Picture
from facegate_addons.domain.preview import MOSAIC_BYTES
from facegate_addons.inspection.mosaics import UNKNOWN, cells, mosaic
from PIL import Image


@pytest.mark.parametrize(
    ("size", "boxes", "expected"),
    [
        ((1600, 800), [(0, 0, 20, 20)], (16, 8)),  # never more, however small the face
        ((512, 512), [(150, 100, 278, 228)], (16, 16)),  # a quarter of the picture: 4 cells
        ((512, 512), [(50, 50, 306, 250)], (8, 8)),
        ((512, 512), [(0, 0, 10, 10), (50, 50, 306, 250)], (8, 8)),  # the largest counts
        ((400, 400), [(0, 0, 400, 400)], (4, 4)),
        ((400, 400), [(-50, -50, 600, 600)], (3, 3)),
        ((900, 600), [], (UNKNOWN, 4)),
        ((10_000, 3), [(0, 0, 9, 3)], (16, 1)),
        ((1, 1), [(0, 0, 0, 0)], (4, 4)),
    ],
)
def test_no_face_has_more_than_four_cells(size, boxes, expected):
    assert cells(size, boxes) == expected


def test_nothing_but_the_means_of_cells_is_in_it():
    """Two pictures whose cells have the same means make the same bytes."""
    rng = np.random.default_rng(1)
    noise = rng.integers(0, 256, (160, 160, 3), np.uint8)
    shuffled = noise.reshape(16, 10, 16, 10, 3).transpose(0, 2, 1, 3, 4).reshape(16, 16, 100, 3)[:, :, ::-1]
    turned = shuffled.reshape(16, 16, 10, 10, 3).transpose(0, 2, 1, 3, 4).reshape(160, 160, 3)
    assert (turned != noise).any()
    face = [(0, 0, 10, 10)]
    assert mosaic(noise, (160, 160), face) == mosaic(np.ascontiguousarray(turned), (160, 160), face)


def test_it_is_a_picture_of_a_few_pixels():
    rgb = np.random.default_rng(2).integers(0, 256, (500, 400, 3), np.uint8)
    data = mosaic(rgb, (400, 500), [(0, 0, 30, 30)])
    image = Image.open(io.BytesIO(data))
    assert (image.format, image.size, image.info) == ("PNG", (13, 16), {})
    assert len(data) <= MOSAIC_BYTES


@pytest.mark.parametrize("crop", [(0, 0, 512, 512), (130, 30, 330, 230), (180, 60, 280, 200)])
def test_no_detector_of_ours_finds_the_face(face_as: Callable[..., bytes], detector: FaceDetector, crop):
    rgb = np.asarray(Image.open(io.BytesIO(face_as("PNG"))).convert("RGB").crop(crop))
    found = detector.detect(Picture(rgb), thorough=True)
    assert found
    size = (rgb.shape[1], rgb.shape[0])
    for boxes in ([face.box for face in found], []):
        small = Image.open(io.BytesIO(mosaic(rgb, size, boxes)))
        for resample in (Image.Resampling.NEAREST, Image.Resampling.BICUBIC):
            large = np.asarray(small.resize((size[0] * 2, size[1] * 2), resample))
            assert not detector.detect(Picture(large), thorough=True)
