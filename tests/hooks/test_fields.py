from facegate_addons.hooks.fields import drop
from mitmproxy.http import Headers

FIELDS = ((b"Host", b"a"), (b"TE", b"gzip"), (b"te", b"trailers"), (b"Range", b"0-1"), (b"\xff", b"b"))


def test_every_field_of_a_name_goes_however_it_is_written() -> None:
    headers = Headers(FIELDS)
    drop(headers, frozenset({b"te", b"upgrade"}).__contains__)
    assert headers.fields == ((b"Host", b"a"), (b"Range", b"0-1"), (b"\xff", b"b"))


def test_a_head_without_any_is_left_as_it_is() -> None:
    headers = Headers(FIELDS)
    before = headers.fields
    drop(headers, lambda name: name.startswith(b"facegate-"))
    assert headers.fields is before
