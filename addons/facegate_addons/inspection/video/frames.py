"""A decoded frame as the detector is given it: upright, in the shape a player shows it, no larger than faces need."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from facegate_addons.detection.picture import Picture
from facegate_addons.detection.views import needed_scale
from facegate_addons.inspection.stills import pixels

_SQUEEZED = 8.0  # pixels are at most so much wider than high, or higher than wide: more is a number nobody meant


def pictures(frame: Any, shape: float, min_face: int, where: str) -> Iterator[Picture]:
    """Of PyAV's VideoFrame; more than one where there is transparency. `shape`: width by height of a stored pixel."""
    across = min(max(shape, 1 / _SQUEEZED), _SQUEEZED) if shape > 0 else 1.0
    width, height = frame.width * max(across, 1.0), frame.height / min(across, 1.0)
    scale = needed_scale(width, height, min_face)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    quarters = round(frame.rotation / 90) % 4
    back = (width / size[0], height / size[1])
    back = back[::-1] if quarters % 2 else back
    for rgb in _shown(frame, size):
        yield Picture(np.rot90(rgb, quarters) if quarters else rgb, back, where)


def _shown(frame: Any, size: tuple[int, int]) -> Iterator[pixels.RGB]:
    if any(component.is_alpha for component in frame.format.components):
        yield from pixels.of_rgba(frame.reformat(*size, "rgba", interpolation="AREA").to_ndarray())
    else:
        yield frame.reformat(*size, "rgb24", interpolation="AREA").to_ndarray()


def thumb(frame: Any, columns: int, rows: int) -> NDArray[np.uint8]:
    """(rows, columns, 3): the mean colour of each cell."""
    small: NDArray[np.uint8] = frame.reformat(columns, rows, "rgb24", interpolation="AREA").to_ndarray()
    return small
