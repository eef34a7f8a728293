"""The whole answer: ledgers and checkpoints held against each other, those that were kept elsewhere too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from facegate.errors import ConfigError
from facegate.ledger.checkpoint import Checkpoint, known_by
from facegate.ledger.checkpoints import Read, file_of, numbers, public_keys, read
from facegate.ledger.position import Position
from facegate.ledger.verify import Chain, FileReport, Hear, Known, chains


@dataclass(frozen=True, slots=True)
class Asked:
    """`checkpoints`: a folder of them that was kept elsewhere. `keys`: public keys that were; without them the one that
    lies beside the checkpoints is taken. `archive`: where archived files are. `since_checkpoint`: only what is newer
    than the newest checkpoint."""

    checkpoints: Path | None = None
    keys: Sequence[Ed25519PublicKey] = ()
    archive: Path | None = None
    since_checkpoint: bool = False


@dataclass(slots=True)
class Audit:
    """`problems` are those of the checkpoints, as "FILE: what"."""

    chains: list[Chain]
    problems: list[str] = field(default_factory=list)
    checkpoints: int = 0
    newest: Checkpoint | None = None

    @property
    def reports(self) -> list[FileReport]:
        return [report for chain in self.chains for report in chain.reports]

    @property
    def ok(self) -> bool:
        return not self.problems and all(report.ok for report in self.reports)


def audit(ledgers: Path, asked: Asked | None = None, read_bytes: Hear = lambda _bytes: None) -> Audit:
    """Raises ConfigError for what cannot be used, StateError for what cannot be read."""
    asked = asked or Asked()
    here = ledgers / "checkpoints"
    keys = list(asked.keys) or public_keys(here)
    problems: list[str] = []
    mine = read(here, keys, all_of_them=True)
    said = {f"checkpoint {number}": it for number, it in mine.checkpoints.items()}
    problems += mine.problems
    newest, count = mine.newest, len(mine.checkpoints)
    if asked.checkpoints is not None:
        theirs = _elsewhere(asked.checkpoints, keys)
        problems += [f"{asked.checkpoints}: {problem}" for problem in theirs.problems]
        problems += _differences(mine, theirs)
        said = {f"checkpoint {number} of {asked.checkpoints}": it for number, it in theirs.checkpoints.items()} | said
        newest = max((it for it in (newest, theirs.newest) if it), key=lambda it: it.number, default=None)
        count = len(theirs.checkpoints.keys() | mine.checkpoints.keys())
    known = known_by(dict(sorted(said.items(), key=lambda item: item[1].number)))
    since: Mapping[str, Position] = newest.ledgers if asked.since_checkpoint and newest else {}
    found = chains(ledgers, Known(known.marks, known.archived, asked.archive), since, read_bytes)
    problems += _untold(found, mine)
    return Audit(found, problems, count, newest)


def _elsewhere(folder: Path, keys: Sequence[Ed25519PublicKey]) -> Read:
    if not folder.is_dir():
        raise ConfigError(f"{folder}: is no folder; name the one that checkpoints were kept in")
    if not numbers(folder):
        raise ConfigError(f"{folder}: holds no checkpoints, like {file_of(1)} with its .sig")
    return read(folder, keys or public_keys(folder), all_of_them=False)


def _differences(mine: Read, theirs: Read) -> list[str]:
    """What was kept elsewhere has to be here, as it was; or all that is here came later."""
    found = []
    for number, digest in theirs.digests.items():
        if number not in mine.digests:
            found.append(f"{file_of(number)}: is missing here, and was kept elsewhere")
        elif digest != mine.digests[number]:
            found.append(f"{file_of(number)}: is not the one that was kept elsewhere")
    return found


def _untold(found: Sequence[Chain], mine: Read) -> list[str]:
    """Which checkpoints do the ledgers tell of that are not here?"""
    problems = []
    for chain in found:
        for number, (digest, where) in chain.told.items():
            if number not in mine.digests:
                problems.append(f"{file_of(number)}: is missing; {where} tells of it")
            elif digest != mine.digests[number]:
                problems.append(f"{file_of(number)}: is not the one that {where} tells of")
    return problems
