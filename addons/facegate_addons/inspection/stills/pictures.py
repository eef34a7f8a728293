"""Pictures decoded: every frame, page and size of a file. The only place where bytes reach Pillow's decoders.

The decoder is the one that belongs to the sniffed kind: never autodetected (Pillow's EPS reader starts a program), and
with nothing decoded before the header's size was checked against the budget.
"""

import hashlib
import io
import itertools
import math
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

import numpy as np
import pillow_heif
import pillow_jxl  # noqa: F401 - registers itself with Pillow
from PIL import ExifTags, Image, ImageFile

from facegate_addons.detection.picture import Picture
from facegate_addons.detection.views import coarse_scale, needed_scale, tiled
from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Budget, Unread
from facegate_addons.inspection.stills import deep, pixels
from facegate_addons.inspection.stills.rendered import follows, rendered

# a kind that sniff.py names -> the Pillow formats that may read it
FORMATS: dict[str, tuple[str, ...]] = {
    "jpeg": ("JPEG",),
    "png": ("PNG",),
    "gif": ("GIF",),
    "webp": ("WEBP",),
    "avif": ("AVIF",),
    "heic": ("HEIF",),
    "jxl": ("JXL",),
    "tiff": ("TIFF",),
    "bmp": ("BMP",),
    "ico": ("ICO",),
    "cur": ("ICO",),
    "icns": ("ICNS",),
    "psd": ("PSD",),
    "jp2": ("JPEG2000",),
    "qoi": ("QOI",),
    "pnm": ("PPM",),
    "tga": ("TGA",),
    "dds": ("DDS",),
    "pcx": ("PCX",),
    "xbm": ("XBM",),
    "xpm": ("XPM",),
}
# EXIF orientation -> what brings the stored pixels upright (EXIF 2.32, 4.6.4)
Turn = Callable[[pixels.RGB], pixels.RGB]
TURNS: dict[int, Turn] = {
    2: lambda rgb: rgb[:, ::-1],
    3: lambda rgb: rgb[::-1, ::-1],
    4: lambda rgb: rgb[::-1],
    5: lambda rgb: rgb.transpose(1, 0, 2),
    6: lambda rgb: np.rot90(rgb, -1),
    7: lambda rgb: rgb[::-1, ::-1].transpose(1, 0, 2),
    8: lambda rgb: np.rot90(rgb),
}
# share of a cut-off picture that may be missing: files that lack their last bytes are common and whole to the eye
MISSING = 0.1
Image.MAX_IMAGE_PIXELS = None  # the budget decides, from the header, before anything is decoded
pillow_heif.register_heif_opener(thumbnails=False)


def pictures(kind: str, data: bytes, budget: Budget, min_face: int, where: str = "") -> Iterator[Picture]:
    """Every picture of the file, upright, no larger than faces of `min_face` pixels need.

    A large JPEG is decoded as small as the coarse pass needs, and again when the detector asks for more.

    A file that was cut off is shown as far as it goes, as viewers do. Raises Unread, possibly after some pictures:
    UNDECODABLE when the file is broken or a good part of its picture is missing (the rest may travel elsewhere, and
    nobody looked at it), or a limit's reason.
    """
    if kind == "cur":
        data = data[:2] + b"\1" + data[3:]  # the same file but for its type; Pillow's own reader takes one size only
    seen = _Seen()
    try:
        yield from _decoded(kind, data, budget, min_face, where, seen, cut=False)
    except _Failed as failed:
        blank = 0.0
        try:
            for picture in _decoded(kind, data, budget, min_face, where, seen, cut=True):
                blank = max(blank, _blank(picture.rgb))
                yield picture
        except _Failed:
            raise Unread(Reason.UNDECODABLE, kind) from None
        if not failed.cut_off or blank > MISSING:
            raise Unread(Reason.UNDECODABLE, f"{kind}, cut off" if failed.cut_off else kind) from None


