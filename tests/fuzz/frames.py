"""What a worker that was taken over may send: frames that are values, or ProtocolError, and nothing else."""

import asyncio
import json
import socket
from collections.abc import Sequence

from facegate_addons.domain.model import Clear, Faces, Finding, Payload, Unreadable
from facegate_addons.domain.preview import Preview, Rendering, Shown
from facegate_addons.domain.reasons import Reason
from facegate_addons.workers import glimpses, protocol
from facegate_addons.workers.process import WorkerDied, WorkerProcess
from facegate_addons.workers.protocol import LENGTHS, ProtocolError, frame, reply_body, reply_head, request_head
from fuzz.seeds import Seed

_FOUND = (Finding((1, 2, 30, 40), 0.9, "page 1"),)
_VERDICTS = (
    Clear("jpeg"),
    Faces(_FOUND, b"copy", "", "png"),
    Faces(_FOUND, unredacted="why"),
    Unreadable(Reason.ENCRYPTED, "pdf"),
)
_PREVIEW = Preview((Shown("page 1", (30, 40), _FOUND, b"\xff\xd8\xff", False),), Reason.LIMIT_TIME, "detail")
_LINKED = b"\0BODY\0"  # between the JSON of a frame and its bytes, in seeds


def _joined(head: object, body: bytes) -> bytes:
    return json.dumps(head).encode() + _LINKED + body


def _parted(data: bytes) -> tuple[dict, bytes] | None:
    head, _, body = data.partition(_LINKED)
    try:
        read = json.loads(head)
    except (ValueError, RecursionError):
        return None
    return (read, body) if isinstance(read, dict) else None


def replies(_seeds: Sequence[Seed]) -> list[bytes]:
    told = [_joined(reply_head(verdict), reply_body(verdict)) for verdict in _VERDICTS]
    return [*told, _joined(glimpses.reply_head(_PREVIEW), glimpses.reply_body(_PREVIEW))]


def reply(data: bytes) -> str:
    if (parted := _parted(data)) is None:
        return ""
    head, body = parted
    for read in (protocol.read_reply, *(lambda h, b, r=r: glimpses.read_reply(h, b, r) for r in Rendering)):
        try:
            read(head, body)
        except ProtocolError:
            continue
    return ""


def requests(_seeds: Sequence[Seed]) -> list[bytes]:
    payload = Payload(b"body", "text/html", ("gzip",), ("a: b",), inits=(b"init",))
    return [_joined(request_head(payload), b"bodyinit")]


def request(data: bytes) -> str:
    """The gateway writes it, so that it may fail; but a worker must not hang over it."""
    if (parted := _parted(data)) is not None:
        try:
            protocol.read_request(*parted)
        except Exception:  # noqa: BLE001 - the worker ends, and with it the body's chance
            return ""
    return ""


def links(seeds: Sequence[Seed]) -> list[bytes]:
    whole = [
        b"\0" + frame(reply_head(verdict), len(reply_body(verdict))) + reply_body(verdict) for verdict in _VERDICTS
    ]
    return [*whole, *(b"\1" + told for told in replies(seeds))]


def link(data: bytes) -> str:
    """The bytes as they come from a worker's socket, which then ends; with right lengths where the first is 1."""
    if data[:1] == b"\1":
        head, _, body = data[1:].partition(_LINKED)
        data = b" " + LENGTHS.pack(len(head), len(body)) + head + body
    return asyncio.run(_asked(data[1:]))


async def _asked(data: bytes) -> str:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    with ours, theirs:
        theirs.sendall(data)
        theirs.shutdown(socket.SHUT_WR)
        worker = WorkerProcess(_Nobody(), ours, {"confined": {}, "versions": {}}, 1 << 16)  # type: ignore[arg-type]
        try:
            verdict = await worker.ask(Payload(b"hello"), 5)
        except WorkerDied:
            return ""
    return "" if isinstance(verdict, Clear | Faces | Unreadable) else "no verdict"


class _Nobody:
    """No process is started: only its socket is asked."""

    pid = 0


def carried(preview: Preview, rendering: Rendering) -> str:
    """Whether a preview of ours comes through the protocol as it is."""
    head, body = json.loads(json.dumps(glimpses.reply_head(preview))), glimpses.reply_body(preview)
    try:
        again = glimpses.read_reply(head, body, rendering)
    except ProtocolError:
        return "a preview that is no reply"
    return "" if again == preview else "another preview"
