"""Where models are: the one that comes with facegate, and those added, each in a folder of its name under home/models.

home/models/NAME/model.toml      its description, as it was added
home/models/NAME/weights.onnx    its weights, known by the sha256 in the description
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from facegate_addons.detection import builtin
from facegate_addons.detection.description import Description, Model, ModelError, parse

from facegate.errors import ConfigError

FOLDER, DESCRIPTION, WEIGHTS = "models", "model.toml", "weights.onnx"
DESCRIPTION_MAX = 64 << 10  # bytes; the one in the package has 900


@dataclass(frozen=True)
class Entry:
    """A model by its name; where it cannot be used, `why` says so and `model` may be None."""

    name: str
    model: Model | None
    why: str = ""


def find(name: str, folder: Path) -> Model:
    """The model of that name, its description read, its weights not. Raises ConfigError."""
    try:
        if name == builtin.NAME:
            return builtin.builtin()
        path = folder / name
        if not path.is_dir():
            raise ConfigError(
                f'detector.model = "{name}" is not installed; installed: {", ".join(_names(folder))}; '
                "add it with: facegate model add DESCRIPTION.toml"
            )
        described = describe(path / DESCRIPTION)
    except ModelError as error:
        raise ConfigError(str(error)) from None
    if described.name != name:
        raise ConfigError(f"{path / DESCRIPTION}: its name is {described.name!r}, that of its folder {name!r}")
    return Model(described, str(path / WEIGHTS))


def describe(path: Path) -> Description:
    """Raises ModelError, which names the file."""
    return parse(read(path), str(path))


def read(path: Path) -> str:
    """A description's text. Raises ModelError."""
    try:
        with path.open("rb") as file:
            data = file.read(DESCRIPTION_MAX + 1)
        if len(data) > DESCRIPTION_MAX:
            raise ModelError(f"{path}: is too large for a description; name the TOML file, not the weights")
        return data.decode()
    except UnicodeDecodeError:
        raise ModelError(f"{path}: is no text; name the description, a TOML file, not the weights") from None
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror})") from None


def listed(folder: Path) -> list[Entry]:
    """All, the built-in one first."""
    entries = []
    for name in _names(folder):
        try:
            entries.append(Entry(name, find(name, folder)))
        except ConfigError as error:
            entries.append(Entry(name, None, str(error)))
    return entries


def verified(folder: Path) -> list[Entry]:
    """All, their weights read and held against the digests that they were added with."""
    return [_verified(entry) for entry in listed(folder)]


def _verified(entry: Entry) -> Entry:
    if entry.model is None:
        return entry
    described, path = entry.model.description, entry.model.weights
    try:
        with Path(path).open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        return Entry(entry.name, entry.model, f"{path}: cannot be read ({error.strerror})")
    if found != described.sha256:
        return Entry(entry.name, entry.model, f"{path}: its sha256 is {found}, not {described.sha256}")
    return entry


def _names(folder: Path) -> list[str]:
    """Folders that begin with a dot are being added."""
    try:
        added = sorted(path.name for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    except OSError:  # a home where nothing was added yet
        added = []
    return [builtin.NAME, *(name for name in added if name != builtin.NAME)]
