"""The messages of a WebSocket, as windows: each is put together from its frames and leaves as one frame anew.

Text is looked at together with all text before it, as in other streams: it ends at a number of bytes. A picture is a
body of its own. What else is binary has to be clear by itself and together with all of its sort before it. Of control
frames nothing is passed on but that it is over, and with which code.
"""

import re
from collections.abc import Iterator

from wsproto.frame_protocol import CloseReason, FrameProtocol, Opcode, ParseFailed

from facegate_addons.domain.model import Payload
from facegate_addons.domain.reasons import Reason
from facegate_addons.hooks.cutting import PIECE_MAX, TEXT_MAX, TOKENS, Overlong, Window
from facegate_addons.inspection.sniff import PICTURES, sniff

FRAMING = 16  # bytes that a message or a small frame costs beside its own: without end are not even empty ones
SMALL = 126

_CONTROLS = re.compile(rb"[\0-\x08\x0e-\x1a\x1c-\x1f]")


class Messages:
    """A Cutter. `ping` waits for its answer, `code` is that of the origin's close frame: then nothing more comes."""

    def __init__(self) -> None:
        self.ping: bytes | None = None  # the latest: the others need none (RFC 6455, 5.5.3)
        self.code: int | None = None
        self._frames = FrameProtocol(client=True, extensions=[])
        self._held = bytearray()
        self._waiting: list[tuple[Opcode, bytes]] = []  # texts that arrived together leave together
        # all texts: a line for each, without the line ends, and what in them is no word
        self._lines, self._joined, self._tokens = bytearray(), bytearray(), bytearray()
        self._others = bytearray()
        self._room = TEXT_MAX

    def feed(self, data: bytes) -> Iterator[Window]:
        self._frames.receive_bytes(data)
        try:
            for each in self._frames.received_frames():
                if len(each.payload) < SMALL:
                    self._spend(FRAMING)
                match each.opcode, each.payload:
                    case Opcode.PING, bytes(payload):
                        self.ping = payload
                    case Opcode.CLOSE, (int(code), _):
                        self.code = code
                    case (Opcode.TEXT | Opcode.BINARY) as opcode, (str() | bytes()) as payload:
                        yield from self._piece(opcode, payload, each.message_finished)
        except ParseFailed:
            raise Overlong(Reason.ORIGIN_PROTOCOL) from None
        yield from self._together()

    def close(self) -> Iterator[Window]:
        yield from ()

    def _piece(self, opcode: Opcode, piece: str | bytes, last: bool) -> Iterator[Window]:
        self._held += piece.encode() if isinstance(piece, str) else piece
        if len(self._held) > PIECE_MAX:
            raise Overlong(Reason.LIMIT_BODY)
        if last:
            message = bytes(self._held)
            self._held.clear()
            yield from self._message(opcode, message)

    def _message(self, opcode: Opcode, message: bytes) -> Iterator[Window]:
        if opcode is Opcode.TEXT or _is_text(_plain(message)):
            self._spend(len(message) + FRAMING)
            self._waiting.append((opcode, message))
            return
        yield from self._together()
        window = Window(frame(opcode, message), Payload(message))
        if sniff(message) not in PICTURES:
            self._spend(len(message) + FRAMING)
            first = not self._others
            self._others += message
            joined = None if first else Payload(bytes(self._others))
            window = Window(window.data, window.payload, text=True, joined=joined)
        yield window

    def _together(self) -> Iterator[Window]:
        if not self._waiting:
            return
        data = b"".join(frame(*each) for each in self._waiting)
        for text in map(_plain, (message for _, message in self._waiting)):
            self._lines += text + b"\n"
            self._joined += text
            self._tokens += b"".join(TOKENS.findall(text))
        self._waiting.clear()
        beside = tuple(each.decode("utf-8", "replace") for each in (self._joined, self._tokens) if each)
        yield Window(data, Payload(bytes(self._lines), headers=beside), text=True)

    def _spend(self, size: int) -> None:
        self._room -= size
        if self._room < 0:
            raise Overlong(Reason.LIMIT_BODY)


def _plain(text: bytes) -> bytes:
    """Without the marks that protocols put behind a record (SignalR) and a frame (STOMP), and no text has."""
    return text.replace(b"\x1e", b"\n").removesuffix(b"\0")


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return not _CONTROLS.search(data)


def frame(opcode: Opcode, data: bytes = b"") -> bytes:
    """One final frame, as it goes to a client: unmasked."""
    size = len(data)
    if size < 126:
        return bytes([0x80 | opcode, size]) + data
    wide = size >= 1 << 16
    return bytes([0x80 | opcode, 127 if wide else 126]) + size.to_bytes(8 if wide else 2) + data


def closing(code: int, reason: str = "") -> bytes:
    """A close frame for a client."""
    if code == CloseReason.NO_STATUS_RCVD:
        return frame(Opcode.CLOSE)
    return frame(Opcode.CLOSE, code.to_bytes(2) + reason.encode()[:100])
