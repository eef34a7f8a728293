"""A picture where another picture's file has room: thumbnails, profiles, text, private segments and slack."""

import base64
import io
import struct
import zlib

import numpy as np
import pillow_heif
from evasion.case import Picture, encoded, evasion, innocent
from evasion.formats import chunk, idat
from PIL import Image, PngImagePlugin


def segment(marker: int, data: bytes) -> bytes:
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(data) + 2) + data


def with_segments(*segments: bytes) -> bytes:
    return innocent()[:2] + b"".join(segments) + innocent()[2:]


def split(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


def tiff(jpeg: bytes, ifd: int = 1) -> bytes:
    """EXIF with `jpeg` as the thumbnail of its second directory, or of the first."""
    entries = struct.pack("<HHIIHHII", 0x0201, 4, 1, 0, 0x0202, 4, 1, len(jpeg))
    if ifd == 0:
        body = b"II*\0\x08\0\0\0" + struct.pack("<H", 2) + entries + bytes(4)
    else:
        body = b"II*\0\x08\0\0\0" + struct.pack("<HI", 0, 14) + struct.pack("<H", 2) + entries + bytes(4)
    at = len(body)
    return body.replace(entries, struct.pack("<HHIIHHII", 0x0201, 4, 1, at, 0x0202, 4, 1, len(jpeg))) + jpeg


@evasion("meta", "EXIF thumbnail", "image/jpeg")
def thumbnail(picture: Picture) -> bytes:
    return with_segments(segment(0xE1, b"Exif\0\0" + tiff(picture.small(160).jpeg)))


@evasion("meta", "EXIF thumbnail, uncompressed", "image/jpeg")
def raw_thumbnail(picture: Picture) -> bytes:
    """TIFF 6.0 fields in the second directory: 96x96 RGB in one strip."""
    rgb = picture.small(96).image.tobytes()
    fields = [(256, 4, 1, 96), (257, 4, 1, 96), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 2), (273, 4, 1, 0)]
    fields += [(277, 3, 1, 3), (278, 4, 1, 96), (279, 4, 1, len(rgb))]
    at = 14 + 2 + 12 * len(fields) + 4
    entries = b"".join(struct.pack("<HHII", tag, kind, n, at if tag == 273 else v) for tag, kind, n, v in fields)
    body = b"II*\0\x08\0\0\0" + struct.pack("<HI", 0, 14) + struct.pack("<H", len(fields)) + entries + bytes(4)
    return with_segments(segment(0xE1, b"Exif\0\0" + body + rgb))


for turn in range(2, 9):

    @evasion("meta", f"EXIF orientation {turn}", "image/jpeg")
    def turned(picture: Picture, turn: int = turn) -> bytes:
        exif = Image.Exif()
        exif[0x0112] = turn
        undo = {2: 0, 3: 180, 4: 180, 5: 90, 6: 90, 7: 270, 8: 270}[turn]
        return encoded(picture.image.rotate(undo), "JPEG", exif=exif)


@evasion("meta", "XMP, base64", "image/jpeg")
def xmp(picture: Picture) -> bytes:
    text = base64.b64encode(picture.small(160).jpeg)
    body = b"<x:xmpmeta><xmpGImg:image>" + text + b"</xmpGImg:image></x:xmpmeta>"
    return with_segments(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + body))


