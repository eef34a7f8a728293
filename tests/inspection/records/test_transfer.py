import base64
import binascii
import quopri

import pytest
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Budget, Unread
from facegate_addons.inspection.records.transfer import decode

DATA = bytes(range(256)) * 3
UU = b"begin 644 a.bin\n" + b"".join(binascii.b2a_uu(DATA[i : i + 45]) for i in range(0, len(DATA), 45)) + b"`\nend\n"


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("base64", base64.encodebytes(DATA)),
        ("BASE64 ", base64.encodebytes(DATA).replace(b"\n", b"\r\n")),
        ("base64", base64.b64encode(DATA).rstrip(b"=")),
        ("quoted-printable", quopri.encodestring(DATA, quotetabs=True)),
        ("x-uuencode", UU),
        ("binary", DATA),
        ("8bit", DATA),
        ("", DATA),
    ],
)
def test_each_encoding_is_undone(encoding: str, body: bytes) -> None:
    assert decode(body, encoding, Budget(Limits())) == DATA


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("base64", b"AAAA!AAAA"),
        ("base64", b"AA==AAAA"),
        ("base64", b"A"),
        ("x-uuencode", b"text\n" + UU),
        ("x-uuencode", b"begin 644 a\n#\x80\x80\x80\x80\nend"),
        ("uuencode", b""),
        ("x-rot13", b"a"),
    ],
)
def test_what_decoders_differ_over_is_not_decoded(encoding: str, body: bytes) -> None:
    with pytest.raises(Unread) as raised:
        decode(body, encoding, Budget(Limits()))
    assert raised.value.why in (Reason.UNDECODABLE, Reason.CODING_UNKNOWN)
