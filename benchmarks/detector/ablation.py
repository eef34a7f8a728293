"""What each view of the detector finds, and what it costs: the same pictures with one of them left out.

    python -m benchmarks.detector.ablation --corpus DIR [--limit N]

Beside the corpus, its frontal faces are turned, squashed, dimmed, faded, and put small into large pictures without any.
Cost is counted in pixels that the network is shown (8-bit looks count 0.65): nothing else on the machine disturbs that.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import click
import numpy as np
from facegate.curve import point
from facegate_addons.detection import closer, exposure, views
from facegate_addons.detection.builtin import builtin
from facegate_addons.detection.candidates import Look
from facegate_addons.detection.faces import FaceDetector
from facegate_addons.detection.network import Network
from facegate_addons.detection.picture import Picture
from facegate_addons.domain.limits import Limits
from facegate_addons.inspection import sniff
from facegate_addons.inspection.budget import Budget
from facegate_addons.inspection.stills.pictures import pictures
from PIL import Image
from rich.progress import track

from benchmarks.labels import Picture as Labelled
from benchmarks.labels import labelled, spread

RGB = np.ndarray
ROUGH = 0.65  # time of an 8-bit look by that of a full one
DERIVED = 24  # frontal faces that the derived sets are made of
LOW = 0.01


class Counted(Network):
    """Counts the pixels it is shown."""

    shown = 0.0
    rough = True

    def look(self, batch: RGB, *, rough: bool = False) -> list[Look]:
        rough = rough and self.rough
        high, wide = (-side % 32 + side for side in batch.shape[1:3])
        self.shown += (ROUGH if rough else 1) * len(batch) * high * wide
        return super().look(batch, rough=rough)


def turned_only(proposal: closer.Proposal, upright: RGB, show: Callable[[views.View], RGB]) -> RGB:
    return np.stack([np.rot90(upright, turns) for turns in (1, 2, 3)])


def pulled_only(proposal: closer.Proposal, upright: RGB, show: Callable[[views.View], RGB]) -> RGB:
    return np.stack([show(views.close(proposal.box, proposal.stretch * by)) for by in (2.0, 0.5)])


@contextmanager
def without(name: str, network: Counted) -> Iterator[None]:
    scores = network.description.scores
    match name:
        case "nothing":
            yield
        case "8-bit looks":
            with patch.object(network, "rough", False):
                yield
        case "stop at an obvious face":
            with patch.object(network, "description", replace(network.description, scores=replace(scores, obvious=1))):
                yield
        case "stop where there is no doubt":
            with patch.object(network, "description", replace(network.description, scores=replace(scores, dull=0))):
                yield
        case "closer looks":
            with patch.object(closer, "again", lambda proposal, *_: proposal.score):
                yield
        case "surroundings":
            with patch.object(closer, "_context", lambda proposal, *_: proposal.score):
                yield
        case "turned":
            with patch.object(closer, "_turned", pulled_only):
                yield
        case "pulled":
            with patch.object(closer, "_turned", turned_only):
                yield
        case "unsquashed":
            with patch.object(views, "unsquashed", lambda view: None):
                yield
        case "lifted":
            with patch.object(exposure, "lift", lambda rgb: None):
                yield
        case "tiles":
            with patch.object(views, "tiled", lambda *_: False):
                yield


LEFT_OUT = (
    "nothing",
    "8-bit looks",
    "stop at an obvious face",
    "stop where there is no doubt",
    "closer looks",
    "surroundings",
    "turned",
    "pulled",
    "unsquashed",
    "lifted",
    "tiles",
)


def resized(rgb: RGB, across: float, down: float) -> RGB:
    size = max(1, round(rgb.shape[1] * across)), max(1, round(rgb.shape[0] * down))
    return np.asarray(Image.fromarray(rgb).resize(size))


SETS: dict[str, Callable[[RGB, RGB], RGB]] = {
    "on its side": lambda face, _: np.rot90(face),
    "on its head": lambda face, _: np.rot90(face, 2),
    "squashed 3 times": lambda face, _: resized(face, 1 / 3, 1),
    "squashed 3 times on a page": lambda face, _: page(resized(face, 1, 1 / 3)),
    "to 1.5 % of its light": lambda face, _: (face * 0.015).astype(np.uint8),
    "to 5 % of its contrast": lambda face, _: (face * 0.05 + 120).astype(np.uint8),
    "80 pixels wide on 1920 x 1080": lambda face, other: on_canvas(face, other, 80),
}


def page(rgb: RGB) -> RGB:
    """In the middle of a white square."""
    side = max(rgb.shape[:2])
    square = np.full((side, side, 3), 255, np.uint8)
    top, left = (side - rgb.shape[0]) // 2, (side - rgb.shape[1]) // 2
    square[top : top + rgb.shape[0], left : left + rgb.shape[1]] = rgb
    return square


def on_canvas(face: RGB, other: RGB, width: int) -> RGB:
    canvas = np.asarray(Image.fromarray(other).resize((1920, 1080))).copy()
    small = resized(face, width / face.shape[1], width / face.shape[1])[:500]
    canvas[450 : 450 + small.shape[0], 1100 : 1100 + width] = small
    return canvas


@click.command(help=__doc__)
@click.option("--corpus", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True)
@click.option("--limit", type=click.IntRange(1), help="No more pictures of each kind than this, evenly spread.")
def main(corpus: Path, limit: int | None) -> None:
    rows = labelled(corpus, limit)
    bodies = [(corpus / row.path).read_bytes() for row in rows]
    frontal = [row for row in labelled(corpus) if "frontal" in row.tags and not {"small", "dark"} & set(row.tags)]
    empty = [row for row in labelled(corpus) if not row.face and "hard-negative" not in row.tags]
    chosen = list(zip(spread(frontal, DERIVED), spread(empty, DERIVED), strict=False))
    loaded = Network.load(builtin())
    network = Counted(loaded._session, loaded.description, "cpu", loaded._rough)
    print("| without | found | wrongly withheld | kpx median | kpx mean |", " | ".join(SETS), "|")
    print("|---" * (5 + len(SETS)) + "|")
    for name in LEFT_OUT:
        with without(name, network):
            detector = FaceDetector(network, LOW)
            scores, costs = [], []
            for body in track(bodies, name, transient=True):
                network.shown = 0
                shown = pictures(sniff.sniff(body), body, Budget(Limits()), 20)
                scores.append(max((best(detector, picture) for picture in shown), default=0.0))
                costs.append(network.shown / 1000)
            faces = [s for s, row in zip(scores, rows, strict=True) if row.face and "tiny" not in row.tags]
            clear = [s for s, row in zip(scores, rows, strict=True) if not row.face]
            here = point(builtin().description.scores.threshold, faces, clear)
            found = [derived(detector, corpus, chosen, make) for make in SETS.values()]
        row = [
            name,
            f"{here.found.rate:.1%}",
            f"{here.withheld.rate:.1%}",
            f"{np.median(costs):.0f}",
            f"{np.mean(costs):.0f}",
            *(f"{share:.0%}" for share in found),
        ]
        print("|", " | ".join(row), "|", flush=True)


def best(detector: FaceDetector, picture: Picture) -> float:
    return max((finding.score for finding in detector.detect(picture)), default=0.0)


def derived(
    detector: FaceDetector, corpus: Path, chosen: list[tuple[Labelled, Labelled]], make: Callable[[RGB, RGB], RGB]
) -> float:
    """The share that is found at the threshold of the model."""
    threshold = builtin().description.scores.threshold
    hits = [
        best(detector, Picture(np.ascontiguousarray(make(opened(corpus / face.path), opened(corpus / other.path)))))
        for face, other in chosen
    ]
    return float(np.mean([hit >= threshold for hit in hits]))


def opened(path: Path) -> RGB:
    return np.asarray(Image.open(path).convert("RGB"))


if __name__ == "__main__":
    main()
