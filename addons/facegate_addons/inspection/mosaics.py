"""A picture reduced to so few cells that nobody in it is recognised: what a reviewer sees before saying why.

People know a familiar face from 7 x 10 pixels (Sinha et al., Face Recognition by Humans, Proc. IEEE 94(11), 2006), and
of 15 across a face more than chance (Bachmann, Eur. J. Cogn. Psychol. 3(1), 1991); networks that are trained on
mosaics of known persons tell them apart in mosaics of 16 cells and more (McPherson et al., arXiv:1609.00408). So what
counts is not how large a cell is, but how many a face has: here 4 at most, as in a redacted copy (detection/redact.py,
docs/detector.md). Where no face is known one may fill the picture, and has as few as that.

What leaves is the cells themselves, one pixel each: a picture of at most 16 x 16 pixels can hold nothing else.
"""

import io
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from facegate_addons.detection.redact import CELLS as FACE
from facegate_addons.detection.redact import LEVELS
from facegate_addons.domain.preview import CELLS

UNKNOWN = 6  # cells of the longer side where no face is known: one that fills the picture has 4, its hair and neck 2
LEAST = 3  # cells of the longer side: a close-up of one face

Box = tuple[int, int, int, int]


def cells(size: tuple[float, float], boxes: Iterable[Box]) -> tuple[int, int]:
    """Columns and rows for a picture of `size` (width, height) with faces in `boxes`, in pixels of the same."""
    longer = max(size)
    faces = [max(right - left, bottom - top) for left, top, right, bottom in boxes]
    count = min(CELLS, max(LEAST, int(FACE * longer / max(1, *faces)))) if faces else UNKNOWN
    width, height = (max(1, round(count * side / longer)) for side in size)
    return width, height


def mosaic(rgb: NDArray[np.uint8], size: tuple[float, float], boxes: Iterable[Box]) -> bytes:
    """`rgb` (h, w, 3), a picture of `size`, as a PNG with one pixel for each cell."""
    columns, rows = cells(size, boxes)
    means = np.asarray(Image.fromarray(rgb).resize((columns, rows), Image.Resampling.BOX))
    step = 256 // LEVELS
    out = io.BytesIO()
    Image.fromarray((means // step * step + step // 2).astype(np.uint8)).save(out, "PNG")
    return out.getvalue()
