"""One ledger on disk: opened alone, closed off after a crash, appended to durably or not at all, rotated.

Rotation is two names and one line: the file gets a second, lasting name; `ledger-rotated` becomes its last line; an
empty file takes over the first name in one step, and `ledger-continued` is its first line. Wherever a crash comes in
between, the next start finds the chain's end in one of both files and goes on from there. A rotation that fails is put
off: lines go on into the file that is open.
"""

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from facegate_addons.domain.model import utc_now

from facegate.errors import StateError
from facegate.ledger.chain import LINE_MAX, Line, Link, genesis, make_line, parse_line
from facegate.ledger.files import NAME, closed, closed_as, current_of
from facegate.ledger.rotation import Rotation

ROTATED, CONTINUED = "ledger-rotated", "ledger-continued"
_TAIL = 1 << 20  # bytes read from the end at start: more than most batches leave behind
_WAIT_MIN = 0.2  # seconds; a reader that asks whether somebody writes holds the lock for microseconds
_AGAIN = timedelta(minutes=1)  # until a rotation that failed is tried again


class LedgerFile:
    """`NAME.jsonl`, and beside it `NAME.head`: number and hash of the last line known to be on disk.

    Lines cut off at the end leave a chain that looks whole; the head tells. It is written after the lines, so it
    may lag behind them after a crash, but never runs ahead. It keeps its name for good: who locks it is the writer.
    """

    def __init__(self, folder: Path, name: str, wait: float = 0.0, rotation: Rotation | None = None) -> None:
        """Raises StateError when another process holds it for longer than `wait` seconds, or it cannot be opened."""
        if not NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no ledger name")
        self._folder, self._name = folder, name
        self.path = current_of(folder, name)
        self._rotation = rotation or Rotation()
        self._handles: list[int] = []
        try:
            self._head = self._open(self.path.with_suffix(".head"))
            _lock(self._head, self.path, max(wait, _WAIT_MIN))
            self._file = self._open(self.path)
            _sync(folder)
            self._end = os.fstat(self._file).st_size
            self.link = genesis(name)
            self._unsynced = False
            self._resume()
            self._again = self._begun = self._first_time()
        except OSError as error:
            self.close()
            raise StateError(f"{self.path}: cannot be written ({error.strerror}); check owner and space") from None
        except StateError:
            self.close()
            raise

    def append(self, entries: Sequence[Mapping[str, object]]) -> None:
        """All of them are on disk when this returns. Raises OSError, and then none of them is part of the file."""
        now = utc_now()
        if now < self._begun:  # by a clock that was wrong then
            self._begun = self._again = now
        if self._end and now >= self._again and self._rotation.due(self._end, now - self._begun):
            self._rotate(now)
        self._append(entries)

    def _append(self, entries: Sequence[Mapping[str, object]]) -> None:
        link, lines = self.link, []
        for entry in entries:
            line, link = make_line(link, entry)
            lines.append(line)
        data = b"".join(lines)
        try:
            # What a failed attempt left behind was never acknowledged; after a failed fdatasync the kernel
            # forgets which pages it lost, so they have to be written again, not only synced again.
            if self._unsynced:
                _sync(self._folder)
                self._unsynced = False
            os.ftruncate(self._file, self._end)
            _write_all(self._file, data, self._end)
            os.fdatasync(self._file)
        except OSError:
            with contextlib.suppress(OSError):  # the next attempt truncates again
                os.ftruncate(self._file, self._end)
            raise
        self.link, self._end = link, self._end + len(data)
        self._write_head()

    def close(self) -> None:
        while self._handles:
            os.close(self._handles.pop())  # gives the lock back, too

    def _open(self, path: Path) -> int:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        self._handles.append(handle)
        return handle

    def _write_head(self) -> None:
        # One sector, one width: it is replaced whole. Not synced: it may lag, see above.
        text = f'{{"seq":{self.link.seq:>20},"hash":"{self.link.hash}"}}\n'
        with contextlib.suppress(OSError):  # the lines are on disk: to fail now would write them twice
            _write_all(self._head, text.encode(), 0)

    def _rotate(self, now: datetime) -> None:
        """Afterwards lines go into a new file; or, when that was not to be, into the old one."""
        self._again = now + _AGAIN
        lasting = closed_as(self._folder, self._name, self.link.seq + 1)
        with contextlib.suppress(OSError):
            os.link(self.path, lasting)
            try:
                self._append([{"at": now.isoformat(), "event": ROTATED, "file": lasting.name}])
                self._begin_anew()
            except OSError:
                lasting.unlink()  # the file is still there under its first name
                raise
            self._again = self._begun = now
            self._continue(now)

    def _begin_anew(self) -> None:
        """The open file has its lasting name: an empty one takes its place under the first name."""
        fresh = self.path.with_suffix(".next")
        fresh.unlink(missing_ok=True)
        handle = self._open(fresh)
        try:
            fresh.replace(self.path)
        except OSError:
            self._handles.remove(handle)
            os.close(handle)
            raise
        self._handles.remove(self._file)
        os.close(self._file)
        self._file, self._end, self._unsynced = handle, 0, True

    def _continue(self, now: datetime) -> None:
        before = closed(self._folder, self._name)
        facts = {"former": before[-1].name if before else "", "former_hash": self.link.hash}
        self._append([{"at": now.isoformat(), "event": CONTINUED, **facts}])

    def _first_time(self) -> datetime:
        """When this file was begun, by its first line; now, when that says nothing."""
        with contextlib.suppress(ValueError):
            line = parse_line(os.pread(self._file, LINE_MAX + 256, 0).partition(b"\n")[0])
            at = datetime.fromisoformat(str(line.entry.get("at"))) if line is not None else None
            if at is not None and at.tzinfo:
                return min(at, utc_now())
        return utc_now()

    def _resume(self) -> None:
        """Find the last good line. What follows it stays as evidence, closed off by a line that describes it."""
        before = closed(self._folder, self._name)
        if before and _same(before[-1], self._file):  # a crash between the two names of a rotation
            last, _ = _last_line(self._file, self._end)
            if last is not None and last.entry.get("event") == ROTATED:
                self._begin_anew()
            else:
                before.pop().unlink()  # the file is still there under its first name
        if before:
            self.link = _end_of(before[-1]) or self.link
        last, good_end = _last_line(self._file, self._end)
        if last is not None:
            self.link = last.link
        fragment = os.pread(self._file, self._end - good_end, good_end)
        note: dict[str, object] = {}
        if fragment == b"" and last is not None and os.pread(self._file, 1, self._end - 1) != b"\n":
            self._close_off(b"\n")  # only the newline is missing
        if fragment:
            note |= {
                "event": "ledger-torn" if b"\n" not in fragment else "ledger-damaged",
                "bytes": len(fragment),
                "sha256": hashlib.sha256(fragment).hexdigest(),
            }
            if not fragment.endswith(b"\n"):
                self._close_off(b"\n")
        head = read_head(self.path)
        if head is not None and head.seq > self.link.seq:
            note |= {"event": "ledger-lost", "lost_to": head.seq, "lost_hash": head.hash}
        now = utc_now()
        if note:
            self._append([{"at": now.isoformat(), **note}])
        elif before and not self._end:  # a crash before the new file's first line
            self._continue(now)
        elif head is None or head != self.link:
            self._write_head()

    def _close_off(self, data: bytes) -> None:
        _write_all(self._file, data, self._end)
        self._end += len(data)


