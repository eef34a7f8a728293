import io
import tarfile
import zlib

import pytest
from facegate_addons.inspection.containers.magics import is_tar, weak
from facegate_addons.inspection.sniff import sniff


def test_tars_with_and_without_magic() -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("name"), io.BytesIO(b""))
    whole = bytearray(out.getvalue())
    assert is_tar(whole)
    whole[257:265] = bytes(8)
    whole[148:156] = b" " * 8
    whole[148:156] = b"%06o\0 " % sum(whole[:512])
    assert sniff(bytes(whole)) == "tar"
    whole[0] += 1
    assert sniff(bytes(whole)) == ""


@pytest.mark.parametrize("level", range(10))
def test_zlib(level: int) -> None:
    assert sniff(zlib.compress(b"words and words " * 99, level)) == "zlib"
    assert sniff(zlib.compress(b"", level)) == "zlib"


@pytest.mark.parametrize(
    "text", [b"x^2 + y^2 = z^2, it says", b"x^" * 900, b"x\xda\xe9 " * 400, b"x\x9c", b"hC" * 99, b"a" * 600]
)
def test_text_is_none(text: bytes) -> None:
    assert weak(text) == ""


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\x04\x22\x4d\x18", "lz4"),
        (b"\xff\x06\0\0sNaPpY", "snappy"),
        (b"MSCF\0\0\0\0", "cab"),
        (b"Rar!\x1a\x07\x01\0", "rar"),
        (b"!!-lh5-" + bytes(13) + b"\2", "lha"),
        (bytes(32769) + b"CD001", "iso9660"),
        (bytes(700) + b"koly\0\0\0\4\0\0\2\0" + bytes(500), "dmg"),
        (b"\x54\x2a\x4d\x18" + bytes(4), "zstd"),
        (b"LZIP\x01", "lzip"),
    ],
)
def test_known_and_refused(head: bytes, kind: str) -> None:
    assert sniff(head) == kind
