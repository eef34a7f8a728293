"""A folder of pictures whose truth is known: which have a face, which have none, and their tags."""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from facegate.errors import ConfigError
from facegate.folders import walked

KINDS = ("faces", "nofaces")
SHAPE = (
    "a labelled folder has the folders faces/ and nofaces/ (pictures with a face and without, at any depth), "
    "or faces.jsonl and nofaces.jsonl (one JSON object a line: path, and tags if there are any)"
)


@dataclass(frozen=True, slots=True)
class Labelled:
    """One picture. `name` is its path under the folder."""

    path: Path
    name: str
    face: bool
    tags: tuple[str, ...] = ()


def labelled(folder: Path) -> list[Labelled]:
    """Its pictures, those with a face first. Raises ConfigError.

    Lists go before folders. Without them the tag of a picture is the folder in faces/ or nofaces/ that it lies in, if
    it does; files whose names begin with a dot belong to the system that made them.
    """
    if not folder.is_dir():
        raise ConfigError(f"{folder}: no such folder; {SHAPE}")
    listed = any((folder / f"{kind}.jsonl").exists() for kind in KINDS)
    read = _listed if listed else _found
    pictures = [picture for kind in KINDS for picture in read(folder, kind)]
    ((twice, times),) = Counter(picture.name for picture in pictures).most_common(1)
    if times > 1:
        raise ConfigError(f"{folder}: {twice} is listed twice; a picture counts once, with a face or without")
    return pictures


def _found(folder: Path, kind: str) -> list[Labelled]:
    root = folder / kind
    if not root.is_dir():
        raise ConfigError(f"{folder}: no folder {kind}/ in it; {SHAPE}")
    pictures = []
    for path in walked([root]):
        inside = path.relative_to(root)
        if not path.name.startswith("."):
            pictures.append(Labelled(path, f"{kind}/{inside}", kind == "faces", inside.parts[:-1][:1]))
    if not pictures:
        raise ConfigError(f"{root}: no file in it; {SHAPE}")
    return pictures


def _listed(folder: Path, kind: str) -> list[Labelled]:
    source = folder / f"{kind}.jsonl"
    try:
        lines = source.read_text(encoding="utf-8").split("\n")  # not splitlines: JSON may have U+2028 as it is
    except FileNotFoundError:
        raise ConfigError(f"{source}: no such file, and the other list is there; {SHAPE}") from None
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ConfigError(f"{source}: cannot be read ({why})") from None
    pictures = [
        _row(folder, kind, line, f"{source} line {number}") for number, line in enumerate(lines, 1) if line.strip()
    ]
    if not pictures:
        raise ConfigError(f"{source}: no line in it; {SHAPE}")
    return pictures


def _row(folder: Path, kind: str, line: str, where: str) -> Labelled:
    try:
        row: Any = json.loads(line)
    except (ValueError, RecursionError):
        raise ConfigError(f"{where}: not a JSON object") from None
    path = row.get("path") if isinstance(row, dict) else None
    if not isinstance(path, str) or not path:
        raise ConfigError(f'{where}: has to be a JSON object with the picture\'s path, like {{"path": "{kind}/1.jpg"}}')
    if PurePath(path).is_absolute() or ".." in PurePath(path).parts:
        raise ConfigError(f"{where}: path has to lead to a file under {folder}, not to {path}")
    if not (folder / path).exists():
        raise ConfigError(f"{where}: {path} is not there")
    tags = row.get("tags") or []
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise ConfigError(f'{where}: tags has to be a list of words, like ["profile", "dark"]')
    return Labelled(folder / path, path, kind == "faces", tuple(dict.fromkeys(tags)))
