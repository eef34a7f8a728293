"""A frame as a viewer shows it that follows the file's colour profile or its gamma, where that is another picture.

Most profiles change colours by little, and the detector does not mind. One that takes a picture out of one channel, or
out of a few levels, is followed, and both pictures are looked at.
"""

import io
import math
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from PIL import Image, ImageCms

# levels of brightness that make it another picture; between linear light and sRGB there are 75
DIFFERENT = 48
# shares of red, green and blue in the brightness of sRGB, and by how much others differ that make another picture
_BRIGHTNESS = np.array([0.2126, 0.7152, 0.0722])
_SHARE = 0.25
_MODES = {"RGB ": "RGB", "GRAY": "L", "CMYK": "CMYK"}
_INTENTS = {"A2B0": ImageCms.Intent.PERCEPTUAL, "A2B1": ImageCms.Intent.RELATIVE_COLORIMETRIC}


def rendered(frame: Image.Image) -> Iterator[Image.Image]:
    """None, or some in RGB, with alpha where `frame` has it."""
    profile = frame.info.get("icc_profile")
    if isinstance(profile, bytes) and profile:
        for transform, mode in _transforms(profile):
            if (source := _as(frame, mode)) is not None:
                yield _with_alpha(transform.apply(source), frame)
    elif "srgb" not in frame.info:
        if levels := _gamma(frame.info.get("gamma")):
            yield _with_alpha(_eight_bits(frame).convert("RGB").point(levels * 3), frame)
        if weights := _weights(frame.info.get("chromaticity")):
            yield _with_alpha(_weighed(_eight_bits(frame).convert("RGB"), weights), frame)


def follows(frame: Image.Image) -> bool:
    """Will `rendered` have something of an image that is open, but not loaded?"""
    profile = frame.info.get("icc_profile")
    return isinstance(profile, bytes) and bool(profile and _transforms(profile))


def _eight_bits(frame: Image.Image) -> Image.Image:
    if not frame.mode.startswith("I;16"):
        return frame
    return Image.fromarray((np.asarray(frame) >> 8).astype(np.uint8))


def _as(frame: Image.Image, mode: str) -> Image.Image | None:
    """`frame` in a profile's mode; viewers go without a profile of another kind of picture."""
    frame = _eight_bits(frame)
    if frame.mode in ("I", "F", "LAB") or (mode == "CMYK") != (frame.mode == "CMYK"):
        return None
    if mode == "L" and frame.mode not in ("1", "L", "LA", "La"):
        return None
    return frame if frame.mode == mode else frame.convert(mode)


def _with_alpha(shown: Image.Image, frame: Image.Image) -> Image.Image:
    if frame.has_transparency_data:
        shown.putalpha(frame.convert("RGBA").getchannel("A"))
    shown.info.clear()
    return shown


@lru_cache(8)
def _transforms(profile: bytes) -> tuple[tuple[ImageCms.ImageCmsTransform, str], ...]:
    """To sRGB, in each way that makes another picture of a sample of colours, with the mode that it takes."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = _MODES.get(source.profile.xcolor_space)
        if mode is None:
            return ()
        sample = _sample(mode)
        plain = np.asarray(sample.convert("RGB").convert("L"), dtype=np.int16)
        intents = [intent for name, intent in _INTENTS.items() if name.encode() in profile[:4096]]
        found = []
        for intent in intents or [ImageCms.Intent.PERCEPTUAL]:
            transform = ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), mode, "RGB", intent)
            shown = np.asarray(transform.apply(sample).convert("L"), dtype=np.int16)
            if np.abs(shown - plain).max() > DIFFERENT:
                found.append((transform, mode))
    except (ImageCms.PyCMSError, ValueError, TypeError, OSError):
        return ()  # broken: viewers go without it
    return tuple(found)


def _sample(mode: str) -> Image.Image:
    """Every level of gray and of each channel, and a grid of all colours."""
    channels = len(mode)
    levels = np.arange(256, dtype=np.uint8)
    ramps = [np.repeat(levels[:, None], channels, axis=1)]
    for channel in range(channels):
        ramp = np.zeros((256, channels), np.uint8)
        ramp[:, channel] = levels
        ramps.append(ramp)
    steps = np.linspace(0, 255, 9 if channels < 4 else 5).astype(np.uint8)
    ramps.append(np.stack(np.meshgrid(*[steps] * channels), axis=-1).reshape(-1, channels))
    values = np.concatenate(ramps)[None]
    return Image.fromarray(values[..., 0] if mode == "L" else values, mode)


def _gamma(gamma: object) -> list[int]:
    """Levels by a PNG's gAMA (PNG 3rd edition, 13.13), where they are far from what they were."""
    if not isinstance(gamma, float) or not math.isfinite(gamma) or gamma <= 0:
        return []
    levels = [round(255 * (level / 255) ** (1 / (2.2 * gamma))) for level in range(256)]
    return levels if max(abs(level - place) for place, level in enumerate(levels)) > DIFFERENT else []


def _weights(chromaticity: object) -> tuple[float, ...]:
    """Shares of red, green and blue in the brightness by a PNG's cHRM, where they are far from those in sRGB."""
    if not isinstance(chromaticity, tuple) or len(chromaticity) != 8:
        return ()
    white, *primaries = (
        np.array([x, y, 1 - x - y]) for x, y in zip(chromaticity[::2], chromaticity[1::2], strict=True)
    )
    if not white[1]:
        return ()
    try:
        # white is the sum of the primaries, each of its own brightness (SMPTE RP 177)
        scale = np.linalg.solve(np.stack(primaries, axis=1), white / white[1])
        weights = scale * [primary[1] for primary in primaries]
    except np.linalg.LinAlgError:
        return ()
    if not np.isfinite(weights).all() or np.abs(weights - _BRIGHTNESS).max() <= _SHARE:
        return ()
    return tuple(float(weight) for weight in weights)


def _weighed(image: Image.Image, weights: tuple[float, ...]) -> Image.Image:
    linear = (np.arange(256, dtype=np.float32) / 255) ** 2.2
    light = sum(weight * linear[np.asarray(image)[..., place]] for place, weight in enumerate(weights))
    levels = np.round(255 * np.clip(light, 0, 1) ** (1 / 2.2)).astype(np.uint8)
    return Image.fromarray(levels).convert("RGB")