def whole(kind: str, data: bytes, budget: Budget) -> Iterator[Image.Image]:
    """Every frame, page and size of the file as it is stored, at its full size; of one that was cut off what is there.

    Each is to be used before the next is asked for. Raises Unread: UNDECODABLE, UNSUPPORTED_TYPE, or a limit's reason.
    """
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with _within(budget):
                image = Image.open(io.BytesIO(data), formats=FORMATS[kind])
            mode = deep.raw_mode(image)
            for frame, _ in _frames(kind, image, budget, None):
                if mode and deep.spread(data, kind, mode, frame):
                    raise Unread(Reason.UNSUPPORTED_TYPE, "16 bits a sample, too dark to show in 8")
                yield frame
    except (Unread, MemoryError):
        raise
    except Exception:  # noqa: BLE001 - as below
        raise Unread(Reason.UNDECODABLE, kind) from None


@contextmanager
def _within(budget: Budget) -> Iterator[None]:
    """Pillow fills a canvas as large as the frames of a GIF say, before anybody can ask for its size."""
    Image.MAX_IMAGE_PIXELS = (budget.limits.pixels + 1) // 2  # it refuses more than twice as many
    try:
        yield
    except Image.DecompressionBombError:
        raise Unread(Reason.LIMIT_PIXELS) from None
    finally:
        Image.MAX_IMAGE_PIXELS = None


