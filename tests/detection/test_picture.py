import numpy as np
from facegate_addons.detection.faces import FaceDetector
from facegate_addons.detection.picture import Detector, Picture


def test_the_real_detector_satisfies_the_protocol() -> None:
    detector: Detector = FaceDetector.load(threshold=None, min_face=20)
    assert detector.detect(Picture(np.zeros((8, 8, 3), np.uint8))) == []
