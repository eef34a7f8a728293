"""Whole redactions, through the real detector: the same picture without its faces, or none at all."""

import base64
import io
import struct
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pillow_heif
import pillow_jxl  # noqa: F401 - registers itself
import pytest
import skimage.data
from facegate_addons.detection.faces import FaceDetector
from facegate_addons.detection.picture import Picture
from facegate_addons.detection.redact import SOLID
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.model import Clear, Cover, Faces, Payload, Verdict
from facegate_addons.inspection import sniff
from facegate_addons.inspection.redaction import inspect, redact
from facegate_addons.inspection.stills.pictures import TURNS
from facegate_addons.inspection.stills.structure import layout
from PIL import Image

pillow_heif.register_heif_opener()
FACE = Image.fromarray(skimage.data.astronaut()).crop((100, 0, 400, 300))
PLAIN = Image.fromarray(skimage.data.coffee()).crop((50, 0, 350, 300))
GRAY = Image.new("RGB", FACE.size, (90, 120, 90))
NOSE, CORNER = (125, 120), (280, 280)  # of FACE: in the middle of the face, and far from it
CANARY = b"what nobody asked for"

Redacting = Callable[..., Faces]


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def frames(data: bytes) -> list[np.ndarray]:
    image, seen = opened(data), []
    for number in range(getattr(image, "n_frames", 1)):
        image.seek(number)
        frame = sixteen_shown(image) if image.mode == "I;16" else image
        seen.append(np.asarray(frame.convert("RGBA")).astype(int))
    return seen


def sixteen_shown(image: Image.Image) -> Image.Image:
    return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))


def sixteen(image: Image.Image, shift: int = 8) -> Image.Image:
    return Image.fromarray(np.asarray(image.convert("L")).astype(np.uint16) << shift)


@pytest.fixture
def redacting(detector: FaceDetector, searcher: FaceDetector) -> Redacting:
    """`redacting(data, cover=..., limits=..., ...)`: the verdict on a body with a face, and its copy."""

    def run(data: bytes, cover: Cover = Cover.SOLID, limits: Limits | None = None, **head: object) -> Faces:
        payload = Payload(data, cover=cover, **head)  # type: ignore[arg-type]  # a payload's own fields
        verdict = inspect(payload, detector, limits or Limits(), searcher)
        assert isinstance(verdict, Faces)
        assert bool(verdict.redacted) != bool(verdict.unredacted)
        return verdict

    return run


def sixteen_rgb_tiff(samples: bytes) -> bytes:
    """Big-endian RGB of FACE's size, 16 bits a sample, which Pillow cannot write."""
    bits = 8 + 2 + 9 * 12 + 4
    entries = [(256, 4, 1, FACE.width), (257, 4, 1, FACE.height), (258, 3, 3, bits), (259, 3, 1, 1 << 16),
               (262, 3, 1, 2 << 16), (273, 4, 1, bits + 6), (277, 3, 1, 3 << 16), (278, 4, 1, FACE.height),
               (279, 4, 1, len(samples))]  # fmt: skip
    table = b"".join(struct.pack(">HHII", *entry) for entry in entries)
    return b"MM\0*" + struct.pack(">IH", 8, len(entries)) + table + bytes(4) + struct.pack(">3H", 16, 16, 16) + samples


def animation(kind: str, images: list[Image.Image], **options: object) -> bytes:
    return saved(images[0], kind, save_all=True, append_images=images[1:], **options)


