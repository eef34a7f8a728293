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
    """(width, height) with the longer of both at `side`."""
    scale = side / max(width, height)
    return max(1, round(width * scale)), max(1, round(height * scale))
