"""A labelled folder: faces.jsonl and nofaces.jsonl, one object a line, each with the `path` of a picture under it.

Optional: `tags`; `boxes` [[x, y, width, height]] in pixels of the file; `max_face_px`, the shorter side of the largest
face; `perceived_skin`, Fitzpatrick types as onlookers perceived them, with how many faces ({"II": 3}).
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

KINDS = ("faces", "nofaces")


class LabelError(Exception):
    """The folder is not what it should be; says what to put right."""


@dataclass(frozen=True)
class Picture:
    path: str
    face: bool
    tags: tuple[str, ...] = ()
    size: float | None = None  # shorter side of the largest face in pixels, where somebody measured it
    skin: tuple[str, ...] = ()


def labelled(corpus: Path, limit: int | None = None) -> list[Picture]:
    """Those with a face, then those without; `limit` of each, evenly spread over the file. Raises LabelError."""
    pictures = [picture for kind in KINDS for picture in spread(_read(corpus, kind), limit)]
    if not pictures:
        raise LabelError(f"{corpus} has no pictures")
    return pictures


def spread[T](items: list[T], limit: int | None) -> list[T]:
    """At most `limit` of them, evenly: neighbours come from one source and are alike."""
    if limit is None or limit >= len(items):
        return items
    return [items[number * len(items) // limit] for number in range(limit)]


def _read(corpus: Path, kind: str) -> list[Picture]:
    file = corpus / f"{kind}.jsonl"
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise LabelError(f"{file}: {reason}; a corpus has faces.jsonl and nofaces.jsonl") from None
    pictures = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                pictures.append(_picture(json.loads(line), kind))
            except (ValueError, TypeError, KeyError, AttributeError):
                raise LabelError(f'{file}, line {number}: not an object like {{"path": "...", "tags": []}}') from None
    missing = [picture.path for picture in pictures if not (corpus / picture.path).is_file()]
    if missing:
        raise LabelError(f"{file} names {len(missing)} files that are not there, first {corpus / missing[0]}")
    return pictures


def _picture(row: dict[str, Any], kind: str) -> Picture:
    size = row.get("max_face_px")
    if size is None:
        size = max((min(float(box[2]), float(box[3])) for box in row.get("boxes") or ()), default=None)
    return Picture(
        str(row["path"]),
        kind == "faces",
        tuple(row.get("tags") or ()),
        None if size is None else float(size),
        tuple(row.get("perceived_skin") or ()),
    )