MOVING = [PLAIN, *(FACE.transform((300, 300), Image.Transform.AFFINE, (1, 0, x, 0, 1, 0)) for x in (0, 20, 40)), GRAY]
WAYS: dict[str, Callable[[], bytes]] = {
    "jpeg": lambda: saved(FACE, "JPEG"),
    "jpeg progressive gray": lambda: saved(FACE.convert("L"), "JPEG", progressive=True),
    "jpeg cmyk": lambda: saved(FACE.convert("CMYK"), "JPEG"),
    "png": lambda: saved(FACE, "PNG"),
    "png palette": lambda: saved(FACE.quantize(64), "PNG"),
    "png 1 bit": lambda: saved(FACE.convert("1"), "PNG"),
    "png 16 bit": lambda: saved(sixteen(FACE), "PNG"),
    "png alpha": lambda: saved(FACE.convert("RGBA"), "PNG"),
    "apng": lambda: animation("PNG", MOVING, duration=80, loop=0),
    "gif": lambda: saved(FACE, "GIF"),
    "gif animation": lambda: animation("GIF", MOVING, duration=80, loop=0),
    "webp": lambda: saved(FACE, "WEBP"),
    "webp lossless": lambda: saved(FACE, "WEBP", lossless=True),
    "webp animation": lambda: animation("WEBP", MOVING, duration=80, loop=0),
    "avif": lambda: saved(FACE, "AVIF"),
    "avif animation": lambda: animation("AVIF", MOVING, duration=80),
    "heic": lambda: saved(FACE, "HEIF"),
    "heic images": lambda: animation("HEIF", [PLAIN, FACE]),
    "jxl": lambda: saved(FACE, "JXL"),
    "tiff": lambda: saved(FACE, "TIFF", compression="tiff_lzw"),
    "tiff 16 bit colour": lambda: sixteen_rgb_tiff(BRIGHT),
    "tiff pages": lambda: animation("TIFF", [PLAIN, FACE.resize((600, 600)), FACE]),
    "bmp": lambda: saved(FACE, "BMP"),
    "ico": lambda: saved(FACE, "ICO", sizes=[(64, 64), (128, 128), (256, 256)]),
    "jp2": lambda: saved(FACE, "JPEG2000"),
    "qoi": lambda: saved(FACE, "QOI"),
    "ppm": lambda: saved(FACE, "PPM"),
    "tga": lambda: saved(FACE, "TGA"),
    "dds": lambda: saved(FACE, "DDS"),
    "pcx": lambda: saved(FACE, "PCX"),
    "xbm": lambda: saved(FACE.convert("1"), "XBM"),
}


@pytest.mark.parametrize("way", WAYS)
def test_the_same_picture_without_its_face(way: str, redacting: Redacting, searcher: FaceDetector) -> None:
    data = WAYS[way]()
    copy = redacting(data).redacted
    assert sniff.sniff(copy) == sniff.sniff(data)
    before, after = frames(data), frames(copy)
    assert [frame.shape for frame in after] == [frame.shape for frame in before]
    for number, (old, new) in enumerate(zip(before, after, strict=True)):
        changed = np.abs(new[..., :3] - old[..., :3]).max(axis=2) > 60
        assert changed.mean() < 0.45, number  # the rest is as it was, but for what packing it again does
        assert searcher.detect(Picture(new[..., :3].astype(np.uint8)), thorough=True) == []
    if way.split()[0] not in ("apng", "avif", "gif", "webp", "heic", "tiff", "ico"):
        assert np.abs(after[0][NOSE[1], NOSE[0], :3] - SOLID).max() <= (128 if "1" in way or way == "xbm" else 3)
        assert np.abs(after[0][CORNER[1], CORNER[0], :3] - before[0][CORNER[1], CORNER[0], :3]).max() < 40


def test_a_mosaic_passes_too(redacting: Redacting, searcher: FaceDetector) -> None:
    copy = redacting(saved(FACE, "PNG"), Cover.MOSAIC).redacted
    seen = np.asarray(opened(copy))
    assert np.ptp(seen[80:160, 90:160].reshape(-1, 3), axis=0).min() > 0  # not one colour
    assert searcher.detect(Picture(seen), thorough=True) == []


def exif(thumbnail: bool) -> bytes:
    """With a note, and with a face behind it as cameras put a thumbnail there."""
    notes = Image.Exif()
    notes[0x010E] = CANARY.decode()
    return notes.tobytes() + (saved(FACE.resize((160, 160)), "JPEG") if thumbnail else b"")


