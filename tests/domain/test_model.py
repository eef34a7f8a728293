from datetime import UTC, timedelta

from facegate_addons.domain.model import Faces, utc_now


def test_now_is_in_utc():
    assert utc_now().tzinfo is UTC
    assert utc_now() - utc_now() < timedelta(seconds=1)


def test_a_redacted_copy_is_not_shown():
    assert "secret" not in repr(Faces((), b"secret"))
