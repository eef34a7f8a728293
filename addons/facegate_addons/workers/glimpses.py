"""Previews as frames of the protocol. Pure, like it.

A worker that was taken over could send what it pleases for a preview, so what comes back is checked for what matters:
a mosaic is a PNG of a few pixels and nothing beside them, and sizes are bounded.
"""

import struct
from itertools import pairwise
from typing import Any

from facegate_addons.domain.model import Finding
from facegate_addons.domain.preview import CELLS, MOSAIC_BYTES, PLAIN_BYTES, Glimpse, Preview, Rendering, Shown
from facegate_addons.domain.reasons import Reason
from facegate_addons.workers import protocol
from facegate_addons.workers.protocol import ProtocolError

_SIDE = 1 << 20  # pixels of a picture that any of our decoders would open
_PNG = struct.Struct("!8sI4sII5x4xI4s")  # signature, IHDR with width and height, length and type of the next chunk
_JPEG = b"\xff\xd8\xff"


def request_head(glimpse: Glimpse) -> dict[str, Any]:
    """The bytes that follow are those of its payload."""
    return protocol.request_head(glimpse.payload) | {
        "preview": glimpse.rendering.value,
        "findings": [[*f.box, f.score, f.where] for f in glimpse.findings],
        "seconds": glimpse.seconds,
    }


def asks_for_pictures(head: dict[str, Any]) -> bool:
    return "preview" in head


def read_request(head: dict[str, Any], body: bytes) -> Glimpse:
    payload = protocol.read_request(head, body)
    return Glimpse(payload, Rendering(head["preview"]), _findings(head["findings"]), head["seconds"])


def reply_head(preview: Preview) -> dict[str, Any]:
    """The bytes that follow it are `reply_body`."""
    return {
        "pictures": [
            {
                "where": shown.where,
                "size": shown.size,
                "findings": [[*f.box, f.score, f.where] for f in shown.findings],
                "again": shown.again,
                "bytes": len(shown.image),
            }
            for shown in preview.pictures
        ],
        "why": preview.why and preview.why.value,
        "detail": preview.detail,
    }


def reply_body(preview: Preview) -> bytes:
    return b"".join(shown.image for shown in preview.pictures)


def reply_max(glimpse: Glimpse) -> int:
    """Bytes of all images together, at most."""
    return glimpse.most * (MOSAIC_BYTES if glimpse.rendering is Rendering.BLURRED else PLAIN_BYTES)


def read_reply(head: dict[str, Any], body: bytes, rendering: Rendering) -> Preview:
    """Raises ProtocolError for anything that is no preview of that `rendering`."""
    try:
        told = head["pictures"]
        ends = [0]
        for picture in told:
            if not 0 <= int(picture["bytes"]) <= len(body):
                raise ValueError
            ends.append(ends[-1] + int(picture["bytes"]))
        if ends[-1] != len(body):
            raise ValueError
        pictures = tuple(
            _shown(picture, body[start:end], rendering)
            for picture, (start, end) in zip(told, pairwise(ends), strict=True)
        )
        return Preview(pictures, None if head["why"] is None else Reason(head["why"]), str(head["detail"]))
    except (KeyError, TypeError, ValueError, OverflowError, struct.error):
        pass  # said below, with none of the text that came
    raise ProtocolError("no preview")


def _shown(told: dict[str, Any], image: bytes, rendering: Rendering) -> Shown:
    width, height = (int(side) for side in told["size"])
    if not (0 < width <= _SIDE and 0 < height <= _SIDE):
        raise ValueError
    if not (_is_mosaic(image) if rendering is Rendering.BLURRED else image.startswith(_JPEG)):
        raise ValueError
    return Shown(str(told["where"]), (width, height), _findings(told["findings"]), image, told["again"] is True)


def _is_mosaic(image: bytes) -> bool:
    """A PNG of at most CELLS x CELLS pixels in one chunk, and no other chunk."""
    if len(image) > MOSAIC_BYTES:
        return False
    signature, head, kind, width, height, length, data = _PNG.unpack_from(image)
    whole = len(image) == _PNG.size + length + 4 + 12  # its checksum, and an empty IEND
    known = (signature, head, kind, data) == (b"\x89PNG\r\n\x1a\n", 13, b"IHDR", b"IDAT")
    return known and whole and 1 <= width <= CELLS and 1 <= height <= CELLS and image[-8:-4] == b"IEND"


def _findings(told: list[Any]) -> tuple[Finding, ...]:
    return tuple(
        Finding((int(left), int(top), int(right), int(bottom)), float(score), str(where))
        for left, top, right, bottom, score, where in told
    )
