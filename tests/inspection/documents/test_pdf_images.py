import numpy as np
import pytest
from facegate_addons.inspection.documents.pdf_images import fax, pixels, unfiltered
from facegate_addons.inspection.documents.pdf_streams import Stream


def image(width: int, height: int, depth: int, more: bytes = b"") -> Stream:
    head = b"/Width %d/Height %d/BitsPerComponent %d" % (width, height, depth)
    return Stream(0, 0, head + more)


@pytest.mark.parametrize(("depth", "size"), [(1, 4 * 1), (2, 4 * 2), (4, 4 * 4), (8, 4 * 8), (16, 4 * 16)])
def test_depths(depth: int, size: int) -> None:
    rgb = pixels(image(8, 4, depth), b"\xff" * size)
    assert rgb is not None
    assert rgb.shape == (4, 8, 3)
    assert (rgb == 255).all()


def test_colours() -> None:
    rgb = pixels(image(2, 1, 8), bytes([1, 20, 30, 40, 50, 60]))
    assert rgb is not None
    assert rgb.tolist() == [[[1, 20, 30], [40, 50, 60]]]
    cmyk = pixels(image(1, 1, 8), bytes([0, 255, 255, 0]))
    assert cmyk is not None
    assert cmyk.tolist() == [[[255, 0, 0]]]
    indexed = pixels(image(2, 1, 8, b"/ColorSpace[/Indexed/DeviceRGB 1 <000000FF8000>]"), b"\1\0")
    assert indexed is not None
    assert indexed.tolist() == [[[255, 128, 0], [0, 0, 0]]]


def test_what_does_not_fit() -> None:
    assert pixels(image(8, 4, 8), b"x") is None
    assert pixels(image(8, 4, 3), b"x" * 32) is None
    assert pixels(image(8, 4, 8, b"/ColorSpace[/Indexed 9 0 R]"), b"x" * 32) is None


def test_unfiltered() -> None:
    assert unfiltered(b"\1\1\1\1\2\1\1\1", 3, 1) == bytes([1, 2, 3, 2, 3, 4])
    assert np.frombuffer(unfiltered(b"\4\5\0\3\1\1", 2, 1), np.uint8).tolist() == [5, 5, 3, 5]


def test_fax() -> None:
    head = b"/Height 9/K -1/Columns 16"
    made = fax(Stream(0, 0, head), b"data", black=False)
    assert made is not None
    assert made.startswith(b"II*\0")
    assert made.endswith(b"data")
    assert fax(Stream(0, 0, b"/Columns 16"), b"data", black=True) is None
