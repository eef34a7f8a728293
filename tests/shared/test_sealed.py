import struct

import pytest
from facegate.shared.entry import Seal
from facegate.shared.sealed import close, open_
from facegate_addons.domain.model import Clear, Faces, Finding, Unreadable
from facegate_addons.domain.reasons import Reason

SECRET = b"a" * 64
NAME, OTHER = b"n" * 32, b"o" * 32
FACES = Faces((Finding((1, 2, 30, 40), 0.75, "member.jpg"),), b"\xff\xd8 redacted", "", "jpeg")


@pytest.mark.parametrize("verdict", [Clear("jpeg"), FACES, Unreadable(Reason.ENCRYPTED, "zip")])
def test_a_verdict_survives_the_way(verdict):
    assert open_(SECRET, NAME, close(SECRET, NAME, verdict, 12.5)) == (verdict, 12.5)


def test_what_was_not_sealed_for_this_name_opens_as_nothing():
    sealed = close(SECRET, NAME, Clear("jpeg"), 1e12)
    altered = sealed[:-1] + bytes([sealed[-1] ^ 1])
    for other in (b"", b"clear", sealed[:11], sealed[:-1], altered, bytes(len(sealed))):
        assert open_(SECRET, NAME, other) is None
    assert open_(SECRET, OTHER, sealed) is None
    assert open_(b"b" * 64, NAME, sealed) is None


def test_an_entry_of_the_log_is_no_verdict():
    assert open_(SECRET, NAME, Seal(SECRET).close(b"x" * 40, "verdict")) is None


@pytest.mark.parametrize(
    "data",
    [b"", bytes(8), struct.pack("!dII", 1e12, 2, 0) + b"{}", struct.pack("!dII", 1e12, 9, 0) + b'{"verdict'],
)
def test_what_is_no_verdict_opens_as_nothing(data):
    """Another version that shares a name by mistake."""
    assert open_(SECRET, NAME, Seal(SECRET, b"facegate shared verdict 1 " + NAME).close(data, "verdict")) is None


def test_nothing_of_it_can_be_read():
    assert b"redacted" not in close(SECRET, NAME, FACES, 1.0)
