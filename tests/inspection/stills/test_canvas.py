import io

import numpy as np
import pytest
import skimage.data
from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Unread
from facegate_addons.inspection.stills.canvas import image_of, pixels_of, shown
from PIL import Image, ImageCms

PICTURE = Image.fromarray(skimage.data.coffee()).resize((60, 40))


def profile(*, swapped: bool) -> bytes:
    """A colour profile that is not called sRGB; with `swapped`, red and green have changed places."""
    data = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = data.replace("sRGB".encode("utf-16-be"), "mine".encode("utf-16-be"))
    if swapped:
        data = data.replace(b"rXYZ", b"?XYZ").replace(b"gXYZ", b"rXYZ").replace(b"?XYZ", b"gXYZ")
    return data


@pytest.mark.parametrize(
    ("mode", "seen"),
    [("1", "1"), ("L", "L"), ("RGB", "RGB"), ("RGBA", "RGBA"), ("LA", "RGBA"), ("PA", "RGBA"), ("P", "RGB"),
     ("CMYK", "RGB"), ("YCbCr", "RGB"), ("HSV", "RGB")],
)  # fmt: skip
def test_every_mode_is_shown_as_viewers_do(mode: str, seen: str) -> None:
    image = PICTURE.convert("L").convert(mode) if mode in ("LA", "1") else PICTURE.convert(mode)
    assert shown(image).mode == seen
    expected = np.asarray(image.convert("RGB")).astype(int)
    assert np.abs(pixels_of(shown(image))[..., :3].astype(int) - expected).max() <= 1


def test_a_colour_that_stands_for_nothing_is_transparent() -> None:
    image = Image.new("RGB", (4, 4), (1, 2, 3))
    image.putpixel((0, 0), (9, 9, 9))
    image.info["transparency"] = (9, 9, 9)
    assert pixels_of(shown(image))[..., 3].tolist()[0] == [0, 255, 255, 255]


def test_sixteen_bits_are_shown_by_their_upper_half() -> None:
    values = np.arange(0, 65536, 64, dtype=np.uint16).reshape(32, 32)
    image = shown(Image.fromarray(values))
    assert image.mode == "L"
    assert (np.asarray(image) == values >> 8).all()


@pytest.mark.parametrize("mode", ["I", "F"])
def test_what_no_two_viewers_show_alike_is_not_read(mode: str) -> None:
    with pytest.raises(Unread) as caught:
        shown(Image.new(mode, (4, 4)))
    assert caught.value.why is Reason.UNSUPPORTED_TYPE


def test_a_profile_is_applied_not_kept() -> None:
    image = PICTURE.copy()
    image.info["icc_profile"] = profile(swapped=True)
    red, green, blue, *_ = (np.asarray(band).astype(int) for band in shown(image).split())
    assert np.abs(red - np.asarray(PICTURE)[..., 1]).mean() < 3
    assert np.abs(green - np.asarray(PICTURE)[..., 0]).mean() < 3
    assert np.abs(blue - np.asarray(PICTURE)[..., 2]).mean() < 3
    transparent = image.convert("RGBA")
    transparent.putalpha(100)
    assert transparent.info["icc_profile"]
    assert (pixels_of(shown(transparent))[..., 3] == 100).all()


@pytest.mark.parametrize("data", [b"", b"no profile", profile(swapped=True)[:200]])
def test_a_profile_that_cannot_be_used_is_left_out(data: bytes) -> None:
    for image in (PICTURE.copy(), PICTURE.convert("L"), PICTURE.convert("CMYK")):
        image.info["icc_profile"] = data
        assert (pixels_of(shown(image)) == np.asarray(image.convert("RGB"))).all()


def test_srgb_is_what_it_is() -> None:
    image = PICTURE.copy()
    image.info["icc_profile"] = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert (pixels_of(shown(image)) == np.asarray(PICTURE)).all()


def test_what_alpha_hides_is_not_kept() -> None:
    pixels = pixels_of(PICTURE.convert("RGBA"))
    pixels[:20, :, 3], pixels[20:, :, 3] = 0, 1
    written = np.asarray(image_of(pixels, "RGBA"))
    assert not written[:20].any()
    assert (written[20:] == pixels[20:]).all()


@pytest.mark.parametrize("mode", ["1", "L", "RGB"])
def test_what_was_shown_comes_back_as_it_was(mode: str) -> None:
    image = PICTURE.convert(mode)
    again = image_of(pixels_of(shown(image)), mode)
    assert again.mode == mode
    assert again.tobytes() == image.tobytes()


def test_an_image_has_nothing_to_it_but_pixels() -> None:
    out = io.BytesIO()
    PICTURE.save(out, "JPEG", comment=b"a note", exif=Image.Exif(), icc_profile=profile(swapped=False))
    frame = Image.open(out)
    assert frame.info["comment"]
    assert image_of(pixels_of(shown(frame)), "RGB").info == {}


def test_without_alpha_the_ground_is_white() -> None:
    pixels = pixels_of(PICTURE.convert("RGBA"))
    pixels[..., 3] = 0
    assert np.asarray(image_of(pixels, "RGB")).min() == 255
