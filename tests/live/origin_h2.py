"""HTTP/2 for the raw origin: the same routes and memory, with frames in place of bytes.

A route is an Answer, or a callable that is handed the request and returns one.
"""

import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field

import h2.config
import h2.connection
import h2.events
from live.origin import Origin, Received

Header = tuple[str, str]


@dataclass(frozen=True)
class Answer:
    """What is sent, in this order: each of `informational`, the head, `body`, `trailers`; or a reset instead of an end.

    Headers are sent as they are: no validation, no normalising, so that malformed ones arrive malformed.
    """

    body: bytes = b""
    headers: list[Header] = field(default_factory=lambda: [("content-type", "text/html")])
    status: str = "200"
    informational: list[list[Header]] = field(default_factory=list)
    trailers: list[Header] = field(default_factory=list)
    length: bool = True  # announce content-length
    reset: int | None = None  # error code of a RST_STREAM after the body
    pushed: "Answer | None" = None  # promised and sent though nobody asked for it
    frame: int | None = None  # bytes of the body in one DATA frame, at most
    padding: int | None = None  # bytes that each DATA frame is padded with


Answers = Answer | Callable[[Received], Answer]


class H2Origin(Origin):
    """`context` has to offer h2: `authority.server("h2")`."""

    def __init__(self, context: ssl.SSLContext) -> None:
        super().__init__(context)
        self._answers: dict[str, Answers] = {}

    def route(self, path: str, play: Answers) -> str:  # type: ignore[override]  # other plays than HTTP/1's
        self._answers[path] = play
        return self.url(path)

    def _talk(self, sock: socket.socket) -> None:
        config = h2.config.H2Configuration(
            client_side=False,
            header_encoding="latin-1",
            validate_outbound_headers=False,
            normalize_outbound_headers=False,
        )
        connection = h2.connection.H2Connection(config)
        heads: dict[int, list[Header]] = {}
        bodies: dict[int, bytes] = {}
        waiting: dict[int, tuple[bytes, Answer]] = {}  # what the peer's flow-control window did not let through yet
        connection.initiate_connection()
        sock.sendall(connection.data_to_send())
        while data := sock.recv(65536):
            for event in connection.receive_data(data):
                if isinstance(event, h2.events.RequestReceived):
                    heads[event.stream_id] = list(event.headers)
                    bodies[event.stream_id] = b""
                elif isinstance(event, h2.events.DataReceived):
                    bodies[event.stream_id] += event.data
                    connection.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                elif isinstance(event, h2.events.StreamReset):
                    waiting.pop(event.stream_id, None)
                elif isinstance(event, h2.events.StreamEnded):
                    request = _received(heads.pop(event.stream_id), bodies.pop(event.stream_id))
                    self.requests.append(request)
                    answer = self._answers.get(request.path, Answer(status="404"))
                    answer = answer(request) if callable(answer) else answer
                    _open(connection, event.stream_id, answer)
                    waiting[event.stream_id] = (answer.body, answer)
            for stream, (body, answer) in list(waiting.items()):
                rest = _send(connection, stream, body, answer)
                if rest is None:
                    del waiting[stream]
                else:
                    waiting[stream] = (rest, answer)
            sock.sendall(connection.data_to_send())


def _received(headers: list[Header], body: bytes) -> Received:
    pseudo = {name: value for name, value in headers if name.startswith(":")}
    return Received(pseudo[":method"], pseudo.get(":path", ""), headers, body)


def _open(connection: h2.connection.H2Connection, stream: int, answer: Answer) -> None:
    for early in answer.informational:
        connection.send_headers(stream, early)
    if answer.pushed is not None:
        _push(connection, stream, answer.pushed)
    length = [("content-length", str(len(answer.body)))] if answer.length else []
    connection.send_headers(stream, [(":status", answer.status), *answer.headers, *length])


def _push(connection: h2.connection.H2Connection, stream: int, answer: Answer) -> None:
    """Though the other side forbade it."""
    connection.remote_settings.enable_push = 1
    connection.remote_settings.acknowledge()
    promised = connection.get_next_available_stream_id()
    request = [(":method", "GET"), (":scheme", "https"), (":authority", "127.0.0.1"), (":path", "/pushed")]
    connection.push_stream(stream, promised, request)
    connection.send_headers(promised, [(":status", "200"), *answer.headers])
    connection.send_data(promised, answer.body[:8192], end_stream=True)


def _send(connection: h2.connection.H2Connection, stream: int, body: bytes, answer: Answer) -> bytes | None:
    """As much as the window lets through; what is left, or None when the stream is done."""
    pad = 0 if answer.padding is None else answer.padding + 1  # what is sent beside the body counts too
    while body and (window := connection.local_flow_control_window(stream)) > pad:
        size = min(window - pad, connection.max_outbound_frame_size - pad, answer.frame or 1 << 24)
        connection.send_data(stream, body[:size], pad_length=answer.padding)
        body = body[size:]
    if body:
        return body
    if answer.reset is not None:
        connection.reset_stream(stream, answer.reset)
    elif answer.trailers:
        connection.send_headers(stream, answer.trailers, end_stream=True)
    else:
        connection.end_stream(stream)
    return None
