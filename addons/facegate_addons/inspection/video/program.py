"""MPEG program streams: what stands in packets that are neither video nor sound, and between packets."""

from collections.abc import Iterator

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Budget, Unread
from facegate_addons.inspection.parts import Piece
from facegate_addons.inspection.video.coverage import left_over

_PACK, _SYSTEM, _END, _PRIVATE = 0xBA, 0xBB, 0xB9, 0xBD
_SOUND_AND_VIDEO = range(0xC0, 0xF0)


def carried(data: bytes, budget: Budget) -> Iterator[Piece]:
    beside, at = list[bytes](), 0
    while at + 4 <= len(data):
        budget.tick()
        if data[at : at + 3] != b"\0\0\1" or data[at + 3] < _END:
            start = data.find(b"\0\0\1\xba", at)
            start = len(data) if start < 0 else start
            _keep(beside, data[at:start])
            at = start
            continue
        kind = data[at + 3]
        if kind == _END:
            at += 4
        elif kind == _PACK:
            at += 14 + (data[at + 13] & 7) if len(data) > at + 13 and data[at + 4] >> 6 == 1 else 12
        else:
            end = at + 6 + int.from_bytes(data[at + 4 : at + 6], "big")
            if kind in (0xF0, 0xF1):
                yield Unread(Reason.ENCRYPTED, "program stream")
            if kind not in _SOUND_AND_VIDEO and kind not in (_PRIVATE, _SYSTEM):  # private: sound of DVDs, demuxed
                _keep(beside, data[at + 6 : end])
            at = end
    yield from left_over(b"".join(beside))


def _keep(beside: list[bytes], piece: bytes) -> None:
    """But for stuffing, which MPEG-1 begins with 15."""
    if piece.strip(b"\0\x0f\xff"):
        beside.append(piece)
