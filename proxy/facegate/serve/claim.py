"""One supervisor for an address, from before its port is looked at until its process ends.

The kernel cannot tell: a reserved port that does not listen yet looks free, and two programs that both ask for
SO_REUSEPORT share it in silence.
"""

import contextlib
import fcntl
import os
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def claim(host: str, port: int) -> Iterator[bool]:
    """Yields False while another process of this machine holds it. The claim ends with the process, however it ends."""
    try:
        held = _name(host, port) if sys.platform == "linux" else _file(host, port)
    except OSError:
        yield False
        return
    with held:
        yield True


def _name(host: str, port: int) -> contextlib.AbstractContextManager[object]:
    """A name in Linux's abstract namespace: nothing on a disk, and, like a port, one for each network namespace."""
    held = socket.socket(socket.AF_UNIX)
    try:
        held.bind(f"\0facegate {host} {port}")
    except OSError:
        held.close()
        raise
    return held


def _file(host: str, port: int) -> contextlib.AbstractContextManager[object]:
    """A locked file: of this user alone, since the kernel shares no port among users."""
    path = Path(tempfile.gettempdir()) / f"facegate-{os.geteuid()}-{host.replace(':', '_')}-{port}.lock"
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    held = os.fdopen(handle, "rb+", buffering=0)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        held.close()
        raise
    return held