NOTED: dict[str, Callable[[], bytes]] = {
    "jpeg": lambda: saved(
        FACE, "JPEG", exif=exif(thumbnail=True), comment=CANARY, icc_profile=CANARY * 20, xmp=b"<x>" + CANARY
    ),
    "jpeg behind": lambda: saved(FACE, "JPEG") + CANARY * 50,
    "png": lambda: saved(FACE, "PNG", exif=exif(thumbnail=True), icc_profile=CANARY * 20),
    "gif": lambda: saved(FACE, "GIF", comment=CANARY),
    "webp": lambda: saved(FACE, "WEBP", exif=exif(thumbnail=True), xmp=b"<x>" + CANARY, icc_profile=CANARY * 20),
    "avif": lambda: saved(FACE, "AVIF", exif=exif(thumbnail=True), xmp=b"<x>" + CANARY),
    "heic": lambda: saved(FACE, "HEIF", exif=exif(thumbnail=True), xmp=b"<x>" + CANARY),
    "jxl": lambda: saved(FACE, "JXL", exif=exif(thumbnail=True), use_container=True),
    "tiff": lambda: saved(FACE, "TIFF", description=CANARY.decode(), software=CANARY.decode()),
    "jp2": lambda: saved(FACE, "JPEG2000", comment=CANARY),
    "tga": lambda: saved(FACE, "TGA", id_section=CANARY),
    "mpo": lambda: saved(FACE, "MPO", save_all=True, append_images=[FACE.rotate(10)]),
}


@pytest.mark.parametrize("way", NOTED)
def test_nothing_is_kept_but_what_was_read_from_the_pixels(way: str, redacting: Redacting) -> None:
    data = NOTED[way]()
    assert CANARY in data or way == "mpo"
    copy = redacting(data).redacted
    assert CANARY not in copy
    assert not opened(copy).getexif() or way == "tiff"  # whose picture itself is described in such tags
    kept = {name for name, value in opened(copy).info.items() if value}
    assert not {"comment", "xmp", "exif", "description"} & kept or way == "jp2"  # OpenJPEG signs its files
    assert copy.count(b"\xff\xd8\xff") <= (way in ("jpeg", "jpeg behind", "mpo"))
    if way not in ("avif", "heic", "jxl", "tiff", "jp2", "tga"):  # of those the whole file is a note
        assert layout(sniff.sniff(copy), copy).end == len(copy)


@pytest.mark.parametrize("orientation", range(2, 9))
def test_turned_for_good(orientation: int, redacting: Redacting, searcher: FaceDetector) -> None:
    shape = FACE.crop((0, 0, 300, 250))
    notes = Image.Exif()
    notes[0x0112] = orientation
    back = {6: 8, 8: 6}.get(orientation, orientation)
    stored = Image.fromarray(np.ascontiguousarray(TURNS[back](np.asarray(shape))))
    copy = opened(redacting(saved(stored, "PNG", exif=notes)).redacted)
    assert copy.size == shape.size
    assert copy.getexif().get(0x0112, 1) == 1
    assert np.asarray(copy)[NOSE[1], NOSE[0]].tolist() == [SOLID] * 3
    assert (np.asarray(copy)[:, 290:] == np.asarray(shape)[:, 290:]).all()  # upright, and its edge as it was


def test_a_face_that_only_the_stored_pixels_show(redacting: Redacting, searcher: FaceDetector) -> None:
    notes = Image.Exif()
    notes[0x0112] = 3
    copy = np.asarray(opened(redacting(saved(FACE, "PNG", exif=notes)).redacted))
    for seen in (copy, copy[::-1, ::-1]):
        assert searcher.detect(Picture(np.ascontiguousarray(seen)), thorough=True) == []
    assert (copy[::-1, ::-1][NOSE[1], NOSE[0]] == SOLID).all()


UNSEEN: dict[str, Callable[[], Image.Image]] = {
    "under alpha": lambda: Image.merge("RGBA", (*FACE.split(), Image.new("L", FACE.size, 0))),
    "under alpha that is not nothing": lambda: Image.merge("RGBA", (*FACE.split(), Image.new("L", FACE.size, 1))),
    "in alpha": lambda: Image.merge("LA", (Image.new("L", FACE.size, 0), FACE.convert("L"))),
    "in 16 bits of which few are used": lambda: sixteen(FACE, 2),
}


