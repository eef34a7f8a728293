import bz2
import gzip
import io
import lzma
import zipfile

import pytest
from facegate_addons.inspection.inside import containers, find_container, find_picture, pictures
from hypothesis import given
from hypothesis import strategies as st


def test_inside() -> None:
    app0, sof = b"\xff\xe0\0\4ab", b"\xff\xc0\0\x0b\x08\0\x10\0\x10\1\1\x11\0"
    assert find_picture(b"junk\xff\xd8" + app0 + b"\xff" + sof) == 4
    assert find_picture(b"junk\xff\xd8" + b"\xff" * 40 + app0 + sof) == 4  # fill bytes
    # offsets and kerning: small negative numbers, which have the magic and nothing behind it
    assert find_picture(b"\xff\xd8\xff\xec\xff\xd8\xff\xe2" * 99) == -1
    assert find_picture(b"\xff\xd8\xff\xec\xff\xd8\xff\xe2" * 99 + b"\xff\xd8" + app0 + sof) == 8 * 99
    assert find_picture(b"junk") == -1
    both = b"....ftypisom" + b"RIFF0000WEBPVP8 " + b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR"
    assert [find_picture(both), find_picture(both, 13), find_picture(both, 29)] == [12, 28, -1]
    gif = b"GIF89a\1\0\1\0\x80\0\0" + bytes(6)
    assert [find_picture(gif + b","), find_picture(gif + b"?")] == [0, -1]
    assert find_picture(b"magics = {GIF89a:[[71,73,70,56,57,97]]}") == -1
    # decoders skip what stands between two segments
    assert find_picture(b"\xff\xd8" + app0 + b"junk" + app0 + b"\xff\xd0" + sof) == 0


def test_containers_inside() -> None:
    assert find_container(b"junk" + zipfile_of(b"x")) == 4
    assert find_container(b"junk" + gzip.compress(b"x")) == 4
    assert find_container(b"junk" + bz2.compress(b"x")) == 4
    assert find_container(b"junk" + lzma.compress(b"x"), 5) == -1
    assert find_container(b"PK\x03\x04 is how a zip file begins") == -1


@pytest.mark.parametrize("between", [0, 9_000])
def test_one_after_the_other(between: int) -> None:
    png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR"
    data = (b"junk" + png + bytes(between)) * 3 + b"RIFF0000WEBPVP8 "
    step = 4 + len(png) + between
    assert list(pictures(data)) == [4, 4 + step, 4 + 2 * step, 3 * step]
    assert list(pictures(data, 5)) == [4 + step, 4 + 2 * step, 3 * step]
    zipped = zipfile_of(b"x") + bytes(between)
    assert list(containers(zipped * 2)) == [0, len(zipped)]
    assert not list(pictures(b"")) + list(containers(b"words"))


def zipfile_of(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("a", data)
    return out.getvalue()


_MAGICS = [
    b"\xff\xd8\xff\xe0\0\4ab\xff\xc0\0\x0b\x08\0\x10\0\x10\1\1\x11\0",
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    b"BM",
    b"P6 9 9 255\n",
]
_MAGICS += [
    b"\0\0\0\x1cftypavif",
    b"RIFF\1\0\0\0WEBPVP8 ",
    b"PK\3\4\x14\0\0\0",
    gzip.compress(b"words"),
    b"%PDF-1.4",
    b"ftyp",
]


@given(st.lists(st.sampled_from(_MAGICS) | st.binary(max_size=20), max_size=6), st.integers(0, 40))
def test_the_first_is_the_first_of_all(pieces: list[bytes], start: int) -> None:
    data = b"".join(pieces)
    assert find_picture(data, start) == next(pictures(data, start), -1)
    assert find_container(data, start) == next(containers(data, start), -1)
