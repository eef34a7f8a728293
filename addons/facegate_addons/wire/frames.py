"""HTTP/2 frames are counted before anybody reads them: a peer that sends more of them than it brings is flooding.

A frame takes ten bytes, and time of the event loop that all exchanges share, whatever it says: pings, settings,
priorities, resets, requests taken back at once, data of one byte or of nothing but padding. So each costs; bytes of
bodies pay, in either direction, and the head that is a whole message pays for itself. What is not paid for has a burst
and a rate that no peer comes near that means to exchange messages.
"""

BURST = 500.0  # frames: a hundred streams opened, with five frames each
RATE = 200.0  # frames a second
RECEIVED = 32  # bytes of a DATA frame that pay for a frame: pieces that small are rare, and come slowly
SENT = 256  # bytes sent that do: an answer, or a sixteenth of a full frame, which a client may acknowledge twice
HEAD = 9  # bytes
DATA, HEADERS, RST_STREAM = 0, 1, 3
_END_STREAM, _PADDED = 0x1, 0x8


class Frames:
    """Those that one connection receives. `preface`: bytes before the first."""

    def __init__(self, preface: int = 0) -> None:
        self._skip = preface
        self._rest = b""  # of a frame's head
        self._credit = BURST
        self._at: float | None = None

    def sent(self, size: int) -> None:
        self._credit += size / SENT

    def flooded(self, data: bytes, now: float) -> bool:
        """`data` is what arrived `now`, in seconds of a clock that does not go back."""
        self._credit = min(BURST, self._credit + RATE * (now - (now if self._at is None else self._at)))
        self._at = now
        data, at, self._rest = self._rest + data, self._skip, b""
        while at + HEAD <= len(data):
            size = int.from_bytes(data[at : at + 3])
            self._credit += self._brought(data, at, size) - 1
            if self._credit < 0:
                return True
            at += HEAD + size
        self._skip = max(0, at - len(data))
        self._rest = data[at:]
        return False

    @staticmethod
    def _brought(data: bytes, at: int, size: int) -> float:
        """The frames that the one at `at` pays for; what is taken back pays no more. Of padding whose length is not
        there yet all may be."""
        kind, flags = data[at + 3], data[at + 4]
        if kind == RST_STREAM:
            return -1.0
        if kind == HEADERS:
            return 1.0 if flags & _END_STREAM else 0.0
        if kind != DATA:
            return 0.0
        if flags & _PADDED:
            size -= 1 + data[at + HEAD] if at + HEAD < len(data) else size
        return max(size, 0) / RECEIVED
