"""Every format of still pictures that anybody writes, and the later frames, pages and sizes of those that have some."""

import io
import struct
import zlib

import numpy as np
import pillow_heif
import pillow_jxl  # noqa: F401 - registers itself with Pillow
from evasion.case import Picture, encoded, evasion, innocent
from PIL import Image

pillow_heif.register_heif_opener()


def decoy(picture: Picture) -> Image.Image:
    return Image.linear_gradient("L").convert("RGB").resize(picture.image.size)


def frames(picture: Picture, kind: str, place: int, count: int = 3, **options: object) -> bytes:
    """The picture as frame `place` of `count`; each decoy differs, or writers merge them."""
    shown = [decoy(picture).rotate(90 * at) for at in range(count)]
    shown[place] = picture.image
    return encoded(shown[0], kind, save_all=True, append_images=shown[1:], **options)


PILLOW = {
    "PNG": ("PNG", {}),
    "PNG, level 0": ("PNG", {"compress_level": 0}),
    "JPEG, progressive": ("JPEG", {"progressive": True}),
    "JPEG, quality 20": ("JPEG", {"quality": 20}),
    "JPEG, 4:4:4": ("JPEG", {"subsampling": 0}),
    "JPEG, restart markers": ("JPEG", {"restart_marker_blocks": 4}),
    "GIF": ("GIF", {}),
    "WebP": ("WEBP", {"quality": 60}),
    "WebP, lossless": ("WEBP", {"lossless": True}),
    "AVIF": ("AVIF", {"speed": 10}),
    "HEIC": ("HEIF", {}),
    "JPEG XL": ("JXL", {}),
    "JPEG 2000": ("JPEG2000", {}),
    "JPEG 2000 codestream": ("JPEG2000", {"no_jp2": True}),
    "TIFF": ("TIFF", {}),
    "TIFF, LZW": ("TIFF", {"compression": "tiff_lzw"}),
    "TIFF, deflate": ("TIFF", {"compression": "tiff_adobe_deflate"}),
    "TIFF, JPEG": ("TIFF", {"compression": "jpeg"}),
    "TIFF, PackBits": ("TIFF", {"compression": "packbits"}),
    "BigTIFF": ("TIFF", {"big_tiff": True}),
    "BMP": ("BMP", {}),
    "ICNS": ("ICNS", {}),
    "PPM": ("PPM", {}),
    "TGA": ("TGA", {}),
    "TGA, RLE": ("TGA", {"compression": "tga_rle"}),
    "PCX": ("PCX", {}),
    "DDS": ("DDS", {}),
    "DDS, DXT1": ("DDS", {"pixel_format": "DXT1"}),
    "QOI": ("QOI", {}),
    "ICO": ("ICO", {}),
    "ICO of bitmaps": ("ICO", {"bitmap_format": "bmp"}),
    "SGI": ("SGI", {}),
    "EPS": ("EPS", {}),
    "BLP": ("BLP", {}),
    "DIB": ("DIB", {}),
}
REFUSED = ("SGI", "EPS", "BLP", "DIB")
for name, (kind, options) in PILLOW.items():

    @evasion("fmt", name, "application/octet-stream", open=name not in REFUSED)
    def plain(picture: Picture, kind: str = kind, options: dict[str, object] = options) -> bytes:
        image = picture.image.convert("P") if kind == "BLP" else picture.image
        return encoded(image, kind, **options)


MOVING = {
    "GIF": ("GIF", {}),
    "APNG": ("PNG", {}),
    "WebP": ("WEBP", {}),
    "TIFF": ("TIFF", {}),
    "AVIF": ("AVIF", {"speed": 10}),
    "HEIC": ("HEIF", {}),
    "MPO": ("MPO", {}),
}
for name, (kind, options) in MOVING.items():
    for place in (1, 2):

        @evasion("fmt", f"{name}, picture {place + 1}", "application/octet-stream")
        def later(
            picture: Picture, kind: str = kind, place: int = place, options: dict[str, object] = options
        ) -> bytes:
            return frames(picture, kind, place, **options)


