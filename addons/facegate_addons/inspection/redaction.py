"""A body that is a picture with faces: the same picture with all of them covered, looked at again.

What comes out is written from pixels alone, and it is inspected like any other body: only what is found clear is handed
over. Everything that cannot be redacted stays what it was: a body with faces.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from facegate_addons.detection import redact as covering
from facegate_addons.detection.picture import Detector, Picture
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.model import Clear, Cover, Faces, Payload, Unreadable, Verdict
from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection import sniff
from facegate_addons.inspection.budget import Budget, Unread
from facegate_addons.inspection.stills import encode, pixels
from facegate_addons.inspection.stills.canvas import image_of, pixels_of, shown
from facegate_addons.inspection.stills.pictures import TURNS, orientation, reduction, whole
from facegate_addons.inspection.unwrap import undo
from facegate_addons.inspection.walk import look

# times that a picture is covered and looked at again: packing it anew can bring a face over the threshold
ROUNDS = 3
# of a worker's memory: what all frames of a picture may take while they are held; the writers need as much again
HELD = 0.25
HASTE = 2.0  # times that writing a picture may take longer than where its speed was measured

Boxes = list[covering.Box]
Pixels = NDArray[np.uint8]


def inspect(payload: Payload, detector: Detector, limits: Limits, searcher: Detector) -> Verdict:
    """What the walk says of a body; to faces, if the payload asks for it, their redacted copy. Never raises.

    `detector` decides, on the copy as on the body. What is covered is what `searcher` finds, which should see more:
    in a picture with a face a proposal too weak to withhold a picture for is worth covering (docs/detector.md).
    """
    budget = Budget(limits)
    verdict = look(payload, detector, budget)
    if payload.cover is None or not isinstance(verdict, Faces):
        return verdict
    try:
        return replace(verdict, redacted=_redacted(payload, payload.cover, detector, searcher, budget))
    except Unread as unread:
        why = f"{unread.why}, {unread.detail}" if unread.detail else unread.why.value
    except MemoryError:
        why = Reason.LIMIT_MEMORY.value
    except Exception as error:  # noqa: BLE001 - writers raise whatever they please, quoting what they were given
        why = f"{Reason.INSPECTION_FAILED}, {type(error).__name__}"
    return replace(verdict, unredacted=why)


def redact(
    data: bytes, detector: Detector, searcher: Detector, *, cover: Cover = Cover.SOLID, limits: Limits | None = None
) -> bytes | None:
    """The redacted copy of a picture's bytes; None when no face was found, or the picture cannot be redacted."""
    verdict = inspect(Payload(data, cover=cover), detector, limits or Limits(), searcher)
    return verdict.redacted or None if isinstance(verdict, Faces) else None


def _redacted(payload: Payload, cover: Cover, detector: Detector, searcher: Detector, budget: Budget) -> bytes:
    """Raises Unread with what stands in the way."""
    body = undo(payload.body, payload.codings, budget.again())
    kind = sniff.sniff(body)
    if kind not in encode.WRITERS:
        raise Unread(Reason.UNSUPPORTED_TYPE, f"cannot be written: {kind or 'unknown'}")
    for _ in range(ROUNDS):
        body = _Redaction(kind, cover, searcher, budget.again()).of(body)
        if len(body) > budget.limits.body:
            raise Unread(Reason.LIMIT_BODY)
        match look(replace(payload, body=body, codings=(), cover=None), detector, budget.again()):
            case Clear(again) if again == kind:
                return body
            case Clear(again):
                raise Unread(Reason.UNDECODABLE, f"the copy of a {kind} is a {again}")
            case Unreadable(why):
                raise Unread(why, "over the copy")
        cover = Cover.SOLID  # a mosaic may look like a face again
    raise Unread(Reason.FACES, "in the copy, too")


class _Redaction:
    """One file, read, covered and written."""

    def __init__(self, kind: str, cover: Cover, searcher: Detector, budget: Budget):
        self.kind = kind
        self.cover = cover
        self.searcher = searcher
        self.budget = budget
        self._found: dict[bytes, Boxes] = {}  # by what is seen: animations repeat themselves

    def of(self, data: bytes) -> bytes:
        frames: list[Pixels] = []
        boxes: list[Boxes] = []
        modes: list[str] = []
        durations: list[float] = []
        options: encode.Options = {}
        turn = None
        held = 0
        for frame in whole(self.kind, data, self.budget):
            if not frames:
                options = encode.opening(self.kind, frame, data)
                turn = TURNS.get(orientation(frame))
            image = shown(frame)
            modes.append(image.mode)
            frames.append(pixels_of(image))
            held += frames[-1].nbytes
            if held > self.budget.limits.worker_memory * HELD:
                raise Unread(Reason.LIMIT_MEMORY)
            durations.append(float(frame.info.get("duration") or 0))
            boxes.append(self._faces(frame))
        self._cover(frames, boxes)
        if turn is not None:  # turned for good: what says so is not kept
            frames = [np.ascontiguousarray(turn(frame)) for frame in frames]
            self._cover(frames, [self._faces(Image.fromarray(frame)) for frame in frames])
        return self._written(frames, modes, options, durations)

    def _faces(self, frame: Image.Image) -> Boxes:
        """All of them, in every way to see the frame, in its own pixels."""
        boxes: Boxes = []
        for rgb in pixels.views(frame, reduction(frame, frame.size, self.searcher.min_face)):
            mark = hashlib.blake2b(rgb, digest_size=16).digest()
            if mark not in self._found:
                picture = Picture(rgb, (frame.width / rgb.shape[1], frame.height / rgb.shape[0]))
                found = self.searcher.detect(picture, self.budget.tick, thorough=True)
                self._found[mark] = [face.box for face in found]
            boxes += self._found[mark]
        return boxes

    def _cover(self, frames: Sequence[Pixels], boxes: Sequence[Boxes]) -> None:
        """In an animation also what its neighbours show: a face does not vanish for one frame."""
        around = 1 if encode.WRITERS[self.kind].several == "animation" else 0
        for number, frame in enumerate(frames):
            near = boxes[max(0, number - around) : number + around + 1]
            covering.cover(frame, (box for found in near for box in found), self.cover)

    def _written(
        self, frames: Sequence[Pixels], modes: Iterable[str], options: encode.Options, durations: Sequence[float]
    ) -> bytes:
        size = sum(frame.shape[0] * frame.shape[1] for frame in frames) / 1e6
        if HASTE * size / encode.WRITERS[self.kind].speed > self.budget.left:
            raise Unread(Reason.LIMIT_TIME, "to write it")
        mode = encode.mode_for(self.kind, modes)
        return encode.encoded(self.kind, [image_of(frame, mode) for frame in frames], options, durations)
