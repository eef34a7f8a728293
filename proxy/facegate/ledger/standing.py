"""How the ledger stands: verified in the background, what is new every minute and all of it once a day.

`standing(home)` is all that the console needs. What it says is a convenience of this machine; evidence is `verify` with
checkpoints that were kept elsewhere.
"""

import json
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from facegate_addons.domain.model import utc_now

from facegate.ledger.audit import audit
from facegate.ledger.checkpoint import known_by
from facegate.ledger.checkpoints import last, public_keys, read
from facegate.ledger.files import all_files
from facegate.ledger.position import Position
from facegate.ledger.verify import Chain, Hear, chains
from facegate.state.home import Home

FULL_EVERY = 86_400.0  # seconds; what is new is verified every minute, old lines once a day
AGAIN = 600.0  # seconds, while there is damage: it may have been put right
_BAD_MAX = 20


@dataclass(frozen=True, slots=True)
class Standing:
    """`at` and `full` are when it was last verified, and when every line was, in UTC. `bad` has "FILE:LINE: what" of
    each damage, and "FILE: what" of a checkpoint; it is empty when all is whole. `key` is the fingerprint that signed
    the newest checkpoint. `lines` are counted over all files, archived ones too; `files` are those in the home."""

    at: str
    full: str
    lines: int
    files: int
    bytes: int
    bad: tuple[str, ...] = ()
    checkpoint: int | None = None
    checkpoint_at: str = ""
    key: str = ""
    archived: int = 0

    @property
    def whole(self) -> bool:
        return not self.bad


def status_path(home: Home) -> Path:
    return home.run / "ledger.json"


def standing(home: Home) -> Standing | None:
    """None before the first verification. Never raises; cheap: it reads one small file."""
    try:
        raw: dict[str, Any] = json.loads(status_path(home).read_bytes())
        raw["bad"] = tuple(str(text) for text in raw["bad"])
        return Standing(**raw)
    except (OSError, ValueError, TypeError, KeyError):
        return None


class Watch:
    """Verifies, and writes down how it stands. For one process of a home."""

    def __init__(self, home: Home, pace: Hear = lambda _bytes: None) -> None:
        self._home, self._pace = home, pace
        self._full_at = float("-inf")
        self._full = ""
        self._bad: tuple[str, ...] = ()
        self._since: Mapping[str, Position] = {}

    def look(self) -> tuple[Standing, list[str]]:
        """How it stands now, and the damage that was not known before. Raises FacegateError."""
        if time.monotonic() - self._full_at >= (AGAIN if self._bad else FULL_EVERY):
            self._everything()
        else:
            self._what_is_new()
        newest = last(self._home.checkpoints)
        files = all_files(self._home.ledger)
        found = Standing(
            at=utc_now().isoformat(),
            full=self._full,
            lines=sum(position.seq for position in self._since.values()),
            files=len(files),
            bytes=sum(path.stat().st_size for path in files if path.exists()),
            bad=self._bad,
            checkpoint=newest.number if newest else None,
            checkpoint_at=newest.at if newest else "",
            key=newest.key if newest else "",
            archived=sum(it.link.seq for it in newest.archived.values()) if newest else 0,
        )
        before = standing(self._home)
        known = before.bad if before else ()
        _write(self._home, found)
        return found, [text for text in found.bad if text not in known]

    def _everything(self) -> None:
        found = audit(self._home.ledger, read_bytes=self._pace)
        self._bad = ()
        self._take(found.chains, found.problems)
        self._full_at, self._full = time.monotonic(), utc_now().isoformat()

    def _what_is_new(self) -> None:
        newest = last(self._home.checkpoints)
        mine = read(
            self._home.checkpoints, public_keys(self._home.checkpoints), all_of_them=False,
            since=newest.number if newest else 0,
        )  # fmt: skip
        known = known_by({f"checkpoint {number}": it for number, it in mine.checkpoints.items()})
        self._take(chains(self._home.ledger, known, self._since, self._pace), mine.problems)

    def _take(self, found: Sequence[Chain], problems: Sequence[str]) -> None:
        bad = [f"{it.file}:{it.bad_line}: {it.problem}" for chain in found for it in chain.reports if not it.ok]
        # old lines are not looked at again each time: their damage stays until all is verified anew
        self._bad = tuple(dict.fromkeys([*self._bad, *bad, *problems]))[:_BAD_MAX]
        self._since = {**self._since, **{chain.name: chain.end for chain in found if chain.end is not None}}


def _write(home: Home, found: Standing) -> None:
    path = status_path(home)
    fresh = path.with_suffix(".tmp")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "w") as file:
        json.dump(asdict(found), file)
    fresh.replace(path)
