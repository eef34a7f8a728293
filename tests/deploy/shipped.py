"""The files of deploy/ and the build, read."""

import json
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def instructions(word: str) -> list[str]:
    """The arguments of each instruction of that name in the Dockerfile."""
    joined = DOCKERFILE.replace("\\\n", " ")
    return [line.partition(" ")[2].strip() for line in joined.splitlines() if line.startswith(f"{word} ")]


def arguments() -> list[str]:
    """What the image starts facegate with."""
    found: list[str] = json.loads(instructions("CMD")[-1])
    return found


def read(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def documents(path: Path) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(path.read_text(encoding="utf-8")))


def unpinned(image: str) -> bool:
    """Without a tag for people, or without a digest for machines."""
    name, _, digest = image.partition("@sha256:")
    return len(digest) != 64 or ":" not in name