def read_head(path: Path) -> Link | None:
    """The head beside the ledger file `path`; None when there is none, or it cannot be understood."""
    try:
        raw = json.loads(path.with_suffix(".head").read_text("ascii"))
        return Link(int(raw["seq"]), str(raw["hash"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def is_written(folder: Path, name: str) -> bool:
    """Does a process hold this ledger to write it?"""
    try:
        handle = os.open(folder / f"{name}.head", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def _same(path: Path, handle: int) -> bool:
    return os.path.samestat(path.stat(), os.fstat(handle))


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _end_of(path: Path) -> Link | None:
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        last, _ = _last_line(handle, os.fstat(handle).st_size)
    finally:
        os.close(handle)
    return last.link if last is not None else None


def _lock(handle: int, path: Path, wait: float) -> None:
    deadline = time.monotonic() + wait
    while True:
        try:
            return fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise StateError(
                    f"{path}: another facegate process is writing it; stop that one, or use another --home"
                ) from None
            time.sleep(0.02)


def _write_all(handle: int, data: bytes, offset: int) -> None:
    view = memoryview(data)
    while view:
        written = os.pwrite(handle, view, offset)
        if written <= 0:
            raise OSError(errno.EIO, "wrote nothing")
        view, offset = view[written:], offset + written


def _last_line(handle: int, end: int) -> tuple[Line | None, int]:
    """The last line that is whole, and the offset after it and its newline (or its last byte, without one)."""
    start = max(0, end - _TAIL)
    while True:
        raw = os.pread(handle, end - start, start)
        stop = len(raw)
        while stop > 0:
            at_newline = raw[stop - 1 : stop] == b"\n"
            text_end = stop - 1 if at_newline else stop
            begin = raw.rfind(b"\n", 0, text_end) + 1
            if begin > 0 or start == 0:
                line = parse_line(raw[begin:text_end])
                if line is not None:
                    return line, start + stop
            stop = begin
        if start == 0:
            return None, 0
        start = 0
