"""A frame as a viewer shows it: 8 bits, sRGB, alpha where it has one. What redaction paints on."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Unread

MODES = ("1", "L", "RGB", "RGBA")


def shown(frame: Image.Image) -> Image.Image:
    """`frame` in one of MODES, without its colour profile. Raises Unread for depths that no two viewers show alike."""
    if frame.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(frame) >> 8).astype(np.uint8))
    if frame.mode in ("I", "F"):
        raise Unread(Reason.UNSUPPORTED_TYPE, "more than 16 bits")
    mode = "RGBA" if frame.has_transparency_data else frame.mode if frame.mode in ("1", "L", "CMYK") else "RGB"
    return in_srgb(frame if frame.mode == mode else frame.convert(mode), frame.info.get("icc_profile"))


def in_srgb(image: Image.Image, profile: object) -> Image.Image:
    """By its own profile, if it has one that can be used; a profile is bytes that nobody looks at, so none is kept."""
    if isinstance(profile, bytes) and image.mode != "1":
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            if not ImageCms.getProfileDescription(source).startswith("sRGB"):
                intent = ImageCms.Intent.RELATIVE_COLORIMETRIC
                mode = "RGBA" if image.mode == "RGBA" else "RGB"
                image = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), intent, mode) or image
        except (ImageCms.PyCMSError, ValueError, TypeError, OSError):
            pass  # broken, or of another kind of picture: viewers go without it, too
    return image.convert("RGB") if image.mode == "CMYK" else image


def pixels_of(image: Image.Image) -> NDArray[np.uint8]:
    """(h, w, 3), or (h, w, 4) with alpha; a copy that may be written to."""
    return np.array(image if image.mode == "RGBA" else image.convert("RGB"))


def image_of(pixels: NDArray[np.uint8], mode: str) -> Image.Image:
    """`pixels` as an image of one of MODES, with nothing else to it."""
    if pixels.shape[2] == 4:
        pixels[pixels[..., 3] == 0] = 0  # what alpha hides altogether is not kept
    image = Image.fromarray(pixels)
    if image.mode == mode:
        return image
    if image.mode == "RGBA":
        ground = Image.new("RGBA", image.size, "white")
        ground.alpha_composite(image)
        image = ground.convert("RGB")
    return image if mode == "RGB" else image.convert(mode, dither=Image.Dither.NONE)