@evasion("meta", "XMP, base64 with line ends as entities", "image/jpeg")
def xmp_entities(picture: Picture) -> bytes:
    text = b"&#xA;".join(split(base64.b64encode(picture.small(160).jpeg), 76))
    return with_segments(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<xmpGImg:image>" + text + b"</xmpGImg:image>"))


@evasion("meta", "extended XMP over segments", "image/jpeg")
def extended_xmp(picture: Picture) -> bytes:
    text = b"<a>" + base64.b64encode(picture.jpeg) + b"</a>"
    head = b"http://ns.adobe.com/xmp/extension/\0" + b"0" * 32
    pieces = [head + struct.pack(">II", len(text), at * 8000) + piece for at, piece in enumerate(split(text, 8000))]
    return with_segments(*(segment(0xE1, piece) for piece in pieces))


@evasion("meta", "profile over segments", "image/jpeg")
def profile(picture: Picture) -> bytes:
    pieces = split(bytes(128) + picture.jpeg, 9000)
    heads = [b"ICC_PROFILE\0" + bytes([at + 1, len(pieces)]) for at in range(len(pieces))]
    return with_segments(*(segment(0xE2, head + piece) for head, piece in zip(heads, pieces, strict=True)))


for name, marker in {"comments": 0xFE, "APP9": 0xE9, "APP13": 0xED, "JPG7": 0xF7, "DNL": 0xDC}.items():
    for size in (60_000, 5_000, 900):

        @evasion("meta", f"{name} of {size} bytes", "image/jpeg", open=name != "JPG7")
        def segments(picture: Picture, marker: int = marker, size: int = size) -> bytes:
            return with_segments(*(segment(marker, piece) for piece in split(picture.jpeg, size)))


@evasion("meta", "comments, base64", "image/jpeg", open=False)
def base64_comments(picture: Picture) -> bytes:
    return with_segments(*(segment(0xFE, piece) for piece in split(base64.b64encode(picture.jpeg), 5000)))


@evasion("meta", "JFXX thumbnail", "image/jpeg")
def jfxx(picture: Picture) -> bytes:
    return with_segments(segment(0xE0, b"JFXX\0\x10" + picture.small(160).jpeg))


@evasion("meta", "JFIF thumbnail, uncompressed", "image/jpeg")
def jfif(picture: Picture) -> bytes:
    rgb = picture.small(140).image.tobytes()
    return b"\xff\xd8" + segment(0xE0, b"JFIF\0\1\2\0\0\1\0\1\x8c\x8c" + rgb) + innocent()[20:]


@evasion("meta", "JFXX thumbnail, a palette's", "image/jpeg")
def jfxx_palette(picture: Picture) -> bytes:
    small = picture.small(120).image.quantize(256)
    palette = bytes(small.getpalette() or []).ljust(768, b"\0")
    return with_segments(segment(0xE0, b"JFXX\0\x11\x78\x78" + palette + small.tobytes()))


@evasion("meta", "a segment behind the scan", "image/jpeg")
def behind_scan(picture: Picture) -> bytes:
    return innocent()[:-2] + segment(0xE9, picture.jpeg) + innocent()[-2:]


@evasion("meta", "junk after the scan, before the end", "image/jpeg", open=False)
def in_entropy(picture: Picture) -> bytes:
    return innocent()[:-2] + picture.jpeg.replace(b"\xff", b"\xff\0") + innocent()[-2:]


@evasion("meta", "gain map behind", "image/jpeg")
def gain_map(picture: Picture) -> bytes:
    xmp = b'http://ns.adobe.com/xap/1.0/\0<rdf:Description hdrgm:Version="1.0" Item:Semantic="GainMap"/>'
    return with_segments(segment(0xE1, xmp)) + encoded(picture.image.convert("L"), "JPEG")


@evasion("meta", "Photoshop resource 1036", "image/jpeg")
def resource(picture: Picture) -> bytes:
    jpeg = picture.small(160).jpeg
    thumb = struct.pack(">IIIIIIHH", 1, 160, 160, 480, 76800, len(jpeg), 24, 1) + jpeg
    body = b"8BIM" + struct.pack(">H", 1036) + b"\0\0" + struct.pack(">I", len(thumb)) + thumb
    return with_segments(segment(0xED, b"Photoshop 3.0\0" + body + bytes(len(body) % 2)))


def text_png(picture: Picture, text: bytes, *, packed: bool = False, international: bool = False) -> bytes:
    info = PngImagePlugin.PngInfo()
    (info.add_itxt if international else info.add_text)("Comment", text.decode("latin-1"), zip=packed)
    return encoded(Image.new("RGB", (96, 96), (30, 120, 200)), "PNG", pnginfo=info)


for name, options in {
    "tEXt": {},
    "zTXt": {"packed": True},
    "iTXt": {"international": True},
    "iTXt, packed": {"international": True, "packed": True},
}.items():

    @evasion("meta", f"PNG {name}, base64", "image/png")
    def text(picture: Picture, options: dict[str, bool] = options) -> bytes:
        return text_png(picture, base64.b64encode(picture.jpeg), **options)

    @evasion("meta", f"PNG {name}, hex in lines", "image/png")
    def raw_profile(picture: Picture, options: dict[str, bool] = options) -> bytes:
        """As ImageMagick writes raw profiles."""
        return text_png(picture, b"\nexif\n   9\n" + b"\n".join(split(picture.jpeg.hex().encode(), 72)), **options)


@evasion("meta", "PNG tEXt, raw", "image/png")
def raw_text(picture: Picture) -> bytes:
    return before_idat(chunk(b"tEXt", b"Comment\0" + picture.jpeg))


@evasion("meta", "PNG zTXt, raw", "image/png")
def raw_ztext(picture: Picture) -> bytes:
    return before_idat(chunk(b"zTXt", b"Comment\0\0" + zlib.compress(picture.jpeg)))


def before_idat(extra: bytes) -> bytes:
    png = innocent("PNG")
    return png[:33] + extra + png[33:]


PACKED = (("prVt", "packed"), ("IDOT", "packed"))  # nobody says that they are
for name in ("eXIf", "prVt", "iCCP", "vpAg", "sPLT", "caBX", "fdAT", "tIME", "IDOT"):
    for how, pack in {"raw": bytes, "packed": zlib.compress}.items():

        @evasion("meta", f"PNG {name}, {how}", "image/png", open=name != "fdAT" and (name, how) not in PACKED)
        def private(picture: Picture, name: str = name, pack: type[bytes] = pack) -> bytes:
            head = b"x\0\0" if name == "iCCP" else b""
            return before_idat(chunk(name.encode(), head + pack(picture.jpeg)))


@evasion("meta", "PNG private chunks of a kilobyte", "image/png")
def private_pieces(picture: Picture) -> bytes:
    return before_idat(b"".join(chunk(b"prVt", piece) for piece in split(picture.jpeg, 1000)))


@evasion("meta", "PNG eXIf chunks of a kilobyte", "image/png")
def exif_pieces(picture: Picture) -> bytes:
    return before_idat(b"".join(chunk(b"eXIf", piece) for piece in split(picture.jpeg, 1000)))


# the first of the pieces begins as a picture, and breaks off
@evasion("meta", "PNG tEXt chunks of a kilobyte, base64", "image/png", open=False)
def text_pieces(picture: Picture) -> bytes:
    pieces = split(base64.b64encode(picture.jpeg), 1000)
    return before_idat(b"".join(chunk(b"tEXt", b"Comment\0" + piece) for piece in pieces))


@evasion("meta", "PNG private chunk, flipped bits", "image/png", open=False)
def private_flipped(picture: Picture) -> bytes:
    return before_idat(chunk(b"prVt", bytes(byte ^ 255 for byte in picture.jpeg)))


@evasion("meta", "PNG, behind the last row", "image/png")
def behind_rows(picture: Picture) -> bytes:
    png = innocent("PNG")
    rows = zlib.decompress(b"".join(idat(png)))
    return png[:33] + chunk(b"IDAT", zlib.compress(rows + picture.jpeg)) + chunk(b"IEND", b"")


@evasion("meta", "PNG, the picture's own rows behind the last row", "image/png", open=False)
def rows_behind_rows(picture: Picture) -> bytes:
    """Whoever raises the height in the head sees them."""
    width, height = picture.image.size
    flat = Image.new("RGB", (width, 16), (30, 120, 200))
    tall = Image.new("RGB", (width, 16 + height))
    tall.paste(flat, (0, 0))
    tall.paste(picture.image, (0, 16))
    png = encoded(tall, "PNG")
    head = png[16:20] + struct.pack(">I", 16) + png[24:29]
    return png[:8] + chunk(b"IHDR", head) + png[33:]


@evasion("meta", "PNG, behind the compressed stream", "image/png")
def behind_stream(picture: Picture) -> bytes:
    png = innocent("PNG")
    return png[:33] + chunk(b"IDAT", b"".join(idat(png)) + picture.jpeg) + chunk(b"IEND", b"")


@evasion("meta", "PNG, IDAT after another chunk", "image/png")
def late_idat(picture: Picture) -> bytes:
    png = innocent("PNG")
    return png[:-12] + chunk(b"prVt", b"") + chunk(b"IDAT", picture.jpeg) + png[-12:]


@evasion("meta", "PNG, in IEND", "image/png")
def in_end(picture: Picture) -> bytes:
    return innocent("PNG")[:-12] + chunk(b"IEND", picture.jpeg)


@evasion("meta", "JPEG, the picture's own rows behind the last row", "image/jpeg", open=False)
def jpeg_rows(picture: Picture) -> bytes:
    width, height = picture.image.size
    tall = Image.new("RGB", (width, 16 + height), (30, 120, 200))
    tall.paste(picture.image, (0, 16))
    jpeg = encoded(tall, "JPEG", quality=85, subsampling=0)
    at = jpeg.index(b"\xff\xc0") + 5
    return jpeg[:at] + struct.pack(">H", 16) + jpeg[at + 2 :]


@evasion("meta", "BMP, the picture's own rows behind the last row", "image/bmp", open=False)
def bmp_rows(picture: Picture) -> bytes:
    width, height = picture.image.size
    tall = Image.new("RGB", (width, 16 + height), (30, 120, 200))
    tall.paste(picture.image, (0, 0))
    bmp = encoded(tall, "BMP")
    return bmp[:22] + struct.pack("<I", 16) + bmp[26:]


def blocks(data: bytes) -> bytes:
    return b"".join(bytes([len(piece)]) + piece for piece in split(data, 255)) + b"\0"


for name, label in {
    "comment": b"\xfe",
    "application": b"\xff\x0bNETSCAPE2.0",
    "plain text": b"\x01",
    "unknown": b"\x22",
}.items():

    @evasion("meta", f"GIF {name} extension", "image/gif")
    def extension(picture: Picture, label: bytes = label) -> bytes:
        return innocent("GIF")[:-1] + b"\x21" + label + blocks(picture.jpeg) + b"\x3b"


@evasion("meta", "GIF, behind the last row", "image/gif", open=False)
def gif_rows(picture: Picture) -> bytes:
    gif = innocent("GIF")
    assert gif.endswith(b"\0\x3b")
    return gif[:-2] + blocks(picture.jpeg) + b"\x3b"


@evasion("meta", "GIF, a second picture of no size", "image/gif", open=False)
def gif_nothing(picture: Picture) -> bytes:
    head = b"\x2c\0\0\0\0\1\0\1\0\0\x08"
    return innocent("GIF")[:-1] + head + blocks(picture.jpeg) + b"\x3b"


def riff(name: bytes, data: bytes) -> bytes:
    webp = innocent("WEBP")[8:] + name + struct.pack("<I", len(data)) + data + bytes(len(data) % 2)
    return b"RIFF" + struct.pack("<I", len(webp)) + webp


for name in (b"EXIF", b"XMP ", b"ICCP", b"prVt", b"ALPH", b"VP8 "):
    # a second picture in the file: readers show one or the other
    @evasion("meta", f"WebP {name.decode().strip()}", "image/webp", open=name != b"VP8 ")
    def webp_chunk(picture: Picture, name: bytes = name) -> bytes:
        return riff(name, picture.jpeg)


@evasion("meta", "TIFF private tag", "image/tiff")
def private_tag(picture: Picture) -> bytes:
    from PIL import TiffImagePlugin

    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags.tagtype[65000] = 7
    tags[65000] = picture.jpeg
    return encoded(Image.new("RGB", (96, 96), (30, 120, 200)), "TIFF", tiffinfo=tags)


@evasion("meta", "TIFF, bytes nothing points to", "image/tiff", open=False)
def unreferenced(picture: Picture) -> bytes:
    data = innocent("TIFF")
    return data + bytes(40) + picture.jpeg


@evasion("meta", "TIFF, sub-directory of raw rows", "image/tiff")
def sub_ifd(picture: Picture) -> bytes:
    """As DNG has its full picture: tag 330 of the first directory leads to another."""
    rgb = picture.image.tobytes()
    width, height = picture.image.size

    def directory(at: int, fields: list[tuple[int, int, int, int]]) -> bytes:
        return struct.pack("<H", len(fields)) + b"".join(struct.pack("<HHII", *field) for field in fields) + bytes(4)

    def fields(w: int, h: int, strip: int, bits: int) -> list[tuple[int, int, int, int]]:
        return [(256, 4, 1, w), (257, 4, 1, h), (258, 3, 3, bits), (259, 3, 1, 1), (262, 3, 1, 2), (273, 4, 1, strip),
                (277, 3, 1, 3), (278, 4, 1, h), (279, 4, 1, w * h * 3)]  # fmt: skip

    small = bytes([30, 120, 200]) * 32 * 32
    bits, first, at = 8, 14, 14 + 2 + 12 * 10 + 4
    second = at
    at += 2 + 12 * 9 + 4
    main = [*fields(32, 32, at, bits), (330, 4, 1, second)]
    data = b"II*\0" + struct.pack("<I", first) + struct.pack("<HHH", 8, 8, 8)
    data += directory(first, main) + directory(second, fields(width, height, at + len(small), bits))
    return data + small + rgb


@evasion("meta", "BMP, between head and pixels", "image/bmp", open=False)
def bmp_gap(picture: Picture) -> bytes:
    bmp = innocent("BMP")
    start = struct.pack("<I", 54 + len(picture.jpeg))
    return bmp[:10] + start + bmp[14:54] + picture.jpeg + bmp[54:]


@evasion("meta", "ICO, an entry no directory has", "image/x-icon")
def hidden_entry(picture: Picture) -> bytes:
    png = innocent("PNG", 32)
    return struct.pack("<HHHBBBBHHII", 0, 1, 1, 32, 32, 0, 0, 1, 32, len(png), 22) + png + picture.small(128).png


@evasion("meta", "ICNS, a type nobody knows", "image/icns")
def icns_type(picture: Picture) -> bytes:
    icns = innocent("ICNS", 128)
    body = icns[8:] + b"zzzz" + struct.pack(">I", 8 + len(picture.jpeg)) + picture.jpeg
    return b"icns" + struct.pack(">I", 8 + len(body)) + body


@evasion("meta", "PSD thumbnail", "image/vnd.adobe.photoshop")
def psd_thumbnail(picture: Picture) -> bytes:
    jpeg = picture.small(160).jpeg
    thumb = struct.pack(">IIIIIIHH", 1, 160, 160, 480, 76800, len(jpeg), 24, 1) + jpeg
    block = b"8BIM" + struct.pack(">H", 1036) + b"\0\0" + struct.pack(">I", len(thumb)) + thumb + bytes(len(thumb) % 2)
    head = b"8BPS" + struct.pack(">H6xHIIHH", 1, 3, 32, 32, 8, 3) + bytes(4)
    return head + struct.pack(">I", len(block)) + block + bytes(4) + b"\0\0" + bytes(3 * 32 * 32)


@evasion("meta", "PSD thumbnail, raw", "image/vnd.adobe.photoshop", open=False)
def psd_raw(picture: Picture) -> bytes:
    """The rows behind those of the size that the head says."""
    head = b"8BPS" + struct.pack(">H6xHIIHH", 1, 3, 32, 32, 8, 3) + bytes(12) + b"\0\0"
    return head + bytes(3 * 32 * 32) + picture.image.tobytes()


@evasion("meta", "HEIC thumbnail", "image/heic")
def heic_thumbnail(picture: Picture) -> bytes:
    """The main picture is plain; its thumbnail is an item beside it."""
    file = pillow_heif.from_pillow(Image.new("RGB", picture.image.size, (30, 120, 200)))
    file.add_from_pillow(picture.image)
    out = io.BytesIO()
    file.save(out, primary_index=0, thumbnails=[])
    return out.getvalue()


@evasion("meta", "HEIC EXIF", "image/heic")
def heic_exif(picture: Picture) -> bytes:
    flat = Image.new("RGB", (96, 96), (30, 120, 200))
    return encoded(flat, "HEIF", exif=b"Exif\0\0" + tiff(picture.small(160).jpeg))


@evasion("meta", "AVIF, a free box", "image/avif")
def avif_box(picture: Picture) -> bytes:
    return innocent("AVIF") + struct.pack(">I", 8 + len(picture.jpeg)) + b"free" + picture.jpeg


@evasion("meta", "JPEG XL, a box", "image/jxl")
def jxl_box(picture: Picture) -> bytes:
    """The codestream inside a container, and another box behind it."""
    stream = innocent("JXL")
    if stream[:2] == b"\xff\x0a":
        signature = b"\0\0\0\x0cJXL \r\n\x87\n\0\0\0\x14ftypjxl \0\0\0\0jxl "
        stream = signature + struct.pack(">I", 8 + len(stream)) + b"jxlc" + stream
    return stream + struct.pack(">I", 8 + len(picture.jpeg)) + b"jumb" + picture.jpeg


@evasion("meta", "JPEG 2000, a uuid box", "image/jp2")
def jp2_box(picture: Picture) -> bytes:
    return innocent("JPEG2000") + struct.pack(">I", 24 + len(picture.jpeg)) + b"uuid" + bytes(16) + picture.jpeg


@evasion("meta", "PPM, in a comment", "image/x-portable-pixmap")
def ppm_comment(picture: Picture) -> bytes:
    return b"P6\n# " + base64.b64encode(picture.jpeg) + b"\n32 32\n255\n" + bytes(3 * 32 * 32)


@evasion("meta", "TGA, in the id field and behind", "image/x-tga")
def tga_id(picture: Picture) -> bytes:
    return innocent("TGA") + picture.jpeg + bytes(8) + b"TRUEVISION-XFILE.\0"


@evasion("meta", "least bits of another picture", "image/png", residual=True, open=False)
def least_bits(picture: Picture) -> bytes:
    bits = np.unpackbits(np.frombuffer(picture.small(128).jpeg, np.uint8))
    cover = np.asarray(Image.linear_gradient("L").convert("RGB")).copy()
    flat = cover.reshape(-1)
    flat[: len(bits)] = flat[: len(bits)] & 254 | bits[: len(flat)]
    return encoded(Image.fromarray(cover), "PNG")
