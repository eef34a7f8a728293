"""Where everything is kept: one directory, readable by its owner alone."""

import os
from dataclasses import dataclass
from pathlib import Path

from facegate.config import Config
from facegate.errors import HomeError
from facegate.models.store import FOLDER

PRIVATE = 0o700  # the home holds keys, tokens' hashes and withheld pictures: nobody but its owner


@dataclass(frozen=True)
class Home:
    """The layout. Nothing is touched until `prepare`."""

    path: Path

    @property
    def database(self) -> Path:
        return self.path / "facegate.db"

    @property
    def vault(self) -> Path:
        return self.path / "vault"

    @property
    def samples(self) -> Path:
        """Pictures that passed, for review; see samples.store."""
        return self.path / "samples"

    @property
    def ledger(self) -> Path:
        return self.path / "ledger"

    @property
    def ca(self) -> Path:
        return self.path / "ca"

    @property
    def models(self) -> Path:
        """Detectors that were added; see models.store."""
        return self.path / FOLDER

    @property
    def run(self) -> Path:
        """Status files of running processes; worth nothing after they ended."""
        return self.path / "run"

    @property
    def master_key(self) -> Path:
        return self.path / "master.key"

    @property
    def ledger_key(self) -> Path:
        """Signs the ledger's checkpoints; see ledger.signing."""
        return self.path / "ledger.key"

    @property
    def checkpoints(self) -> Path:
        return self.ledger / "checkpoints"

    @property
    def config_path(self) -> Path:
        """Holds the path of the configuration file it is served with; see state.served."""
        return self.path / "config-path"

    @classmethod
    def existing(cls, config: Config) -> "Home":
        """The home as it is, for verbs that only read its files: a copy or a backup, made by others, will do."""
        home = cls(config.home.absolute())
        if not home.ledger.is_dir():
            raise HomeError(
                f"{home.path}: holds no ledger; name a facegate home, or a copy of one, with --home DIR; "
                "`facegate serve` makes one"
            )
        return home

    @classmethod
    def prepare(cls, config: Config) -> "Home":
        """Create what is missing of `config.home`. Raises HomeError with one line that says what to do."""
        home = cls(config.home.absolute())
        _refuse_to_close(home.path)
        for folder in (home.path, home.vault, home.samples, home.ledger, home.ca, home.models, home.run):
            _folder(folder)
        return home


def _refuse_to_close(path: Path) -> None:
    """A home is closed to others. `--home /tmp` must not close /tmp: what holds other things stays as it is."""
    try:
        theirs = path.stat().st_mode & 0o077 and any(path.iterdir()) and not (path / "vault").is_dir()
    except OSError:
        return  # missing, or no directory: what comes next says so
    if theirs:
        raise HomeError(f"{path}: is open to others and not empty; choose another --home, or run: chmod 700 {path}")


def _folder(path: Path) -> None:
    advice = "choose another with --home DIR or `home` in facegate.toml"
    try:
        path.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        if path.stat().st_mode & 0o077 and path.stat().st_uid == os.geteuid():
            path.chmod(PRIVATE)
    except (FileExistsError, NotADirectoryError):
        raise HomeError(f"{path}: is not a directory, or lies below a file; {advice}") from None
    except OSError as error:
        raise HomeError(f"{path}: cannot be created ({error.strerror}); {advice}") from None
    if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        raise HomeError(f"{path}: cannot be read and written by this user; correct its owner, or {advice}")
