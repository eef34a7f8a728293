import numpy as np
from facegate_addons.detection.faces import FaceDetector
from facegate_addons.detection.picture import Detector, Picture


def test_the_real_detector_satisfies_the_protocol() -> None:
    detector: Detector = FaceDetector.load(threshold=None, min_face=20)
    assert detector.detect(Picture(np.zeros((8, 8, 3), np.uint8))) == []


def test_finer_is_itself_when_there_is_nothing_finer() -> None:
    fine = Picture(np.zeros((80, 60, 3), np.uint8))
    assert fine.finer() is fine
    coarse = Picture(np.zeros((40, 30, 3), np.uint8), (2.0, 2.0), decode_finer=lambda: fine)
    assert coarse.finer() is fine
    assert coarse.size == fine.size == (60, 80)
