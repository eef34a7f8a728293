"""Profiles written by hand, with curves of every kind, in every format that carries one."""

import io
import struct
import zlib
from collections.abc import Callable

import numpy as np
import pillow_heif
import pillow_jxl  # noqa: F401 - registers itself
import pytest
import skimage.data
from facegate_addons.domain.model import Clear, Faces, Unreadable, Verdict
from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.stills.profiles import profiles, twisted
from PIL import Image, ImageCms

pillow_heif.register_heif_opener()
FACE = Image.fromarray(skimage.data.astronaut()).crop((100, 0, 400, 300))
PLAIN = Image.fromarray(skimage.data.coffee()).crop((50, 0, 350, 300))
CROOKED = Unreadable(Reason.UNSUPPORTED_TYPE, "")
ORDER = np.arange(256) * 101 % 256  # where each level went
Look = Callable[..., Verdict]


def curv(values: np.ndarray | list[int]) -> bytes:
    return b"curv\0\0\0\0" + struct.pack(f">I{len(values)}H", len(values), *(int(value) for value in values))


def para(function: int, *numbers: float) -> bytes:
    return b"para\0\0\0\0" + struct.pack(f">HH{len(numbers)}i", function, 0, *(round(n * 65536) for n in numbers))


def mft(kind: int, inputs: list[list[int]], outputs: list[list[int]], space: int = 3) -> bytes:
    """A table of two points a channel between curves."""
    form = "B" if kind == 1 else "H"
    grid = np.stack(np.meshgrid(*[[0, 255 if kind == 1 else 65535]] * space, indexing="ij"), -1).reshape(-1, space)
    head = b"mft%d\0\0\0\0" % kind + bytes([space, 3, 2, 0])
    head += struct.pack(">9i", 65536, 0, 0, 0, 65536, 0, 0, 0, 65536)
    if kind == 2:
        head += struct.pack(">HH", len(inputs[0]), len(outputs[0]))
    numbers = [*np.ravel(inputs), *grid[:, :3].ravel(), *np.ravel(outputs)]
    return head + struct.pack(f">{len(numbers)}{form}", *(int(number) for number in numbers))


def mab(curves: list[bytes]) -> bytes:
    """Curves behind the table only."""
    return b"mAB \0\0\0\0" + bytes([3, 3, 0, 0]) + struct.pack(">5I", 32, 0, 0, 0, 0) + b"".join(curves)