def orientation(frame: Image.Image) -> int:
    """What EXIF says of how the stored pixels have to be turned; 1 where it says nothing."""
    try:
        return int(frame.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # noqa: BLE001 - EXIF that nobody can parse turns nothing
        return 1


def reduction(frame: Image.Image, size: tuple[int, int], min_face: int) -> int:
    """By how much `frame`, which has `size` in its file, may be reduced and still show faces of `min_face` pixels."""
    return max(1, int(frame.width / size[0] / needed_scale(*size, min_face))) if min(frame.size) > 1 else 1


def _blank(rgb: pixels.RGB) -> float:
    """Share of the picture, from one of its edges, that is one colour: what a decoder fills in for missing rows."""
    shares = []
    for lines in (rgb[::-1], rgb, rgb.transpose(1, 0, 2), rgb.transpose(1, 0, 2)[::-1]):
        differ = (lines != lines[0, 0]).any(axis=(1, 2))
        shares.append(float(differ.argmax() if differ.any() else len(differ)) / len(differ))
    return max(shares)


class _Seen:
    """Which pictures were shown before, by their pixels. Most files have one: nothing is hashed before the second."""

    def __init__(self) -> None:
        self._first: pixels.RGB | None = None
        self._marks: set[bytes] = set()

    def new(self, rgb: pixels.RGB) -> bool:
        if self._first is None and not self._marks:
            self._first = rgb
            return True
        if self._first is not None:
            self._marks.add(_mark(self._first))
            self._first = None
        mark = _mark(rgb)
        known = mark in self._marks
        self._marks.add(mark)
        return not known


def _mark(rgb: pixels.RGB) -> bytes:
    return hashlib.blake2b(np.ascontiguousarray(rgb), digest_size=16).digest()


class _Failed(Exception):
    def __init__(self, cut_off: bool):
        super().__init__()
        self.cut_off = cut_off


def _decoded(
    kind: str, data: bytes, budget: Budget, min_face: int, where: str, seen: _Seen, *, cut: bool
) -> Iterator[Picture]:
    """With `cut`, what a truncated file has; without, a truncated file fails. Only new pictures, by their pixels."""
    ImageFile.LOAD_TRUNCATED_IMAGES = cut
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with _within(budget):
                image = Image.open(io.BytesIO(data), formats=FORMATS[kind])
            mode = deep.raw_mode(image)
            for number, (frame, size) in enumerate(_frames(kind, image, budget, min_face)):
                label = where if number == 0 else f"{where} frame {number + 1}".strip()
                if mode and (dark := deep.spread(data, kind, mode, frame)):
                    budget.frame(*size)
                    for picture, _ in _upright(dark, size, min_face, label):
                        yield picture
                for shown in rendered(frame):
                    budget.frame(*size)
                    for picture, _ in _upright(shown, size, min_face, label, orientation(frame)):
                        if seen.new(picture.rgb):
                            yield picture
                for picture, turn in _upright(frame, size, min_face, label):
                    if not seen.new(picture.rgb):
                        continue
                    if kind == "jpeg" and tiled(*picture.size, min_face):
                        yield replace(picture, decode_finer=partial(_finer, data, picture, turn, min_face, cut))
                    else:
                        yield picture
    except (Unread, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 - decoders of hostile bytes raise whatever they please, quoting them
        # Pillow says "image file is truncated" for a file that ended too soon, other words for a broken one
        raise _Failed(isinstance(error, OSError) and "truncated" in str(error)) from None


def _frames(
    kind: str, image: Image.Image, budget: Budget, min_face: int | None
) -> Iterator[tuple[Image.Image, tuple[int, int]]]:
    """Each frame loaded, with the size it has in the file. A JPEG as small as faces of `min_face` pixels allow."""
    if kind in ("ico", "cur"):
        for number in range(len(image.ico.entry)):  # type: ignore[attr-defined]  # Pillow's IcoImageFile
            entry = image.ico.entry[number]  # type: ignore[attr-defined]
            budget.frame(entry.width, entry.height)
            frame = image.ico.frame(number)  # type: ignore[attr-defined]
            budget.frame(*frame.size)  # an embedded PNG has a size of its own
            frame.load()
            yield frame, frame.size
    elif kind == "icns":
        for size in image.icns.itersizes():  # type: ignore[attr-defined]  # Pillow's IcnsImageFile
            budget.frame(size[0] * size[2], size[1] * size[2])
            frame = image.icns.getimage(size)  # type: ignore[attr-defined]
            budget.frame(*frame.size)  # an embedded PNG or JPEG 2000 has a size of its own
            frame.load()
            yield frame, frame.size
    else:
        for place in _order(kind, image):
            try:
                if place is not None:
                    with _within(budget):
                        image.seek(place)
            except EOFError:
                return
            size = image.size
            budget.frame(*size)
            if kind == "jpeg" and min_face is not None and not follows(image):
                # A JPEG may be made to look different when it is decoded smaller. So only where the search goes on in
                # the larger picture anyway, unless it finds a face, it begins in a smaller one.
                small = coarse_scale if tiled(*size, min_face) else needed_scale
                _draft(image, small(*size, min_face))
            image.load()
            yield image, size


def _order(kind: str, image: Image.Image) -> Iterator[int | None]:
    """Which frames to seek, None for the one that is open. What follows a JPEG (MPO) is walked as a body of its own."""
    yield None
    if kind == "jpeg":
        return
    if kind == "psd":  # opened at the flattened picture, which Pillow numbers like the first layer
        layers = getattr(image, "n_frames", 1)
        yield from range(2, layers + 1)
        if layers > 1:
            yield 1
        return
    yield from itertools.count(1)


def _draft(image: Image.Image, scale: float) -> None:
    """Have a JPEG decoded by DCT scaling, at `scale` or the next larger one that there is."""
    image.draft(image.mode, (math.ceil(image.width * scale), math.ceil(image.height * scale)))


def _upright(
    frame: Image.Image, size: tuple[int, int], min_face: int, where: str, said: int = 0
) -> Iterator[tuple[Picture, Turn | None]]:
    """As a viewer turns it, and, when it says that it has to be turned, as a reader sees it that does not."""
    said = said or orientation(frame)
    asked = TURNS.get(said)
    profile = frame.info.get("icc_profile")
    profile = profile if isinstance(profile, bytes) and frame.mode != "CMYK" else b""
    for rgb in pixels.views(frame, reduction(frame, size, min_face)):
        for turn in (asked, None) if asked else (None,):
            shown = turn(rgb) if turn else rgb
            height, width = shown.shape[:2]
            across, down = (size[1], size[0]) if turn and said > 4 else size
            yield Picture(np.ascontiguousarray(shown), (across / width, down / height), where, None, profile), turn


def _finer(data: bytes, coarse: Picture, turn: Turn | None, min_face: int, cut: bool) -> Picture:
    """The JPEG `coarse` was decoded from, with all that faces of `min_face` need. Raises Unread."""
    ImageFile.LOAD_TRUNCATED_IMAGES = cut
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS["jpeg"])
        _draft(image, needed_scale(*image.size, min_face))
        rgb = np.asarray(image if image.mode == "RGB" else image.convert("RGB"))
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - as in _decoded; it was decoded a moment ago
        raise Unread(Reason.UNDECODABLE, "jpeg") from None
    shown = np.ascontiguousarray(turn(rgb) if turn else rgb)
    height, width = shown.shape[:2]
    return replace(coarse, rgb=shown, scale=(coarse.size[0] / width, coarse.size[1] / height), decode_finer=None)
