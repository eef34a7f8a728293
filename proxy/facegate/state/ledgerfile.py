"""One ledger file on disk: opened alone, closed off after a crash, appended to durably or not at all."""

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import re
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from facegate_addons.domain.model import utc_now

from facegate.errors import StateError
from facegate.state.chain import Line, Link, genesis, make_line, parse_line

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_TAIL = 1 << 20  # bytes read from the end at start: far more than any one batch leaves behind


class LedgerFile:
    """`NAME.jsonl`, and beside it `NAME.head`: number and hash of the last line known to be on disk.

    Lines cut off at the end leave a chain that looks whole; the head tells. It is written after the lines, so it
    may lag behind them after a crash, but never runs ahead.
    """

    def __init__(self, folder: Path, name: str, wait: float = 0.0) -> None:
        """Raises StateError when another process holds it for longer than `wait` seconds, or it cannot be opened."""
        if not NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no ledger name")
        self.path = folder / f"{name}.jsonl"
        self._handles: list[int] = []
        try:
            self._file = self._open(self.path)
            _lock(self._file, self.path, wait)
            self._head = self._open(self.path.with_suffix(".head"))
            folder_handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(folder_handle)
            finally:
                os.close(folder_handle)
            self._end = os.fstat(self._file).st_size
            self.link = genesis(name)
            self._resume()
        except OSError as error:
            self.close()
            raise StateError(f"{self.path}: cannot be written ({error.strerror}); check owner and space") from None
        except StateError:
            self.close()
            raise

    def append(self, entries: Sequence[Mapping[str, object]]) -> None:
        """All of them are on disk when this returns. Raises OSError, and then none of them is part of the file."""
        link, lines = self.link, []
        for entry in entries:
            line, link = make_line(link, entry)
            lines.append(line)
        data = b"".join(lines)
        try:
            # What a failed attempt left behind was never acknowledged; after a failed fdatasync the kernel
            # forgets which pages it lost, so they have to be written again, not only synced again.
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

    def _resume(self) -> None:
        """Find the last good line. What follows it stays as evidence, closed off by a line that describes it."""
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
        if note:
            self.append([{"at": utc_now().isoformat(), **note}])

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
