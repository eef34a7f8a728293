"""From a decoded image of any mode to what a viewer may see of it: one or more pictures of plain RGB.

A picture with transparency is a different one on white and on black, to a reader that drops the alpha channel, and in
the alpha channel itself. Each is looked at when it differs.
"""

import warnings
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

RGB = NDArray[np.uint8]
STRUCTURE = 12.0  # standard deviation of alpha, and levels from the usual of what it hides, over which it is looked at
HIDDEN = 100  # pixels that alpha hides and that differ so: a face of 10 x 10, however large the empty canvas
BETWEEN = 0.05  # share of half transparent pixels that makes alpha a picture; anti-aliased edges stay below it
STRAY = 0.5  # percent of the pixels at either end whose values may be nobody's
SAMPLED = 1_000_000  # pixels that tell which are stray; sorting 100 million takes 5 seconds
LARGEST = 1e38  # of a float: the difference of two is still one of 32 bits
STRETCH = 4  # a 16-bit picture that uses less than 1/4 of its range is looked at stretched as well


def views(image: Image.Image, reduce: int = 1) -> Iterator[RGB]:
    """Every way to see `image`, as (h, w, 3) uint8, reduced by a whole factor."""
    if image.mode.startswith(("I", "F")):
        yield from (_small(gray, reduce) for gray in _deep(image))
        return
    if image.mode in ("P", "PA") and "transparency" not in image.info and image.mode == "P":
        yield _small(image.convert("RGB"), reduce)
        return
    if image.mode in ("LA", "La", "RGBA", "RGBa", "PA", "P") or "transparency" in image.info:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            clear = image.convert("RGBA")
        yield from _transparent(clear.reduce(reduce) if reduce > 1 else clear, clear)
        return
    yield _small(image if image.mode == "RGB" else image.convert("RGB"), reduce)


def of_rgba(rgba: NDArray[np.uint8]) -> Iterator[RGB]:
    """`views` of (h, w, 4) that some other decoder made."""
    image = Image.fromarray(rgba, "RGBA")
    yield from _transparent(image, image)


def _small(image: Image.Image, reduce: int) -> RGB:
    if reduce > 1:
        image = image.reduce(reduce)
    return np.asarray(image.convert("RGB") if image.mode != "RGB" else image)


def _transparent(image: Image.Image, whole: Image.Image) -> Iterator[RGB]:
    alpha = np.asarray(image.getchannel("A"))
    colours = np.asarray(image.convert("RGB"))
    if alpha.min() == 255:
        yield colours
        return
    for ground in (255, 0):
        shown = Image.new("RGBA", image.size, (ground, ground, ground, 255))
        shown.alpha_composite(image)
        yield np.asarray(shown.convert("RGB"))
    # reducing weighs colours by alpha, so what alpha hides is judged and shown from the whole picture
    hidden = np.asarray(whole.getchannel("A")) < 128
    bare = np.asarray(whole.convert("RGB"))
    if np.count_nonzero(hidden) >= HIDDEN and _shows(bare[hidden]):
        step = max(1, whole.width // image.width)
        yield np.ascontiguousarray(bare[::step, ::step])
    if alpha.std() > STRUCTURE and np.mean((alpha > 8) & (alpha < 247)) > BETWEEN:
        yield np.repeat(alpha[..., None], 3, axis=2)


def _shows(colours: NDArray[np.uint8]) -> bool:
    """Do enough of `colours` (n, 3) differ from the usual one?"""
    usual = np.median(colours, axis=0)
    differ = (colours < usual - STRUCTURE) | (colours > usual + STRUCTURE)
    return int(np.count_nonzero(differ.any(axis=1))) >= HIDDEN


def _deep(image: Image.Image) -> Iterator[Image.Image]:
    """16 and 32 bit and float, as 8 bit: as they are meant, and stretched to what they use.

    Stretched with and without stray pixels: beside a highlight or a hot pixel the rest is black.
    """
    values = np.asarray(image, dtype=np.float32)
    values = np.clip(np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0), -LARGEST, LARGEST)
    some = values.ravel()[:: max(1, values.size // SAMPLED)]
    low, high = (float(value) for value in np.percentile(some, (STRAY, 100 - STRAY)))
    full = 1.0 if image.mode == "F" and high <= 1 else 255.0 if high <= 255 else 65535.0
    if high <= full:
        yield _stretched(values, 0.0, full)
    for bottom, top in dict.fromkeys([(float(values.min()), float(values.max())), (low, high)]):
        if top > bottom and (top - bottom < full / STRETCH or top > full or bottom < 0):
            yield _stretched(values, bottom, top)


def _stretched(values: NDArray[np.float32], bottom: float, top: float) -> Image.Image:
    return Image.fromarray((np.clip((values - bottom) / (top - bottom), 0, 1) * 255).astype(np.uint8))
