"""Samples of 16 bits in several channels. Pillow keeps the upper byte of each; a picture may be in the lower one.

That is so when the upper bytes use little of their range: then both are read and spread over it, as in an exposure that
is far too dark. Gray pictures of 16 bits are whole in Pillow and need none of this (pixels.py).
"""

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Unread

NARROW = 64  # levels of 256 in which the upper bytes may hide a picture
STRAY = 0.5  # percent of the pixels at either end that tell nothing of that: hot pixels, highlights
SWAPPED = {"16B": "16L", "16L": "16B"}


def raw_mode(image: Image.Image) -> str:
    """What an open but not yet loaded image says its samples are; "" unless of 16 bits in several channels."""
    for tile in getattr(image, "tile", ()):  # of Pillow's ImageFile
        args = tile[3]
        mode = args if isinstance(args, str) else args[0] if isinstance(args, tuple) and args else ""
        if isinstance(mode, str) and mode.partition(";")[2] in SWAPPED and image.mode in ("RGB", "RGBA"):
            return mode
    return ""


def spread(data: bytes, kind: str, mode: str, upper: Image.Image) -> Image.Image | None:
    """The picture with its samples spread over 8 bits; None when the upper bytes show it. Raises Unread."""
    samples = np.asarray(upper.convert("RGB")).astype(np.uint16)
    if max(high - low for low, high in map(_used, np.moveaxis(samples, 2, 0))) >= NARROW:
        return None
    try:
        lower = Image.open(io.BytesIO(data), formats=(kind.upper(),))
        order = mode.partition(";")[2]
        lower.tile = [tile._replace(args=_renamed(tile[3], order)) for tile in lower.tile]
        lower.load()
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - as in pictures.py
        raise Unread(Reason.UNDECODABLE, f"{kind}, 16 bits a sample") from None
    samples = samples << 8 | np.asarray(lower.convert("RGB"))
    low, high = _used(samples)
    levels = (np.clip(samples, low, high) - low) * (255 / max(1, high - low))
    return Image.fromarray(levels.astype(np.uint8))


def _used(samples: NDArray[np.uint16]) -> tuple[int, int]:
    """The lowest and the highest that is not stray."""
    counts = np.bincount(samples.ravel()).cumsum()
    low, high = np.searchsorted(counts, (counts[-1] * STRAY / 100, counts[-1] * (1 - STRAY / 100)))
    return int(low), int(high)


def _renamed(args: Any, order: str) -> Any:
    if isinstance(args, tuple):
        return (_renamed(args[0], order), *args[1:])
    return str(args).replace(order, SWAPPED[order])
