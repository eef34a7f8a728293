"""A face cut into pieces that no single picture shows."""

import base64

from evasion.case import Picture, encoded, evasion
from evasion.documents import zipped
from PIL import Image


def tiles(picture: Picture, side: int) -> list[Image.Image]:
    width, height = picture.image.size
    boxes = ((x, y, x + side, y + side) for y in range(0, height, side) for x in range(0, width, side))
    return [picture.image.crop(box) for box in boxes]


@evasion("tile", "one tile of 64", "image/jpeg", residual=True)
def one(picture: Picture) -> bytes:
    width, height = picture.image.size
    return encoded(picture.image.crop((width // 3, height // 8, width // 3 + 64, height // 8 + 64)), "JPEG")


@evasion("tile", "tiles of 64 in a zip", "application/zip", residual=True)
def in_zip(picture: Picture) -> bytes:
    return zipped({f"{at}.jpg": encoded(tile, "JPEG") for at, tile in enumerate(tiles(picture, 64))})


@evasion("tile", "tiles of 64 as data: URIs", "text/html", residual=True)
def in_page(picture: Picture) -> bytes:
    sources = (base64.b64encode(encoded(tile, "JPEG")).decode() for tile in tiles(picture, 64))
    return "".join(f'<img src="data:image/jpeg;base64,{source}">' for source in sources).encode()


@evasion("tile", "tiles shuffled in one picture", "image/jpeg", residual=True)
def shuffled(picture: Picture) -> bytes:
    out, cut = Image.new("RGB", picture.image.size), tiles(picture, 40)
    across = picture.image.width // 40
    for at, tile in enumerate(cut):
        place = at * 37 % len(cut)
        out.paste(tile, (place % across * 40, place // across * 40))
    return encoded(out, "JPEG")


@evasion("tile", "halves as two pictures", "text/html", residual=True)
def halves(picture: Picture) -> bytes:
    width, height = picture.image.size
    sides = (picture.image.crop((0, 0, width // 2, height)), picture.image.crop((width // 2, 0, width, height)))
    sources = (base64.b64encode(encoded(side, "JPEG")).decode() for side in sides)
    return "".join(f'<img src="data:image/jpeg;base64,{source}">' for source in sources).encode()


@evasion("tile", "one picture of a whole row of tiles", "image/png")
def sprite(picture: Picture) -> bytes:
    out = Image.new("RGB", (picture.image.width * 3, picture.image.height), (30, 120, 200))
    out.paste(picture.image, (picture.image.width, 0))
    return encoded(out, "PNG")
