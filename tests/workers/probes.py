"""What a process that gave everything up tries all the same. Run as a program: FOLDER HOST PORT [refused]

Prints the measures as JSON, then the name of each attempt that succeeded, a line each. With `refused` the kernel has
neither Landlock nor namespaces to give: a filter of ours stands in its way.
"""

import ctypes
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from facegate_addons.workers import seccomp
from facegate_addons.workers.confine import confine, seal


def attempts(folder: Path, host: str, port: int) -> dict[str, Callable[[], object]]:
    libc = ctypes.CDLL(None, use_errno=True)
    mine = folder / "mine"  # there already, writable, and readable

    def called(answer: int) -> None:
        if answer < 0:
            raise OSError(ctypes.get_errno(), "refused")

    return {
        "memory": lambda: bytearray(2 << 30),
        "write": lambda: mine.write_bytes(b"x"),
        "append": lambda: mine.open("ab"),
        "create": lambda: (folder / "new").touch(),
        "read": mine.read_bytes,
        "list": lambda: list(folder.iterdir()),
        "passwords": Path("/etc/passwd").read_bytes,
        "environment of the parent": Path(f"/proc/{os.getppid()}/environ").read_bytes,
        "rename": lambda: mine.rename(folder / "yours"),
        "remove": mine.unlink,
        "folder": (folder / "within").mkdir,
        "mode": lambda: mine.chmod(0o777),
        "link": lambda: (folder / "link").symlink_to(mine),
        "memory file": lambda: called(libc.memfd_create(b"x", 0)),
        "connect": lambda: socket.create_connection((host, port), 2),
        "socket": socket.socket,
        "socket pair": socket.socketpair,
        "fork": lambda: os.fork() or os._exit(0),
        "program": lambda: subprocess.run(["/bin/true"], check=True),
        "spawn": lambda: os.posix_spawn("/bin/true", ["true"], {}),
        "execute": lambda: os.execv("/bin/true", ["true"]),  # noqa: S606
        "signal": lambda: os.kill(os.getppid(), 0),
        "signal by way of a socket": lambda: fcntl.fcntl(0, fcntl.F_SETOWN, os.getppid()),
        "watch": lambda: called(libc.inotify_init1(0)),
        "trace": lambda: called(libc.ptrace(16, os.getppid(), 0, 0)),  # PTRACE_ATTACH
        "limits of another": lambda: called(libc.prlimit(os.getppid(), 7, 0, ctypes.byref((ctypes.c_long * 2)()))),
        "namespace": lambda: os.unshare(0x10000000),
        "mount": lambda: called(libc.mount(b"none", str(folder).encode(), b"tmpfs", 0, 0)),
        "io_uring": lambda: called(libc.syscall(425, 1, ctypes.byref((ctypes.c_char * 120)()))),
        "root": lambda: os.setuid(0),
    }


def main() -> None:
    folder, host, port = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    if "refused" in sys.argv:
        ctypes.CDLL(None).prctl(38, 1, 0, 0, 0)  # what a filter of calls asks for
        seccomp.allow_little()
    done = confine(1 << 30)
    if "refused" not in sys.argv:
        (folder / "compiled").write_bytes(b"x")  # what is imported may be compiled
    done |= seal(str(folder / "weights"))
    print(json.dumps(done), flush=True)
    for name, attempt in attempts(folder, host, port).items():
        try:
            attempt()
        except (OSError, MemoryError):
            continue
        print(name, flush=True)
    assert (folder / "weights").read_bytes() == b"w"
    thread = threading.Thread(target=lambda: print("a thread runs"))
    thread.start()
    thread.join()
    import sqlite3  # later than everything: code, and a library of the system's

    print(sqlite3.connect(":memory:").execute("select 'code is read'").fetchone()[0], flush=True)
    signal.raise_signal(signal.SIGABRT)


if __name__ == "__main__":
    main()
