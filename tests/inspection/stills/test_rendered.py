"""Pictures that only a viewer sees that follows the profile or the gamma."""

import io
import struct
import zlib
from collections.abc import Callable

import numpy as np
import skimage.data
from facegate_addons.domain.model import Clear, Faces, Verdict
from facegate_addons.inspection.stills.rendered import follows, rendered
from PIL import Image, ImageCms

from tests.inspection.stills.test_profiles import ORDINARY, profile, saved

FACE = Image.fromarray(skimage.data.astronaut()).crop((100, 0, 400, 300))
PLAIN = Image.fromarray(skimage.data.coffee()).crop((50, 0, 350, 300))
Look = Callable[..., Verdict]


def xyz(*values: float) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(value * 65536) for value in values))


def blue_alone() -> bytes:
    """Red and green are black, blue is white."""
    nothing = xyz(0, 0, 0)
    return profile({b"rXYZ": nothing, b"gXYZ": nothing, b"bXYZ": xyz(0.9642, 1, 0.8249)})


def in_blue(image: Image.Image) -> Image.Image:
    noise = np.random.default_rng(1).integers(0, 256, (image.height, image.width, 3), dtype=np.uint8)
    noise[..., 2] = np.asarray(image.convert("L"))
    return Image.fromarray(noise)


def with_gamma(png: bytes, gamma: float) -> bytes:
    content = b"gAMA" + struct.pack(">I", round(gamma * 100_000))
    return png[:33] + struct.pack(">I", 4) + content + struct.pack(">I", zlib.crc32(content)) + png[33:]


def test_a_channel_that_is_the_picture(look: Look) -> None:
    assert isinstance(look(saved(in_blue(FACE), "PNG")), Clear)
    assert isinstance(look(saved(in_blue(FACE), "PNG", icc_profile=blue_alone())), Faces)
    assert isinstance(look(saved(in_blue(PLAIN), "PNG", icc_profile=blue_alone())), Clear)


def test_a_large_jpeg_is_followed_at_its_full_size(look: Look) -> None:
    image = Image.open(io.BytesIO(saved(in_blue(FACE), "JPEG", icc_profile=blue_alone())))
    assert follows(image)
    canvas = PLAIN.resize((2400, 1800))
    canvas.paste(FACE.crop((70, 45, 180, 185)).resize((38, 48)), (2000, 1500))
    body = saved(in_blue(canvas), "JPEG", quality=98, subsampling=0, icc_profile=blue_alone())
    assert isinstance(look(body), Faces)


def test_ordinary_profiles_make_no_other_picture() -> None:
    for name in ("sRGB", "Adobe RGB", "Display P3", "ProPhoto", "scanner"):
        frame = Image.open(io.BytesIO(saved(PLAIN, "PNG", icc_profile=ORDINARY[name])))
        assert not list(rendered(frame)), name
    frame.info["icc_profile"] = b"junk"
    assert not list(rendered(frame))


def test_gamma(look: Look) -> None:
    """Levels so bright that they look all the same, until a viewer darkens them."""
    bright = FACE.point([round(255 * (level / 255) ** 0.004) for level in range(256)] * 3)
    assert isinstance(look(with_gamma(saved(bright, "PNG"), 0.45455)), Clear)
    frame = Image.open(io.BytesIO(with_gamma(saved(FACE, "PNG"), 2.0)))
    assert len(list(rendered(frame))) == 1
    frame = Image.open(io.BytesIO(with_gamma(saved(FACE, "PNG"), 0.45455)))
    assert not list(rendered(frame))
    dark = FACE.point([round(255 * (level / 255) ** 4) for level in range(256)] * 3)
    assert isinstance(look(with_gamma(saved(dark, "PNG"), 4 / 2.2)), Faces)
    assert isinstance(look(with_gamma(saved(PLAIN, "PNG"), 2.0)), Clear)


def test_alpha_is_kept() -> None:
    frame = FACE.convert("RGBA")
    frame.putalpha(Image.new("L", FACE.size, 77))
    frame.info["icc_profile"] = ImageCms.ImageCmsProfile(io.BytesIO(blue_alone())).tobytes()
    (shown,) = rendered(frame)
    assert shown.mode == "RGBA"
    assert shown.getpixel((5, 5))[3] == 77  # type: ignore[index]  # of four channels


def with_primaries(png: bytes, *numbers: float) -> bytes:
    content = b"cHRM" + struct.pack(">8I", *(round(number * 100_000) for number in numbers))
    return png[:33] + struct.pack(">I", 32) + content + struct.pack(">I", zlib.crc32(content)) + png[33:]


def test_primaries(look: Look) -> None:
    """Blue so close to white that it has all of the brightness."""
    blue = (0.3127, 0.329, 0.64, 0.0005, 0.2, 0.0005, 0.3127, 0.329)
    assert isinstance(look(with_primaries(saved(in_blue(FACE), "PNG"), *blue)), Faces)
    assert isinstance(look(with_primaries(saved(in_blue(PLAIN), "PNG"), *blue)), Clear)
    for primaries in (
        (0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06),
        (0.3457, 0.3585, 0.7347, 0.2653, 0.1596, 0.8404, 0.0366, 0.0001),
        (0.0,) * 8,
        (0.3127, 0.0, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06),
    ):
        frame = Image.open(io.BytesIO(with_primaries(saved(PLAIN, "PNG"), *primaries)))
        assert not list(rendered(frame))
