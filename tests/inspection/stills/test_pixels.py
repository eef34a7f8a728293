import numpy as np
import pytest
from facegate_addons.inspection.stills.pixels import views
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


@pytest.mark.parametrize("stray", [100.0, 1e30, 3.4e38, -3.4e38])
def test_a_highlight_leaves_the_rest_of_a_float_picture_as_it_is_meant(stray: float) -> None:
    values = np.asarray(RAMP).astype(np.float32) / 255
    values[0, 0] = stray
    assert any(_like(seen, RAMP) for seen in views(Image.fromarray(values)))


@pytest.mark.parametrize("stretch", [1, 3, 8])
def test_a_hot_pixel_hides_nothing(stretch: int) -> None:
    values = np.asarray(RAMP).astype(np.uint16) * stretch
    values[0, 0] = 65535
    assert any(_like(seen, RAMP) for seen in views(Image.fromarray(values)))


def test_what_little_differs_from_a_flat_picture_is_no_stray_pixel() -> None:
    values = np.full((256, 256), 200, np.uint16)
    values[:16, :16] = np.asarray(RAMP)[::16, ::16].astype(np.uint16) * 257  # 0.4 %
    assert any(
        np.ptp(seen[:16, :16]) > 200 and len(np.unique(seen[:16, :16])) > 9 for seen in views(Image.fromarray(values))
    )


def _like(seen: np.ndarray, gray: Image.Image) -> bool:
    return bool(np.median(np.abs(seen[..., 0].astype(int) - np.asarray(gray))) <= 2)


def test_an_opaque_alpha_is_ignored() -> None:
    image = RAMP.convert("RGBA")
    assert len(list(views(image))) == 1


def test_what_alpha_hides_is_seen() -> None:
    hidden = Image.merge("RGBA", (RAMP, RAMP, RAMP, Image.new("L", RAMP.size, 0)))
    assert any(np.array_equal(seen[..., 0], np.asarray(RAMP)) for seen in views(hidden))
    smaller = [seen for seen in views(hidden, 2) if np.ptp(seen) > 200]
    assert [seen.shape for seen in smaller] == [(128, 128, 3)]


def test_a_little_that_alpha_hides_on_a_large_canvas_is_seen() -> None:
    canvas = Image.new("RGBA", (1000, 1000), (128, 128, 128, 0))
    canvas.paste(Image.merge("RGBA", (*[RAMP.resize((20, 20))] * 3, Image.new("L", (20, 20), 0))), (300, 300))
    assert any(np.ptp(seen) > 200 for seen in views(canvas))
    assert all(np.ptp(seen) == 0 for seen in views(Image.new("RGBA", (1000, 1000), (128, 128, 128, 0))))


def test_alpha_itself_is_seen() -> None:
    white = Image.new("L", RAMP.size, 255)
    shown = list(views(Image.merge("LA", (white, RAMP))))
    assert any(np.array_equal(seen[..., 0], np.asarray(RAMP)) for seen in shown)


def test_palette_transparency() -> None:
    image = RAMP.convert("P")
    image.info["transparency"] = 3
    assert len(list(views(image))) >= 2
