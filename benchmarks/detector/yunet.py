"""YuNet as OpenCV runs it: cv2.FaceDetectorYN at a longest side of at most 640.

OpenCV 5 reads a file with free sizes as it is; OpenCV 4 refuses one (dynamic 'zero' shapes).
"""

from pathlib import Path

import cv2

from benchmarks.detector.opencv import decoded, fitted

SIDE = 640
SHIPPED = 0.9  # default of FaceDetectorYN.create


class YuNet:
    def __init__(self, file: Path, threshold: float | None):
        self.threshold = SHIPPED if threshold is None else threshold
        self._network = cv2.FaceDetectorYN.create(str(file), "", (SIDE, SIDE), self.threshold)

    @property
    def about(self) -> dict[str, str]:
        return {"opencv": cv2.__version__}

    def best(self, data: bytes) -> float | None:
        bgr = decoded(data)
        if bgr is None:
            return None
        height, width = bgr.shape[:2]
        size = fitted(width, height, SIDE)
        self._network.setInputSize(size)
        _, found = self._network.detect(cv2.resize(bgr, size, interpolation=cv2.INTER_LINEAR))
        return 0.0 if found is None else float(found[:, 14].max())
