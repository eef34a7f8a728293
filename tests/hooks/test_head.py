import base64
import random

import pytest
from facegate_addons.detection.faces import FaceDetector
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.model import Clear, Faces, Payload, Unreadable
from facegate_addons.hooks import head
from facegate_addons.inspection.walk import inspect
from heads import HEADS
from mitmproxy import http


@pytest.fixture(scope="module")
def judge():
    detector = FaceDetector.load(threshold=None, min_face=20)

    def judge(fields):
        headers = http.Headers([(name.encode("latin-1"), value.encode("latin-1")) for name, value in fields])
        return inspect(Payload(b"", headers=head.looked_at(headers)), detector, Limits())

    return judge


@pytest.fixture(scope="module")
def small(face_as):
    return face_as("JPEG", size=(96, 96), quality=40)


def pieces(text, size):
    return [text[at : at + size] for at in range(0, len(text), size)]


def cut(small):
    """A face in many short fields."""
    text = base64.b64encode(small).decode()
    numbered = [(f"X-Part-{at}", piece) for at, piece in enumerate(pieces(text, 60))]
    shuffled = numbered[:]
    random.Random(1).shuffle(shuffled)
    noise = [("Date", "Wed, 25 Nov 2026 12:57:39 GMT"), ("Server", "nginx"), ("Vary", "Accept")]
    return {
        "values": numbered,
        "long values": [("X-Part", piece) for piece in pieces(text, 300)],
        "of one name": [("X-Part", piece) for piece in pieces(text, 100)],
        "shuffled": shuffled,
        "among others": [field for pair in numbered for field in (pair, *noise)],
        "with a label": [(name, f"part {at}: {piece};") for at, (name, piece) in enumerate(numbered)],
        "hex": [("X-Part", piece) for piece in pieces(small.hex(), 120)],
        "numbers": [
            ("X-Part", ", ".join(str(byte) for byte in small[at : at + 40])) for at in range(0, len(small), 40)
        ],
        "cookies": [("Set-Cookie", f"c{at}={piece}; Path=/; Secure") for at, piece in enumerate(pieces(text, 80))],
        "short cookies": [("Set-Cookie", f"c{at}={piece}; Path=/") for at, piece in enumerate(pieces(text, 14))],
        "cookies, shuffled": [("Set-Cookie", f"{name}={piece}; Path=/") for name, piece in shuffled],
        "cookie names": [("Set-Cookie", f"{piece}=1; Path=/") for piece in pieces(small.hex(), 100)],
        "names": [(piece, "1") for piece in pieces(small.hex(), 80)],
        "names with a label": [(f"X-{piece}", "1") for piece in pieces(small.hex(), 80)],
        "etags and links": [("Link", f'<https://a.example/{piece}>; rel="x"') for piece in pieces(text, 90)],
        "one server timing": [("Server-Timing", ", ".join(f'a;desc="{piece}"' for piece in pieces(text, 60)))],
    }


@pytest.mark.parametrize("way", cut(b"x" * 100))
def test_a_face_in_pieces_is_found(judge, small, way):
    assert isinstance(judge(cut(small)[way]), Faces)


@pytest.mark.parametrize("site", HEADS)
def test_ordinary_heads_are_clear(judge, site):
    fields = [(name.encode(), value.encode()) for name, value in HEADS[site]]
    assert not head.excessive(fields)
    assert judge(HEADS[site]) == Clear("empty")


@pytest.mark.parametrize("site", sorted(HEADS.keys() - {"session tokens"}))
def test_there_is_room_for_more(judge, site):
    assert judge([*HEADS[site], *HEADS["session tokens"]]) == Clear("empty")


def test_data_that_nobody_can_name_is_unreadable(judge):
    noise = base64.b64encode(random.Random(1).randbytes(9_000)).decode()
    assert isinstance(judge([("X-Part", piece) for piece in pieces(noise, 200)]), Unreadable)


def test_a_small_head_is_not_looked_at():
    assert head.looked_at(http.Headers([(b"ETag", b"x" * 200)])) == ()


@pytest.mark.parametrize(
    "fields",
    [
        [(b"X-%d" % at, b"v" * 200) for at in range(90)],
        [(b"X-%d-" % at + b"n" * 60, b"") for at in range(60)],
        [(b"X" * 101, b"")],
        [(b"Set-Cookie", b"c" * 400)] * 90,
    ],
    ids=["values", "names", "one name", "cookies"],
)
def test_budgets(fields):
    assert head.excessive(fields)
    assert not head.excessive(fields[: len(fields) // 2])


def test_known_fields_have_no_budget_of_their_own():
    assert not head.excessive([(b"Content-Security-Policy", b"x" * 20_000)])


def test_numbers_without_end_in_names_cost_nothing():
    looked = head.looked_at(http.Headers([(b"Set-Cookie", b"9" * 5_000 + b"=1"), (b"Set-Cookie", b"8=1")]))
    assert looked
