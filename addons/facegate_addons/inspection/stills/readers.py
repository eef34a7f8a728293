"""What Pillow, the reader that crawlers use most, takes for a picture: the rarer formats, and heads that are text.

Its own plugins are asked, by the head and then for the header as a whole; nothing is decoded.
"""

import io
import warnings
from collections.abc import Callable
from functools import lru_cache

from PIL import Image

# Pillow's name -> ours, of those that are decoded here; any other is known by Pillow's name, and unsupported
_KINDS = {"PPM": "pnm", "XBM": "xbm", "XPM": "xpm", "PCX": "pcx"}
# known by magics of their own before Pillow is asked (TGA by its whole head), or without pixels that Pillow could read
_ASIDE = frozenset(
    "JPEG PNG GIF WEBP AVIF HEIF JXL TIFF BMP ICO CUR ICNS PSD JPEG2000 QOI TGA DDS EPS MPEG BUFR GRIB HDF5".split()  # noqa: SIM905
)
_ONE = (b"\x3f\x80\0\0", b"\0\0\x80\x3f")
# plugins that no magic guards: what a file has to have that they take
_UNGUARDED: dict[str, Callable[[bytes], bool]] = {
    "IM": lambda data: b"\n" in data[:100] and b":" in data[:100] and b"\x1a" in data,
    "IMT": lambda data: b"\n" in data[:100] and b"\x0c" in data and b"pixel n8" in data,
    "IPTC": lambda data: data[:1] == b"\x1c",
    "PCD": lambda data: data[2048:2052] == b"PCD_",
    "SPIDER": lambda data: data[16:20] in _ONE,
}
# variants of portable maps "for test purposes": a palette without colours, and what written.py names
_TESTS = (b"P0", b"Py")
_REMEMBERED = 1_024  # first 16 bytes of files
_XBM_BITS = b"_bits[] = {"


def prepare() -> None:
    """Import Pillow's plugins now; else the first body waits for them."""
    Image.init()


def picture(data: bytes) -> str:
    """The kind of picture that Pillow makes of `data`; "" where it makes none, or one that sniff.py knows."""
    prefix = data[:16]
    if len(prefix) < 16 or prefix.startswith(_TESTS):  # Pillow's own checks want 16 bytes
        return ""
    prepare()
    for name, accept in _takers(len(Image.OPEN), prefix):
        if accept is not None and not accept(data):
            continue
        if (name != "XBM" or _XBM_BITS in data) and _opens(name, data):
            return _KINDS.get(name, name.lower())
    return ""


@lru_cache(maxsize=_REMEMBERED)
def _takers(_number: int, prefix: bytes) -> tuple[tuple[str, Callable[[bytes], object] | None], ...]:
    """Those that take a file that begins so, and what has to hold of all of it. Most pages begin as others do."""
    return tuple(
        (name, None if accept else _UNGUARDED[name])
        for name, (_, accept) in Image.OPEN.items()
        if name not in _ASIDE and (accept is None or accept(prefix))
    )


def _opens(name: str, data: bytes) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            Image.open(io.BytesIO(data), formats=[name])
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - plugins raise whatever they please over what is none of theirs
        return False
    return True
