"""What the walk says of a case, in this process, as the gateway's hook would hand it the response."""

import functools

import skimage.data
from evasion.case import Case, Picture
from facegate_addons.detection.faces import FaceDetector
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.model import Payload, Verdict
from facegate_addons.hooks.head import looked_at
from facegate_addons.inspection.walk import inspect
from mitmproxy import http
from PIL import Image

SIDE = 256  # pixels; the face has 50 then


@functools.cache
def face() -> Picture:
    """The astronaut portrait (public domain)."""
    return Picture(Image.fromarray(skimage.data.astronaut()).resize((SIDE, SIDE), Image.Resampling.LANCZOS))


@functools.cache
def nobody() -> Picture:
    """A cup of coffee (CC0)."""
    return Picture(Image.fromarray(skimage.data.coffee()).resize((SIDE, SIDE), Image.Resampling.LANCZOS))


def verdict(case: Case, picture: Picture, detector: FaceDetector) -> Verdict:
    return judged(case.body(picture), case.content_type, case.head(picture), detector)


def judged(body: bytes, content_type: str, head: tuple[tuple[str, str], ...], detector: FaceDetector) -> Verdict:
    codings = (value for name, value in head if name.lower() == "content-encoding")
    stack = tuple(coding for value in codings for item in value.split(",") if (coding := item.strip().lower()))
    fields = http.Headers([(name.encode(), value.encode("utf-8", "surrogateescape")) for name, value in head])
    return inspect(Payload(body, content_type, stack, looked_at(fields)), detector, Limits())
