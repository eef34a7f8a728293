"""Pictures that are larger than they look: declared, real, many frames, many scans."""

import io
import itertools
import struct
import zlib

from PIL import Image

from benchmarks.hostile.case import body, face

PNG = "image/png"


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int, height: int, rows: int) -> bytes:
    """Grey, 8 bits, of one colour; `rows` of it are there."""
    coder = zlib.compressobj(9)
    row = b"\x00" + b"\x80" * width
    data = b"".join([coder.compress(row) for _ in range(rows)] + [coder.flush()])
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


@body("pictures", "PNG, declared 50,000 x 50,000", "limit-pixels", kind=PNG)
def declared() -> bytes:
    return png(50_000, 50_000, 10)


@body("pictures", "PNG, 13,000 x 13,000", "limit-pixels", kind=PNG)
def real() -> bytes:
    return png(13_000, 13_000, 13_000)


@body("pictures", "PNG, 10,000 x 10,000, the most that is looked at", "clear", "limit-time", kind=PNG)
def most() -> bytes:
    return png(10_000, 10_000, 10_000)


@body("pictures", "JPEG, 10,000 x 10,000, the most that is looked at", "clear", "limit-time", kind="image/jpeg")
def most_of_jpeg() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (10_000, 10_000), "teal").save(out, "JPEG")
    return out.getvalue()


@body("pictures", "JPEG, declared 65,500 x 65,500", "limit-pixels", "undecodable", kind="image/jpeg")
def declared_jpeg() -> bytes:
    data = face()
    at = data.index(b"\xff\xc0") + 5
    return data[:at] + struct.pack(">HH", 65_500, 65_500) + data[at + 4 :]


@body("pictures", "JPEG, 20,000 scans", "undecodable", "limit-time", "faces", "limit-frames", kind="image/jpeg")
def scans() -> bytes:
    """Each is gone through for the whole picture."""
    out = io.BytesIO()
    Image.open(io.BytesIO(face())).resize((2_000, 2_000)).save(out, "JPEG", progressive=True, quality=30)
    data = out.getvalue()
    last = data.rindex(b"\xff\xda")
    empty = data[last : last + 10] + bytes(8)
    return data[:-2] + empty * 20_000 + data[-2:]


@body("pictures", "GIF, 3,000 frames", "limit-frames", kind="image/gif")
def frames() -> bytes:
    """The last shows a face."""
    grey = [Image.new("L", (8, 8), number % 251) for number in range(2_999)]
    out = io.BytesIO()
    first, *rest = (*grey, Image.open(io.BytesIO(face())).convert("L").resize((128, 128)))
    first.save(out, "GIF", save_all=True, append_images=rest)
    return out.getvalue()


@body("pictures", "GIF, 900 frames of 3,000 x 3,000", "clear", "limit-time", "limit-frames", "limit-decoded",
      "limit-pixels", kind="image/gif")  # fmt: skip
def wide_frames() -> bytes:
    out = io.BytesIO()
    shades = (Image.new("P", (3_000, 3_000), number % 251) for number in range(900))
    next(shades).save(out, "GIF", save_all=True, append_images=itertools.islice(shades, 899), optimize=False)
    return out.getvalue()


@body("pictures", "TIFF, pages in a circle", "undecodable", "limit-frames", "clear", kind="image/tiff")
def circle() -> bytes:
    out = io.BytesIO()
    Image.new("L", (8, 8)).save(out, "TIFF")
    data = bytearray(out.getvalue())
    (first,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, first)
    struct.pack_into("<I", data, first + 2 + 12 * count, first)
    return bytes(data)


@body("pictures", "PNG, text of 1 GB in a zTXt", "limit-decoded", "undecodable", kind=PNG)
def noted() -> bytes:
    coder = zlib.compressobj(9)
    text = b"".join([coder.compress(bytes(1 << 24)) for _ in range(64)] + [coder.flush()])
    plain = png(64, 64, 64)
    return plain[:33] + _chunk(b"zTXt", b"Comment\x00\x00" + text) + plain[33:]
