"""How a model comes into a home: fetched, held against its digest, tried by a confined worker, then put in its place.

What is not finished lies in home/models/.SHA256, where the next try finds it; a model's own folder appears whole.
"""

import asyncio
import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from facegate_addons.detection import builtin
from facegate_addons.detection.description import WEIGHTS_MAX, Description, Model, ModelError, parse
from facegate_addons.workers.process import WorkerDied, WorkerProcess
from facegate_addons.workers.protocol import WorkerSettings

from facegate.errors import ConfigError, FetchError
from facegate.models import store
from facegate.models.download import download
from facegate.models.part import Part, Progress

TRIAL_SECONDS = 60.0  # a worker starts in one; a network that is slow to load or to run once is of no use


def add(source: Path, weights: Path | None, folder: Path, progress: Progress, *, force: bool = False) -> Model:
    """The model that the file `source` describes, with `weights` or those of its url, into `folder` (home/models).

    Raises ConfigError or FetchError, one line; nothing is installed then.
    """
    try:
        text = store.read(source)
        described = parse(text, str(source))
    except ModelError as error:
        raise ConfigError(str(error)) from None
    name = described.name
    if name == builtin.NAME:
        raise ConfigError(f"{source}: {name} is the model that comes with facegate; choose another name")
    with _alone(folder):
        if (folder / name).exists() and not force:
            return _present(described, folder)
        aside = folder / f".{described.sha256}"
        aside.mkdir(mode=0o700, exist_ok=True)
        part = Part(aside / store.WEIGHTS, described.size or WEIGHTS_MAX)
        if not _matches(described, part):
            _fetch(described, source, weights, part, progress)
        asyncio.run(_try(Model(described, str(part.path))))
        part.forget()
        _write(aside / store.DESCRIPTION, text)
        _put(aside, folder / name)
    return store.find(name, folder)


def _present(described: Description, folder: Path) -> Model:
    """The model that is there already, if it is the same and whole."""
    name = described.name
    (there,) = (entry for entry in store.verified(folder) if entry.name == name)
    if there.why:
        raise ConfigError(f"{name} is there already, but damaged ({there.why}); replace it with --force")
    if there.model is None or there.model.description != described:
        raise ConfigError(f"{name} is there already, described otherwise; choose another name, or replace it: --force")
    return there.model


def _fetch(described: Description, source: Path, weights: Path | None, part: Part, progress: Progress) -> None:
    if weights is not None:
        part.copy(weights, progress)
    elif described.url:
        download(described.url, part, progress)
    else:
        raise ConfigError(f"{source}: has no url; give the weights with --weights PATH")
    if not _matches(described, part):
        came = f"{part.size} bytes with the sha256 {_sha256(part.path)}"
        part.discard()
        raise FetchError(
            f"{weights or described.url}: not the weights that were described: {came}, not {described.sha256}; "
            "they were discarded"
        )


def _matches(described: Description, part: Part) -> bool:
    return part.size > 0 and _sha256(part.path) == described.sha256


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


async def _try(model: Model) -> None:
    """A worker loads it, confined as it would be over bodies: checks its structure, runs it, then says that it can."""
    name = model.description.name
    try:
        worker = await WorkerProcess.start(WorkerSettings(model=model), TRIAL_SECONDS)
    except WorkerDied as died:
        raise ConfigError(f"{name}: {str(died).removeprefix(f'{model.weights}: ')}") from None
    except TimeoutError:
        raise ConfigError(f"{name}: was not ready after {TRIAL_SECONDS:.0f} seconds") from None
    worker.kill()
    await worker.gone()


def _write(path: Path, text: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(handle)


def _put(aside: Path, place: Path) -> None:
    old = place.with_name(f".{place.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if place.exists():
        place.rename(old)
    aside.rename(place)
    shutil.rmtree(old, ignore_errors=True)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One at a time: two would write the same part. What the disk refuses is said in one line."""
    try:
        handle = os.open(folder / ".lock", os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise ConfigError(f"{folder}: another model is being added; wait until that has ended") from None
            yield
    except OSError as error:
        raise ConfigError(f"{error.filename or folder}: cannot be written ({error.strerror})") from None
