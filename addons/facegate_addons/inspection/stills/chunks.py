"""PNG, GIF and RIFF: chunks and blocks beside the picture, and what is behind the last row of pixels."""

import re
import zlib
from collections import defaultdict
from collections.abc import Iterator

from facegate_addons.inspection.stills.structure import Layout

_NOTES_INFLATED = 4 << 20  # bytes of one compressed PNG text chunk that are read
_ZLIB_OR_GZIP = 32 + zlib.MAX_WBITS
# bytes of rows of all pictures of a file that are inflated in search of what stands behind them: a picture of
# 100 Mpx in 64-bit colour has 800 MB
_ROWS_INFLATED = 1 << 30
_STEP = 1 << 20  # bytes of rows that are inflated at once
_SURPLUS = 1 << 20  # bytes behind the last row that are looked at
# of PNG's specification and its extensions, and by Apple, Android and C2PA; every other is its writer's own
_KNOWN = frozenset(
    b"IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI tEXt zTXt iTXt bKGD hIST pHYs sPLT eXIf tIME"
    b" acTL fcTL fdAT oFFs pCAL sCAL gIFg gIFx sTER dSIG iDOT CgBI npTc npLb npOl caBX vpAg orNT".split()
)
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
# of Adam7: first column and row, steps (PNG 3rd edition, 8.2)
_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
# as ImageMagick writes profiles into text: a name, a length, lines of hex
_RAW_PROFILE = re.compile(rb"\s*[\w-]{1,20}\s+\d{1,10}\s+([0-9a-fA-F\s]+)\Z")


def png(data: bytes, found: Layout) -> Iterator[bytes]:
    at, head = 8, b""
    told = frames = 0  # frames that acTL tells of, and that there are
    packed: list[tuple[bytes, list[bytes]]] = []  # of each picture: width and height as its header has them, the data
    beside: dict[bytes, list[bytes]] = defaultdict(list)
    while at + 12 <= len(data):
        size, name = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        content = data[at + 8 : at + 8 + size]
        at += 12 + size
        if name == b"IHDR":
            found.unfollowed = found.unfollowed or bool(head)  # a second picture
            head = content
            packed.insert(0, (head[:8], []))
        elif name == b"IDAT" and packed:
            packed[0][1].append(content)
        elif name == b"fcTL":
            frames += 1
            packed.append((content[4:12], []))
        elif name == b"fdAT" and packed:
            packed[-1][1].append(content[4:])
        else:
            texts = list(_text(name, content))
            yield from texts
            if name == b"acTL" and packed and not packed[0][1]:  # behind the data it is none
                told = int.from_bytes(content[:4], "big")
            beside[name].append(content if name not in _KNOWN or name == b"IEND" else texts[0])
        if name == b"IEND":
            found.end = min(at, len(data))
            break
    for name, several in beside.items():
        if name not in _KNOWN or name == b"IEND":
            found.private(b"".join(several))
        elif len(several) > 1:
            yield b"".join(several)
    if frames != told:  # readers show as many as are told of, or as there are
        colours = [(name, several[0]) for name, several in beside.items() if name in (b"PLTE", b"tRNS")]
        for size_of, pieces in packed[1:]:
            if pieces and len(head) == 13:
                data_of = (b"IDAT", b"".join(pieces))
                found.inner.append(("png", _still([(b"IHDR", size_of + head[8:]), *colours, data_of])))
    room = _ROWS_INFLATED
    for size_of, pieces in packed:
        if len(head) == 13 and len(size_of) == 8 and pieces:
            stream, rows = b"".join(pieces), _rows(size_of + head[8:])
            room -= min(rows, 1032 * len(stream))  # deflate makes no more of a byte
            if room < 0:
                found.unfollowed = True
                return
            found.private(_surplus(stream, rows))


def _still(chunks: list[tuple[bytes, bytes]]) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        len(content).to_bytes(4, "big") + name + content + zlib.crc32(name + content).to_bytes(4, "big")
        for name, content in (*chunks, (b"IEND", b""))
    )


