"""HTTP/2 as bytes (RFC 9113): what an origin sends, well formed or not, and what a client gets."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hpack import Decoder, Encoder, HPACKError

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RESET, SETTINGS, PROMISE, GOAWAY, CONTINUATION = 0, 1, 3, 4, 5, 7, 9
END_STREAM, END_HEADERS, PADDED, PRIORITY = 0x1, 0x4, 0x8, 0x20
LARGEST = 16_384  # bytes of a frame's payload; all that a peer has to take
STREAM = 1  # the first that a client opens

type Fields = Iterable[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Frame:
    kind: int
    flags: int
    stream: int
    payload: bytes

    def __bytes__(self) -> bytes:
        head = len(self.payload).to_bytes(3) + bytes((self.kind, self.flags)) + self.stream.to_bytes(4)
        return head + self.payload


def head(fields: Fields, *, stream: int = STREAM, end: bool = False) -> bytes:
    return bytes(Frame(HEADERS, END_HEADERS | (END_STREAM if end else 0), stream, block(fields)))


def data(body: bytes, *, stream: int = STREAM, end: bool = True, padding: bytes = b"") -> bytes:
    """As many frames as it takes. `padding`: of each, 255 bytes at most."""
    room = LARGEST - 1 - len(padding)
    pieces = [body[at : at + room] for at in range(0, len(body), room)] or [b""]
    flags = PADDED if padding else 0
    ends = [flags] * (len(pieces) - 1) + [flags | (END_STREAM if end else 0)]
    length = bytes([len(padding)]) if padding else b""
    return b"".join(
        bytes(Frame(DATA, flags, stream, length + piece + padding)) for piece, flags in zip(pieces, ends, strict=True)
    )


def block(fields: Fields) -> bytes:
    """No name enters a table, so a block stands for itself wherever it is sent."""
    return Encoder().encode([(name.encode(), value.encode(), True) for name, value in fields], huffman=False)


class Frames:
    """Frames out of the bytes of one side, as they come."""

    def __init__(self) -> None:
        self._left = b""
        self._decoder = Decoder()
        self._block = b""

    def feed(self, more: bytes) -> Iterator[Frame]:
        self._left += more
        while len(self._left) >= 9 and len(self._left) >= 9 + (size := int.from_bytes(self._left[:3])):
            left = self._left
            self._left = left[9 + size :]
            yield Frame(left[3], left[4], int.from_bytes(left[5:9]) & 0x7FFFFFFF, left[9 : 9 + size])

    def fields(self, frame: Frame) -> list[tuple[bytes, bytes]]:
        """Those of a block that ends with this frame; none, too, of one that is none."""
        part = frame.payload
        if frame.kind in (HEADERS, PROMISE) and frame.flags & PADDED:
            part = part[1 : len(part) - part[0]]
        if frame.kind == HEADERS and frame.flags & PRIORITY:
            part = part[5:]
        self._block += part[4:] if frame.kind == PROMISE else part
        if not frame.flags & END_HEADERS:
            return []
        whole, self._block = self._block, b""
        try:
            return [(bytes(name), bytes(value)) for name, value in self._decoder.decode(whole, raw=True)]
        except HPACKError:
            return []
