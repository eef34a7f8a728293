"""The home: is it there, closed to others, on a disk with room that writes in time?"""

import contextlib
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from facegate.diagnosis.finding import Finding, note, ok, problem, warning
from facegate.state.home import Home

SUBJECT = "files"
LITTLE, TOO_LITTLE = 2 << 30, 200 << 20  # bytes of room
SLOW = 0.1  # seconds for a byte to be on disk; each withheld body waits for two


def look(home: Home) -> Iterator[Finding]:
    if not home.path.exists():
        yield from _new(home.path)
        return
    try:
        closed = list(_open_to_others(home))
        yield from closed
        if not closed:
            yield ok(SUBJECT, f"{home.path} is closed to others")
        yield from _writing(home.path)
    except OSError as error:
        yield problem(
            SUBJECT, f"{home.path} cannot be used ({error.strerror})", "run it as the user that the gateway runs as"
        )
    yield from _room(home.path)


def _new(path: Path) -> Iterator[Finding]:
    parent = next(each for each in path.parents if each.exists())
    if os.access(parent, os.W_OK | os.X_OK):
        yield note(SUBJECT, f"{path} is not there yet", "facegate serve makes it")
        yield from _room(parent)
    else:
        yield problem(
            SUBJECT,
            f"{path} is not there, and this user may make nothing in {parent}",
            f"make {path}, or name another home",
        )


def _open_to_others(home: Home) -> Iterator[Finding]:
    keys = (home.master_key, home.ledger_key, *home.ca.glob("*-ca.p*"))
    for path in (home.path, home.database, home.vault, home.ledger, *keys):
        with contextlib.suppress(FileNotFoundError):
            mode = path.stat().st_mode
            if stat.S_IMODE(mode) & 0o077:
                wanted = "700" if stat.S_ISDIR(mode) else "600"
                yield problem(SUBJECT, f"{path} can be read by others", f"chmod {wanted} {path}")
            if path.stat().st_uid != os.geteuid():
                yield problem(
                    SUBJECT,
                    f"{path} belongs to another user",
                    f"chown it, or run facegate as user {path.stat().st_uid}",
                )


def _writing(path: Path) -> Iterator[Finding]:
    began = time.perf_counter()
    with tempfile.TemporaryFile(dir=path) as file:
        file.write(b"x")
        file.flush()
        os.fsync(file.fileno())
    took = time.perf_counter() - began
    said = f"a byte is on disk after {1000 * took:.0f} ms"
    if took > SLOW:
        yield warning(SUBJECT, said, "put the home on a local disk: each withheld body waits for it twice")
    else:
        yield ok(SUBJECT, said)


def _room(path: Path) -> Iterator[Finding]:
    free = shutil.disk_usage(path).free
    said = f"{free / 1e9:.1f} GB of room at {path}"
    if free < TOO_LITTLE:
        yield problem(SUBJECT, said, "make room: without it what is withheld cannot be kept, and answers 503")
    elif free < LITTLE:
        yield warning(SUBJECT, said, "make room, or shorten vault.keep")
    else:
        yield ok(SUBJECT, said)
