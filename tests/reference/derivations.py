"""Pictures made of other pictures: what happens to faces on their way, and what is done to hide them.

A derivation takes a picture in RGB and returns a file. The manifests name them; each is a function of its name here.
"""

import base64
import io
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageFilter, ImageOps

Derivation = Callable[[Image.Image], bytes]
DERIVATIONS: dict[str, Derivation] = {}
SHOWN_RIGHT, SHOWN_LEFT = 6, 8  # EXIF orientations: a viewer turns it by a quarter


def derivation(function: Derivation) -> Derivation:
    DERIVATIONS[function.__name__] = function
    return function


def file(picture: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


# Handled carelessly


@derivation
def mirrored(picture: Image.Image) -> bytes:
    return file(ImageOps.mirror(picture))


@derivation
def gray(picture: Image.Image) -> bytes:
    return file(picture.convert("L"))


@derivation
def cmyk(picture: Image.Image) -> bytes:
    return file(picture.convert("CMYK"), "JPEG")


@derivation
def sixteen_colours(picture: Image.Image) -> bytes:
    return file(picture.quantize(16), "GIF")


@derivation
def black_and_white(picture: Image.Image) -> bytes:
    """Each pixel black or white, as a fax."""
    return file(picture.convert("1"))


@derivation
def poor_jpeg(picture: Image.Image) -> bytes:
    return file(picture, "JPEG", quality=5)


@derivation
def dark(picture: Image.Image) -> bytes:
    return file(picture.point(lambda value: value * 0.1))


@derivation
def very_dark(picture: Image.Image) -> bytes:
    return file(picture.point(lambda value: value * 0.03))


@derivation
def nearly_black(picture: Image.Image) -> bytes:
    return file(picture.point(lambda value: value * 0.02))


@derivation
def pale(picture: Image.Image) -> bytes:
    return file(picture.point(lambda value: 225 + value * 0.1))


@derivation
def blurred(picture: Image.Image) -> bytes:
    return file(picture.filter(ImageFilter.GaussianBlur(max(picture.size) / 128)))


@derivation
def noisy(picture: Image.Image) -> bytes:
    noise = np.random.default_rng(1).normal(0, 60, (picture.height, picture.width, 3))
    return file(Image.fromarray((np.asarray(picture) + noise).clip(0, 255).astype(np.uint8)))


@derivation
def squashed(picture: Image.Image) -> bytes:
    return file(picture.resize((picture.width, picture.height // 2)))


@derivation
def squeezed(picture: Image.Image) -> bytes:
    return file(picture.resize((picture.width // 2, picture.height)))


@derivation
def squashed_much(picture: Image.Image) -> bytes:
    return file(picture.resize((picture.width, picture.height // 4)))


@derivation
def squeezed_much(picture: Image.Image) -> bytes:
    return file(picture.resize((picture.width // 4, picture.height)))


@derivation
def tilted(picture: Image.Image) -> bytes:
    return file(picture.rotate(30, expand=True))


@derivation
def tilted_much(picture: Image.Image) -> bytes:
    return file(picture.rotate(60, expand=True))


@derivation
def quarter_left(picture: Image.Image) -> bytes:
    return file(picture.transpose(Image.Transpose.ROTATE_90))


@derivation
def quarter_right(picture: Image.Image) -> bytes:
    return file(picture.transpose(Image.Transpose.ROTATE_270))


@derivation
def upside_down(picture: Image.Image) -> bytes:
    return file(picture.transpose(Image.Transpose.ROTATE_180))


# Small in something large


def _on(canvas: tuple[int, int], picture: Image.Image, side: int, at: tuple[float, float]) -> Image.Image:
    """The picture, `side` pixels long, on a gray canvas; `at` is where its middle lies, in shares of the canvas."""
    small = picture.copy()
    small.thumbnail((side, side), Image.Resampling.LANCZOS)
    whole = Image.new("RGB", canvas, (120, 125, 130))
    whole.paste(small, (round(canvas[0] * at[0]) - small.width // 2, round(canvas[1] * at[1]) - small.height // 2))
    return whole


@derivation
def small(picture: Image.Image) -> bytes:
    return file(_on((400, 300), picture, 100, (0.7, 0.4)))


@derivation
def smaller(picture: Image.Image) -> bytes:
    return file(_on((600, 450), picture, 72, (0.3, 0.6)))


@derivation
def lying_small(picture: Image.Image) -> bytes:
    return file(_on((400, 300), picture.transpose(Image.Transpose.ROTATE_90), 100, (0.7, 0.4)))


@derivation
def on_its_head_small(picture: Image.Image) -> bytes:
    return file(_on((400, 300), picture.rotate(225, expand=True), 100, (0.7, 0.4)))


@derivation
def squashed_on_a_page(picture: Image.Image) -> bytes:
    """The page has its proportions; what is on it has not."""
    return file(_on((400, 300), picture.resize((picture.width, picture.height // 3)), 200, (0.5, 0.5)))


@derivation
def on_4k(picture: Image.Image) -> bytes:
    """In a corner of it."""
    return file(_on((3840, 2160), picture, 160, (0.9, 0.9)))


@derivation
def on_4k_jpeg(picture: Image.Image) -> bytes:
    return file(_on((3840, 2160), picture, 160, (0.3, 0.6)), "JPEG", quality=90)


@derivation
def smallest_on_4k(picture: Image.Image) -> bytes:
    """80 pixels of a portrait: the face in it is about as small as faces that have to be found get."""
    return file(_on((3840, 2160), picture, 80, (0.55, 0.45)))


@derivation
def on_a_strip(picture: Image.Image) -> bytes:
    return file(_on((12_000, 200), picture, 160, (0.8, 0.5)))


@derivation
def many(picture: Image.Image) -> bytes:
    """Forty of them."""
    small = picture.resize((96, 96 * picture.height // picture.width))
    whole = Image.new("RGB", (8 * small.width, 5 * small.height))
    for number in range(40):
        whole.paste(small, (number % 8 * small.width, number // 8 * small.height))
    return file(whole)


# Seen by some viewers only


def _chessboard(size: tuple[int, int], side: int, dark: int, light: int) -> Image.Image:
    rows, columns = np.indices((size[1], size[0]))
    board = (rows // side + columns // side) % 2 * (light - dark) + dark
    return Image.fromarray(board.astype(np.uint8)).convert("RGB")


def _beside(picture: Image.Image) -> Image.Image:
    """Something of the same size with nobody on it."""
    return _chessboard(picture.size, 16, 80, 170)


@derivation
def hidden_by_alpha(picture: Image.Image) -> bytes:
    """Fully transparent: shown by what drops alpha."""
    clear = picture.copy()
    clear.putalpha(Image.new("L", picture.size, 0))
    return file(clear)


@derivation
def in_alpha_alone(picture: Image.Image) -> bytes:
    """The picture is the transparency; a chessboard of black and white drowns it on any ground."""
    board = _chessboard(picture.size, 12, 0, 255)
    board.putalpha(picture.convert("L").point(lambda value: 96 + value / 4))
    return file(board)


@derivation
def on_white_alone(picture: Image.Image) -> bytes:
    """Dots of black ink on nothing."""
    ink = Image.new("RGB", picture.size, (0, 0, 0))
    ink.putalpha(ImageOps.invert(picture.convert("L")).convert("1").convert("L"))
    return file(ink)


@derivation
def on_black_alone(picture: Image.Image) -> bytes:
    """Dots of white ink on nothing."""
    ink = Image.new("RGB", picture.size, (255, 255, 255))
    ink.putalpha(picture.convert("1").convert("L"))
    return file(ink)


@derivation
def sixteen_bits(picture: Image.Image) -> bytes:
    return file(Image.fromarray(np.asarray(picture.convert("L"), dtype=np.uint16) * 257))


@derivation
def few_of_sixteen_bits(picture: Image.Image) -> bytes:
    """In the lowest eleven of sixteen bits: black, until a viewer stretches it."""
    return file(Image.fromarray(np.asarray(picture.convert("L"), dtype=np.uint16) * 8))


def _with_orientation(picture: Image.Image, orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return file(picture, "JPEG", quality=90, exif=exif.tobytes())


@derivation
def upright_when_turned(picture: Image.Image) -> bytes:
    return _with_orientation(picture.transpose(Image.Transpose.ROTATE_270), SHOWN_LEFT)


@derivation
def upright_as_stored(picture: Image.Image) -> bytes:
    """Its orientation is wrong, as after a tool that turned the pixels and forgot it."""
    return _with_orientation(picture, SHOWN_RIGHT)


@derivation
def in_a_later_frame(picture: Image.Image) -> bytes:
    return file(_beside(picture), "GIF", save_all=True, append_images=[_beside(picture), picture])


@derivation
def on_a_later_page(picture: Image.Image) -> bytes:
    return file(_beside(picture), "TIFF", save_all=True, append_images=[picture])


@derivation
def as_one_size_of_an_icon(picture: Image.Image) -> bytes:
    face = picture.resize((128, 128))
    return file(_beside(face), "ICO", sizes=[(128, 128), (64, 64)], append_images=[face.resize((64, 64))])


@derivation
def as_the_thumbnail(picture: Image.Image) -> bytes:
    """What a camera keeps beside another picture."""
    thumbnail = picture.copy()
    thumbnail.thumbnail((160, 160))
    small = file(thumbnail, "JPEG", quality=85)
    # EXIF as TIFF, little-endian: IFD0 empty, then IFD1 with JPEGInterchangeFormat and ...Length
    entries = b"".join(
        tag.to_bytes(2, "little") + b"\4\0" + (1).to_bytes(4, "little") + value.to_bytes(4, "little")
        for tag, value in ((0x0201, 44), (0x0202, len(small)))
    )
    exif = b"II*\0\x08\0\0\0" + b"\0\0\x0e\0\0\0" + b"\2\0" + entries + b"\0\0\0\0" + small
    return file(_beside(picture), "JPEG", exif=b"Exif\0\0" + exif)


@derivation
def behind_another(picture: Image.Image) -> bytes:
    return file(_beside(picture), "JPEG") + file(picture, "JPEG")


@derivation
def behind_a_bitmap(picture: Image.Image) -> bytes:
    return file(_beside(picture), "BMP") + file(picture, "JPEG")


@derivation
def in_a_page(picture: Image.Image) -> bytes:
    code = base64.b64encode(file(picture, "JPEG")).decode()
    return f'<html><body><img src="data:image/jpeg;base64,{code}"></body></html>'.encode()


@derivation
def in_lines_of_base64(picture: Image.Image) -> bytes:
    """As mail carries it."""
    return b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(file(picture, "JPEG"))


@derivation
def in_escapes(picture: Image.Image) -> bytes:
    """As a script writes bytes."""
    return ('var p = "' + "".join(f"\\x{byte:02x}" for byte in file(picture, "JPEG")) + '";').encode()


@derivation
def in_chinese_characters(picture: Image.Image) -> bytes:
    """One of 256 for each byte."""
    return "".join(chr(0x4E00 + byte) for byte in file(picture, "JPEG")).encode()


# Whole no more


@derivation
def cut_off(picture: Image.Image) -> bytes:
    """The first half of the file."""
    whole = file(picture, "JPEG", quality=90)
    return whole[: len(whole) // 2]


# Disguised


@derivation
def negative(picture: Image.Image) -> bytes:
    return file(ImageOps.invert(picture))


@derivation
def blue(picture: Image.Image) -> bytes:
    return file(ImageOps.colorize(picture.convert("L"), "black", (60, 90, 255)))


@derivation
def in_one_channel(picture: Image.Image) -> bytes:
    """The green one; patterns in the others."""
    pattern = _beside(picture).convert("L")
    return file(Image.merge("RGB", (pattern, picture.convert("L"), ImageOps.invert(pattern))))


@derivation
def left_half(picture: Image.Image) -> bytes:
    return file(picture.crop((0, 0, picture.width // 2, picture.height)))
