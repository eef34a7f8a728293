"""What no gate can decide for sure: families of pictures that hide a face from a detector, each in many variations."""

from collections.abc import Callable, Iterator

import numpy as np
from evasion.case import Picture, encoded
from PIL import Image, ImageFilter, ImageOps

N = 24  # variations in a family
Family = Callable[[Image.Image, int, np.random.Generator], Image.Image]


def sheared(image: Image.Image, at: int, _: np.random.Generator) -> Image.Image:
    """Each row moved by a few pixels more than the one above."""
    rows = np.asarray(image)
    return Image.fromarray(np.stack([np.roll(row, (at + 2) * number, axis=0) for number, row in enumerate(rows)]))


def tiny(image: Image.Image, at: int, _: np.random.Generator) -> Image.Image:
    """A face of 8 to 20 pixels; by configuration those from 20 on have to be found."""
    return image.resize((40 + 3 * at,) * 2, Image.Resampling.LANCZOS)


def tile(image: Image.Image, at: int, _: np.random.Generator) -> Image.Image:
    """64 pixels of the whole, somewhere on the face."""
    x, y = 60 + 8 * (at % 6), 20 + 8 * (at // 6)
    return image.crop((x, y, x + 64, y + 64))


def shuffled(image: Image.Image, at: int, random: np.random.Generator) -> Image.Image:
    side = (16, 32, 40, 64)[at % 4]
    across = image.width // side
    places = random.permutation(across * across)
    out = Image.new("RGB", image.size)
    for place, source in enumerate(places):
        x, y = source % across * side, source // across * side
        out.paste(image.crop((x, y, x + side, y + side)), (place % across * side, place // across * side))
    return out


def checkered(image: Image.Image, at: int, _: np.random.Generator) -> Image.Image:
    """Every second square is black."""
    side, rgb = 2 + at // 2, np.asarray(image).copy()
    rows, columns = np.indices(rgb.shape[:2]) // side
    rgb[(rows + columns) % 2 == 1] = 0
    return Image.fromarray(rgb)


def turned(image: Image.Image, at: int, _: np.random.Generator) -> Image.Image:
    return image.rotate(15 * at + 7, expand=True)


def noisy(image: Image.Image, at: int, random: np.random.Generator) -> Image.Image:
    grain = random.normal(0, 10 * (at + 1), (*image.size, 3))
    return Image.fromarray((np.asarray(image) + grain).clip(0, 255).astype(np.uint8))


def negative(image: Image.Image, at: int, _: np.random.Generator) -> Image.Image:
    return ImageOps.invert(image).resize((128 + 8 * at,) * 2)


def exchanged(image: Image.Image, at: int, _: np.random.Generator) -> Image.Image:
    bands = image.split()
    order = ((0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0))[at % 5]
    return Image.merge("RGB", [bands[band] for band in order]).resize((128 + 8 * at,) * 2)


def faint(image: Image.Image, at: int, _: np.random.Generator) -> Image.Image:
    """Over a plain ground, at 2 to 48 percent."""
    return Image.blend(Image.new("RGB", image.size, (128, 128, 128)), image, 0.02 * (at + 1))


def overlaid(image: Image.Image, at: int, random: np.random.Generator) -> Image.Image:
    """Over a busy ground, at 4 to 50 percent."""
    ground = Image.fromarray(random.integers(0, 255, (32, 32, 3), np.uint8)).resize(
        image.size, Image.Resampling.BICUBIC
    )
    return Image.blend(ground, image, 0.04 + 0.02 * at)


def blurred(image: Image.Image, at: int, _: np.random.Generator) -> Image.Image:
    return image.filter(ImageFilter.GaussianBlur(1 + at / 2))


def dithered(image: Image.Image, at: int, _: np.random.Generator) -> Image.Image:
    return image.resize((160 + 16 * at,) * 2).convert("1").convert("RGB")


def posterised(image: Image.Image, at: int, _: np.random.Generator) -> Image.Image:
    return ImageOps.posterize(image.resize((128 + 16 * (at // 2),) * 2), 1 + at % 2)


def pixelated(image: Image.Image, at: int, _: np.random.Generator) -> Image.Image:
    side = image.width // (3 + at)
    return image.resize((side, side), Image.Resampling.BOX).resize(image.size, Image.Resampling.NEAREST)


def waved(image: Image.Image, at: int, _: np.random.Generator) -> Image.Image:
    rows = np.asarray(image)
    moves = (2 + 2 * at) * np.sin(np.arange(len(rows)) / 5)
    return Image.fromarray(np.stack([np.roll(row, int(move), axis=0) for row, move in zip(rows, moves, strict=True)]))


def interlaced(image: Image.Image, at: int, _: np.random.Generator) -> Image.Image:
    """Rows in another order: all of one remainder, then those of the next."""
    rows, step = np.asarray(image), 2 + at
    return Image.fromarray(np.concatenate([rows[first::step] for first in range(step)]))


def barred(image: Image.Image, at: int, _: np.random.Generator) -> Image.Image:
    """Bars over it, as wide as the gaps between them."""
    rgb, wide = np.asarray(image).copy(), 2 + at
    rgb[np.arange(len(rgb)) // wide % 2 == 1] = (30, 30, 30)
    return Image.fromarray(rgb)


def stretched(image: Image.Image, at: int, _: np.random.Generator) -> Image.Image:
    return image.resize((image.width * (at // 2 + 2) // 2, image.height)).transpose(
        Image.Transpose.TRANSPOSE if at % 2 else Image.Transpose.FLIP_LEFT_RIGHT
    )


FAMILIES: dict[str, Family] = {
    "rows sheared": sheared,
    "rows in another order": interlaced,
    "rows in waves": waved,
    "a face of 8 to 20 pixels": tiny,
    "one tile of 64 pixels": tile,
    "tiles shuffled": shuffled,
    "every second square black": checkered,
    "bars": barred,
    "turned by odd angles": turned,
    "stretched": stretched,
    "noise": noisy,
    "negative": negative,
    "channels exchanged": exchanged,
    "faint on a plain ground": faint,
    "faint on a busy ground": overlaid,
    "blurred": blurred,
    "pixelated": pixelated,
    "dithered to one bit": dithered,
    "two or four levels": posterised,
}


def variations(name: str, picture: Picture) -> Iterator[bytes]:
    """N of a family, as PNG; always the same."""
    random = np.random.default_rng(4)
    for at in range(N):
        yield encoded(FAMILIES[name](picture.image, at, random), "PNG")
