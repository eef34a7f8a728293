"""DDS: one surface after the other, of which readers show the first. Smaller copies, faces of a cube, arrays."""

import struct
from collections.abc import Iterator

from facegate_addons.inspection.stills.structure import Layout

_BLOCKS = {b"DXT1": 8, b"ATI1": 8, b"BC4U": 8, b"BC4S": 8}  # bytes of 4 x 4 pixels; of other codes 16
_DXGI_BLOCKS = {**dict.fromkeys((70, 71, 72, 79, 80, 81), 8), **dict.fromkeys((73, 74, 75, 76, 77, 78), 16)}
_DXGI_BLOCKS |= dict.fromkeys((*range(82, 85), *range(94, 100)), 16)
_FOURCC, _CUBE, _VOLUME = 4, 0x200, 0x20_0000
_SMALLEST = 12  # pixels: no face fits into less
_SURFACES = 1_000


def dds(data: bytes, found: Layout) -> Iterator[bytes]:
    """Each surface but the first as a file of its own."""
    height, width, _pitch, _depth, copies = struct.unpack_from("<5I", data, 12)
    flags, code, bits = struct.unpack_from("<I4sI", data, 80)
    (caps,) = struct.unpack_from("<I", data, 112)
    begin, count, block = 128, 6 if caps & _CUBE else 1, 0
    if flags & _FOURCC:
        block = _BLOCKS.get(code, 16)
        if code == b"DX10":
            form, _dimension, _misc, count = struct.unpack_from("<4I", data, 128)
            begin, count = 148, max(1, count) * (6 if _misc & 4 else 1)
            block = _DXGI_BLOCKS.get(form, 0)
            bits = 32
    if caps & _VOLUME or count * max(1, copies) > _SURFACES:
        found.unfollowed = True
        return
    at = begin
    for surface in range(count):
        for copy in range(max(1, copies)):
            across, down = max(1, width >> copy), max(1, height >> copy)
            size = -(-across // 4) * -(-down // 4) * block if block else (across * bits + 7) // 8 * down
            if at < len(data) and (surface or copy) and min(across, down) >= _SMALLEST:
                head = (
                    data[:12] + struct.pack("<II", down, across) + data[20:28] + struct.pack("<I", 1) + data[32:begin]
                )
                found.inner.append(("dds", head + data[at : at + size]))
            at += size
    found.end = min(at, len(data))
    yield data[1:begin]
