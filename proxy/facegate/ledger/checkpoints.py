"""Checkpoints on disk: `checkpoint-00000007.json`, its signature beside it as `.sig`, and `key.pem` to check it by."""

import contextlib
import fcntl
import os
import re
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from facegate_addons.domain.model import utc_now

from facegate.errors import StateError
from facegate.ledger.checkpoint import BEFORE_THE_FIRST, SIZE_MAX, Checkpoint, digest_of, known_by, parse
from facegate.ledger.signing import fingerprint, is_signed, public_pem, read_public
from facegate.ledger.verify import Archived, chains

PUBLIC = "key.pem"
_KEYS = "key*.pem"
_FILE = re.compile(r"checkpoint-([0-9]{8,12})\.json")
_PROBLEMS_MAX = 100


@dataclass(slots=True)
class Read:
    """Those of a folder that are what was signed, by number; `digests` of all, `problems` as "FILE: what"."""

    checkpoints: dict[int, Checkpoint] = field(default_factory=dict)
    digests: dict[int, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    @property
    def newest(self) -> Checkpoint | None:
        return self.checkpoints[max(self.checkpoints)] if self.checkpoints else None

    def problem(self, text: str) -> None:
        if len(self.problems) < _PROBLEMS_MAX:
            self.problems.append(text)


def file_of(number: int) -> str:
    return f"checkpoint-{number:08}.json"


def numbers(folder: Path) -> list[int]:
    found = (_FILE.fullmatch(path.name) for path in folder.iterdir()) if folder.is_dir() else ()
    return sorted(int(match[1]) for match in found if match)


def read(folder: Path, keys: Sequence[Ed25519PublicKey], *, all_of_them: bool, since: int = 0) -> Read:
    """Every checkpoint, its signature checked against any of `keys`, and that each follows the one before it.
    `all_of_them`: none may be missing, from the first on. `since` leaves out those before that number."""
    found = Read()
    try:
        there = [number for number in numbers(folder) if number >= since]
        for number in there:
            _take(folder, number, keys, found)
    except OSError as error:
        raise StateError(f"{error.filename}: cannot be read ({error.strerror})") from None
    for number, it in found.checkpoints.items():
        before = BEFORE_THE_FIRST if number == 1 else found.digests.get(number - 1)
        if before not in (None, it.prev):
            found.problem(f"{file_of(number)}: does not follow the one before it")
    if all_of_them and there:
        have = set(there)
        for number in range(max(1, since), there[-1]):
            if number not in have:
                found.problem(f"{file_of(number)}: is missing")
    return found


def make(
    ledgers: Path,
    key: Ed25519PrivateKey,
    why: str,
    elsewhere: Path | None = None,
    archived: Mapping[str, Archived] | None = None,
    pace: Callable[[int], object] = lambda _bytes: None,
) -> tuple[Checkpoint, str]:
    """Sign how far the ledgers in the folder are, once what is new in them was checked. Returns it and its sha256.

    Raises StateError; when it cannot be written `elsewhere`, after it was written here.
    """
    folder = ledgers / "checkpoints"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        with _locked(folder):
            it = _next(ledgers, folder, key, why, archived, pace)
            raw = it.to_bytes()
            _publish(folder, key.public_key())
            path = folder / file_of(it.number)
            _write(path.with_suffix(".sig"), key.sign(raw))
            _write(path, raw)
    except OSError as error:
        raise StateError(f"{folder}: a checkpoint cannot be written ({error.strerror})") from None
    if elsewhere is not None:
        copy(folder, elsewhere)
    return it, digest_of(raw)


def copy(folder: Path, elsewhere: Path) -> int:
    """Write what is missing there; what is there stays. How many were written. Raises StateError.

    The folder is not made: one below a mount point that is made because nothing is mounted is on the wrong disk.
    """
    written = 0
    if not elsewhere.is_dir():
        raise StateError(f"{elsewhere}: checkpoints go there, and it is no folder; make it, or mount its disk")
    try:
        there = set(numbers(elsewhere))
        for number in numbers(folder):
            if number not in there:
                path = folder / file_of(number)
                _write(elsewhere / path.with_suffix(".sig").name, path.with_suffix(".sig").read_bytes())
                _write(elsewhere / path.name, path.read_bytes())
                written += 1
        for path in folder.glob(_KEYS):
            if not (elsewhere / path.name).exists():
                _write(elsewhere / path.name, path.read_bytes())
    except OSError as error:
        raise StateError(f"{elsewhere}: checkpoints cannot be written there ({error.strerror})") from None
    return written


def last(folder: Path) -> Checkpoint | None:
    """The newest one that can be read; its signature is not checked."""
    for number in reversed(numbers(folder)):
        with contextlib.suppress(OSError):
            if (it := parse(_bytes(folder / file_of(number)))) is not None:
                return it
    return None


def public_keys(folder: Path) -> list[Ed25519PublicKey]:
    """That lie beside the checkpoints: the one that signs, and those that did. Raises ConfigError."""
    return [read_public(path) for path in sorted(folder.glob(_KEYS))]


def _publish(folder: Path, key: Ed25519PublicKey) -> None:
    """As `key.pem`. Another one that was there is kept under its fingerprint."""
    path = folder / PUBLIC
    if path.exists() and (was := fingerprint(read_public(path))) != fingerprint(key):
        _write(folder / f"key-{was[:16]}.pem", path.read_bytes())
    _write(path, public_pem(key))


def _take(folder: Path, number: int, keys: Sequence[Ed25519PublicKey], found: Read) -> None:
    path = folder / file_of(number)
    raw = _bytes(path)
    found.digests[number] = digest_of(raw)
    it = parse(raw)
    try:
        signature = _bytes(path.with_suffix(".sig"))
    except FileNotFoundError:
        found.problem(f"{path.name}: its signature is missing")
        return
    if not any(is_signed(raw, signature, key) for key in keys):
        who = f" (it names {it.key[:16]}...)" if it is not None else ""
        found.problem(f"{path.name}: is not signed by the key{who}: altered, or by another one")
    elif it is None or it.number != number:
        found.problem(f"{path.name}: is no checkpoint {number}")
    else:
        found.checkpoints[number] = it


def _next(
    ledgers: Path, folder: Path, key: Ed25519PrivateKey, why: str, archived: Mapping[str, Archived] | None,
    pace: Callable[[int], object],
) -> Checkpoint:  # fmt: skip
    there = numbers(folder)
    number = there[-1] if there else 0
    prev = digest_of(_bytes(folder / file_of(number))) if number else BEFORE_THE_FIRST
    keys = [key.public_key(), *public_keys(folder)]  # the one before may be signed by the key before
    before = read(folder, keys, all_of_them=False, since=number).newest
    since = before.ledgers if before else {}
    known = known_by({f"checkpoint {before.number}": before} if before else {})
    positions, bad = dict(since), []
    for chain in chains(ledgers, known, since, pace):
        if chain.end is not None:
            positions[chain.name] = chain.end
        bad += [f"{report.file}:{report.bad_line}: {report.problem}" for report in chain.reports if not report.ok]
    return Checkpoint(
        number=number + 1,
        prev=prev,
        at=utc_now().isoformat(),
        why=why,
        key=fingerprint(key.public_key()),
        ledgers=positions,
        archived={**(before.archived if before else {}), **(archived or {})},
        bad=tuple(bad[:_PROBLEMS_MAX]),
    )


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(SIZE_MAX)


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all, and nothing that is there already is written anew."""
    if path.exists() and path.read_bytes() == data:
        return
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One maker at a time, in whatever process."""
    handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
