"""A stored HTTP message: its head, and its body without the codings that the head declares (RFC 9112)."""

import re
from collections.abc import Iterator

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection import unwrap
from facegate_addons.inspection.budget import Budget, Unread
from facegate_addons.inspection.parts import Part, Piece
from facegate_addons.inspection.records.multipart import fields, split_head

_START = re.compile(rb"HTTP/\d[^\r\n]*\r?\n|[A-Z-]{1,30} [^\r\n]* HTTP/\d[^\r\n]*\r?\n")
_CHUNK = re.compile(rb"([0-9a-fA-F]{1,15})[ \t]*(;[^\r\n]{0,200})?\r?\n")


def is_message(block: bytes) -> bool:
    return _START.match(block) is not None


def message(block: bytes, budget: Budget, heads: bytearray) -> Iterator[Piece]:
    """Heads are added to `heads`, for whoever looks at many at once."""
    head, body = split_head(block)
    _line, _, rest = head.partition(b"\n")
    found = fields(rest)
    heads += head
    if found is None:
        yield Unread(Reason.UNDECODABLE, "http head")
        found = []
    content_type = next((value for name, value in found if name == "content-type"), "")
    try:
        if transfer := unwrap.tokens(value for name, value in found if name == "transfer-encoding"):
            if transfer[-1] != "chunked":
                raise Unread(Reason.CODING_UNKNOWN, "transfer coding")
            body = dechunked(body, budget, heads)
            body = unwrap.undo(body, transfer[:-1], budget)
        decoded = unwrap.undo(body, [value for name, value in found if name == "content-encoding"], budget)
    except Unread as unread:
        if unread.why not in (Reason.CODING_BROKEN, Reason.CODING_UNKNOWN):
            raise
        # some archives keep the head of what they have decoded: then the body is named as it is
        decoded = body
        yield unread
    if decoded:
        yield Part(decoded, "message", content_type)


def dechunked(body: bytes, budget: Budget, notes: bytearray) -> bytes:
    """Raises Unread where it is not chunked through and through. Extensions and trailers go to `notes`."""
    whole, at = bytearray(), 0
    budget.decoded(len(body))
    while True:
        budget.tick()
        match = _CHUNK.match(body, at)
        if match is None:
            raise Unread(Reason.CODING_BROKEN, "chunked")
        notes += match[2] or b""
        at, size = match.end(), int(match[1], 16)
        if size == 0:
            trailer = body[at:]
            if fields(trailer) is None:
                raise Unread(Reason.CODING_BROKEN, "chunked")
            notes += trailer
            return bytes(whole)
        chunk = body[at : at + size]
        at += size
        end = body[at : at + 2]
        if len(chunk) < size or not (end == b"\r\n" or end[:1] == b"\n"):
            raise Unread(Reason.CODING_BROKEN, "chunked")
        whole += chunk
        at += 2 if end == b"\r\n" else 1
