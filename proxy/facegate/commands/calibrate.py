"""`facegate scan --calibrate`: what thresholds cost on a folder of the user's own, whose truth is known."""

import dataclasses
import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click
from facegate_addons.domain.model import Clear, Faces, Unreadable, Verdict
from facegate_addons.workers.protocol import WorkerSettings

from facegate.calibration import NO_PICTURE, Calibration, Scored, calibrate
from facegate.commands.looking import Looked, look_at, progress
from facegate.commands.operating_points import print_calibration
from facegate.curve import Point, Share
from facegate.labelled import labelled

TEXT = ("empty", "text")  # kinds of what is no picture, and holds none that looks like a face
MISTAKES = 5  # of each kind shown unless asked for more: enough to see what they have in common


def run(folder: Path, jobs: int, settings: WorkerSettings, mistakes: int | None, as_json: bool) -> None:
    """Looks at the folder and prints the report. Raises ConfigError for a folder that is none of labelled pictures."""
    pictures = labelled(folder)
    scored: list[Scored] = []

    def tell(looked: Looked) -> None:
        picture = pictures[len(scored)]  # told of in their order
        score, why = score_of(looked.verdict)
        scored.append(Scored(shown(picture.name), picture.face, picture.tags, score, why, looked.sha256))

    bar = progress(quiet=not sys.stderr.isatty())
    every = dataclasses.replace(settings, scores=True)
    versions = look_at([picture.path for picture in pictures], every, jobs, bar, tell)
    found = calibrate(scored, float(versions["threshold"]))
    if as_json:
        told = {"folder": shown(folder), "at": datetime.now(UTC).isoformat(timespec="seconds")}
        click.echo(json.dumps({**told, **evidence({"facegate": version("facegate"), **versions}, scored, found)}))
    else:
        print_calibration(found, versions, MISTAKES if mistakes is None else mistakes)


def score_of(verdict: Verdict) -> tuple[float | None, str]:
    """The score, or None and why there is none."""
    match verdict:
        case Faces(findings):
            return findings[0].score, ""
        case Clear(kind) if kind in TEXT:
            return None, NO_PICTURE
        case Clear():
            return 0.0, ""
        case Unreadable(why, detail):
            return None, f"{why}{f' ({detail})' if detail else ''}"


def shown(name: object) -> str:
    """Names that are no UTF-8 are shown, not stumbled over."""
    return str(name).encode("utf-8", "replace").decode()


def evidence(versions: Mapping[str, str], scored: list[Scored], found: Calibration) -> dict[str, Any]:
    """All that a threshold rests on: which files were looked at, by what, and with which result."""
    advice = found.advice
    return {
        "versions": dict(versions),
        "present": _point(found.present),
        "points": [{"level": row.level, "why": row.why, **_point(row.point)} for row in found.rows],
        "advice": {"level": advice.level, "keep": advice.keep, "threshold": advice.threshold} if advice else None,
        "tags": {tag: _point(counted) for tag, counted in found.tags},
        "files": [
            {
                "path": one.name, "face": one.face, "tags": one.tags,
                "score": one.score, "why": one.why, "sha256": one.sha256,
            }
            for one in scored
        ],
    }  # fmt: skip


def _point(counted: Point | None) -> dict[str, Any]:
    if counted is None:
        return {"threshold": None}
    shares = {"recall": _share(counted.found), "false_positives": _share(counted.withheld)}
    return {"threshold": counted.threshold, **shares}


def _share(share: Share) -> dict[str, Any]:
    low, high = (round(end, 6) for end in share.interval)
    rate = round(share.rate, 6) if share.of else None  # NaN is no JSON
    return {"hits": share.hits, "of": share.of, "rate": rate, "low": low, "high": high}
