"""A face that is nobody's: drawn with ellipses. The detector that comes with facegate is sure of it (0.78).

And the same as a picture that no detector gets to see, so that what is withheld of it is for no detector to say. A
gateway process sends both, and draws nothing: that was done once (tests/selftest/drawn.py).
"""

import struct
from pathlib import Path

FILE = Path(__file__).with_name("canary.jpg")
LARGEST = 65_500  # pixels; libjpeg takes no side that is longer
_FRAME = b"\xff\xc0"  # the segment of a JPEG in which its size stands


def jpeg() -> bytes:
    return FILE.read_bytes()


def oversized() -> bytes:
    """Its head says that it has 4 billion pixels, which is beyond every limit: withheld before it is decoded."""
    data = jpeg()
    size = data.index(_FRAME) + len(_FRAME) + 3  # behind the segment's length and the bits of a sample
    return data[:size] + struct.pack(">HH", LARGEST, LARGEST) + data[size + 4 :]
