"""MPEG transport streams: the packets that are no part of a video or sound stream, put together by their numbers.

FFmpeg learns of streams while it reads, and drops what it learns of late; players differ in it. So every packet is
accounted for here: what belongs to no stream that is decoded has to be something that has a name.
"""

from collections.abc import Collection, Iterator

import numpy as np
from numpy.typing import NDArray

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Unread
from facegate_addons.inspection.parts import Note, Part, Piece

_LAYOUTS = ((188, 0), (192, 4), (204, 0))  # bytes of a packet, and where its sync byte stands
_NULL = 0x1FFF
_TABLES = 4 << 10  # bytes: what tables of programs and guides come to in a segment; a picture of a face needs less, but
# their text and known pictures in them are searched
_RESERVED = 0x20  # below are tables of programs and their guides, long ones among them
_STREAMS = 256


def carried(data: bytes, decoded: Collection[int]) -> Iterator[Piece]:
    """`decoded`: the numbers (PID) of the streams that are decoded. Raises Unread."""
    packets, rest = _packets(data)
    pids = ((packets[:, 1] & 0x1F).astype(np.uint16) << 8) | packets[:, 2]
    if (packets[:, 3] & 0xC0).any():
        yield Unread(Reason.ENCRYPTED, "transport stream")
    numbers = np.unique(pids)
    if len(numbers) > _STREAMS:
        raise Unread(Reason.LIMIT_MEMBERS, "streams in a transport stream")
    for pid in numbers:
        if int(pid) not in decoded:
            yield from _stream(packets[pids == pid], int(pid))
    if len(rest.strip(b"\0\xff")) > 188:
        yield Part(rest, "behind the last packet")


def _packets(data: bytes) -> tuple[NDArray[np.uint8], bytes]:
    for size, sync in _LAYOUTS:
        count = len(data) // size
        if count < 2:
            continue
        rows = np.frombuffer(data, np.uint8, count * size).reshape(count, size)
        if (rows[:, sync] == 0x47).all():
            return rows[:, sync : sync + 188], data[count * size :]
    raise Unread(Reason.UNDECODABLE, "transport stream")  # players that look for the next packet do it each its way


def _stream(packets: NDArray[np.uint8], pid: int) -> Iterator[Piece]:
    payload = b"".join(_payload(packet.tobytes()) for packet in packets)
    shown = payload.strip(b"\0\xff")
    if pid == _NULL:
        if shown:
            yield Note(payload, "stuffing") if len(shown) <= _TABLES else Part(payload, "stuffing")
    elif pid < _RESERVED or _tables(packets) or len(shown) <= _TABLES:
        yield Note(payload, "tables")
    else:
        yield Part(payload, "stream")


def _payload(packet: bytes) -> bytes:
    """With what the adaptation field has room for behind its clocks."""
    if packet[3] & 0x30 == 0x10:
        return packet[4:]
    end = 5 + packet[4]
    clocks = 6 * ((packet[5] >> 4 & 1) + (packet[5] >> 3 & 1))
    return packet[6 + clocks : end] + (packet[end:] if packet[3] & 0x10 else b"")


def _tables(packets: NDArray[np.uint8]) -> bool:
    """Is it nothing but the same few packets over and over? Tables are repeated for whoever joins late."""
    return len(np.unique(packets[:, 4:], axis=0)) * 188 <= _TABLES
