"""Damaged pictures of a face: as long as the reader that crawlers use shows the face, they are not clear."""

import functools
import io
import warnings
from collections.abc import Sequence

import numpy as np
from evasion.walked import face
from facegate_addons.detection.faces import FaceDetector
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.model import Clear, Payload
from facegate_addons.inspection.walk import inspect
from fuzz.seeds import Seed
from PIL import Image

SIDE = 128  # pixels; the face has 25 then
NEAR = 6  # of 256, in the mean: a picture that shows what the first one shows
KINDS = {
    "JPEG": {"quality": 80},
    "PNG": {},
    "GIF": {},
    "WEBP": {"method": 0},
    "BMP": {},
    "TIFF": {"compression": "tiff_lzw"},
    "TGA": {},
}


@functools.cache
def _detector() -> FaceDetector:
    return FaceDetector.load(threshold=None, min_face=20)


@functools.cache
def _original() -> np.ndarray:
    return np.asarray(face().small(SIDE).image, dtype=np.int16)


def seeds(_seeds: Sequence[Seed]) -> list[bytes]:
    return [face().small(SIDE).encoded(kind, **options) for kind, options in KINDS.items()]


def broken(data: bytes) -> str:
    if not _shows_the_face(data):
        return ""
    verdict = inspect(Payload(data), _detector(), Limits())
    return "clear, with a face that Pillow shows" if isinstance(verdict, Clear) else ""


def _shows_the_face(data: bytes) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            shown = Image.open(io.BytesIO(data))
            if shown.size != (SIDE, SIDE):
                return False
            pixels = np.asarray(shown.convert("RGB"), dtype=np.int16)
    except Exception:  # noqa: BLE001 - Pillow raises whatever it pleases
        return False
    return float(np.abs(pixels - _original()).mean()) < NEAR
