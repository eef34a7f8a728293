"""Every format in every mode, with a face and without, through the real detector."""

import io
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pillow_heif
import pillow_jxl  # noqa: F401 - registers itself
import pytest
import skimage.data
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.model import Clear, Faces, Payload, Unreadable, Verdict
from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Budget
from facegate_addons.inspection.stills.pictures import pictures
from facegate_addons.inspection.walk import inspect
from PIL import Image

pillow_heif.register_heif_opener()
FACE = Image.fromarray(skimage.data.astronaut()).crop((100, 0, 400, 300))
PLAIN = Image.fromarray(skimage.data.coffee()).crop((50, 0, 350, 300))
GRAY = Image.new("RGB", FACE.size, (90, 120, 90))
Look = Callable[..., Verdict]


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def psd(image: Image.Image) -> bytes:
    """A flattened, uncompressed one; Pillow writes none."""
    head = b"8BPS\0\1" + bytes(6) + (3).to_bytes(2, "big") + image.height.to_bytes(4, "big")
    head += image.width.to_bytes(4, "big") + b"\0\x08\0\x03" + bytes(4) + bytes(4) + bytes(4) + b"\0\0"
    return head + b"".join(channel.tobytes() for channel in image.split())


def sixteen(image: Image.Image) -> Image.Image:
    return Image.fromarray(np.asarray(image.convert("L")).astype(np.uint16) * 257)


