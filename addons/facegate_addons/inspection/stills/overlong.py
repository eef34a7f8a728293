"""JPEG data that goes on behind the last row: what a reader sees who takes the picture for taller than it says.

Only a decoder can tell where the last row ends. So the picture is decoded once more, as small as it goes, with as many
rows as its data could fill: where no data is left the decoder fills in one even gray. That takes 1.1 ms of the 9.8 that
a picture of 512 x 512 takes as a whole, and 23 of 1,182 at 12 Mpx; of progressive ones 1.4 of 11.8, and 58 of 1,257.
"""

import io
import re

import numpy as np
from PIL import Image, ImageFile

from facegate_addons.inspection.stills.structure import PRIVATE

_TALLEST = 65_500  # rows that libjpeg takes
_PIXELS = 1_000_000  # that are decoded at least, at an eighth of the size
_TIMES = 2  # the picture's own pixels, where that is more
_SPARE = 2  # rows of blocks: the bits that fill the last byte may be taken for a block more
_PROGRESSIVE = (0xC2, 0xC6, 0xCA)
_MARKER = re.compile(rb"\xff[^\0\xff\xd0-\xd7]")  # behind a scan
_FRAMES = frozenset([*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC)])


def overlong(data: bytes, end: int) -> bool:
    """`end` is where the picture's end marker ends. False where there is too little data to hide something in."""
    at = _frame(data)
    if at < 0 or end - at < PRIVATE:
        return False
    height, width = int.from_bytes(data[at : at + 2], "big"), int.from_bytes(data[at + 2 : at + 4], "big")
    sampling = data[at + 6 : at + 5 + 3 * data[at + 4] : 3]
    if not sampling:  # of no colours: nobody decodes it
        return False
    across, down = (8 * max(factor >> 4 for factor in sampling), 8 * max(factor & 15 for factor in sampling))
    if not (height and width and across and down):
        return False
    blocks = sum((factor >> 4) * (factor & 15) for factor in sampling)  # of one unit, each of one bit at least
    units = 8 * (end - at) // max(1, blocks)
    rows = height + (units // -(-width // across) + _SPARE + 1) * down
    rows = min(rows, _TALLEST, max(_TIMES * height, _PIXELS // width))
    visible = -(-height // down) * down + _SPARE * down
    if rows <= visible:
        return False
    try:
        shown = _decoded(data[:at] + rows.to_bytes(2, "big") + _coarse(data[at - 5 : end])[7:])
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - what is no picture as a taller one was none before, or hides something
        return True
    below = shown[-(-visible * len(shown) // rows) :]
    return bool((below != below[-1:, -1:]).any())


def _frame(data: bytes) -> int:
    """Where the frame's height stands, or -1."""
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker in _FRAMES:
            return at + 5
        if marker == 0xFF:
            at += 1
        elif marker == 0xDA:
            return -1
        else:
            at += 2 if marker in (0x01, *range(0xD0, 0xD9)) else 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return -1


def _coarse(data: bytes) -> bytes:
    """From a frame on, a progressive picture without what a decoder at an eighth of the size does not use.

    The heads of such scans stay: as long as coefficients are to come, it guesses them from the blocks around.
    """
    if data[1] not in _PROGRESSIVE:
        return data
    kept, at = bytearray(), 0
    while at + 4 <= len(data) and data[at + 1] != 0xD9:
        begin = end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if data[at + 1] == 0xDA:
            match = _MARKER.search(data, begin)
            end = match.start() if match else len(data)
        means = data[at + 1] != 0xDA or data[begin - 3 : begin - 2] == b"\0"
        kept += data[at : end if means else begin]
        at = end
    return bytes(kept) + b"\xff\xd9"


def _decoded(data: bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    image = Image.open(io.BytesIO(data), formats=("JPEG",))
    image.draft(image.mode, (image.width // 8 or 1, image.height // 8 or 1))
    return np.asarray(image)
