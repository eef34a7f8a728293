import hashlib
from dataclasses import fields, replace

import pytest
from facegate_addons.domain.model import Cover, Hashed, Payload
from facegate_addons.verdicts.key import key

BODY = b"a body"
PAYLOAD = Payload(BODY, "image/jpeg", ("gzip",), ("a long value",), Cover.SOLID, (b"init",), True)
OTHER = {
    "body": b"another",
    "content_type": "image/png",
    "codings": ("br",),
    "headers": ("another",),
    "cover": Cover.MOSAIC,
    "inits": (b"in", b"it"),
    "whole": False,
}
NOT_OF_THE_VERDICT = {"hashed", "job"}


@pytest.mark.parametrize("field", [field.name for field in fields(Payload) if field.name not in NOT_OF_THE_VERDICT])
def test_every_field_counts(field):
    assert key(replace(PAYLOAD, **{field: OTHER[field]}), "basis") != key(PAYLOAD, "basis")


def test_the_basis_counts():
    assert key(PAYLOAD, "another") != key(PAYLOAD, "basis")


def test_equal_payloads_have_the_same_key():
    hashed = Hashed(BODY, hashlib.sha256(BODY).hexdigest())
    assert key(replace(PAYLOAD, hashed=hashed), "basis") == key(replace(PAYLOAD, body=bytes(bytearray(BODY))), "basis")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Payload(BODY, headers=("ab",)), Payload(BODY, headers=("a", "b"))),
        (Payload(BODY, codings=("x",)), Payload(BODY, headers=("x",))),
        (Payload(BODY, "x"), Payload(BODY, codings=("x",))),
        (Payload(BODY), Payload(b"", inits=(BODY,))),
        (Payload(BODY, headers=("\udc80",)), Payload(BODY, headers=("\\udc80",))),
    ],
)
def test_what_stands_in_another_place_is_another(one, other):
    assert key(one, "basis") != key(other, "basis")


def test_the_hash_of_another_body_counts_for_nothing():
    """A part is looked at in the place of the whole: the whole's verdict is not the part's."""
    whole = Payload(BODY, hashed=Hashed(BODY, hashlib.sha256(BODY).hexdigest()))
    assert key(replace(whole, body=b""), "basis") == key(Payload(b""), "basis")
