"""Pictures of a withheld body for people: found by the walk that looked for faces, so that it is where findings say.

No face is searched for again, but where none is known, or where one place has several pictures (a photo as it is stored
and as it is turned) and only a look tells which of them the finding is in.
"""

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from PIL import Image

from facegate_addons.detection.picture import Detector, Picture, unhurried
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.model import Finding, Unreadable
from facegate_addons.domain.preview import PLAIN_BYTES, PLAIN_SIDE, Glimpse, Preview, Rendering, Shown
from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Budget, Unread
from facegate_addons.inspection.mosaics import mosaic
from facegate_addons.inspection.stills.canvas import in_srgb
from facegate_addons.inspection.walk import look

SMALL = 24  # pixels: with no finding to go by, pictures of a shorter side are marks and spacers, taken as a last resort
_SAME = 0.3  # share of intersection in union from which two boxes are about one face
_QUALITY = (90, 75, 50)  # of a JPEG, until one is small enough
_SEARCHED = 64  # pictures that are gone through for some that are not small


class _Enough(Exception):  # ends the walk, which makes an Unreadable of it
    pass


def preview(glimpse: Glimpse, detector: Detector, limits: Limits) -> Preview:
    """Never raises, whatever the bytes are."""
    budget = Budget(replace(limits, seconds=min(limits.seconds, glimpse.seconds)))
    eye = _Eye(glimpse, detector)
    verdict = look(replace(glimpse.payload, cover=None, whole=False), eye, budget)
    shown = list[Shown]()
    why, detail = (verdict.why, verdict.detail) if isinstance(verdict, Unreadable) and not eye.satisfied else (None, "")
    try:
        shown.extend(_shown(picture, eye, glimpse, budget) for picture in eye.chosen(budget))
    except Unread as unread:
        why, detail = unread.why, unread.detail
    except MemoryError:
        why, detail = Reason.LIMIT_MEMORY, ""
    except Exception as error:  # noqa: BLE001 - writers and colour management raise what they please
        why, detail = Reason.INSPECTION_FAILED, type(error).__name__
    return Preview(tuple(shown), why, detail)


class _Eye:
    """A detector that sees no face and keeps what it is shown: the walk goes on, and says where each picture is."""

    def __init__(self, glimpse: Glimpse, detector: Detector) -> None:
        self.detector = detector
        self._enough = False
        self._most = glimpse.most
        self._first = glimpse.rendering is Rendering.BLURRED
        best = sorted(glimpse.findings, key=lambda finding: -finding.score)
        self.wanted = list(dict.fromkeys(finding.where for finding in best))[: glimpse.most]
        self.known = {where: tuple(f for f in glimpse.findings if f.where == where) for where in self.wanted}
        self._kept: dict[str, list[Picture]] = {}
        self._any: list[Picture] = []
        self._small: list[Picture] = []
        self._passed = 0

    @property
    def min_face(self) -> int:
        return self.detector.min_face

    @property
    def versions(self) -> Mapping[str, str]:
        return self.detector.versions

    def detect(
        self, picture: Picture, tick: Callable[[], None] = unhurried, *, thorough: bool = False
    ) -> list[Finding]:
        tick()
        if not self.wanted:
            self._take_any(picture)
            return []
        if picture.where in self.known:
            views = self._kept.setdefault(picture.where, [])
            if len(views) < self._most:
                views.append(picture)
        if len(self._kept) == len(self.wanted) and (self._first or picture.where not in self.known):
            self._end()
        return []

    def _take_any(self, picture: Picture) -> None:
        self._passed += 1
        into = self._any if min(picture.size) >= SMALL else self._small
        if len(into) < self._most:
            into.append(picture)
        if len(self._any) >= self._most or self._passed >= _SEARCHED:
            self._end()

    def _end(self) -> None:
        self._enough = True
        raise _Enough

    @property
    def satisfied(self) -> bool:
        """Was all that is wanted met?"""
        return self._enough or (bool(self.wanted) and len(self._kept) == len(self.wanted))

    def chosen(self, budget: Budget) -> list[Picture]:
        """In the body's order. Raises Unread."""
        if not self.wanted:
            return self._any or self._small
        return [self._of(views, budget) for views in self._kept.values()]

    def _of(self, views: Sequence[Picture], budget: Budget) -> Picture:
        """The one that the findings are in."""
        if len(views) > 1:
            known = self.known[views[0].where]
            for view in views:
                if any(_overlap(f.box, k.box) > _SAME for f in self.detector.detect(view, budget.tick) for k in known):
                    return view
        return views[0]


def _shown(picture: Picture, eye: _Eye, glimpse: Glimpse, budget: Budget) -> Shown:
    findings = eye.known.get(picture.where, ())
    size = (round(picture.size[0]), round(picture.size[1]))
    if glimpse.rendering is Rendering.BLURRED:
        return Shown(picture.where, size, (), mosaic(picture.rgb, picture.size, [f.box for f in findings]))
    again = not eye.wanted
    if again:
        findings = tuple(eye.detector.detect(picture, budget.tick, thorough=True))
    budget.tick()
    if max(picture.rgb.shape[:2]) < min(PLAIN_SIDE, max(size)):
        picture = picture.finer()
    return Shown(picture.where, size, findings, _plain(picture), again)


def _plain(picture: Picture) -> bytes:
    """A JPEG in sRGB, and nothing with it. Raises Unread."""
    height, width = picture.rgb.shape[:2]
    scale = min(1.0, PLAIN_SIDE / max(picture.size))
    across, down = (max(1, round(side * scale)) for side in picture.size)  # the shape it is seen in, squeezed or not
    image = Image.fromarray(picture.rgb)
    if (across, down) != (width, height):
        image = image.resize((across, down), Image.Resampling.LANCZOS, reducing_gap=3.0)
    image = in_srgb(image, picture.profile)
    for quality in _QUALITY:
        out = io.BytesIO()
        image.save(out, "JPEG", quality=quality, subsampling=0, exif=b"", icc_profile=None)
        if out.tell() <= PLAIN_BYTES:
            return out.getvalue()
    raise Unread(Reason.LIMIT_BODY, "of the preview")


def _overlap(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> float:
    """Intersection over union."""
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    if across <= 0 or down <= 0:
        return 0.0
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)]
    return across * down / (sum(areas) - across * down)
