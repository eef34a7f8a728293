"""Old files taken out of the home on purpose: copied, checked, told of in the ledger, signed for, only then removed.

Without such a signature a missing file is damage. The ledger begins behind it from then on.
"""

import hashlib
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from facegate_addons.domain.model import utc_now

from facegate.errors import Conflict, StateError
from facegate.ledger.audit import audit
from facegate.ledger.chain import LINE_MAX, Line, parse_line
from facegate.ledger.chained import ChainedLedger
from facegate.ledger.checkpoints import make
from facegate.ledger.files import closed, name_of, names
from facegate.ledger.scan import CHECKPOINT
from facegate.ledger.verify import Archived

_PIECE = 1 << 20
ARCHIVED = "ledger-archived"


@dataclass(frozen=True, slots=True)
class Old:
    """A closed file, and its last line."""

    path: Path
    last: Line


def older_than(folder: Path, before: datetime) -> list[Old]:
    """The closed files whose last line was written before that; of each ledger from the first on, without a gap."""
    found = []
    for name in names(folder):
        for path in closed(folder, name):
            last = _last(path)
            if last is None or not _is_before(last, before):
                break
            found.append(Old(path, last))
    return found


def archive(
    ledgers: Path, old: list[Old], to: Path, key: Ed25519PrivateKey, ledger: ChainedLedger, *, by: str, why: str,
    elsewhere: Path | None = None, read: Callable[[int], object] = lambda _bytes: None,
) -> None:  # fmt: skip
    """Raises Conflict when the ledger is not whole, or other files lie there; StateError when it cannot be written."""
    whole = audit(ledgers, read_bytes=read)
    if not whole.ok:
        raise Conflict("the ledger is not whole: nothing was archived; `facegate ledger verify` says what is wrong")
    if not to.is_dir():
        raise Conflict(f"{to}: is no folder; make it first")
    if to.resolve() == ledgers.resolve():
        raise Conflict(f"{to}: is where the ledger lies; name another folder")
    try:
        for each in old:
            _copy(each.path, to)
        moment = utc_now().isoformat()
        archived = {}
        for each in old:  # in their order: the last one of each ledger stays
            archived[name_of(each.path)] = Archived(each.last.link, moment, by, str(to))
            facts = {"file": each.path.name, "last": each.last.seq, "last_hash": each.last.hash, "to": str(to)}
            ledger.append_now({"event": ARCHIVED, **facts, "by": by, "why": why})
        it, digest = make(ledgers, key, "archive", elsewhere, archived)
        ledger.append_now({"event": CHECKPOINT, "number": it.number, "sha256": digest, "why": it.why})
        for each in old:
            each.path.unlink()
    except OSError as error:
        raise StateError(f"{error.filename or to}: cannot be archived ({error.strerror})") from None


def _copy(path: Path, to: Path) -> None:
    target = to / path.name
    digest = _digest(path)
    if target.exists():
        if _digest(target) != digest:
            raise Conflict(f"{target}: is there, and is not {path}; nothing was removed. Name another folder")
        return
    fresh = to / f".{path.name}.{secrets.token_hex(4)}"
    try:
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as out, path.open("rb") as file:
            while piece := file.read(_PIECE):
                out.write(piece)
            out.flush()
            os.fsync(out.fileno())
        if _digest(fresh) != digest:
            raise StateError(f"{target}: is not what was written there; nothing was removed. Check the disk")
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _last(path: Path) -> Line | None:
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - LINE_MAX - 256))
        raw = file.read()
    return parse_line(raw[raw.rfind(b"\n", 0, -1) + 1 : -1])


def _is_before(line: Line, before: datetime) -> bool:
    try:
        at = datetime.fromisoformat(str(line.entry.get("at")))
    except ValueError:
        return False
    return at.tzinfo is not None and at < before
