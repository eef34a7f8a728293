"""Pixels of a view, resampled. Pillow's resize and nothing else of it: no decoder is reached from here."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from facegate_addons.detection.views import View


def resample(rgb: NDArray[np.uint8], view: View) -> NDArray[np.uint8]:
    """The view's part of `rgb` (h, w, 3) as (view height, view width, 3); black beyond the picture's edges.

    Made smaller, each pixel is the mean of what it covers: two thirds of the time of a wider filter, and sharper.
    """
    height, width = rgb.shape[:2]
    left, top, right, bottom = view.box
    wide, high = view.size
    across, down = wide / (right - left), high / (bottom - top)
    # whole pixels around the part that lies inside the picture: only these are copied into Pillow
    l, t = max(0, int(left)), max(0, int(top))  # noqa: E741
    r, b = min(width, int(np.ceil(right))), min(height, int(np.ceil(bottom)))
    out = np.zeros((high, wide, 3), dtype=np.uint8)
    if r <= l or b <= t:
        return out
    x0, y0 = max(0, round((l - left) * across)), max(0, round((t - top) * down))
    x1, y1 = min(wide, round((r - left) * across)), min(high, round((b - top) * down))
    if x1 <= x0 or y1 <= y0:
        return out
    part = Image.fromarray(np.ascontiguousarray(rgb[t:b, l:r]))
    kernel = Image.Resampling.BOX if max(across, down) < 1 else Image.Resampling.BILINEAR
    out[y0:y1, x0:x1] = np.asarray(part.resize((x1 - x0, y1 - y0), kernel, reducing_gap=1.0))
    return out
