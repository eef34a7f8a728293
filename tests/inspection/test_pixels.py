import numpy as np
import pytest
from facegate_addons.inspection.pixels import views
from PIL import Image

RAMP = Image.linear_gradient("L")


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "CMYK", "YCbCr", "LAB", "HSV", "I", "F"])
def test_opaque_modes_are_seen_once(mode: str) -> None:
    image = RAMP.convert("RGB").convert(mode) if mode in ("LAB", "HSV") else RAMP.convert(mode)
    if mode == "LAB":
        image = Image.merge("LAB", (RAMP, Image.new("L", RAMP.size, 128), Image.new("L", RAMP.size, 128)))
    (seen,) = views(image)
    assert seen.shape == (256, 256, 3)
    assert seen.dtype == np.uint8
    assert np.ptp(seen) > 200


def test_sixteen_bits() -> None:
    wide = Image.fromarray(np.asarray(RAMP).astype(np.uint16) * 257)
    (seen,) = views(wide)
    assert np.abs(seen[..., 0].astype(int) - np.asarray(RAMP)).max() <= 1
    dim = Image.fromarray(np.asarray(RAMP).astype(np.uint16) * 8)
    assert max(np.ptp(seen) for seen in views(dim)) == 255


def test_an_opaque_alpha_is_ignored() -> None:
    image = RAMP.convert("RGBA")
    assert len(list(views(image))) == 1


def test_what_alpha_hides_is_seen() -> None:
    hidden = Image.merge("RGBA", (RAMP, RAMP, RAMP, Image.new("L", RAMP.size, 0)))
    assert any(np.array_equal(seen[..., 0], np.asarray(RAMP)) for seen in views(hidden))
    smaller = [seen for seen in views(hidden, 2) if np.ptp(seen) > 200]
    assert [seen.shape for seen in smaller] == [(128, 128, 3)]


def test_alpha_itself_is_seen() -> None:
    white = Image.new("L", RAMP.size, 255)
    shown = list(views(Image.merge("LA", (white, RAMP))))
    assert any(np.array_equal(seen[..., 0], np.asarray(RAMP)) for seen in shown)


def test_palette_transparency() -> None:
    image = RAMP.convert("P")
    image.info["transparency"] = 3
    assert len(list(views(image))) >= 2
