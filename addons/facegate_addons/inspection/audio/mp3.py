"""MP3: tags before and behind, and frames that follow each other without a gap."""

import struct
from collections.abc import Iterator

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.audio import id3
from facegate_addons.inspection.budget import Budget, Unread
from facegate_addons.inspection.documents.spans import SLACK
from facegate_addons.inspection.parts import Note, Part, Piece, Source
from facegate_addons.inspection.programs.bulk import LITTLE, named

# kbit/s by (is it MPEG 1, layer)
_RATES = {
    (True, 1): (0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (True, 2): (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (True, 3): (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (False, 1): (0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (False, 2): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_RATES[False, 3] = _RATES[False, 2]
_HERTZ = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}


def mp3(source: Source) -> Iterator[Piece]:
    data, at = source.data, 0
    while size := id3.length(data, at):
        yield from id3.tag(data[at : at + size], source.budget)
        at += size
    while data[at : at + 1] == b"\0":
        at += 1
    start, frames = at, 0
    while size := frame(data, at):
        frames += 1
        at += size
        if frames % 1_000 == 0:
            source.budget.tick()
    if 0 < frames < 3 and len(data) - at > SLACK:
        raise Unread(Reason.UNDECODABLE, "mp3")
    yield Note(data[start:at], "sound")
    yield from behind(data[min(at, len(data)) :], source.budget)


def frame(data: bytes, at: int) -> int:
    """Bytes of the frame that begins at `at`; 0 when none does."""
    if at + 4 > len(data) or data[at] != 0xFF or data[at + 1] & 0xE0 != 0xE0:
        return 0
    version, layer = data[at + 1] >> 3 & 3, 4 - (data[at + 1] >> 1 & 3)
    rate, hertz = data[at + 2] >> 4, data[at + 2] >> 2 & 3
    if version == 1 or layer == 4 or not 0 < rate < 15 or hertz == 3:
        return 0
    bits = _RATES[version == 3, layer][rate] * 1_000
    padding = data[at + 2] >> 1 & 1
    if layer == 1:
        return (12 * bits // _HERTZ[version][hertz] + padding) * 4
    return (72 if layer == 3 and version != 3 else 144) * bits // _HERTZ[version][hertz] + padding


def behind(data: bytes, budget: Budget) -> Iterator[Piece]:
    """What may follow the last frame: ID3v1 in 128 bytes, APE tags, another ID3v2."""
    if data[-128:-125] == b"TAG":
        yield Note(data[-128:], "tag")
        data = data[:-128]
    if data[:8] == b"APETAGEX":
        yield from _ape(data, budget)
    elif size := id3.length(data, 0):
        yield from id3.tag(data[:size], budget)
        yield from behind(data[size:], budget)
    elif data.strip(b"\0"):
        yield Part(data, "behind the sound") if len(data) > SLACK else Note(data, "behind the sound")


def _ape(data: bytes, budget: Budget) -> Iterator[Piece]:
    size, count = struct.unpack_from("<II", data, 12)
    at = 32
    for _ in range(min(count, 1_000)):
        budget.tick()
        length, flags = struct.unpack_from("<II", data, at)
        name = data.index(b"\0", at + 8) + 1
        value = data[name : name + length]
        if flags >> 1 & 3 == 1:  # binary: a file's name, and the file
            yield Part(value.partition(b"\0")[2], "cover")
        else:
            yield from named(value, "tag", LITTLE, known=False)
        at = name + length
    rest = data[at:]
    if rest[:8] == b"APETAGEX":
        rest = rest[32:]
    if len(rest) > SLACK or size > len(data):
        yield Part(b"\0" + rest, "behind the tag")
