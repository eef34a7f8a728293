"""The manifests of the reference tests: which case is expected to come out how."""

import io
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import skimage.data
from PIL import Image
from reference.derivations import DERIVATIONS

HERE = Path(__file__).parent
FOLDERS = ("faces", "nofaces", "mistakes", "fixed")


@dataclass(frozen=True)
class Case:
    """A picture `of` LICENCES.toml, as it is or as a derivation `by` name makes it."""

    folder: str
    of: str
    expect: str
    by: str = ""
    only: str = ""  # the way of looking without which it is not found
    once: bool = False  # found in exactly one of the pictures that the file shows
    why: str = ""
    was: str = ""

    def __str__(self) -> str:
        return f"{self.of}-{self.by}" if self.by else self.of

    def content(self) -> bytes:
        if self.by:
            return DERIVATIONS[self.by](picture(self.of))
        entry = LICENCES[self.of]
        if "file" in entry:
            return (HERE / entry["file"]).read_bytes()
        out = io.BytesIO()
        picture(self.of).save(out, "PNG")
        return out.getvalue()


def picture(name: str) -> Image.Image:
    """The picture in RGB as its pixels are stored, a new one each time: Pillow leaves notes on what it saves."""
    entry = LICENCES[name]
    if "file" in entry:
        with Image.open(HERE / entry["file"]) as image:
            return image.convert("RGB")
    pixels = getattr(skimage.data, entry["skimage"])()
    if pixels.dtype == bool:
        pixels = pixels * np.uint8(255)
    return Image.fromarray(pixels).convert("RGB")


def cases(folder: str) -> list[Case]:
    manifest = tomllib.loads((HERE / folder / "manifest.toml").read_text(encoding="utf-8"))
    return [Case(folder, **{"expect": manifest["expect"], **case}) for case in manifest["case"]]


LICENCES: dict[str, dict[str, Any]] = tomllib.loads((HERE / "LICENCES.toml").read_text(encoding="utf-8"))