@pytest.mark.parametrize("way", UNSEEN)
def test_a_face_that_not_every_viewer_shows(way: str, redacting: Redacting, searcher: FaceDetector) -> None:
    copy = opened(redacting(saved(UNSEEN[way](), "PNG")).redacted)
    pixels = np.asarray(copy.convert("RGBA"))
    for band in range(4):  # whatever somebody makes visible
        seen = pixels[..., band].astype(float)
        stretched = ((seen - seen.min()) / max(np.ptp(seen), 1) * 255).astype(np.uint8)
        assert searcher.detect(Picture(np.repeat(stretched[..., None], 3, axis=2)), thorough=True) == []
    assert searcher.detect(Picture(np.ascontiguousarray(pixels[..., :3])), thorough=True) == []


class Once:
    """A detector that finds one face, in the middle frame of an animation only."""

    min_face, versions = 20, {}

    def __init__(self, detector: FaceDetector) -> None:
        self._detector = detector

    def detect(self, picture: Picture, tick: Callable[[], None], *, thorough: bool) -> list:
        assert thorough
        return self._detector.detect(picture) if picture.rgb[0, 0, 0] == 100 else []


def test_a_face_does_not_vanish_for_one_frame(detector: FaceDetector) -> None:
    images = [Image.new("RGB", (300, 300), (value, 0, 0)) for value in (50, 60, 100, 70, 80)]
    images[2].paste(FACE.crop((40, 0, 240, 220)), (50, 40))
    payload = Payload(animation("PNG", images, duration=40), cover=Cover.SOLID)
    verdict = inspect(payload, detector, Limits(), Once(detector))
    assert isinstance(verdict, Faces)
    grays = [(frame[..., :3] == SOLID).all(axis=2).any() for frame in frames(verdict.redacted)]
    assert grays == [False, True, True, True, False]


@pytest.mark.parametrize(("kind", "options"), [("GIF", {"disposal": 2}), ("PNG", {"disposal": 1}), ("WEBP", {})])
def test_transparency_and_what_a_frame_uncovers_stay(kind: str, options: dict, redacting: Redacting) -> None:
    images = []
    for x in (0, 40, 80):
        image = Image.new("RGBA", (400, 300), (0, 0, 0, 0))
        image.paste(FACE.crop((60, 20, 200, 220)), (x, 20))
        if kind == "WEBP":  # whose writer would otherwise leave the transparent parts out and say that there are none
            image.paste((9, 9, 9, 128), (0, 290, 400, 300))
        images.append(image)
    data = animation(kind, images, duration=80, loop=0, **options)
    before, after = frames(data), frames(redacting(data).redacted)
    assert len(before) == len(after) == 3
    for old, new in zip(before, after, strict=True):
        gone, solid = old[..., 3] == 0, old[..., 3] == 255
        assert (new[gone][:, 3] == 0).mean() > 0.8  # but for the margin
        assert (new[solid][:, 3] == 255).all()


def test_without_a_wish_nobody_searches(detector: FaceDetector, blind: object) -> None:
    verdict = inspect(Payload(saved(FACE, "JPEG")), detector, Limits(), blind)
    assert verdict == replace(verdict, redacted=b"", unredacted="")
    assert isinstance(inspect(Payload(saved(PLAIN, "JPEG"), cover=Cover.SOLID), detector, Limits(), blind), Clear)
    assert blind.shown == []


PAGE = b"<p>text</p><img src='data:image/jpeg;base64," + base64.b64encode(saved(FACE, "JPEG")) + b"'>"
SAMPLES = np.asarray(FACE).astype(np.uint16)
DARK, BRIGHT = ((SAMPLES * by).astype(">u2").tobytes() for by in (4, 257))
LEFT_ALONE: dict[str, tuple[Callable[[], bytes], str]] = {
    "in a page": (lambda: PAGE, "unsupported-type, cannot be written: unknown"),
    "cur": (lambda: b"\0\0\2" + saved(FACE, "ICO", sizes=[(256, 256)])[3:], "unsupported-type, cannot be written: cur"),
    "icns": (lambda: saved(FACE, "ICNS"), "unsupported-type, cannot be written: icns"),
    "tiff dark": (
        lambda: sixteen_rgb_tiff(DARK),
        "unsupported-type, 16 bits a sample, too dark to show in 8",
    ),
    "tiff float": (lambda: saved(FACE.convert("F"), "TIFF"), "unsupported-type, more than 16 bits"),
}


