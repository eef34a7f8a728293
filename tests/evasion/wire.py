"""What HTTP itself carries: parts, streams of events, messages within messages, and header fields."""

import base64
import gzip
import json
import struct
from collections.abc import Callable

from evasion.case import Headers, Picture, evasion


def b64(picture: Picture) -> bytes:
    return base64.b64encode(picture.jpeg)


def parts(*bodies: bytes, head: bytes = b"Content-Type: image/jpeg") -> bytes:
    return b"".join(b"--B\r\n" + head + b"\r\n\r\n" + body + b"\r\n" for body in bodies) + b"--B--\r\n"


# each part is a body of its own, and half a picture is a broken one
@evasion("http", "multipart/byteranges", "multipart/byteranges; boundary=B", open=False)
def byteranges(picture: Picture) -> bytes:
    half = len(picture.jpeg) // 2
    return parts(picture.jpeg[:half], picture.jpeg[half:])


for kind in ("mixed", "form-data", "related", "alternative", "x-mixed-replace"):

    @evasion("http", f"multipart/{kind}", f"multipart/{kind}; boundary=B")
    def multipart(picture: Picture) -> bytes:
        return parts(b"hello", picture.jpeg)


@evasion("http", "mjpeg of three", "multipart/x-mixed-replace; boundary=B")
def mjpeg(picture: Picture) -> bytes:
    return parts(picture.jpeg, picture.jpeg, picture.jpeg)


@evasion("http", "multipart without the boundary's name", "multipart/mixed")
def nameless(picture: Picture) -> bytes:
    return parts(picture.jpeg)


@evasion("http", "the preamble of a multipart", "multipart/mixed; boundary=B", open=False)
def preamble(picture: Picture) -> bytes:
    return picture.jpeg + b"\r\n" + parts(b"hello", head=b"Content-Type: text/plain")


@evasion("http", "the epilogue of a multipart", "multipart/mixed; boundary=B")
def epilogue(picture: Picture) -> bytes:
    return parts(b"hello", head=b"Content-Type: text/plain") + picture.jpeg


@evasion("http", "multipart, base64", "multipart/mixed; boundary=B")
def encoded_part(picture: Picture) -> bytes:
    head = b"Content-Type: image/jpeg\r\nContent-Transfer-Encoding: base64"
    return parts(base64.encodebytes(picture.jpeg), head=head)


@evasion("http", "multipart in multipart", "multipart/mixed; boundary=C")
def nested(picture: Picture) -> bytes:
    inner = parts(picture.jpeg)
    return b"--C\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n" + inner + b"\r\n--C--\r\n"


def carried(name: str, template: str = "{}", *, hexed: bool = False) -> Callable[[Picture], Headers]:
    def head(picture: Picture) -> Headers:
        jpeg = picture.small(160).jpeg
        text = jpeg.hex() if hexed else base64.b64encode(jpeg).decode()
        return ((name, template.format(text)),)

    return head


for name, template in {
    "Set-Cookie": "i={}",
    "ETag": '"{}"',
    "Link": "<data:image/jpeg;base64,{}>; rel=icon",
    "X-Picture": "{}",
    "Content-Disposition": 'attachment; filename="{}"',
    "Server-Timing": 'a;desc="{}"',
    "Location": "data:image/jpeg;base64,{}",
}.items():

    @evasion("http", f"base64 in {name}", "text/plain", carried(name, template), open=False)
    def in_field(picture: Picture) -> bytes:
        return b"ok"


@evasion("http", "hex in a field", "text/plain", carried("X-Picture", hexed=True), open=False)
def hexed(picture: Picture) -> bytes:
    return b"ok"


def spread(picture: Picture) -> Headers:
    text = base64.b64encode(picture.small(160).jpeg).decode()
    return tuple((f"X-P-{at}", text[at : at + 1000]) for at in range(0, len(text), 1000))


@evasion("http", "base64 spread over fields", "text/plain", spread, open=False)
def in_fields(picture: Picture) -> bytes:
    return b"ok"


@evasion("http", "events with base64 lines", "text/event-stream")
def events(picture: Picture) -> bytes:
    text = b64(picture)
    return b"".join(b"data: " + text[at : at + 76] + b"\n" for at in range(0, len(text), 76)) + b"\n"


# the first of the pieces begins as a picture, and breaks off
@evasion("http", "events, one each", "text/event-stream", open=False)
def separate_events(picture: Picture) -> bytes:
    text = b64(picture)
    return b"".join(b"event: p\ndata: " + text[at : at + 900] + b"\n\n" for at in range(0, len(text), 900))


# the first of the pieces begins as a picture, and breaks off
@evasion("http", "lines of JSON", "application/x-ndjson", open=False)
def ndjson(picture: Picture) -> bytes:
    text = b64(picture).decode()
    return b"".join(json.dumps({"n": at, "p": text[at : at + 500]}).encode() + b"\n" for at in range(0, len(text), 500))


@evasion("http", "gRPC frame", "application/grpc")
def grpc(picture: Picture) -> bytes:
    return b"\0" + struct.pack(">I", len(picture.jpeg)) + picture.jpeg


@evasion("http", "gRPC frame of a message", "application/grpc+proto")
def grpc_message(picture: Picture) -> bytes:
    size = len(picture.jpeg)
    message = b"\x0a" + bytes([size & 127 | 128, size >> 7 & 127 | 128, size >> 14]) + picture.jpeg
    return b"\0" + struct.pack(">I", len(message)) + message


@evasion("http", "gRPC compressed frame", "application/grpc", (("grpc-encoding", "gzip"),))
def grpc_compressed(picture: Picture) -> bytes:
    packed = gzip.compress(picture.jpeg)
    return b"\1" + struct.pack(">I", len(packed)) + packed


# base64 of a frame, which has no magic
@evasion("http", "gRPC web text", "application/grpc-web-text", open=False)
def grpc_text(picture: Picture) -> bytes:
    return base64.b64encode(grpc(picture))


@evasion("http", "chunks in the body", "image/jpeg", open=False)
def chunks(picture: Picture) -> bytes:
    jpeg = picture.jpeg
    pieces = (jpeg[at : at + 1000] for at in range(0, len(jpeg), 1000))
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


@evasion("http", "a response in the body", "message/http", open=False)
def message(picture: Picture) -> bytes:
    return (
        b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(picture.jpeg) + picture.jpeg
    )


@evasion("http", "a response in the body, chunked", "message/http", open=False)
def chunked_message(picture: Picture) -> bytes:
    return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks(picture)


@evasion("http", "WebSocket frames in the body", "application/octet-stream", open=False)
def frames(picture: Picture) -> bytes:
    jpeg = picture.jpeg
    pieces = (jpeg[at : at + 1000] for at in range(0, len(jpeg), 1000))
    return b"".join(b"\x82\x7e" + struct.pack(">H", len(piece)) + piece for piece in pieces)
