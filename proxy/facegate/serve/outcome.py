"""What became of a reload, in a file of the home: `serve` writes it, `facegate reload` reads it."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

NAME = "reload.json"

WAITS: Final = "waits"  # nobody has asked for one yet
RUNNING: Final = "running"
DONE: Final = "done"
REFUSED: Final = "refused"  # nothing was begun
STOPPED: Final = "stopped"  # begun, and given up: gateways that were not replaced serve as before


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of the latest one. `number` counts them since the start of process `pid`; `step` is what it is at, `why` says
    in one line why not all were replaced."""

    pid: int
    number: int = 0
    state: str = WAITS
    gateways: int = 0
    replaced: int = 0
    step: str = ""
    why: str = ""

    @property
    def over(self) -> bool:
        return self.state in (DONE, REFUSED, STOPPED)


def note(run: Path, outcome: Outcome) -> None:
    """Raises OSError."""
    path = run / NAME
    fresh = path.with_suffix(".tmp")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "w") as file:
        json.dump(asdict(outcome), file)
    fresh.replace(path)


def noted(run: Path) -> Outcome | None:
    """None where there is none, or none that this version understands."""
    try:
        return Outcome(**json.loads((run / NAME).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None
