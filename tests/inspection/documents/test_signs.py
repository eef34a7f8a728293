import struct

from facegate_addons.inspection.documents.signs import kind


def test_eot() -> None:
    head = struct.pack("<4I", 182, 100, 0x20001, 0) + bytes(18) + b"LP"
    assert kind(head + bytes(146)) == "eot"
    assert kind(head.replace(b"LP", b"LQ") + bytes(146)) == ""
    assert kind(b"") == ""


def test_text_about_files_is_text() -> None:
    for text in (
        b"FWS is short for",
        b"CWS\n",
        b"DRACO is a format",
        b"glTF and others",
        b"if (head == '%PDF-1.') return",
    ):
        assert kind(text.ljust(400)) == ""
    assert kind(b"junk\n%PDF-1.7\n1 0 obj\n<<>>") == "pdf"
    assert kind(b"CWS\x0a\x10\x27\0\0 and so on and on") == "flash"


def test_programs() -> None:
    assert kind(b"MZ".ljust(60, b"\0") + (64).to_bytes(4, "little") + b"PE\0\0") == "pe"
    assert kind(b"\xca\xfe\xba\xbe\0\0\0\2".ljust(40, b"\0")) == "universal"
    assert kind(b"\xca\xfe\xba\xbe\0\0\0\x41".ljust(40, b"\0")) == "class"
