"""Every format that Pillow opens, the ones that it only reads written by hand: none may be taken for anything else."""

import io
import struct
import subprocess
import sys
import warnings
from collections.abc import Callable

import pillow_heif
import pillow_jxl  # noqa: F401 - registers itself
import pytest
import skimage.data
from facegate_addons.domain.model import Clear, Verdict
from facegate_addons.inspection import sniff
from facegate_addons.inspection.stills import readers
from PIL import Image

pillow_heif.register_heif_opener()
Image.init()
FACE = Image.fromarray(skimage.data.astronaut()).crop((100, 0, 400, 300))
GRAY = FACE.convert("L")
PRINTABLE = GRAY.point([32 + level * 94 // 255 for level in range(256)]).tobytes()
Look = Callable[..., Verdict]
# formats without pixels that Pillow could read, ones that need a whole OLE file, and video
NO_PICTURES = ("BUFR", "GRIB", "HDF5", "FPX", "MIC", "MPEG")


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        image.save(out, kind, **options)
    return out.getvalue()


def words(count: int, **at: int) -> bytes:
    numbers = [0] * count
    for place, value in at.items():
        numbers[int(place[1:])] = value
    return struct.pack(f">{count}i", *numbers)


def psd() -> bytes:
    head = b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", 3, 300, 300, 8, 3) + bytes(14)
    return head + b"".join(channel.tobytes() for channel in FACE.split())


def fli() -> bytes:
    head = struct.pack("<IHHHHHHI", 128 + 16 + 6 + 90_006, 0xAF12, 1, 300, 300, 8, 0, 70)
    frame = struct.pack("<IHH", 16 + 6 + 90_000, 0xF1FA, 1) + bytes(8) + struct.pack("<IH", 90_006, 16)
    return head + bytes(128 - len(head)) + frame + GRAY.tobytes()


def fits() -> bytes:
    cards = [b"SIMPLE  = T", b"BITPIX  = 8", b"NAXIS   = 2", b"NAXIS1  = 300", b"NAXIS2  = 300", b"END"]
    return b"".join(card.ljust(80) for card in cards).ljust(2880) + PRINTABLE


def iptc() -> bytes:
    fields = (((3, 60), b"\1\0"), ((3, 20), b"\1\x2c"), ((3, 30), b"\1\x2c"), ((3, 120), b"\0\1"))
    head = b"".join(bytes([0x1C, *tag]) + struct.pack(">H", len(value)) + value for tag, value in fields)
    return head + b"\x1c\x08\x0a" + struct.pack(">H", 30_000) + GRAY.tobytes()


def xpm() -> bytes:
    colours = "".join(f'"{chr(65 + i)} c #{i * 17:02x}{i * 17:02x}{i * 17:02x}",\n' for i in range(16))
    rows = ",\n".join(
        f'"{"".join(chr(65 + v // 16) for v in GRAY.crop((0, y, 300, y + 1)).tobytes())}"' for y in range(300)
    )
    return f'/* XPM */\nstatic char *a[] = {{\n"300 300 16 1",\n{colours}{rows}\n}};\n'.encode()


def dxt() -> bytes:
    """As IW2 stores textures, uncompressed."""
    head = b"FTEX" + struct.pack("<8i", 0, 300, 300, 1, 1, 1, 36, 0)
    return head + struct.pack("<i", len(FACE.tobytes())) + FACE.tobytes()


PIXAR = bytearray(b"\x80\xe8\0\0" + bytes(1020))
struct.pack_into("<HH", PIXAR, 416, 300, 300)
struct.pack_into("<HH", PIXAR, 424, 14, 2)
SAMPLES: dict[str, Callable[[], bytes]] = {
    "CUR": lambda: (lambda ico: ico[:2] + b"\2" + ico[3:])(saved(FACE, "ICO", bitmap_format="bmp")),
    "DCX": lambda: struct.pack("<III", 0x3ADE68B1, 12, 0) + saved(FACE, "PCX"),
    "FITS": fits,
    "FLI": fli,
    "FTEX": dxt,
    "GBR": lambda: struct.pack(">5I", 21, 1, 300, 300, 1) + b"a" + GRAY.tobytes(),
    "IM": lambda: saved(GRAY, "IM"),
    "IMT": lambda: b"width 300\nheight 300\npixel n8\n\x0c" + PRINTABLE,
    "IPTC": iptc,
    "MCIDAS": lambda: words(64, w1=4, w8=300, w9=300, w10=1, w13=1, w33=256) + GRAY.tobytes(),
    "MSP": lambda: saved(FACE.convert("1"), "MSP"),
    "PCD": lambda: b"x " * 1024 + b"PCD_" + bytes(1535) + bytes(96 * 2048),
    "PIXAR": lambda: bytes(PIXAR) + FACE.tobytes(),
    "PSD": psd,
    "SPIDER": lambda: saved(GRAY.convert("F"), "SPIDER"),
    "SUN": lambda: struct.pack(">8I", 0x59A66A95, 300, 300, 8, 0, 1, 0, 0) + GRAY.tobytes(),
    "WMF": lambda: (
        b"\xd7\xcd\xc6\x9a\0\0" + struct.pack("<4hHI", 0, 0, 300, 300, 72, 0) + b"\0\0\1\0\x09\0" + bytes(99)
    ),
    "XBM": lambda: saved(FACE.convert("1"), "XBM"),
    "XPM": xpm,
    "XVTHUMB": lambda: b"P7 332\n#END_OF_COMMENTS\n80 60 255\n" + PRINTABLE[:4800],
    "BLP": lambda: saved(FACE.quantize(64), "BLP"),
    "HEIF": lambda: saved(FACE, "HEIF"),
}


def sample(name: str) -> bytes:
    return SAMPLES[name]() if name in SAMPLES else saved(FACE, name)


@pytest.mark.parametrize("name", [name for name in Image.OPEN if name not in NO_PICTURES])
def test_what_pillow_opens_is_known_by_name(name: str) -> None:
    body = sample(name)
    if name != "WMF":  # drawn by Windows alone
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            Image.open(io.BytesIO(body), formats=[name])
    assert sniff.sniff(body)


# a face in one bit a pixel is none to the detector at this size: these are decoded, and clear
@pytest.mark.parametrize("name", [name for name in Image.OPEN if name not in (*NO_PICTURES, "XBM")])
def test_what_pillow_opens_never_passes_unseen(name: str, look: Look) -> None:
    assert not isinstance(look(sample(name)), Clear)


def test_bitmaps_with_a_space_in_their_name(look: Look) -> None:
    body = saved(FACE.convert("1"), "XBM").replace(b"im_width", b"a b_width").replace(b"im_height", b"a b_height")
    assert sniff.sniff(body) == "xbm"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"P",
        b"Name: a\nDate: b\n\x0cMode: c\n" * 20,
        b"width 3\nheight 3\n\x0c and so on\n",
        b"/* a style sheet */\nbody { color: red }\n",
        b"#define WIDTH 3\n#define HEIGHT 4\nint x_bits[] = {1};\n" * 3,
        b"P53 is a protein\n" * 9,
        b"SIMPLE RULES\n" * 9,
        b"GIMP and DanMark\n" * 9,
        b"<html><head></head><body></body></html>",
    ],
)
def test_text_is_text(body: bytes, look: Look) -> None:
    assert readers.picture(body) == ""
    assert isinstance(look(body), Clear)


def test_prepared_it_has_all_plugins_before_a_body_comes() -> None:
    code = (
        "from facegate_addons.inspection.stills import readers; from PIL import Image; readers.prepare();"
        "before = len(Image.OPEN); Image.init(); print(before == len(Image.OPEN) > 30)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "True\n"
