"""Small data files that come with programs, each known by its own rules: time zones, certificates, colour profiles,
terminals, character maps, cursors, scenes."""

import json
import struct
from collections.abc import Iterator

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Unread
from facegate_addons.inspection.documents.spans import gaps
from facegate_addons.inspection.parts import Note, Part, Piece, Source
from facegate_addons.inspection.programs.bulk import LITTLE, bulk

_TINY = 64 << 10  # bytes that a time zone, a terminal or a certificate has at most
_STRING = 2_048  # bytes of one string in a certificate: an RSA key of 16384 bits
_DEEP = 32


def tiny(source: Source) -> Iterator[Piece]:
    if len(source.data) > _TINY:
        raise Unread(Reason.UNDECODABLE, source.kind)
    yield from bulk(source.data, source.kind, LITTLE if source.kind == "bcmap" else 4_096)


def der(source: Source) -> Iterator[Piece]:
    """Certificates, keys and lists of them: nested lengths that fit."""
    yield Note(source.data, "certificate")
    yield from _der(source, source.data, 0)


def _der(source: Source, data: bytes, depth: int) -> Iterator[Piece]:
    if depth > _DEEP:
        raise Unread(Reason.UNDECODABLE, "der")
    at = 0
    while at < len(data):
        source.budget.tick()
        tag, size, at = data[at], data[at + 1], at + 2
        if size & 0x80:
            taken = size & 0x7F
            if not 0 < taken <= 4:
                raise Unread(Reason.UNDECODABLE, "der")
            size, at = int.from_bytes(data[at : at + taken], "big"), at + taken
        if at + size > len(data):
            raise Unread(Reason.UNDECODABLE, "der")
        if tag & 0x20:
            yield from _der(source, data[at : at + size], depth + 1)
        elif size > _STRING:
            yield Part(data[at : at + size], "string")
        at += size


def icc(source: Source) -> Iterator[Piece]:
    """A colour profile: tags, which may share their bytes."""
    data = source.data
    size, count = struct.unpack_from(">I", data)[0], struct.unpack_from(">I", data, 128)[0]
    if size > len(data) or count > 256:
        raise Unread(Reason.UNDECODABLE, "icc")
    spans = [(0, 132 + 12 * count)]
    for row in range(count):
        at, length = struct.unpack_from(">II", data, 132 + 12 * row + 4)
        spans.append((at, at + length))
    yield from gaps(data, spans, "icc", shared=True)
    yield from bulk(data, "profile", LITTLE)


def riff(source: Source) -> Iterator[Piece]:
    """An animated cursor: cursors in a list. Any other RIFF file is not known."""
    data = source.data
    if data[8:12] != b"ACON":
        raise Unread(Reason.UNSUPPORTED_TYPE, "riff")
    yield from _chunks(source, 12, min(8 + int.from_bytes(data[4:8], "little"), len(data)))
    end = 8 + int.from_bytes(data[4:8], "little")
    if data[end:]:
        yield Part(data[end:], "behind the cursor")


def _chunks(source: Source, at: int, end: int) -> Iterator[Piece]:
    data = source.data
    while at + 8 <= end:
        source.budget.tick()
        name, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        if at + 8 + size > end:
            raise Unread(Reason.UNDECODABLE, "ani")
        if name == b"LIST":
            yield from _chunks(source, at + 12, at + 8 + size)
        elif name in (b"anih", b"rate", b"seq ") and size < 4_096:
            yield Note(data[at + 8 : at + 8 + size], "chunk")
        else:
            yield Part(data[at + 8 : at + 8 + size], "cursor")
        at += 8 + size + size % 2


def glb(source: Source) -> Iterator[Piece]:
    """glTF in one file: a JSON scene, and a block of geometry in which it names the pictures."""
    data = source.data
    version, length = struct.unpack_from("<II", data, 4)
    if version != 2 or length > len(data):
        raise Unread(Reason.UNSUPPORTED_TYPE, "glb")
    at, blocks = 12, []
    while at + 8 <= length:
        size, kind = struct.unpack_from("<I4s", data, at)
        if at + 8 + size > length:
            raise Unread(Reason.UNDECODABLE, "glb")
        blocks.append((kind, data[at + 8 : at + 8 + size]))
        at += 8 + size
    if data[at:]:
        yield Part(data[at:], "behind the scene")
    if not blocks or blocks[0][0] != b"JSON":
        raise Unread(Reason.UNDECODABLE, "glb")
    yield Part(blocks[0][1], "scene", "application/json")
    views = _pictures(blocks[0][1])
    for kind, block in blocks[1:]:
        if kind != b"BIN\0":
            yield Part(block, "block")
            continue
        for start, size in views:
            source.budget.tick()
            yield Part(block[start : start + size], "texture")
        rest = bytearray(block)
        for start, size in views:
            rest[start : start + size] = bytes(min(size, max(len(block) - start, 0)))
        yield from bulk(bytes(rest), "geometry", LITTLE)


def _pictures(scene: bytes) -> list[tuple[int, int]]:
    """(offset, length) of every picture in the block."""
    told = json.loads(scene)
    named = [told["bufferViews"][image["bufferView"]] for image in told.get("images", []) if "bufferView" in image]
    places = {(int(view.get("byteOffset", 0)), int(view["byteLength"])) for view in named}
    if any(start < 0 or size < 0 for start, size in places):
        raise Unread(Reason.UNDECODABLE, "glb")
    return sorted(places)
