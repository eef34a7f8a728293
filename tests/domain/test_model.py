import hashlib
from dataclasses import replace
from datetime import UTC, timedelta

from facegate_addons.domain.model import Faces, Hashed, Payload, utc_now


def test_now_is_in_utc():
    assert utc_now().tzinfo is UTC
    assert utc_now() - utc_now() < timedelta(seconds=1)


def test_a_redacted_copy_is_not_shown():
    assert "secret" not in repr(Faces((), b"secret"))


def test_a_hash_that_was_taken_is_not_taken_again():
    body = b"a body"
    assert Payload(body).digest == hashlib.sha256(body).hexdigest()
    assert Payload(body, hashed=Hashed(body, "taken")).digest == "taken"


def test_a_hash_of_another_body_counts_for_nothing():
    payload = Payload(b"a body", hashed=Hashed(b"a body of the past", "taken"))
    assert payload.digest == hashlib.sha256(b"a body").hexdigest()
    whole = b"the whole"
    part = replace(Payload(whole, hashed=Hashed(whole, "taken")), body=whole[4:])
    assert part.digest == hashlib.sha256(b"whole").hexdigest()
