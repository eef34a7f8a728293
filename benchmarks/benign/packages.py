"""The pinned packages, fetched by the registries' own clients into a cache folder and verified there."""

import base64
import hashlib
import shutil
import subprocess
import tempfile
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from facegate.errors import ConfigError

PINS = Path(__file__).with_name("packages.toml")
UV = Path(__file__).parents[2] / "tools" / "uv"
PATIENCE = 600  # seconds for one download
# the wheels of one platform, whatever this machine is
PLATFORM = ("--python-version=3.13", *(f"--platform=manylinux{tag}_x86_64" for tag in ("2014", "_2_27", "_2_28")))


@dataclass(frozen=True)
class Package:
    """`file` is its name in the cache, `integrity` a subresource integrity ("sha512-...", base64)."""

    client: str  # npm, wheel or sdist
    name: str
    version: str
    file: str
    integrity: str

    @property
    def title(self) -> str:
        return f"{self.name} ({self.client})"


def pinned(file: Path = PINS) -> list[Package]:
    rows = tomllib.loads(file.read_text(encoding="utf-8"))
    return [Package(client, **row) for client in ("npm", "wheel", "sdist") for row in rows.get(client, ())]


def fetch(packages: list[Package], cache: Path, step: Callable[[str], None]) -> None:
    """What the cache lacks. Raises ConfigError when a client fails or a file is not the pinned one."""
    cache.mkdir(parents=True, exist_ok=True)
    for package in packages:
        step(package.name)
        if not (cache / package.file).exists():
            _bring(package, cache)


def _bring(package: Package, cache: Path) -> None:
    with tempfile.TemporaryDirectory(dir=cache) as folder:
        try:
            subprocess.run(_argv(package, folder), check=True, capture_output=True, text=True, timeout=PATIENCE)
        except FileNotFoundError as error:
            raise ConfigError(f"{error.filename} is not installed") from None
        except subprocess.SubprocessError as error:
            last = (getattr(error, "stderr", "") or str(error)).strip().splitlines()[-1:]
            raise ConfigError(f"{package.name} {package.version} could not be fetched: {''.join(last)}") from None
        files = list(Path(folder).iterdir())
        if len(files) != 1 or integrity(files[0]) != package.integrity:
            raise ConfigError(f"{package.name} {package.version} is not the file that packages.toml pins")
        shutil.move(files[0], cache / package.file)


def _argv(package: Package, folder: str) -> list[str]:
    if package.client == "npm":
        return ["npm", "pack", "--silent", "--pack-destination", folder, f"{package.name}@{package.version}"]
    form = ("--only-binary=:all:", *PLATFORM) if package.client == "wheel" else ("--no-binary=:all:",)
    pip = (str(UV), "tool", "run", "--quiet", "pip", "download", "--quiet", "--no-deps")
    return [*pip, *form, f"--dest={folder}", f"{package.name}=={package.version}"]


def integrity(file: Path) -> str:
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha512").digest()
    return f"sha512-{base64.b64encode(digest).decode()}"
