"""How many times faster than it plays a clip is looked at, in CPU time: decoding alone, and all of inspection.

The clips are made here, a pan over a drawn scene without a face, so that no look ends early. With `--clips DIR` the
files of a folder are looked at as well; what its video.jsonl says of them (`path`, `has_face`) is printed beside the
verdict.
"""

import copy
import io
import json
import os
import platform
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import click
import numpy as np
import skimage.data
from facegate_addons.detection.faces import FaceDetector
from facegate_addons.detection.picture import Picture, unhurried
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.model import Clear, Faces, Finding, Payload, Verdict
from facegate_addons.inspection.budget import Budget
from facegate_addons.inspection.sniff import sniff
from facegate_addons.inspection.video import decode, frames
from facegate_addons.inspection.video.change import Watch, grid
from facegate_addons.inspection.walk import inspect
from numpy.typing import NDArray
from PIL import Image

RATE = 30
SIZES = {"720p": (1280, 720), "1080p": (1920, 1080)}
# container, encoder, its options: as they come from the web, from browsers and from cameras
WRITTEN = {
    "H.264": ("mp4", "libx264", {"preset": "veryfast"}),
    "VP9": ("webm", "libvpx-vp9", {"deadline": "realtime", "cpu-used": "8", "b": "4M"}),
    "MPEG-4": ("avi", "mpeg4", {"b": "6M"}),
}
SIDES = (20, 30, 40, 60, 80, 120, 160)  # pixels of the faces that flash up
PATIENT = Limits(seconds=600.0)


@dataclass(frozen=True)
class Row:
    name: str
    verdict: Verdict
    seconds: float  # how long it plays
    decoding: float  # how long that takes
    looking: float  # how long all takes
    frames: int
    looks: int


class Counting:
    """The detector, and how often it was asked."""

    def __init__(self, detector: FaceDetector) -> None:
        self._detector = detector
        self.min_face, self.versions = detector.min_face, detector.versions
        self.looks = 0

    def detect(
        self, picture: Picture, tick: Callable[[], None] = unhurried, *, thorough: bool = False
    ) -> list[Finding]:
        self.looks += 1
        return self._detector.detect(picture, tick, thorough=thorough)


@click.command(help=__doc__)
@click.option("--seconds", default=20.0, show_default=True, help="Length of the clips that are made.")
@click.option("--pan", default=2, show_default=True, help="Pixels that the scene moves by from frame to frame.")
@click.option("--clips", type=click.Path(exists=True, file_okay=False, path_type=Path), help="A folder of clips.")
@click.option("--min-face", default=20, show_default=True, help="`detector.min_face`.")
def main(seconds: float, pan: int, clips: Path | None, min_face: int) -> None:
    detector = FaceDetector.load(min_face=min_face)
    rows = [measure(name, body, detector) for name, body in made(seconds, pan)]
    click.echo(table(rows))
    if clips:
        click.echo("\n" + flashes(clips))
        expected = labels(clips)
        files = sorted(path for path in clips.iterdir() if path.is_file() and path.suffix != ".jsonl")
        click.echo("\n" + verdicts([(measure(f.name, f.read_bytes(), detector), expected.get(f.name)) for f in files]))
    click.echo(f"\nOne core of {os.cpu_count()}, Python {platform.python_version()}, FFmpeg {av.ffmpeg_version_info}.")


def made(seconds: float, pan: int) -> Iterator[tuple[str, bytes]]:
    for size, (width, height) in SIZES.items():
        for name, (form, codec, options) in WRITTEN.items():
            yield f"{name} {size}", encoded(scene(width, height, round(seconds * RATE), pan), form, codec, options)


def scene(width: int, height: int, count: int, pan: int) -> Iterator[NDArray[np.uint8]]:
    """Large surfaces with edges and grain, as a street or a room has them, passed to and fro."""
    random = np.random.default_rng(4711)
    reach = width // 2
    wall = np.full((height, width + reach, 3), 120, np.uint8)
    for _ in range(80):
        left, top = random.integers(0, width + reach), random.integers(0, height)
        wide, high = random.integers(width // 16, width // 3, 2)
        wall[top : top + high, left : left + wide] = random.integers(60, 200) + random.integers(-20, 20, 3)
    grain = random.integers(-6, 7, wall.shape, dtype=np.int16)
    wall = np.clip(wall + grain, 0, 255).astype(np.uint8)
    for number in range(count):
        at = abs((number * pan) % (2 * reach) - reach)
        yield np.ascontiguousarray(wall[:, at : at + width])


def encoded(pictures: Iterator[NDArray[np.uint8]], form: str, codec: str, options: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format=form) as container:
        first = next(pictures)
        stream: Any = container.add_stream(codec, rate=Fraction(RATE), options=dict(options))
        stream.height, stream.width = first.shape[:2]
        stream.pix_fmt = "yuv420p"
        for rgb in (first, *pictures):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(rgb, "rgb24")))
        container.mux(stream.encode(None))
    return out.getvalue()


