"""The same face in other pixels: colour models, palettes, alpha, size, turn. What detectors lose is in residuals.py."""

import numpy as np
from evasion.case import Picture, encoded, evasion
from PIL import Image, ImageEnhance, ImageOps


@evasion("pix", "CMYK", "image/jpeg")
def cmyk(picture: Picture) -> bytes:
    return encoded(picture.image.convert("CMYK"), "JPEG")


@evasion("pix", "CMYK, TIFF", "image/tiff")
def cmyk_tiff(picture: Picture) -> bytes:
    return encoded(picture.image.convert("CMYK"), "TIFF")


@evasion("pix", "Lab, TIFF", "image/tiff")
def lab(picture: Picture) -> bytes:
    from PIL import ImageCms

    to_lab = ImageCms.buildTransform(ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB")
    image = ImageCms.applyTransform(picture.image, to_lab)
    assert image is not None
    return encoded(image, "TIFF")


@evasion("pix", "gray", "image/jpeg")
def gray(picture: Picture) -> bytes:
    return encoded(picture.image.convert("L"), "JPEG")


for colours in (4, 16, 64):

    @evasion("pix", f"{colours} colours", "image/gif")
    def palette(picture: Picture, colours: int = colours) -> bytes:
        return encoded(picture.image.quantize(colours), "GIF")


@evasion("pix", "web-safe colours", "image/png")
def websafe(picture: Picture) -> bytes:
    return encoded(picture.image.convert("P", palette=Image.Palette.WEB), "PNG")


@evasion("pix", "a palette transparent throughout", "image/png")
def transparent_palette(picture: Picture) -> bytes:
    return encoded(picture.image.quantize(255), "PNG", transparency=bytes(255))


def rgba(rgb: Image.Image, alpha: Image.Image) -> Image.Image:
    out = rgb.convert("RGBA")
    out.putalpha(alpha)
    return out


@evasion("pix", "only in alpha", "image/png")
def in_alpha(picture: Picture) -> bytes:
    return encoded(rgba(Image.new("RGB", picture.image.size), picture.image.convert("L")), "PNG")


@evasion("pix", "only in alpha, WebP", "image/webp")
def in_alpha_webp(picture: Picture) -> bytes:
    return encoded(
        rgba(Image.new("RGB", picture.image.size), picture.image.convert("L")), "WEBP", lossless=True, exact=True
    )


for alpha in (0, 1, 12):

    @evasion("pix", f"alpha {alpha} throughout", "image/png")
    def faint(picture: Picture, alpha: int = alpha) -> bytes:
        return encoded(rgba(picture.image, Image.new("L", picture.image.size, alpha)), "PNG")


@evasion("pix", "gray with alpha", "image/png")
def gray_alpha(picture: Picture) -> bytes:
    out = picture.image.convert("LA")
    out.putalpha(0)
    return encoded(out, "PNG")


@evasion("pix", "transparent, WebP", "image/webp")
def transparent_webp(picture: Picture) -> bytes:
    clear = rgba(picture.image, Image.new("L", picture.image.size, 0))
    return encoded(clear, "WEBP", lossless=True, exact=True)


for degrees in (90, 180, 270):

    @evasion("pix", f"turned by {degrees}", "image/jpeg")
    def turned(picture: Picture, degrees: int = degrees) -> bytes:
        return encoded(picture.image.rotate(degrees), "JPEG")


@evasion("pix", "mirrored", "image/jpeg")
def mirrored(picture: Picture) -> bytes:
    return encoded(ImageOps.mirror(picture.image), "JPEG")


@evasion("pix", "one channel", "image/png")
def one_channel(picture: Picture) -> bytes:
    blank = Image.new("L", picture.image.size)
    return encoded(Image.merge("RGB", (picture.image.convert("L"), blank, blank)), "PNG")


@evasion("pix", "channels exchanged", "image/jpeg")
def exchanged(picture: Picture) -> bytes:
    red, green, blue = picture.image.split()
    return encoded(Image.merge("RGB", (blue, green, red)), "JPEG")


for contrast in (0.5, 0.3):

    @evasion("pix", f"contrast {contrast}", "image/png")
    def pale(picture: Picture, contrast: float = contrast) -> bytes:
        return encoded(ImageEnhance.Contrast(picture.image).enhance(contrast), "PNG")


@evasion("pix", "dark", "image/png")
def dark(picture: Picture) -> bytes:
    return encoded(ImageEnhance.Brightness(picture.image).enhance(0.25), "PNG")


@evasion("pix", "16 bits with all in the lower byte", "image/png")
def lower_byte(picture: Picture) -> bytes:
    return encoded(Image.fromarray(np.asarray(picture.image.convert("L")).astype(np.uint16)), "PNG")


@evasion("pix", "16 bits with all in the lower byte, TIFF", "image/tiff")
def lower_byte_tiff(picture: Picture) -> bytes:
    return encoded(Image.fromarray(np.asarray(picture.image.convert("L")).astype(np.uint16)), "TIFF")


@evasion("pix", "32-bit floats, TIFF", "image/tiff", open=False)
def floats(picture: Picture) -> bytes:
    return encoded(Image.fromarray(np.asarray(picture.image.convert("L")).astype(np.float32) / 255), "TIFF")


@evasion("pix", "a face of 40 pixels on 2000", "image/jpeg")
def on_canvas(picture: Picture) -> bytes:
    canvas = Image.new("RGB", (2000, 2000), (120, 130, 110))
    canvas.paste(picture.small(200).image, (1490, 1310))
    return encoded(canvas, "JPEG", quality=80)


@evasion("pix", "a face of 40 pixels on 4000", "image/jpeg")
def on_large_canvas(picture: Picture) -> bytes:
    canvas = Image.new("RGB", (4000, 4000), (120, 130, 110))
    canvas.paste(picture.small(200).image, (3490, 310))
    return encoded(canvas, "JPEG", quality=80)


@evasion("pix", "squashed to a half", "image/jpeg")
def squashed(picture: Picture) -> bytes:
    width, height = picture.image.size
    return encoded(picture.image.resize((width, height // 2)), "JPEG")


@evasion("pix", "drawn out to double", "image/jpeg")
def drawn_out(picture: Picture) -> bytes:
    width, height = picture.image.size
    return encoded(picture.image.resize((width, height * 2)), "JPEG")


@evasion("pix", "1-bit dither", "image/png")
def dithered(picture: Picture) -> bytes:
    return encoded(picture.small(512).image.convert("1"), "PNG")


@evasion("pix", "at the edge of a strip", "image/png")
def strip(picture: Picture) -> bytes:
    canvas = Image.new("RGB", (300, 6000), (120, 130, 110))
    canvas.paste(picture.small(300).image, (0, 5700))
    return encoded(canvas, "PNG")
