"""MATLAB's .mat of versions 4 and 5: arrays, structures and cells of them, each element compressed by itself or not."""

import struct
from collections.abc import Iterator
from math import prod

import numpy as np

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Unread
from facegate_addons.inspection.containers import decoders
from facegate_addons.inspection.documents.spans import SLACK
from facegate_addons.inspection.parts import Note, Part, Piece, Source
from facegate_addons.inspection.programs.arrays import shown

_HEAD = 128
_DEEP = 16
_MATRIX, _COMPRESSED = 14, 15
_TYPES = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8"}
_TEXTS = {16: "utf-8", 17: "utf-16", 18: "utf-32"}
_OLD = ("f8", "f4", "i4", "i2", "u2", "u1")


def mat(source: Source) -> Iterator[Piece]:
    data = source.data
    order = "<" if data[126:128] == b"IM" else ">"
    yield Part(data[:116].rstrip(b"\0 "), "head")
    yield from _elements(source, data[_HEAD:], order, (), 0)


def _elements(source: Source, data: bytes, order: str, shape: tuple[int, ...], depth: int) -> Iterator[Piece]:
    """Tag, size, content; a small one has its size and content within the tag."""
    if depth > _DEEP:
        raise Unread(Reason.UNDECODABLE, "mat")
    at, place = 0, 0
    while at + 8 <= len(data):
        source.budget.tick()
        kind, size = struct.unpack_from(order + "II", data, at)
        start = at + 8
        if kind >> 16:
            kind, size, start = kind & 0xFFFF, kind >> 16, at + 4
        end = start + size
        if end > len(data) or (start == at + 4 and size > 4):
            raise Unread(Reason.UNDECODABLE, "mat")
        content = data[start:end]
        if kind == _COMPRESSED:
            whole = bytearray()
            rest = content[decoders.whole(decoders.zlib_stream(content, 0), source.budget, whole) :]
            yield Part(rest, "behind an array")
            yield from _elements(source, bytes(whole), order, (), depth + 1)
        elif kind == _MATRIX:
            yield from _elements(source, content, order, (), depth + 1)
        elif kind in _TEXTS or kind not in _TYPES:
            yield Part(content, "text", f"text/plain; charset={_TEXTS.get(kind, '')}")
        elif kind == 5 and place == 1:  # of an array: how many rows and columns
            shape = struct.unpack(f"{order}{size // 4}i", content)
            yield Note(content, "shape")
        else:
            yield from _numbers(source, content, order + _TYPES[kind], shape)
        place += 1
        at = end if kind == _COMPRESSED else start + (4 if start == at + 4 else size + -size % 8)
    if data[at:].strip(b"\0"):
        yield Part(data[at:], "behind the arrays")


def _numbers(source: Source, content: bytes, kind: str, shape: tuple[int, ...]) -> Iterator[Piece]:
    yield Note(content, "numbers")
    values = np.frombuffer(content, kind, len(content) // np.dtype(kind).itemsize)
    if shape and min(shape) >= 0 and prod(shape) == values.size:
        values = values.reshape(shape, order="F")
    yield from shown(values, source)
    if values.dtype.kind != "u" and values.size and values.min() >= 0 and values.max() < 256:
        yield Note(values.astype(np.uint8).tobytes(order="F"), "bytes")  # letters, and bytes, may stand in any type


def old(source: Source) -> Iterator[Piece]:
    """Version 4: arrays with a head of 20 bytes each, which lead to the end."""
    for order, kind, rows, columns, name, content in _old(source.data):
        source.budget.tick()
        yield Part(name, "name") if len(name) > SLACK else Note(name, "name")
        yield from _numbers(source, content, order + kind, (rows, columns))


def _old(data: bytes) -> list[tuple[str, str, int, int, bytes, bytes]]:
    found, at = [], 0
    while at + 20 <= len(data):
        order = "<" if data[at + 2 : at + 4] == b"\0\0" else ">"
        kind, rows, columns, imaginary, named = struct.unpack_from(order + "5I", data, at)
        type_code = kind // 10 % 10
        if kind // 1_000 != (order == ">") or kind % 10 > 2 or kind // 100 % 10 or type_code >= len(_OLD):
            raise Unread(Reason.UNDECODABLE, "mat")
        if imaginary > 1 or not 0 < named <= 64:
            raise Unread(Reason.UNDECODABLE, "mat")
        start = at + 20 + named
        end = start + rows * columns * (1 + imaginary) * np.dtype(_OLD[type_code]).itemsize
        name = data[at + 20 : start]
        if end > len(data) or not name.endswith(b"\0") or not name[:1].isalpha():
            raise Unread(Reason.UNDECODABLE, "mat")
        found.append((order, _OLD[type_code], rows, columns * (1 + imaginary), name, data[start:end]))
        at = end
    if at != len(data):
        raise Unread(Reason.UNDECODABLE, "mat")
    return found
