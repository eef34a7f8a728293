"""The streams of a PDF, found by hand: those that no index names any more or never named are found as well."""

import base64
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Budget, Unread

_STREAM = re.compile(rb">>[\s\0]*(?:%[^\r\n]*[\r\n]+[\s\0]*)?stream(?:\r\n|\n|\r)")
_END = re.compile(rb"[\r\n\s]{0,4}endstream")
_DICT = 64 << 10  # bytes of one stream's dictionary
_STEP = 1 << 20
FILTERS = {b"Fl": b"FlateDecode", b"LZW": b"LZWDecode", b"A85": b"ASCII85Decode", b"AHx": b"ASCIIHexDecode"}
FILTERS |= {b"RL": b"RunLengthDecode", b"DCT": b"DCTDecode", b"CCF": b"CCITTFaxDecode"}
_HEX = re.compile(rb"#([0-9a-fA-F]{2})")
_NAME = re.compile(rb"/([^\s\0/<>\[\](){}%]+)")
_FILTER = re.compile(rb"/F(?:ilter)?(?![A-Za-z])[\s\0]*(\[[^\]]*\]|/[^\s\0/<>\[\](){}%]+|\d+[\s\0]+\d+[\s\0]+R)")
_ANY_END = re.compile(rb"\r?\n?endstream")


@dataclass(frozen=True, slots=True)
class Stream:
    start: int  # of the data
    end: int
    head: bytes  # its dictionary, names spelled out

    def number(self, key: bytes, default: int = 0) -> int:
        """A number of the dictionary; -1 when it stands elsewhere."""
        match = re.search(rb"/" + key + rb"(?![A-Za-z0-9])[\s\0]*(\d+)([\s\0]+\d+[\s\0]+R)?", self.head)
        return default if match is None else -1 if match[2] else int(match[1][:10])

    def says(self, key: bytes, value: bytes) -> bool:
        return re.search(rb"/" + key + rb"[\s\0]*/" + value + rb"(?![A-Za-z0-9])", self.head) is not None

    @property
    def filters(self) -> list[bytes] | None:
        """In the order in which they are undone; None when they stand elsewhere."""
        match = _FILTER.search(self.head)
        if match is None:
            return []
        if match[1][:1].isdigit():
            return None
        return [FILTERS.get(name, name) for name in _NAME.findall(match[1])]


def streams(data: bytes, budget: Budget) -> Iterator[Stream]:
    at = 0
    while match := _STREAM.search(data, at):
        budget.tick()
        begin = max(data.rfind(b"obj", max(at, match.start() - _DICT), match.start()), at)
        head = _HEX.sub(lambda code: bytes.fromhex(code[1].decode()), data[begin : match.end()])
        length = Stream(match.end(), match.end(), head).number(b"Length", -1)
        end = _END.match(data, match.end() + length) if length >= 0 else None
        if end is None:
            end = _ANY_END.search(data, match.end())
        stop = end.start() if end else len(data)
        yield Stream(match.end(), stop, head)
        at = end.end() if end else len(data)


def decoded(raw: bytes, filters: list[bytes], budget: Budget) -> tuple[bytes, bytes]:
    """The data as far as it can be undone here, and the filter of a picture that is left: DCT, JPX, CCITT, JBIG2."""
    for name in filters:
        if name in (b"DCTDecode", b"JPXDecode", b"CCITTFaxDecode", b"JBIG2Decode"):
            return raw, name
        undo = _UNDO.get(name)
        if undo is None:
            raise Unread(Reason.UNSUPPORTED_TYPE, "pdf filter")
        raw = undo(raw, budget)
    return raw, b""


def _flate(raw: bytes, budget: Budget) -> bytes:
    """As much as there is: readers of PDF take what a broken stream gives."""
    stream, whole = zlib.decompressobj(), bytearray()
    try:
        while raw and not stream.eof:
            piece = stream.decompress(raw, _STEP)
            budget.decoded(len(piece))
            whole += piece
            raw = stream.unconsumed_tail
    except zlib.error:
        if not whole:
            raise
    return bytes(whole)


def _hex(raw: bytes, budget: Budget) -> bytes:
    budget.decoded(len(raw) // 2)
    digits = raw.partition(b">")[0].translate(None, b" \t\r\n\f\0")
    return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))


def _ascii85(raw: bytes, budget: Budget) -> bytes:
    budget.decoded(len(raw))
    return base64.a85decode(raw.strip().removeprefix(b"<~").partition(b"~>")[0], ignorechars=b" \t\r\n\f\0\v")


def _run_length(raw: bytes, budget: Budget) -> bytes:
    whole, at = bytearray(), 0
    while at < len(raw) and raw[at] != 128:
        size = raw[at]
        if size < 128:
            whole += raw[at + 1 : at + 2 + size]
            at += 2 + size
        else:
            whole += raw[at + 1 : at + 2] * (257 - size)
            at += 2
    budget.decoded(len(whole))  # 64 times the input at most
    return bytes(whole)


def _lzw(raw: bytes, budget: Budget) -> bytes:
    """Codes of 9 to 12 bits, the highest bit first, wider one code early."""
    first = [bytes([byte]) for byte in range(256)] + [b"", b""]
    table, width, bits, held, last, whole = list(first), 9, 0, 0, b"", bytearray()
    for count, byte in enumerate(raw):
        held, bits = held << 8 | byte, bits + 8
        if bits < width:
            continue
        bits -= width
        code, held = held >> bits, held & (1 << bits) - 1
        if code == 257:
            break
        if code == 256:
            table, width, last = list(first), 9, b""
            continue
        entry = table[code] if code < len(table) else last + last[:1]
        whole += entry
        if last and len(table) < 4_096:
            table.append(last + entry[:1])
            width = min(12, (len(table) + 1).bit_length())
        last = entry
        if count % 4_096 == 0:
            budget.tick()
            budget.decoded(0 if len(whole) <= budget.room else len(whole))
    budget.decoded(len(whole))
    return bytes(whole)


_UNDO = {
    b"FlateDecode": _flate,
    b"LZWDecode": _lzw,
    b"ASCIIHexDecode": _hex,
    b"ASCII85Decode": _ascii85,
    b"RunLengthDecode": _run_length,
}
