"""A labelled folder with what only measuring asks for: how large the faces are, and how somebody perceived them.

The folder is one that `facegate scan --calibrate` takes. The lines of its faces.jsonl may have, besides `path` and
`tags`: `boxes` [[x, y, width, height]] in pixels of the file; `max_face_px`, the shorter side of the largest face;
`perceived_skin`, Fitzpatrick types as onlookers perceived them, with how many faces ({"II": 3}).
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from facegate import labelled as product
from facegate.errors import ConfigError


@dataclass(frozen=True)
class Picture:
    path: str  # under the folder
    face: bool
    tags: tuple[str, ...] = ()
    size: float | None = None  # shorter side of the largest face in pixels, where somebody measured it
    skin: tuple[str, ...] = ()


def labelled(corpus: Path, limit: int | None = None) -> list[Picture]:
    """Those with a face, then those without; `limit` of each, evenly spread over the list. Raises ConfigError."""
    known = product.labelled(corpus)
    told = {row["path"]: row for kind in product.KINDS for row in _rows(corpus / f"{kind}.jsonl")}
    pictures = [Picture(one.name, one.face, one.tags, *_measured(one.name, told)) for one in known]
    return [picture for face in (True, False) for picture in spread([p for p in pictures if p.face is face], limit)]


def spread[T](items: list[T], limit: int | None) -> list[T]:
    """At most `limit` of them, evenly: neighbours come from one source and are alike."""
    if limit is None or limit >= len(items):
        return items
    return [items[number * len(items) // limit] for number in range(limit)]


def _rows(file: Path) -> list[dict[str, Any]]:
    lines = file.read_text(encoding="utf-8").split("\n") if file.exists() else []
    return [json.loads(line) for line in lines if line.strip()]


def _measured(name: str, told: dict[str, dict[str, Any]]) -> tuple[float | None, tuple[str, ...]]:
    row = told.get(name, {})
    try:
        size = row.get("max_face_px")
        if size is None:
            size = max((min(float(box[2]), float(box[3])) for box in row.get("boxes") or ()), default=None)
        return None if size is None else float(size), tuple(dict(row.get("perceived_skin") or {}))
    except (TypeError, ValueError, IndexError):
        raise ConfigError(
            f"{name}: boxes has to be like [[120, 80, 31, 40]], max_face_px a number, perceived_skin like {{'II': 1}}"
        ) from None
