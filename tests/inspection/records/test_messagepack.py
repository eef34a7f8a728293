import random
from collections.abc import Callable

import msgpack
import pytest
from facegate_addons.detection.picture import Detector
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.model import Clear, Faces, Payload, Unreadable, Verdict
from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.walk import inspect

Look = Callable[..., Verdict]
TYPE = "application/x-msgpack"
BINARY = b"\xc4\4\0\1\2\xff"  # four bytes: so that nobody takes what follows for text
VALUE = {
    "text": "words ß", "none": None, "yes": True, "numbers": [0, -1, 200, 70_000, -70_000, 1 << 40, 1.5],
    "long": "w" * 300, "longer": "w" * 70_000, "many": [{}] * 20,
    "more": [None] * 70_000, "time": msgpack.Timestamp(1, 2),
    "map": {str(key): "v" for key in range(20)}, "id": b"\xff\0\1",
}  # fmt: skip


def packed(value: object) -> bytes:
    data: bytes = msgpack.packb(value)
    return data


def test_a_picture_inside(look: Look, face_jpeg: bytes, plain_jpeg: bytes) -> None:
    for picture, verdict in ((face_jpeg, Faces), (plain_jpeg, Clear)):
        for value in (picture, {"a": [{"b": picture}]}, msgpack.ExtType(5, picture), [VALUE, picture]):
            assert isinstance(look(packed({"value": value}), content_type=TYPE), verdict)


def test_ordinary_values_are_clear(look: Look) -> None:
    assert look(packed(VALUE), content_type=TYPE) == Clear("messagepack")
    assert look(packed(VALUE) + packed(VALUE), content_type="application/msgpack") == Clear("messagepack")


def test_nobody_is_asked_where_nothing_is_declared(look: Look) -> None:
    assert look(packed(VALUE)) == Unreadable(Reason.UNKNOWN_TYPE)


def test_a_key_that_comes_twice_hides_nothing(look: Look, face_jpeg: bytes) -> None:
    body = b"\x82" + packed("a") + packed(face_jpeg) + packed("a") + packed("words \xff")
    assert isinstance(look(body, content_type=TYPE), Faces)


@pytest.mark.parametrize("step", [3, 50, 5_000])
def test_a_picture_cut_into_values_is_not_clear(look: Look, face_jpeg: bytes, step: int) -> None:
    pieces = [face_jpeg[at : at + step] for at in range(0, len(face_jpeg), step)]
    assert not isinstance(look(packed({"a": pieces}), content_type=TYPE), Clear)
    assert not isinstance(
        look(packed({str(n): {"a": piece} for n, piece in enumerate(pieces)}), content_type=TYPE), Clear
    )


def test_bytes_and_pixels_as_numbers(look: Look, face_jpeg: bytes) -> None:
    assert isinstance(look(packed({"a": list(face_jpeg)}), content_type=TYPE), Faces)
    assert isinstance(look(packed({"a": [[7] * 32] * 32}), content_type=TYPE), Unreadable)


@pytest.mark.parametrize(
    "body", [b"\xc1\xff", packed(VALUE)[:-1], b"\xdd\xff\xff\xff\xff", b"\xc6\xff\xff\xff\xff\0", b"\x91" * 1_000]
)
def test_broken_ones_are_unreadable(look: Look, body: bytes) -> None:
    assert look(BINARY + body, content_type=TYPE) == Unreadable(Reason.UNDECODABLE, "messagepack")


def test_a_million_empty_lists_take_no_memory(blind: Detector) -> None:
    body = b"\xdd" + (300_000).to_bytes(4) + b"\x90" * 300_000
    assert inspect(Payload(body, content_type=TYPE), blind, Limits()) == Clear("messagepack")


@pytest.mark.parametrize("seed", range(20))
def test_garbage_breaks_nothing(blind: Detector, seed: int) -> None:
    body = b"\x93\xff" + random.Random(seed).randbytes(300)
    verdict = inspect(Payload(body, content_type=TYPE), blind, Limits())
    assert isinstance(verdict, Unreadable)
    assert verdict.why is not Reason.INSPECTION_FAILED
