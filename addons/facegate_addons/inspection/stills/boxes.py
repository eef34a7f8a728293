"""JPEG 2000 and Apple's icons: boxes with a name and a length, of which a reader shows what it knows."""

from collections.abc import Iterator
from math import isqrt

from facegate_addons.inspection.stills.structure import Layout

_CODESTREAM = b"\xff\x4f\xff\x51"
_KNOWN = (b"jP  ", b"ftyp", b"jp2h", b"jp2i", b"xml ", b"uinf", b"res ", b"free")
# of Apple's icons: a table of contents, a version, a name; a variant for dark screens is a file without its head
_ASIDE = (b"TOC ", b"icnV", b"name", b"info", b"sbtp", b"slct")
_VARIANTS = (b"\xfd\xd9\x2f\xa8", b"over", b"open", b"drop", b"tile", b"odrp")
_MASKS = (b"s8mk", b"l8mk", b"h8mk", b"t8mk")
_SHOWN = (
    *(b"icp4", b"icp5", b"icp6", b"ic07", b"ic08", b"ic09", b"ic10", b"ic11", b"ic12", b"ic13", b"ic14"),
    *(b"is32", b"il32", b"ih32", b"it32"),
)
_OLD = (
    b"ICON",
    b"ICN#",
    b"icm#",
    b"ics#",
    b"ich#",
    b"icm4",
    b"ics4",
    b"icl4",
    b"ich4",
    b"icm8",
    b"ics8",
    b"icl8",
    b"ich8",
)


def jp2(data: bytes, found: Layout) -> Iterator[bytes]:
    """Boxes beside the codestream. Of several codestreams, readers differ in which one they show."""
    if data.startswith(_CODESTREAM):
        yield data[4:]
        return
    at, streams = 0, 0
    while at + 8 <= len(data):
        size, name, head = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8], 8
        if size == 1:
            size, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        elif size == 0:
            size = len(data) - at
        if size < head:
            break
        content = data[at + head : at + size]
        at += size
        if name == b"jp2c":
            streams += 1
            if streams > 1:
                found.inner.append(("jp2", content))
            else:
                found.coded.append(content[1:])
        elif name in _KNOWN:
            yield content
        else:
            found.private(content[16:] if name == b"uuid" else content)
    found.end = min(at, len(data))


def icns(data: bytes, found: Layout) -> Iterator[bytes]:
    at, seen = 8, set[bytes]()
    found.end = min(len(data), max(8, int.from_bytes(data[4:8], "big")))
    while at + 8 <= found.end:
        name, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "big")
        if size < 8:
            found.unfollowed = True
            return
        entry, content = data[at : at + size], data[at + 8 : at + size]
        at += size
        if content.startswith(b"ARGB"):
            _planes(content[4:], found)
        elif name in seen or name in _VARIANTS:  # readers take the first or the last of a name
            inside = content if name in _VARIANTS else entry
            found.inner.append(("icns", b"icns" + (8 + len(inside)).to_bytes(4, "big") + inside))
        elif name in _MASKS:
            side = isqrt(len(content))
            found.inner.append(("pnm", b"P5 %d %d 255\n" % (side, side) + content))
        elif name in _ASIDE or name in _OLD or name in _SHOWN:
            yield content
        else:
            found.private(content)
        seen.add(name)


def _planes(packed: bytes, found: Layout) -> None:
    """Alpha, red, green and blue, each run-length encoded."""
    out, at = bytearray(), 0
    while at + 1 < len(packed) and len(out) < 1 << 22:
        count = packed[at]
        if count < 128:
            out += packed[at + 1 : at + 2 + count]
            at += 2 + count
        else:
            out += packed[at + 1 : at + 2] * (count - 125)
            at += 2
    side = isqrt(len(out) // 4)
    if side * side * 4 != len(out) or at + 1 < len(packed):
        found.unfollowed = True
    elif side:
        size = side * side
        alpha, red, green, blue = (bytes(out[place : place + size]) for place in range(0, 4 * size, size))
        found.inner.append(("pnm", b"P5 %d %d 255\n" % (side, side) + alpha))
        colours = bytearray(3 * size)
        colours[::3], colours[1::3], colours[2::3] = red, green, blue
        found.inner.append(("pnm", b"P6 %d %d 255\n" % (side, side) + bytes(colours)))
