"""Landlock: of all files a worker may read its own code, the system's libraries and its fonts, and write none.

Three system calls of Linux 5.13. Later versions of it take more away: TCP, signals to others, abstract sockets.
"""

import ctypes
import os
import struct
from collections.abc import Iterable
from contextlib import suppress

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # system calls, on every architecture
_VERSION, _BENEATH = 1, 1  # linux/landlock.h
_READ_FILE, _READ_FOLDER = 1 << 2, 1 << 3
# by version: how many kinds of access to files there are, to the network, and scopes
_FILES = {1: 13, 2: 14, 3: 15, 4: 15}
_NEWEST_FILES, _NETWORK, _SCOPES = 16, 2, 2
_NETWORK_SINCE, _SCOPES_SINCE = 4, 6


def read_only(paths: Iterable[str]) -> None:
    """This thread and those it starts may read what is at and beneath `paths`, as far as that is there. For good.
    Raises OSError where the system cannot."""
    libc = ctypes.CDLL(None, use_errno=True)
    version = _ask(libc, _CREATE, None, 0, _VERSION)
    kinds = struct.pack(
        "=QQQ",
        (1 << _FILES.get(version, _NEWEST_FILES)) - 1,
        (1 << _NETWORK) - 1 if version >= _NETWORK_SINCE else 0,
        (1 << _SCOPES) - 1 if version >= _SCOPES_SINCE else 0,
    )
    size = 24 if version >= _SCOPES_SINCE else 16 if version >= _NETWORK_SINCE else 8
    rules = _ask(libc, _CREATE, kinds, size, 0)
    try:
        for path in paths:
            with suppress(FileNotFoundError, NotADirectoryError):
                _allow(libc, rules, path)
        _ask(libc, _RESTRICT, rules, 0)
    finally:
        os.close(rules)


def _allow(libc: ctypes.CDLL, rules: int, path: str) -> None:
    at = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        folder = os.path.isdir(path)  # noqa: PTH112 - no Path is needed for it
        access = _READ_FILE | _READ_FOLDER if folder else _READ_FILE
        _ask(libc, _ADD, rules, _BENEATH, struct.pack("=Qi", access, at), 0)
    finally:
        os.close(at)


def _ask(libc: ctypes.CDLL, call: int, *arguments: object) -> int:
    given = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
    answer: int = libc.syscall(ctypes.c_long(call), *given)
    if answer < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return answer
