"""What is done to a sound file: bits, lengths, numbers, tokens, cuts and splices. All is drawn from one `Random`."""

import re
import struct
import zlib
from collections.abc import Callable, Sequence
from random import Random

MOST = 64 << 10  # bytes of a mutant
TIMES = 5  # changes of one mutant, at most; one is most common
EDGES = (
    0,
    1,
    7,
    0x7F,
    0x80,
    0xFF,
    0x7FFF,
    0x8000,
    0xFFFF,
    0x10000,
    0x7FFF_FFFF,
    0x8000_0000,
    0xFFFF_FFFF,
    2**63,
    2**64 - 1,
)
LENGTHS = (">B", ">H", "<H", ">I", "<I", ">Q", "<Q")
TOKENS = (
    *(
        b"\xff\xd8\xff\xe0",
        b"\xff\xd9",
        b"\x89PNG\r\n\x1a\n",
        b"IHDR",
        b"IDAT",
        b"IEND",
        b"acTL",
        b"fdAT",
        b"iCCP",
        b"eXIf",
    ),
    *(
        b"GIF89a",
        b"RIFF",
        b"WEBP",
        b"VP8X",
        b"ANMF",
        b"ftyp",
        b"moov",
        b"mdat",
        b"meta",
        b"iloc",
        b"iinf",
        b"II*\0",
        b"MM\0*",
    ),
    *(
        b"PK\x03\x04",
        b"PK\x01\x02",
        b"PK\x05\x06",
        b"PK\x06\x06",
        b"\x1f\x8b\x08",
        b"BZh9",
        b"\xfd7zXZ\0",
        b"7z\xbc\xaf\x27\x1c",
    ),
    *(
        b"%PDF-1.7\n",
        b"obj",
        b"endobj",
        b"stream\n",
        b"endstream",
        b"/Filter/FlateDecode",
        b"/Length ",
        b"xref",
        b"startxref",
    ),
    *(
        b"SQLite format 3\0",
        b"PAR1",
        b"ARROW1",
        b"\x80\x04\x95",
        b"ustar",
        b"!<arch>\n",
        b"070701",
        b"bplist00",
        b"\0asm",
    ),
    *(
        b"data:image/png;base64,",
        b"<svg>",
        b"<![CDATA[",
        b"&#x41;",
        b"&amp;",
        b"\\u0041",
        b"%41",
        b"=3D",
        b"--x\r\n",
        b"\r\n\r\n",
    ),
    *(
        b"Content-Type: multipart/mixed; boundary=x\r\n",
        b"Content-Transfer-Encoding: base64\r\n",
        b"Content-Length: 5\r\n",
    ),
    *(
        b"Transfer-Encoding: chunked\r\n",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 103 Early Hints\r\n\r\n",
        b"0\r\n\r\n",
        b"ffffffff\r\n",
    ),
    *(b"[" * 2_000, b"{" * 2_000, b"(" * 2_000, b"<<" * 500, b"9" * 5_000, b"-1", b"1e999", b"NaN", b"null", b"true"),
    *(b"\0" * 64, b"\xff" * 64, b"\xef\xbb\xbf", b"\xff\xfe", b"\xed\xa0\x80", b"\xc0\x80", "\u202e".encode()),
)
Change = Callable[[Random, bytearray, Sequence[bytes]], None]


def mutant(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """`others` are what is spliced in."""
    changed = bytearray(data)
    for _ in range(1 + int(random.random() ** 3 * TIMES)):
        random.choice(CHANGES)(random, changed, others)
    if changed.startswith(b"\x89PNG") and random.random() < 0.7:
        _sum_chunks(changed)
    return bytes(changed[:MOST])


def _bit(random: Random, data: bytearray, _others: Sequence[bytes]) -> None:
    for _ in range(random.choice((1, 1, 2, 8))):
        if data:
            data[random.randrange(len(data))] ^= 1 << random.randrange(8)


def _byte(random: Random, data: bytearray, _others: Sequence[bytes]) -> None:
    for _ in range(random.choice((1, 1, 2, 8))):
        if data:
            data[random.randrange(len(data))] = random.choice((0, 1, 0x7F, 0x80, 0xFF, random.randrange(256)))


def _length(random: Random, data: bytearray, _others: Sequence[bytes]) -> None:
    """What may be a length becomes a little more, a little less, or an edge."""
    form = random.choice(LENGTHS)
    size = struct.calcsize(form)
    if len(data) >= size:
        at = random.randrange(min(len(data) - size + 1, random.choice((64, 512, MOST))))
        (now,) = struct.unpack_from(form, data, at)
        new = random.choice((now + 1, now - 1, now * 2, now // 2, len(data), len(data) - at, *EDGES))
        struct.pack_into(form, data, at, new % (1 << 8 * size))


def _number(random: Random, data: bytearray, _others: Sequence[bytes]) -> None:
    """A number in digits."""
    if numbers := list(re.finditer(rb"[0-9]+", data[:MOST])):
        chosen = random.choice(numbers)
        now = int(chosen[0][:18])
        data[chosen.start() : chosen.end()] = b"%d" % random.choice((now + 1, now - 1, -now, now * 1000, *EDGES))


def _token(random: Random, data: bytearray, _others: Sequence[bytes]) -> None:
    token, at = random.choice(TOKENS), random.randrange(len(data) + 1)
    data[at : at + random.choice((0, len(token)))] = token


def _noise(random: Random, data: bytearray, _others: Sequence[bytes]) -> None:
    at = random.randrange(len(data) + 1)
    data[at:at] = random.randbytes(random.choice((1, 4, 64, 600)))


def _remove(random: Random, data: bytearray, _others: Sequence[bytes]) -> None:
    start, end = _range(random, data)
    del data[start:end]


def _repeat(random: Random, data: bytearray, _others: Sequence[bytes]) -> None:
    start, end = _range(random, data)
    data[end:end] = data[start:end] * random.choice((1, 1, 3, 50))
    del data[MOST:]


def _swap(random: Random, data: bytearray, _others: Sequence[bytes]) -> None:
    start, end = _range(random, data)
    piece = data[start:end]
    del data[start:end]
    at = random.randrange(len(data) + 1)
    data[at:at] = piece


def _cut(random: Random, data: bytearray, _others: Sequence[bytes]) -> None:
    del data[random.randrange(len(data) + 1) :]


def _splice(random: Random, data: bytearray, others: Sequence[bytes]) -> None:
    other = random.choice(others)
    start, end = _range(random, other)
    at = random.randrange(len(data) + 1)
    data[at : at + random.choice((0, end - start))] = other[start:end]


def _join(random: Random, data: bytearray, others: Sequence[bytes]) -> None:
    data += random.choice(others)


CHANGES: tuple[Change, ...] = (
    *(_bit, _bit, _byte, _byte, _length, _length, _length, _number, _token, _noise),
    *(_remove, _repeat, _swap, _cut, _splice, _join),
)


def _range(random: Random, data: bytes | bytearray) -> tuple[int, int]:
    start = random.randrange(len(data) + 1)
    return start, min(len(data), start + random.choice((1, 4, 16, 256, 4096)))


def _sum_chunks(data: bytearray) -> None:
    """A PNG's checksums: few readers look into a chunk whose sum is wrong."""
    at = 8
    while at + 12 <= len(data):
        (size,) = struct.unpack_from(">I", data, at)
        if at + 12 + size > len(data):
            return
        struct.pack_into(">I", data, at + 8 + size, zlib.crc32(data[at + 4 : at + 8 + size]))
        at += 12 + size