@pytest.mark.parametrize("way", LEFT_ALONE)
def test_what_cannot_be_redacted_says_why(way: str, redacting: Redacting) -> None:
    make, why = LEFT_ALONE[way]
    assert redacting(make()).unredacted == why


def test_a_face_beside_the_body_is_not_redacted_away(redacting: Redacting) -> None:
    header = "data:image/jpeg;base64," + base64.b64encode(saved(FACE, "JPEG")).decode()
    assert redacting(saved(FACE, "PNG"), headers=(header,)).unredacted == "faces, in the copy, too"


def test_a_coded_body_is_undone_first(redacting: Redacting) -> None:
    import zlib

    coded = zlib.compress(saved(FACE, "PNG"))
    assert opened(redacting(coded, codings=("deflate",)).redacted).size == FACE.size


def test_what_searching_missed_the_second_look_finds(detector: FaceDetector, blind: object) -> None:
    verdict = inspect(Payload(saved(FACE, "PNG"), cover=Cover.SOLID), detector, Limits(), blind)
    assert isinstance(verdict, Faces)
    assert (verdict.redacted, verdict.unredacted) == (b"", "faces, in the copy, too")


@pytest.mark.parametrize(
    ("limits", "why"),
    [
        ({"body": 1000}, "limit-body"),
        ({"worker_memory": 4 * FACE.width * FACE.height}, "limit-memory"),
        ({"frames": 1}, "limit-frames"),
        ({"pixels": FACE.width * FACE.height - 1}, "limit-pixels"),
    ],
)
def test_limits_hold_for_the_copy(limits: dict, why: str, searcher: FaceDetector, detector: FaceDetector) -> None:
    """The first look stops at the face, so some of them are met only by the redaction."""
    data = animation("GIF", [FACE, PLAIN]) if "frames" in limits else saved(FACE, "PNG")
    first = Limits() if "pixels" in limits else replace(Limits(), **limits)
    verdict = inspect(Payload(data, cover=Cover.SOLID), detector, first, searcher)
    if "pixels" in limits:
        assert redact(data, detector, searcher, limits=replace(Limits(), **limits)) is None
    else:
        assert isinstance(verdict, Faces)
        assert (verdict.redacted, verdict.unredacted) == (b"", why)


def test_time_is_one_budget_for_all_looks(detector: FaceDetector) -> None:
    class Slow:
        min_face, versions = 20, {}

        def detect(self, _picture: Picture, tick: Callable[[], None], *, thorough: bool) -> list:
            while thorough:
                tick()
            return []

    limits = replace(Limits(), seconds=2.0)
    verdict = inspect(Payload(saved(FACE, "PNG"), cover=Cover.SOLID), detector, limits, Slow())
    assert isinstance(verdict, Faces)
    assert verdict.unredacted == "limit-time"


def test_a_picture_too_large_to_write_in_time_is_not_begun(detector: FaceDetector, searcher: FaceDetector) -> None:
    large = Image.new("RGB", (4000, 3000))  # at 0.4 megapixels a second: 30
    large.paste(FACE)
    data = saved(large, "QOI")
    limits = replace(Limits(), seconds=25.0)
    verdict: Verdict = inspect(Payload(data, cover=Cover.SOLID), detector, limits, searcher)
    assert isinstance(verdict, Faces)
    assert verdict.unredacted == "limit-time, to write it"


def test_the_plain_function(detector: FaceDetector, searcher: FaceDetector) -> None:
    copy = redact(saved(FACE, "JPEG"), detector, searcher)
    assert copy is not None
    assert redact(copy, detector, searcher) is None  # no face: nothing to redact
    assert redact(b"text", detector, searcher) is None
    assert redact(saved(FACE, "ICNS"), detector, searcher) is None
    assert redact(saved(FACE, "JPEG"), detector, searcher, cover=Cover.MOSAIC) not in (None, copy)


def test_broken_files_are_redacted_as_far_as_they_go_or_not_at_all(redacting: Redacting) -> None:
    whole = saved(FACE, "JPEG")
    assert redacting(whole[:-2]).redacted
    assert redacting(whole[: len(whole) * 6 // 10]).redacted
    animated = animation("GIF", [FACE, PLAIN, FACE])
    cut = redacting(animated[: len(animated) // 2])
    assert cut.redacted or cut.unredacted
