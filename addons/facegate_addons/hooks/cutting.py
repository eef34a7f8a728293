"""A body that has no end, cut into windows: each is looked at before it leaves, with all that it completes.

Text is looked at as a whole again with each window: a picture that is cut over many of them is found when its last
piece comes, and what had left by then was less than the picture. So such a stream ends at a number of bytes. Of
pictures that replace each other each is a body of its own.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from facegate_addons.domain.model import Payload
from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.records.multipart import Member, Splitter, boundary

TEXT_MAX = 1 << 20  # bytes of text in one stream, looked at together
PIECE_MAX = 16 << 20  # bytes that wait for their end: of one event, of one part

TOKENS = re.compile(rb"[A-Za-z0-9+/_-]{16,}")
_DATA = re.compile(rb"^data: ?(.*?)\r?$", re.MULTILINE)
# what each part's head has, with values that carry nothing
_ORDINARY = re.compile(
    rb"(?im)^(?:content-type: *(?:image/(?:jpe?g|png|webp|gif)|text/plain)|content-length: *\d{1,9}"
    rb"|x-timestamp: *\d{1,12}(?:\.\d{1,9})?)\r?\n"
)


class Overlong(Exception):
    """A limit, or a rule of the protocol; `reason` says which."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Window:
    """`data` leaves, as this very object, once `payload` was found clear: as a picture, or as what is none."""

    data: bytes
    payload: Payload
    text: bool = False  # or whatever else is no picture by itself
    doubtful: bool = False  # readers may see different things in it
    joined: Payload | None = None  # has to be clear, too


class Cutter(Protocol):
    def feed(self, data: bytes) -> Iterator[Window]: ...

    def close(self) -> Iterator[Window]:
        """What is left when the origin ends the stream."""
        ...


class Texts:
    """Events (a blank line ends one) or lines."""

    def __init__(self, content_type: str, ends: tuple[bytes, ...]) -> None:
        self._type = content_type
        self._ends = ends
        self._held = bytearray()
        self._seen = bytearray()

    def feed(self, data: bytes) -> Iterator[Window]:
        self._held += data
        end = max(at + len(mark) if (at := self._held.rfind(mark)) >= 0 else 0 for mark in self._ends)
        if end:
            yield self._window(end)
        if len(self._held) + len(self._seen) > TEXT_MAX:
            raise Overlong(Reason.LIMIT_BODY)

    def close(self) -> Iterator[Window]:
        if self._held:
            yield self._window(len(self._held))

    def _window(self, end: int) -> Window:
        data = bytes(self._held[:end])
        del self._held[:end]
        self._seen += data
        if len(self._seen) > TEXT_MAX:
            raise Overlong(Reason.LIMIT_BODY)
        whole = bytes(self._seen)
        return Window(data, Payload(whole, self._type, headers=_joined(whole)), text=True)


def _joined(text: bytes) -> tuple[str, ...]:
    """What a reader may put together from many events: what their data say, what in it is no word."""
    joined = (b"".join(_DATA.findall(text)), b"".join(TOKENS.findall(text)))
    return tuple(each.decode("utf-8", "replace") for each in joined if each)


class Parts:
    """The parts of a multipart body, each with the delimiter before it. A part is whole when the next begins."""

    def __init__(self, content_type: str) -> None:
        """ValueError: it names no boundary."""
        self._splitter = Splitter(boundary(content_type))
        # what the parts have beside pictures: texts, heads, and the values in these
        self._texts, self._heads, self._values = bytearray(), bytearray(), bytearray()

    def feed(self, data: bytes) -> Iterator[Window]:
        yield from map(self._window, self._splitter.feed(data))
        if self._splitter.pending > PIECE_MAX:
            raise Overlong(Reason.LIMIT_BODY)

    def close(self) -> Iterator[Window]:
        yield from map(self._window, self._splitter.close())

    def _window(self, member: Member) -> Window:
        coding = member.field("content-encoding").lower()
        transfer = member.field("content-transfer-encoding").lower() not in ("", "binary", "8bit", "7bit")
        head = _ORDINARY.sub(b"", member.head).strip()
        self._heads += head
        self._values += b"".join(line.partition(b":")[2].strip() for line in head.splitlines())
        if text := _is_text(member.body):
            self._texts += member.body.strip()
        if len(self._texts) + len(self._heads) > TEXT_MAX:
            raise Overlong(Reason.LIMIT_BODY)
        beside = (self._texts, self._heads, self._values, b"".join(TOKENS.findall(self._heads)))
        payload = Payload(
            member.body,
            member.field("content-type"),
            (coding,) if coding else (),
            tuple(each.decode("utf-8", "replace") for each in beside if each),
        )
        return Window(member.raw, payload, text, member.doubtful or transfer)


def _is_text(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


_EVENT_ENDS = (b"\n\n", b"\r\r", b"\n\r\n")
_KINDS: dict[str, Callable[[str], Cutter]] = {
    "text/event-stream": lambda kind: Texts(kind, _EVENT_ENDS),
    "application/x-ndjson": lambda kind: Texts(kind, (b"\n",)),
    "application/ndjson": lambda kind: Texts(kind, (b"\n",)),
    "application/jsonl": lambda kind: Texts(kind, (b"\n",)),
    "application/stream+json": lambda kind: Texts(kind, (b"\n",)),
    "multipart/x-mixed-replace": Parts,
}


def cutter(content_type: str) -> Cutter | None:
    """How a body of this type is cut; None for all types that have an end."""
    make = _KINDS.get(content_type.partition(";")[0].strip().lower())
    try:
        return make(content_type) if make else None
    except ValueError:
        return None


def with_head(window: Window, headers: tuple[str, ...]) -> Window:
    """The first window answers for the response's head, too."""
    return replace(window, payload=replace(window.payload, headers=(*headers, *window.payload.headers)))
