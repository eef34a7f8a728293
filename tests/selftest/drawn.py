"""How the drawn face was drawn: `python -m selftest.drawn` in this folder's parent writes it anew."""

import io

from facegate.selftest import canary
from PIL import Image, ImageDraw, ImageFilter

SIDE = 128  # pixels
_SKIN, _HAIR, _BROWS = (215, 170, 145), (60, 40, 30), (70, 45, 35)
# (left, top, right, bottom) of 256, colour: from the back to the front
_ELLIPSES = (
    ((20, 215, 236, 380), (60, 70, 110)),  # shoulders
    ((104, 160, 152, 250), (190, 140, 115)),  # neck
    ((62, 30, 194, 200), _HAIR),
    ((74, 52, 182, 212), _SKIN),
    ((80, 130, 112, 180), (222, 160, 140)),  # cheeks
    ((144, 130, 176, 180), (222, 160, 140)),
    ((116, 144, 140, 160), (205, 155, 130)),  # nose
    ((118, 152, 125, 158), (150, 100, 85)),
    ((131, 152, 138, 158), (150, 100, 85)),
    ((106, 172, 150, 188), (175, 85, 80)),  # mouth
)
_LINES = (
    (((90, 104), (104, 98), (118, 102)), _BROWS, 5),
    (((138, 102), (152, 98), (166, 104)), _BROWS, 5),
    (((124, 118), (120, 150)), (195, 148, 125), 4),
    (((106, 180), (150, 180)), (120, 50, 50), 3),
)
_EYE = (
    ((-13, 111, 13, 127), (190, 140, 120)),
    ((-11, 113, 11, 125), (240, 235, 230)),
    ((-6, 112, 6, 126), (80, 60, 40)),
    ((-3, 115, 3, 122), (10, 10, 10)),
    ((-1, 114, 2, 117), (250, 250, 250)),
)


def face(side: int = SIDE) -> Image.Image:
    """RGB, `side` x `side` pixels."""
    scale = side / 256
    image = Image.new("RGB", (side, side), (120, 140, 160))
    draw = ImageDraw.Draw(image)
    eyes = tuple(
        ((left + at, top, right + at, bottom), c) for at in (105, 151) for (left, top, right, bottom), c in _EYE
    )
    for box, colour in (*_ELLIPSES, *eyes):
        draw.ellipse([value * scale for value in box], fill=colour)
    for points, colour, width in _LINES:
        draw.line([(x * scale, y * scale) for x, y in points], fill=colour, width=max(1, round(width * scale)))
    return image.filter(ImageFilter.GaussianBlur(2.2 * scale))


def jpeg() -> bytes:
    out = io.BytesIO()
    face().save(out, "JPEG", quality=85)
    return out.getvalue()


if __name__ == "__main__":
    canary.FILE.write_bytes(jpeg())
