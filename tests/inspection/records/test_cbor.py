import datetime
import random
from collections.abc import Callable

import cbor2
import pytest
from facegate_addons.detection.picture import Detector
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.model import Clear, Faces, Payload, Unreadable, Verdict
from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.walk import inspect

Look = Callable[..., Verdict]
TYPE = "application/cbor"
BINARY = b"\x44\0\1\2\xff"  # four bytes: so that nobody takes what follows for text
VALUE = {
    "text": "words ß", "none": None, "yes": True, "numbers": [0, -1, 200, 70_000, 1 << 40, 1.5], "big": 1 << 80,
    "when": datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC), "long": "w" * 70_000, "map": {1: {2: "v"}},
    "id": b"\xff\0\1",
}  # fmt: skip


def test_a_picture_inside(look: Look, face_jpeg: bytes, plain_jpeg: bytes) -> None:
    for picture, verdict in ((face_jpeg, Faces), (plain_jpeg, Clear)):
        for value in (picture, {"a": [{"b": picture}]}, cbor2.CBORTag(64, picture), [VALUE, picture]):
            assert isinstance(look(cbor2.dumps({"value": value}), content_type=TYPE), verdict)
        # in pieces, of no length that is said, and as a sequence
        half = len(picture) // 2
        pieces = b"\x5f" + cbor2.dumps(picture[:half]) + cbor2.dumps(picture[half:]) + b"\xff"
        body = cbor2.dumps("words") + b"\x9f\xbf" + cbor2.dumps("a") + pieces + b"\xff\xff"
        assert isinstance(look(body, content_type="application/cbor-seq"), verdict)


def test_ordinary_values_are_clear(look: Look) -> None:
    assert look(cbor2.dumps(VALUE), content_type="application/senml+cbor") == Clear("cbor")
    assert look(b"\xd9\xd9\xf7" + cbor2.dumps(VALUE)) == Clear("cbor")


@pytest.mark.parametrize("step", [3, 50, 5_000])
def test_a_picture_cut_into_values_is_not_clear(look: Look, face_jpeg: bytes, step: int) -> None:
    pieces = [face_jpeg[at : at + step] for at in range(0, len(face_jpeg), step)]
    assert not isinstance(look(cbor2.dumps({"a": pieces}), content_type=TYPE), Clear)


def test_bytes_as_numbers(look: Look, face_jpeg: bytes) -> None:
    assert isinstance(look(cbor2.dumps(list(face_jpeg)), content_type=TYPE), Faces)


@pytest.mark.parametrize(
    "body",
    [
        cbor2.dumps(VALUE)[:-1],
        b"\x81" * 1_000 + b"\xff",
        b"\xff\xff",
        b"\x5f\x61a\xff",
        b"\x1f\xff",
        b"\x1c\xff",
        b"\x9b" + b"\xff" * 8,
        b"\x82\x01\xff",
    ],
)
def test_broken_ones_are_unreadable(look: Look, body: bytes) -> None:
    assert look(BINARY + body, content_type=TYPE) == Unreadable(Reason.UNDECODABLE, "cbor")


@pytest.mark.parametrize("seed", range(20))
def test_garbage_breaks_nothing(blind: Detector, seed: int) -> None:
    body = b"\x83\xff" + random.Random(seed).randbytes(300)
    verdict = inspect(Payload(body, content_type=TYPE), blind, Limits())
    assert isinstance(verdict, Unreadable)
    assert verdict.why is not Reason.INSPECTION_FAILED
