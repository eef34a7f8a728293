"""Graphs of the VF library: nothing but small numbers that say how many edges follow, and where they lead."""

import struct
from collections.abc import Iterator

import numpy as np

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Unread
from facegate_addons.inspection.parts import Note, Piece, Source
from facegate_addons.inspection.programs.arrays import shown


def graph(source: Source) -> Iterator[Piece]:
    values = struct.unpack(f"<{len(source.data) // 2}H", source.data)
    edges: list[int] = []
    at = 1
    for _ in range(values[0]):
        edges += values[at + 1 : at + 1 + values[at]]
        at += 1 + values[at]
    if max(edges, default=0) >= values[0]:
        raise Unread(Reason.UNKNOWN_TYPE)
    yield Note(source.data, "graph")
    yield from shown(np.array(edges, np.uint16), source)