def _text(name: bytes, content: bytes) -> Iterator[bytes]:
    if name == b"zTXt":
        text = _inflated(content.partition(b"\0")[2][1:])
    elif name == b"iTXt":
        _keyword, _, rest = content.partition(b"\0")
        text = rest[2:].split(b"\0", 2)[-1]
        text = _inflated(text) if rest[:1] == b"\1" else text
    elif name == b"iCCP":
        text = _inflated(content.partition(b"\0")[2][1:])
    elif name == b"tEXt":
        text = content.partition(b"\0")[2]
    else:
        yield content
        if (inflated := _inflated(content)) is not content:  # a private chunk may be packed
            yield inflated
        return
    yield text
    if profile := _RAW_PROFILE.match(text):
        digits = b"".join(profile[1].split())
        yield bytes.fromhex(digits[: len(digits) & ~1].decode())


def _inflated(data: bytes) -> bytes:
    try:
        return zlib.decompressobj(_ZLIB_OR_GZIP).decompress(data, _NOTES_INFLATED)
    except zlib.error:
        return data


def _rows(head: bytes) -> int:
    """Bytes of all rows of a picture, each with its filter's."""
    width, height = int.from_bytes(head[:4], "big"), int.from_bytes(head[4:8], "big")
    bits = head[8] * _CHANNELS.get(head[9], 4)
    if not head[12]:
        return height * (1 + (width * bits + 7) // 8)
    total = 0
    for column, row, across, down in _PASSES:
        columns, rows = -(-(width - column) // across), -(-(height - row) // down)
        if columns > 0 and rows > 0:
            total += rows * (1 + (columns * bits + 7) // 8)
    return total


def _surplus(packed: bytes, left: int) -> bytes:
    """What the compressed stream holds behind `left` bytes of rows, and what stands behind the stream."""
    stream = zlib.decompressobj()
    try:
        while left > 0 and not stream.eof:
            rows = stream.decompress(packed, min(left, _STEP))
            packed = stream.unconsumed_tail
            left -= len(rows)
            if not (rows or packed):
                return b""  # cut off
        more = b"" if stream.eof else stream.decompress(packed, _SURPLUS)
    except zlib.error:
        return b""  # broken: what a decoder makes of it is a decoder's to say
    return more + (stream.unused_data if stream.eof else b"")


def gif(data: bytes, found: Layout) -> Iterator[bytes]:
    at = 13 + (3 << ((data[10] & 7) + 1) if len(data) > 10 and data[10] & 0x80 else 0)
    while at < len(data):
        kind = data[at]
        if kind == 0x3B:
            found.end = at + 1
            return
        if kind == 0x21:
            at, content = _blocks(data, at + 2)
            yield content
        elif kind == 0x2C and at + 9 < len(data):
            flags = data[at + 9]
            width, height = (int.from_bytes(data[place : place + 2], "little") for place in (at + 5, at + 7))
            at += 10 + (3 << ((flags & 7) + 1) if flags & 0x80 else 0) + 1
            at, content = _blocks(data, at)
            found.coded.append(content)
            # a code has 12 bits at most and stands for a pixel at least; and a table is cleared after 3,838 codes
            found.private(content[width * height * 3 // 2 + width * height // 2048 + 16 :])
        else:
            return


def _blocks(data: bytes, at: int) -> tuple[int, bytes]:
    pieces = []
    while at < len(data) and (size := data[at]):
        pieces.append(data[at + 1 : at + 1 + size])
        at += 1 + size
    return at + 1, b"".join(pieces)


def riff(data: bytes, found: Layout) -> Iterator[bytes]:
    size = int.from_bytes(data[4:8], "little")
    found.end = min(len(data), 8 + size + size % 2)
    at = 12
    frames, stills = list[bytes](), list[bytes]()
    animated = data[12:16] == b"VP8X" and data[20:21] and data[20] & 2
    private: dict[bytes, list[bytes]] = defaultdict(list)
    while at + 8 <= found.end:
        name, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        content = data[at + 8 : at + 8 + size]
        if name in (b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF"):
            found.coded.append(content)
            if name == b"ANMF":
                frames.append(content[16:])
            elif name in (b"VP8 ", b"VP8L"):
                stills.append(data[at : at + 8 + size + size % 2])
        else:
            yield content
            if name not in (b"EXIF", b"XMP ", b"ICCP"):
                private[name].append(content)
        at += 8 + size + size % 2
    for several in private.values():
        found.private(b"".join(several))
    # frames of what says that it is none of several, and pictures behind the first: readers differ in what they show
    for image in [*([] if animated else frames), *(stills if animated else stills[1:])]:
        found.inner.append(("webp", b"RIFF" + (4 + len(image)).to_bytes(4, "little") + b"WEBP" + image))
