import struct

from facegate_addons.inspection.documents.signs import kind


def test_eot() -> None:
    head = struct.pack("<4I", 182, 100, 0x20001, 0) + bytes(18) + b"LP"
    assert kind(head + bytes(146)) == "eot"
    assert kind(head.replace(b"LP", b"LQ") + bytes(146)) == ""
    assert kind(b"") == ""
