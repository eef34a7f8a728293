"""Web archives (WARC 1.0 and 1.1): record after record, HTTP messages without their codings."""

import re
from collections.abc import Iterator

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Unread
from facegate_addons.inspection.parts import Part, Piece, Source
from facegate_addons.inspection.records.http_message import is_message, message
from facegate_addons.inspection.records.multipart import HEAD, fields

_VERSION = re.compile(rb"WARC/1\.[01]\r?\n")
_BLANK = re.compile(rb"\r?\n\r?\n")
_BETWEEN = re.compile(rb"\r?\n\r?\n|\Z")
_GAP = re.compile(rb"[\r\n]*")
BATCH = 1 << 20  # bytes of heads in one piece


def warc(source: Source) -> Iterator[Piece]:
    data, budget, at = source.data, source.budget, 0
    heads = bytearray()
    while at < len(data):
        budget.tick()
        version = _VERSION.match(data, at)
        blank = _BLANK.search(data, version.end(), version.end() + HEAD) if version else None
        found = fields(data[version.end() : blank.end()]) if version and blank else None
        lengths = [value for name, value in found or () if name == "content-length"]
        if not blank or len(lengths) != 1 or not lengths[0].isdecimal() or len(lengths[0]) > 18:
            # what is no record hides whatever follows it
            yield Unread(Reason.UNDECODABLE, "warc")
            yield Part(data[at:].removeprefix(b"WARC/"), "behind the records")
            break
        begin, end = blank.end(), blank.end() + int(lengths[0])
        heads += data[at:begin]
        block = data[begin:end]
        if end > len(data) or not _BETWEEN.match(data, end):
            yield Unread(Reason.UNDECODABLE, "warc")
        yield from _record(dict(found or ()), block, source, heads)
        if len(heads) >= BATCH:
            yield Part(b"\n" + heads, "heads", "text/plain")
            heads.clear()
        gap = _GAP.match(data, end)
        at = gap.end() if gap else end
    if heads:
        yield Part(b"\n" + heads, "heads", "text/plain")


def _record(head: dict[str, str], block: bytes, source: Source, heads: bytearray) -> Iterator[Piece]:
    if "warc-segment-number" in head or head.get("warc-type", "").lower() == "continuation":
        yield Unread(Reason.PARTIAL_CONTENT, "warc")
    if is_message(block):
        yield from message(block, source.budget, heads)
    elif block:
        yield Part(block, "record", head.get("content-type", ""))
