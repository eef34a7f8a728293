import gzip
import random
import zlib
from collections.abc import Callable

import pytest
import zstandard
from facegate_addons.detection.picture import Detector, unhurried
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.model import Clear, Faces, Payload, Unreadable, Verdict
from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.records.protobuf import is_message
from facegate_addons.inspection.walk import inspect

Look = Callable[..., Verdict]
TYPE = "application/x-protobuf"


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def field(number: int, value: int | float | bytes | str) -> bytes:
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    if isinstance(value, float):
        return varint(number << 3 | 1) + b"\0\0\0\0\0\0\xf8\x3f"
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def frame(message: bytes, flag: int = 0) -> bytes:
    return bytes([flag]) + len(message).to_bytes(4) + message


ROW = field(1, 200) + field(2, "a name") + field(3, 1.5) + field(4, field(1, 1 << 40) + field(2, "Köln"))
ROWS = field(1, ROW) * 500


def test_a_picture_inside(look: Look, face_jpeg: bytes, plain_jpeg: bytes) -> None:
    for picture, verdict in ((face_jpeg, Faces), (plain_jpeg, Clear)):
        for body in (ROWS + field(2, picture), ROWS + field(2, field(1, 300) + field(3, field(9, picture)))):
            assert isinstance(look(body, content_type=TYPE), verdict)


def test_ordinary_messages_are_clear(look: Look) -> None:
    assert look(ROWS, content_type=TYPE) == Clear("protobuf")
    assert look(frame(ROWS) + frame(b"grpc-status: 0\r\n", 0x80), content_type="application/grpc-web+proto") == Clear(
        "grpc"
    )


@pytest.mark.parametrize("coding", ["gzip", "deflate", "zstd", "none"])
def test_frames_of_grpc(look: Look, face_jpeg: bytes, plain_jpeg: bytes, coding: str) -> None:
    compress: Callable[[bytes], bytes] = {
        "gzip": gzip.compress, "deflate": zlib.compress, "zstd": zstandard.ZstdCompressor().compress, "none": bytes,
    }[coding]  # fmt: skip
    for picture, verdict in ((face_jpeg, Faces), (plain_jpeg, Clear)):
        for message in (picture, field(1, picture)):
            body = frame(ROWS) + frame(compress(message), int(coding != "none"))
            assert isinstance(look(body, content_type="application/grpc"), verdict)


@pytest.mark.parametrize("step", [3, 50, 5_000])
def test_a_picture_cut_into_fields_is_not_clear(look: Look, face_jpeg: bytes, step: int) -> None:
    pieces = [face_jpeg[at : at + step] for at in range(0, len(face_jpeg), step)]
    assert not isinstance(look(b"".join(field(1, piece) for piece in pieces), content_type=TYPE), Clear)
    assert not isinstance(look(b"".join(field(1, field(2, piece)) for piece in pieces), content_type=TYPE), Clear)


def test_pixels_as_numbers_are_unreadable(look: Look) -> None:
    assert isinstance(look(b"".join(field(1, 200) for _ in range(300)), content_type=TYPE), Unreadable)


@pytest.mark.parametrize(
    "body",
    [frame(ROWS)[:-1], frame(b"\xff", 1), frame(ROWS, 2), frame(ROWS) + b"\xff\0", b"\0\xff\1\2\3"],
)
def test_broken_frames_are_unreadable(look: Look, body: bytes) -> None:
    assert isinstance(look(body, content_type="application/grpc"), Unreadable)


def test_a_bomb_ends_at_the_limit(blind: Detector) -> None:
    body = frame(gzip.compress(bytes(10_000_000)), 1)
    verdict = inspect(Payload(body, content_type="application/grpc"), blind, Limits(decoded=1_000_000))
    assert verdict == Unreadable(Reason.LIMIT_DECODED)


def test_messages_in_messages_end(look: Look) -> None:
    body = field(1, b"\xff\xff")
    for _ in range(2_000):
        body = field(1, body)
    assert isinstance(look(body, content_type=TYPE), Unreadable)


def test_what_is_a_message() -> None:
    assert is_message(ROWS, unhurried)
    assert not is_message(ROWS[:-1], unhurried)
    assert not is_message(b"\x00\x01", unhurried)
    assert not is_message(b"\x0b\x0c", unhurried)
    assert not is_message(b"\x08" + b"\xff" * 11, unhurried)


@pytest.mark.parametrize("seed", range(20))
def test_garbage_breaks_nothing(blind: Detector, seed: int) -> None:
    body = b"\x0b\xff" + random.Random(seed).randbytes(300)
    verdict = inspect(Payload(body, content_type=TYPE), blind, Limits())
    assert isinstance(verdict, Unreadable)
    assert verdict.why is not Reason.INSPECTION_FAILED