@evasion("fmt", "APNG, the picture no player shows", "image/png")
def unshown(picture: Picture) -> bytes:
    shown = [decoy(picture), decoy(picture).rotate(90)]
    return encoded(picture.image, "PNG", save_all=True, append_images=shown, default_image=True)


@evasion("fmt", "GIF, pixel by pixel over frames", "image/gif", residual=True)
def in_stripes(picture: Picture) -> bytes:
    wide = picture.small(128).image
    shown = []
    for row in range(0, 128, 8):
        frame = Image.new("RGB", wide.size)
        frame.paste(wide.crop((0, row, 128, row + 8)), (0, row))
        shown.append(frame)
    return encoded(shown[0], "GIF", save_all=True, append_images=shown[1:], disposal=2)


@evasion("fmt", "GIF, added stripe by stripe", "image/gif")
def stripes(picture: Picture) -> bytes:
    wide = picture.small(128).image
    shown = [Image.new("RGB", wide.size)]
    for row in range(0, 128, 16):
        shown.append(shown[-1].copy())
        shown[-1].paste(wide.crop((0, row, 128, row + 16)), (0, row))
    return encoded(shown[0], "GIF", save_all=True, append_images=shown[1:])


@evasion("fmt", "ICO, the second size", "image/x-icon")
def second_icon(picture: Picture) -> bytes:
    faces = [innocent("PNG", 32), picture.small(128).png]
    head, at = struct.pack("<HHH", 0, 1, 2), 6 + 16 * 2
    for side, png in zip((32, 128), faces, strict=True):
        head += struct.pack("<BBBBHHII", side, side, 0, 0, 1, 32, len(png), at)
        at += len(png)
    return head + b"".join(faces)


@evasion("fmt", "CUR", "image/x-icon")
def cursor(picture: Picture) -> bytes:
    icon = picture.small(128).encoded("ICO", sizes=[(128, 128)])
    return icon[:2] + b"\2" + icon[3:]


def planes(picture: Picture) -> bytes:
    return np.asarray(picture.image).transpose(2, 0, 1).tobytes()


@evasion("fmt", "PSD", "image/vnd.adobe.photoshop")
def psd(picture: Picture) -> bytes:
    width, height = picture.image.size
    head = b"8BPS" + struct.pack(">H6xHIIHH", 1, 3, height, width, 8, 3)
    return head + bytes(12) + b"\0\0" + planes(picture)


@evasion("fmt", "PSB", "image/vnd.adobe.photoshop", open=False)
def psb(picture: Picture) -> bytes:
    width, height = picture.image.size
    head = b"8BPS" + struct.pack(">H6xHIIHH", 2, 3, height, width, 8, 3)
    return head + bytes(16) + b"\0\0" + planes(picture)


@evasion("fmt", "PGM", "image/x-portable-graymap")
def pgm(picture: Picture) -> bytes:
    return encoded(picture.image.convert("L"), "PPM")


@evasion("fmt", "PPM in digits", "image/x-portable-pixmap")
def ascii_ppm(picture: Picture) -> bytes:
    image = picture.small(160).image
    return b"P3\n160 160\n255\n" + "\n".join(map(str, image.tobytes())).encode() + b"\n"


@evasion("fmt", "PAM", "image/x-portable-arbitrarymap", open=False)
def pam(picture: Picture) -> bytes:
    width, height = picture.image.size
    head = f"P7\nWIDTH {width}\nHEIGHT {height}\nDEPTH 3\nMAXVAL 255\nTUPLTYPE RGB\nENDHDR\n"
    return head.encode() + picture.image.tobytes()


@evasion("fmt", "PFM", "image/x-portable-floatmap", open=False)
def pfm(picture: Picture) -> bytes:
    gray = np.asarray(picture.image.convert("L"), np.float32)[::-1] / 255
    return f"Pf\n{gray.shape[1]} {gray.shape[0]}\n-1.0\n".encode() + gray.astype("<f4").tobytes()


@evasion("fmt", "farbfeld", "image/x-farbfeld", open=False)
def farbfeld(picture: Picture) -> bytes:
    rgba = np.asarray(picture.image.convert("RGBA")).astype(">u2") * 257
    return b"farbfeld" + struct.pack(">II", *picture.image.size) + rgba.astype(">u2").tobytes()