WAYS: dict[str, Callable[[Image.Image], bytes]] = {
    "jpeg": lambda i: saved(i, "JPEG"),
    "jpeg progressive": lambda i: saved(i, "JPEG", progressive=True),
    "jpeg gray": lambda i: saved(i.convert("L"), "JPEG"),
    "jpeg cmyk": lambda i: saved(i.convert("CMYK"), "JPEG"),
    "jpeg large": lambda i: saved(i.resize((2400, 2400)), "JPEG"),
    "png": lambda i: saved(i, "PNG"),
    "png gray": lambda i: saved(i.convert("L"), "PNG"),
    "png 16 bit": lambda i: saved(sixteen(i), "PNG"),
    "png palette": lambda i: saved(i.quantize(64), "PNG"),
    "png 1 bit": lambda i: saved(i.convert("1"), "PNG"),
    "png alpha": lambda i: saved(i.convert("RGBA"), "PNG"),
    "png gray alpha": lambda i: saved(i.convert("LA"), "PNG"),
    "png in alpha": lambda i: saved(Image.merge("LA", (Image.new("L", i.size, 0), i.convert("L"))), "PNG"),
    "png under alpha": lambda i: saved(Image.merge("RGBA", (*i.split(), Image.new("L", i.size, 0))), "PNG"),
    "gif": lambda i: saved(i, "GIF"),
    "webp": lambda i: saved(i, "WEBP"),
    "webp lossless": lambda i: saved(i.convert("RGBA"), "WEBP", lossless=True),
    "avif": lambda i: saved(i, "AVIF"),
    "heic": lambda i: saved(i, "HEIF"),
    "jxl": lambda i: saved(i, "JXL"),
    "tiff": lambda i: saved(i, "TIFF"),
    "tiff lzw": lambda i: saved(i, "TIFF", compression="tiff_lzw"),
    "tiff jpeg": lambda i: saved(i, "TIFF", compression="jpeg"),
    "tiff cmyk": lambda i: saved(i.convert("CMYK"), "TIFF"),
    "tiff 16 bit": lambda i: saved(sixteen(i), "TIFF"),
    "tiff float": lambda i: saved(i.convert("F"), "TIFF"),
    "bigtiff": lambda i: saved(i, "TIFF", big_tiff=True),
    "bmp": lambda i: saved(i, "BMP"),
    "ico": lambda i: saved(i, "ICO", sizes=[(16, 16), (256, 256)]),
    "cur": lambda i: (lambda b: b[:2] + b"\2" + b[3:])(saved(i, "ICO", sizes=[(256, 256)])),
    "icns": lambda i: saved(i, "ICNS"),
    "psd": psd,
    "jp2": lambda i: saved(i, "JPEG2000"),
    "j2k": lambda i: saved(i, "JPEG2000", no_jp2=True),
    "qoi": lambda i: saved(i, "QOI"),
    "ppm": lambda i: saved(i, "PPM"),
    "pgm": lambda i: saved(i.convert("L"), "PPM"),
    "ppm ascii": lambda i: b"P3 300 300 255\n" + " ".join(map(str, i.tobytes())).encode(),
    "tga": lambda i: saved(i, "TGA"),
    "tga rle": lambda i: saved(i, "TGA", compression="tga_rle"),
    "dds": lambda i: saved(i, "DDS"),
    "pcx": lambda i: saved(i, "PCX"),
    "xbm": lambda i: saved(i.convert("1"), "XBM"),
    "gif frame 3": lambda i: saved(GRAY, "GIF", save_all=True, append_images=[PLAIN, i]),
    "apng frame 3": lambda i: saved(GRAY, "PNG", save_all=True, append_images=[PLAIN, i]),
    "webp frame 3": lambda i: saved(GRAY, "WEBP", save_all=True, append_images=[PLAIN, i]),
    "avif frame 3": lambda i: saved(GRAY, "AVIF", save_all=True, append_images=[PLAIN, i]),
    "heic image 3": lambda i: saved(GRAY, "HEIF", save_all=True, append_images=[PLAIN, i]),
    "tiff page 3": lambda i: saved(GRAY, "TIFF", save_all=True, append_images=[PLAIN, i]),
    "mpo image 2": lambda i: saved(GRAY, "MPO", save_all=True, append_images=[i]),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_face_is_found_and_coffee_passes(way: str, look: Look) -> None:
    assert isinstance(look(WAYS[way](FACE)), Faces)
    assert isinstance(look(WAYS[way](PLAIN)), Clear)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation(orientation: int, look: Look) -> None:
    """Boxes are in the upright picture, whatever way round it is stored."""
    turns = Image.Transpose
    stored = FACE.crop((0, 0, 300, 250))
    undo = [None, turns.FLIP_LEFT_RIGHT, turns.ROTATE_180, turns.FLIP_TOP_BOTTOM, turns.TRANSPOSE, turns.ROTATE_90,
            turns.TRANSVERSE, turns.ROTATE_270][orientation - 1]  # fmt: skip
    stored = stored.transpose(undo) if undo is not None else stored
    exif = Image.Exif()
    exif[0x0112] = orientation
    verdict = look(saved(stored, "JPEG", exif=exif, quality=95))
    assert isinstance(verdict, Faces)
    left, top, right, bottom = verdict.findings[0].box
    expected = look(saved(FACE.crop((0, 0, 300, 250)), "JPEG", quality=95))
    assert isinstance(expected, Faces)
    assert np.abs(np.subtract((left, top, right, bottom), expected.findings[0].box)).max() <= 6


@pytest.mark.parametrize("way", ["jpeg", "jpeg progressive", "png", "gif", "tiff", "bmp", "psd", "ppm", "tga"])
def test_a_file_cut_off_at_60_percent(way: str, look: Look) -> None:
    whole = WAYS[way](FACE)
    assert isinstance(look(whole[: len(whole) * 6 // 10]), Faces)


def test_what_is_missing_was_not_looked_at(look: Look) -> None:
    whole = saved(PLAIN, "JPEG")
    assert look(whole[: len(whole) // 5]) == Unreadable(Reason.UNDECODABLE, "jpeg, cut off")
    assert isinstance(look(whole[:-1]), Clear)  # only the end marker is gone: common, and whole to the eye


def test_nothing_decodes(look: Look) -> None:
    for head in (
        b"\xff\xd8\xff\xe0" + bytes(500),
        b"\x89PNG\r\n\x1a\n" + bytes(500),
        b"GIF89a",
        b"8BPS\0\1" + bytes(20),
    ):
        assert isinstance(look(head), Unreadable)


def test_behind_and_beside_the_picture(look: Look) -> None:
    plain, face = saved(PLAIN, "JPEG"), saved(FACE, "JPEG")
    assert isinstance(look(plain + face), Faces)
    assert isinstance(look(saved(PLAIN, "PNG") + b"\n" + face), Faces)
    assert isinstance(look(saved(PLAIN, "GIF") + face), Faces)
    assert isinstance(look(plain + b"\0" * 5000), Clear)
    assert look(plain + b"PK\3\4" + bytes(range(1, 255)) * 4) == Unreadable(Reason.UNDECODABLE, "zip")
    assert isinstance(look(b"\1\2\3junk" * 100 + face), Faces)
    assert look(b"\1\2\3junk" * 100 + plain) == Unreadable(Reason.UNKNOWN_TYPE)
    assert isinstance(look(saved(PLAIN, "JPEG", exif=b"Exif\0\0MM\0*" + saved(FACE.resize((160, 160)), "JPEG"))), Faces)


def test_limits(look: Look, detector: object) -> None:
    def limited(body: bytes, **limits: float) -> Verdict:
        return inspect(Payload(body), detector, replace(Limits(), **limits))  # type: ignore[arg-type]  # numbers of the fields

    plain = saved(PLAIN, "PNG")
    assert limited(plain, pixels=80_000) == Unreadable(Reason.LIMIT_PIXELS)
    frames = [PLAIN.rotate(angle) for angle in range(5)]
    assert limited(saved(frames[0], "GIF", save_all=True, append_images=frames[1:]), frames=4) == Unreadable(
        Reason.LIMIT_FRAMES
    )
    assert limited(plain, seconds=1e-9) == Unreadable(Reason.LIMIT_TIME)


def test_small_faces_decide_the_decoded_size() -> None:
    large = saved(FACE.resize((2400, 2400)), "JPEG")
    shown = [next(pictures("jpeg", large, Budget(Limits()), face)) for face in (10, 20, 40, 80)]
    assert [picture.rgb.shape[1] for picture in shown] == [600, 600, 600, 1200]
    assert [picture.finer().rgb.shape[1] for picture in shown] == [2400, 2400, 1200, 1200]
    assert {picture.size for picture in shown} == {(2400, 2400)} == {picture.finer().size for picture in shown}


def test_what_may_end_the_search_is_no_smaller_decoding() -> None:
    """A JPEG's high frequencies can hold a picture that its decoding at half the size does not show."""
    whole = saved(FACE.resize((840, 840)), "JPEG")  # larger ones are tiled
    (picture,) = pictures("jpeg", whole, Budget(Limits()), 20)
    assert picture.rgb.shape[:2] == (840, 840)
    assert picture.finer() is picture


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_finer_picture_is_turned_like_the_coarse_one(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = saved(FACE.crop((0, 0, 300, 200)).resize((1200, 800)), "JPEG", exif=exif)
    for picture in pictures("jpeg", stored, Budget(Limits()), 20):
        finer = picture.finer()
        assert finer.size == picture.size
        assert finer.rgb.shape[0] == 2 * picture.rgb.shape[0]
        halved = finer.rgb.reshape(picture.rgb.shape[0], 2, picture.rgb.shape[1], 2, 3).mean(axis=(1, 3))
        assert np.abs(halved - picture.rgb).mean() < 3


BOMB = """
import resource, sys
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.model import Payload
from facegate_addons.inspection.walk import inspect
class Blind:
    min_face, versions = 20, {}
    def detect(self, picture): return []
body = sys.stdin.buffer.read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(inspect(Payload(body), Blind(), Limits()).why, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_a_bomb_is_refused_by_its_header() -> None:
    bomb = saved(Image.new("1", (30_000, 30_000)), "PNG")
    run = subprocess.run([sys.executable, "-c", BOMB], input=bomb, capture_output=True, check=True)
    reason, grown = run.stdout.decode().split()
    assert reason == Reason.LIMIT_PIXELS
    assert int(grown) < 30_000  # KB


def test_a_small_face_on_a_large_canvas(look: Look) -> None:
    canvas = PLAIN.resize((3840, 2160))
    face = FACE.crop((70, 45, 180, 185))
    canvas.paste(face.resize((38, 48)), (3000, 1500))
    verdict = look(saved(canvas, "JPEG", quality=90))
    assert isinstance(verdict, Faces)
    left, top, right, bottom = verdict.findings[0].box
    assert 2990 <= left < right <= 3050
    assert 1490 <= top < bottom <= 1560