def profile(tags: dict[bytes, bytes], space: bytes = b"RGB ", pcs: bytes = b"XYZ ") -> bytes:
    """sRGB's, with these tags instead of its own or beside them."""
    own = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    (count,) = struct.unpack_from(">I", own, 128)
    every = {}
    for number in range(count):
        name, at, size = struct.unpack_from(">4sII", own, 132 + 12 * number)
        every[name] = own[at : at + size]
    every |= tags
    table, body, begin = b"", b"", 132 + 12 * len(every)
    for name, data in every.items():
        table += struct.pack(">4sII", name, begin + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    whole = own[4:16] + space + pcs + own[24:128] + struct.pack(">I", len(every)) + table + body
    return struct.pack(">I", 4 + len(whole)) + whole


def toned(curve: bytes) -> bytes:
    return profile(dict.fromkeys([b"rTRC", b"gTRC", b"bTRC"], curve))


def unscrambling() -> bytes:
    """What brings levels in the ORDER back to where sRGB has them."""
    level = np.argsort(ORDER) / 255
    return toned(curv(65535 * np.where(level <= 0.04045, level / 12.92, ((level + 0.055) / 1.055) ** 2.4)))


def scrambled(image: Image.Image) -> Image.Image:
    return Image.fromarray(ORDER[np.asarray(image)].astype(np.uint8))


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


RISING = np.linspace(0, 65535, 256)
LEVEL = list(range(256))
ORDINARY = {
    "sRGB": ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
    "Adobe RGB": toned(curv([563])),
    "linear": toned(curv([])),
    "Display P3": toned(para(3, 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)),
    "ProPhoto": toned(para(3, 1.8, 1, 0, 0.0625, 0.03125)),
    "CIE 122": toned(para(1, 2.2, 0.9, 0.1)),
    "IEC 61966-3": toned(para(2, 2.2, 0.9, 0.1, 0.02)),
    "para 4": toned(para(4, 2.4, 0.94, 0.05, 0.077, 0.04, 0.0, 0.0)),
    "scanner": toned(curv(300 + 65000 * np.linspace(0, 1, 1024) ** 1.7 + 200 * np.sin(np.arange(1024)))),
    "gray": profile({b"kTRC": curv([563])}, b"GRAY"),
    "lut8": profile({b"A2B0": mft(1, [LEVEL] * 3, [LEVEL] * 3)}, pcs=b"Lab "),
    "lut16": profile({b"A2B0": mft(2, [[0, 9000, 65535]] * 4, [[0, 65535]] * 3, 4)}, b"CMYK", b"Lab "),
    "mAB": profile({b"A2B0": mab([curv([]), para(0, 2.2), curv(RISING)])}, pcs=b"Lab "),
    "falling in a table": profile({b"A2B0": mft(1, [LEVEL[::-1]] * 3, [LEVEL] * 3)}, pcs=b"Lab "),
}
TWISTED = {
    "scrambled": unscrambling(),
    "one channel": profile({b"gTRC": curv(ORDER * 257)}),
    "falling": toned(curv([65535, 0])),
    "a few points": toned(curv([0, 65535, 0, 65535])),
    "gray": profile({b"kTRC": curv([65535, 0])}, b"GRAY"),
    "para": toned(para(4, 1, 1, 0, 1, 0.5, -0.5, 0)),
    "a negative power": toned(para(0, -1)),
    "lut8 in": profile({b"A2B0": mft(1, [list(ORDER), LEVEL, LEVEL], [LEVEL] * 3)}, pcs=b"Lab "),
    "lut8 out": profile({b"A2B0": mft(1, [LEVEL] * 3, [list(ORDER), LEVEL, LEVEL])}, pcs=b"Lab "),
    "lut16": profile({b"A2B1": mft(2, [[0, 65535, 0, 65535]] * 4, [[0, 65535]] * 3, 4)}, b"CMYK", b"Lab "),
    "mAB": profile({b"A2B0": mab([curv([]), para(0, 2.2), curv(ORDER * 257)])}, pcs=b"Lab "),
}


@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_curves(name: str) -> None:
    assert not twisted(ORDINARY[name])


@pytest.mark.parametrize("name", TWISTED)
def test_twisted_curves(name: str) -> None:
    assert twisted(TWISTED[name])


def test_what_cannot_be_read() -> None:
    whole = unscrambling()
    assert not any(twisted(whole[:size]) for size in (128, 132, 140))  # no viewer reads it, either
    sampled = toned(b"XXXX" + curv(RISING)[4:])
    assert not twisted(sampled)
    late = profile({b"A2B0": mab([curv([]), curv([]), curv([])])[:30]}, pcs=b"Lab ")
    assert isinstance(twisted(late), bool)


def test_found_by_the_mark() -> None:
    assert list(profiles(b"junk" + unscrambling() + b"more")) == [unscrambling()]
    assert not list(profiles(b"acsp" * 100))


CARRIERS: dict[str, Callable[[Image.Image, bytes], bytes]] = {
    "jpeg": lambda i, p: saved(i, "JPEG", quality=100, icc_profile=p),
    "jpeg, many segments": lambda i, p: saved(i, "JPEG", quality=100, icc_profile=p + bytes(200_000)),
    "png": lambda i, p: saved(i, "PNG", icc_profile=p),
    "webp": lambda i, p: saved(i, "WEBP", lossless=True, icc_profile=p),
    "tiff": lambda i, p: saved(i, "TIFF", icc_profile=p),
    "heic": lambda i, p: saved(i, "HEIF", icc_profile=p),
    "avif": lambda i, p: saved(i, "AVIF", icc_profile=p),
    "jp2": lambda i, p: saved(i, "JPEG2000") + p,
    "psd": lambda i, p: (lambda r: (
        b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", 3, i.height, i.width, 8, 3) + bytes(4)
        + struct.pack(">I", len(r)) + r + bytes(4) + b"\0\0" + b"".join(c.tobytes() for c in i.split())
    ))(b"8BIM\x04\x0f\0\0" + struct.pack(">I", len(p)) + p + bytes(len(p) % 2)),
    "bmp": lambda i, p: saved(i, "BMP") + p,
    "gif": lambda i, p: (lambda b: b[:-1] + b"!\xff\x0bICCRGBG1012" + b"".join(
        bytes([len(p[at : at + 255])]) + p[at : at + 255] for at in range(0, len(p), 255)
    ) + b"\0;")(saved(i, "GIF")),
}  # fmt: skip


@pytest.mark.parametrize("way", CARRIERS)
def test_carried(way: str, look: Look) -> None:
    """Scrambled levels with the profile that orders them never pass; a photo with an ordinary one does."""
    assert not isinstance(look(CARRIERS[way](scrambled(FACE), unscrambling())), Clear)
    assert not isinstance(look(CARRIERS[way](PLAIN, unscrambling())), Clear)
    assert isinstance(look(CARRIERS[way](PLAIN, ORDINARY["Adobe RGB"])), Clear)
    assert isinstance(look(CARRIERS[way](FACE, ORDINARY["Adobe RGB"])), Faces)


def test_two_profiles_in_a_png(look: Look) -> None:
    """Readers differ in which one they follow."""
    whole = saved(scrambled(FACE), "PNG", icc_profile=ORDINARY["sRGB"])
    second = chunk(b"iCCP", b"b\0\0" + zlib.compress(unscrambling()))
    assert not isinstance(look(whole[:33] + second + whole[33:]), Clear)
    end = whole.index(b"IDAT") - 4
    assert not isinstance(look(whole[:end] + second + whole[end:]), Clear)
