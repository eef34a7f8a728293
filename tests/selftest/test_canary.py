import io
from typing import Any, NoReturn

import numpy as np
from facegate.selftest import canary
from facegate_addons.detection.builtin import builtin
from facegate_addons.detection.faces import FaceDetector
from facegate_addons.detection.network import Network
from facegate_addons.detection.picture import Picture
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.model import Payload, Unreadable
from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.walk import inspect
from PIL import Image
from selftest import drawn


def test_the_shipped_detector_is_sure_of_it_at_each_size() -> None:
    detector = FaceDetector(Network.load(builtin()), None, 20)
    for side in (128, 256):
        (found,) = detector.detect(Picture(np.asarray(drawn.face(side))))
        left, top, right, bottom = found.box
        assert found.score > 0.7
        assert side / 5 < left < right < side * 4 / 5
        assert side / 6 < top < bottom < side * 9 / 10


def test_it_is_a_small_jpeg_of_the_drawing() -> None:
    data = canary.jpeg()
    assert len(data) < 4_000  # in base64 it has to fit in a head
    with Image.open(io.BytesIO(data)) as image, Image.open(io.BytesIO(drawn.jpeg())) as anew:
        assert (image.format, image.size) == ("JPEG", (drawn.SIDE, drawn.SIDE))
        apart = np.abs(np.asarray(image, float) - np.asarray(anew, float))
    assert apart.max() < 8  # other versions of libjpeg round otherwise


class Unasked(FaceDetector):
    def detect(self, *_: Any, **__: Any) -> NoReturn:
        raise AssertionError


def test_the_oversized_one_is_withheld_before_any_detector_sees_it() -> None:
    data = canary.oversized()
    assert len(data) == len(canary.jpeg())
    found = inspect(Payload(data, "image/jpeg"), Unasked(Network.load(builtin()), None, 20), Limits())
    assert found == Unreadable(Reason.LIMIT_PIXELS)