@evasion("fmt", "Radiance HDR", "image/vnd.radiance", open=False)
def hdr(picture: Picture) -> bytes:
    width, height = picture.image.size
    rgb = np.asarray(picture.image)
    rgbe = np.dstack([rgb, np.full(rgb.shape[:2], 128, np.uint8)])
    return b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y %d +X %d\n" % (height, width) + rgbe.tobytes()


@evasion("fmt", "FITS", "image/fits", open=False)
def fits(picture: Picture) -> bytes:
    width, height = picture.image.size
    cards = ["SIMPLE  =                    T", "BITPIX  =                    8", "NAXIS   =                    2"]
    cards += [f"NAXIS1  = {width:20}", f"NAXIS2  = {height:20}", "END"]
    head = "".join(card.ljust(80) for card in cards).ljust(2880).encode()
    return head + picture.image.convert("L").tobytes()


@evasion("fmt", "DICOM, raw", "application/dicom", open=False)
def dicom(picture: Picture) -> bytes:
    gray = picture.image.convert("L")
    return bytes(128) + b"DICM" + b"\xe0\x7f\x10\0OW\0\0" + struct.pack("<I", gray.width * gray.height) + gray.tobytes()


@evasion("fmt", "XBM of a dithered face", "image/x-xbitmap")
def xbm(picture: Picture) -> bytes:
    return encoded(picture.small(512).image.convert("1"), "XBM")


@evasion("fmt", "XPM", "image/x-xpixmap")
def xpm(picture: Picture) -> bytes:
    image = picture.small(128).image.quantize(64)
    signs = "".join(chr(at) for at in range(36, 126) if chr(at) not in '"\\')
    palette = image.getpalette() or []
    colours = [f'"{signs[at]} c #{bytes(palette[3 * at : 3 * at + 3]).hex()}",' for at in range(len(palette) // 3)]
    rows = np.asarray(image)
    body = [f'"{"".join(signs[value] for value in row)}",' for row in rows]
    head = f'/* XPM */\nstatic char *p[] = {{\n"128 128 {len(colours)} 1",\n'
    return (head + "\n".join(colours + body) + "\n};\n").encode()


@evasion("fmt", "raw RGB", open=False)
def raw(picture: Picture) -> bytes:
    return picture.image.tobytes()


@evasion("fmt", "raw planes", open=False)
def raw_planes(picture: Picture) -> bytes:
    return planes(picture)


@evasion("fmt", "raw gray in text's range", "text/plain", residual=True, open=False)
def raw_text(picture: Picture) -> bytes:
    """64 levels as printable characters."""
    return bytes(32 + (value >> 2) for value in picture.image.convert("L").tobytes())


@evasion("fmt", "ASCII art", "text/plain", residual=True, open=False)
def ascii_art(picture: Picture) -> bytes:
    gray = np.asarray(picture.small(160).image.convert("L")).astype(int)
    ramp = " .:-=+*#%@"
    return "\n".join("".join(ramp[value * 9 // 255] for value in row) for row in gray[::2]).encode()


@evasion("fmt", "PNG, 16 bits, dark", "image/png")
def deep(picture: Picture) -> bytes:
    gray = np.asarray(picture.image.convert("L")).astype(np.uint16)
    return encoded(Image.fromarray(gray), "PNG")


@evasion("fmt", "PNG of Apple's", "image/png", open=False)
def apple(picture: Picture) -> bytes:
    png = picture.png
    packed = zlib.decompress(b"".join(idat(png)))
    bare = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = bare.compress(packed) + bare.flush()
    out = io.BytesIO()
    out.write(png[:8] + chunk(b"CgBI", b"\x50\0\x20\x02") + png[8:33] + chunk(b"IDAT", data) + chunk(b"IEND", b""))
    return out.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def idat(png: bytes) -> list[bytes]:
    found, at = [], 8
    while at < len(png):
        size = int.from_bytes(png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            found.append(png[at + 8 : at + 8 + size])
        at += 12 + size
    return found
