"""A verdict as it stands in Redis: sealed, so that whoever can write there cannot say that a body is clear. Pure.

Each is sealed under a key of its own, derived from `state.key` and its name, which stands for the body and everything
that was looked at it with. So no verdict opens as that of another body, and none wears out the key of the log. Inside
stands until when it is good: what was kept aside and put back later opens as nothing.
"""

import json
import struct
from typing import Final

from facegate_addons.domain.model import Verdict
from facegate_addons.workers.protocol import LENGTHS, ProtocolError, frame, read_reply, reply_body, reply_head

from facegate.errors import StateError
from facegate.shared.entry import Seal

_PURPOSE: Final = b"facegate shared verdict 1 "
_UNTIL: Final = struct.Struct("!d")


def close(secret: bytes, name: bytes, verdict: Verdict, until: float) -> bytes:
    """`until` is in Unix time."""
    body = reply_body(verdict)
    data = _UNTIL.pack(until) + frame(reply_head(verdict), len(body)) + body
    return Seal(secret, _PURPOSE + name).close(data, "verdict")


def open_(secret: bytes, name: bytes, sealed: bytes) -> tuple[Verdict, float] | None:
    """The verdict, and until when it is good. None for everything that was not sealed for this name."""
    try:
        data = Seal(secret, _PURPOSE + name).open(sealed, "verdict")
        (until,) = _UNTIL.unpack_from(data)
        at = _UNTIL.size + LENGTHS.size
        head, _ = LENGTHS.unpack_from(data, _UNTIL.size)
        return read_reply(json.loads(data[at : at + head]), data[at + head :]), until
    except (StateError, ProtocolError, ValueError, struct.error):
        return None