def measure(name: str, body: bytes, detector: FaceDetector) -> Row:
    kind = sniff(body)
    count, seconds, decoding = 0, 0.0, 0.0
    if kind in decode.DEMUXERS:
        start, budget = time.process_time(), Budget(PATIENT)
        with decode.opened(body, kind, budget) as container:
            for packet in decode.packets(container, budget):
                count += len(packet.frames)
                seconds = max([seconds, *(frame.time or 0.0 for frame in packet.frames)])
        decoding = time.process_time() - start
    counting, start = Counting(detector), time.process_time()
    verdict = inspect(Payload(body), counting, PATIENT)
    return Row(name, verdict, seconds, decoding, time.process_time() - start, count, counting.looks)


def flashes(folder: Path) -> str:
    """Of a face that is there in one frame only, anywhere in a clip and at any time: how often is that frame looked at?

    A portrait is laid over single frames of the folder's MP4 files; the choice of frames is asked, not the detector.
    """
    portrait = Image.fromarray(skimage.data.astronaut()[:200, 124:324])
    random = np.random.default_rng(4711)
    lines = ["| clip | " + " | ".join(f"{side} px" for side in SIDES) + " |", "|---" * (len(SIDES) + 1) + "|"]
    for file in sorted(folder.glob("*.mp4")):
        caught, tried = dict.fromkeys(SIDES, 0), 0
        watch, budget = Watch(), Budget(PATIENT)
        with decode.opened(file.read_bytes(), "mp4", budget) as container:
            shown = (frame for packet in decode.packets(container, budget) for frame in packet.frames)
            for number, frame in enumerate(shown):
                size = grid(frame.width, frame.height)
                if number % 5 == 2:
                    tried += 1
                    rgb = frame.to_ndarray(format="rgb24")
                    for side in SIDES:
                        flashed = rgb.copy()
                        left, top = random.integers(0, frame.width - side), random.integers(0, frame.height - side)
                        flashed[top : top + side, left : left + side] = portrait.resize((side, side))
                        thumb = frames.thumb(av.VideoFrame.from_ndarray(flashed, "rgb24"), *size)
                        caught[side] += copy.deepcopy(watch).new(thumb, frame.time)
                watch.new(frames.thumb(frame, *size), frame.time)
        shares = " | ".join(f"{caught[side] / max(tried, 1):.0%}" for side in SIDES)
        lines.append(f"| {file.name} ({frame.width} × {frame.height}) | {shares} |")
    return "\n".join(lines)


def labels(folder: Path) -> dict[str, bool]:
    for file in (folder / "video.jsonl", folder.parent / "video.jsonl"):
        if file.exists():
            rows = map(json.loads, file.read_text(encoding="utf-8").splitlines())
            return {Path(row["path"]).name: bool(row["has_face"]) for row in rows}
    return {}


def table(rows: list[Row]) -> str:
    lines = ["| clip | plays | frames | looks a second | decoding | all |", "|---|---|---|---|---|---|"]
    lines += [
        f"| {row.name} | {row.seconds:.1f} s | {row.frames} | {row.looks / max(row.seconds, 0.1):.1f} "
        f"| {row.seconds / row.decoding:.1f} × real time | {row.seconds / row.looking:.1f} × real time |"
        for row in rows
    ]
    return "\n".join(lines)


def verdicts(rows: list[tuple[Row, bool | None]]) -> str:
    lines = ["| clip | plays | looks | took | verdict | face expected |", "|---|---|---|---|---|---|"]
    lines += [
        f"| {row.name} | {row.seconds:.1f} s | {row.looks} | {row.looking:.2f} s | {said(row.verdict)} "
        f"| {'' if face is None else 'yes' if face else 'no'} |"
        for row, face in rows
    ]
    return "\n".join(lines)


def said(verdict: Verdict) -> str:
    match verdict:
        case Faces(findings):
            return f"faces ({findings[0].where or 'the body'}, {findings[0].score:.2f})"
        case Clear(kind):
            return f"clear ({kind})"
        case _:
            return f"{verdict.why} ({verdict.detail})"


if __name__ == "__main__":
    main()
