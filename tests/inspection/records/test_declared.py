import pytest
from facegate_addons.inspection.records.declared import declared


@pytest.mark.parametrize(
    ("content_type", "data", "kind"),
    [
        ("multipart/mixed; boundary=x", b"preamble\r\n--x\r\n\r\none\r\n--x--", "multipart"),
        ("Multipart/Mixed; boundary=x", b"--x\r\n\r\none\r\n--x--", "multipart"),
        ("multipart/mixed; boundary=x", b"no such delimiter", ""),
        ("multipart/mixed; boundary=y; boundary=x", b"preamble\r\n--x\r\n\r\none\r\n--x--", "multipart"),
        ("multipart/mixed; boundary*=us-ascii''x", b"preamble\r\n--x\r\n\r\none\r\n--x--", "multipart"),
        ("multipart/mixed", b"--x\r\n\r\none\r\n--x--", ""),
        ("message/rfc822", b"Anything: at all\r\n\r\nbody", "mail"),
        ("message/rfc822", b"no head", ""),
        ("text/plain", b"Anything: at all\r\n\r\nbody", ""),
        ("", b"", ""),
    ],
)
def test_the_declared_type_counts_where_the_bytes_bear_it_out(content_type: str, data: bytes, kind: str) -> None:
    assert declared(data, content_type) == kind
