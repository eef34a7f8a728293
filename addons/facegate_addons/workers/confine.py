"""What a worker gives up before it sees a single byte: memory without end, files, the network, other processes.

Each measure is taken where the system allows it. All are reported, with the reason for each that was not taken, so that
nobody has to guess: `facegate check` says it.
"""

import ctypes
import errno
import os
import platform
import resource
import sys
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from facegate_addons.workers import landlock, seccomp
from facegate_addons.workers.syscalls import ARCHITECTURES, CALLED, number

Measures = dict[str, str]  # measure -> why it was not taken; "" where it was
LINUX = ("network", "privileges", "capabilities", "paths", "calls")
NOBODY = 65534  # the user and group that own nothing
# Libraries of what is imported later, and what they look up. Fonts are for PDF pages that bring none.
SYSTEM = (
    *("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache"),
    *("/etc/ssl/openssl.cnf", "/etc/localtime", "/usr/share/zoneinfo", "/sys/devices/system/cpu"),
    *("/usr/share/fonts", "/usr/local/share/fonts", "/usr/share/X11/fonts"),
)
_PR_SET_NO_NEW_PRIVS = 38  # linux/prctl.h
_CAPABILITIES_3 = 0x2008_0522  # linux/capability.h


def confine(memory: int) -> Measures:
    """Confine this process, of one thread still, to `memory` bytes of address space."""
    done = _limited(
        memory=(resource.RLIMIT_AS, memory),  # MemoryError in the decoder instead of the system's OOM killer
        cores=(resource.RLIMIT_CORE, 0),  # a core dump would be a plaintext copy of a withheld body
        descriptors=(resource.RLIMIT_NOFILE, 64),
    )
    if sys.platform != "linux":
        return done | dict.fromkeys(LINUX, f"{platform.system()} has no such thing")
    return done | {"network": _tried(_without_network), "privileges": _tried(_without_new_privileges)}


def seal(weights: str, *, driver: bool = False) -> Measures:
    """After the imports, which may write: what is compiled once need not be at each start. From here on no file is
    written, and of those there are only code, libraries, fonts and the file `weights` can be read. `driver`: of a GPU,
    which opens what it likes."""
    sys.dont_write_bytecode = True
    readable = [*_code(), weights]
    done = _limited(files=(resource.RLIMIT_FSIZE, 0)) | {"user": _tried(lambda: _nobody(readable))}
    if sys.platform != "linux":
        return done
    done["capabilities"] = _tried(_without_capabilities)
    if driver:
        return done | dict.fromkeys(("paths", "calls"), "the driver of a GPU opens files and sockets of its own")
    return done | {
        "paths": _tried(lambda: _read_only([*SYSTEM, *readable])),
        "calls": _tried(seccomp.allow_little),
    }


def _limited(**limits: tuple[int, int]) -> Measures:
    done = {}
    for name, (what, value) in limits.items():
        done[name] = _tried(partial(resource.setrlimit, what, (value, value)))
    return done


def _tried(measure: Callable[[], None]) -> str:
    try:
        measure()
    except (OSError, ValueError) as error:  # ValueError: macOS refuses RLIMIT_AS
        return str(error.strerror or error) if isinstance(error, OSError) else str(error)
    return ""


def _without_network() -> None:
    """An empty network namespace: not even loopback is up."""
    try:
        os.unshare(os.CLONE_NEWNET)
    except OSError:  # not root: on kernels with user namespaces everybody is, in one of his own
        os.unshare(os.CLONE_NEWUSER | os.CLONE_NEWNET)


def _without_new_privileges() -> None:
    _succeed(ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))


def _nobody(needed: Iterable[str]) -> None:
    """Root becomes a user that owns nothing, where that one can read what is `needed`; others stay who they are."""
    if os.geteuid() != 0:
        return
    os.seteuid(NOBODY)
    try:
        for path in needed:
            try:
                os.close(os.open(path, os.O_RDONLY | os.O_CLOEXEC))
            except PermissionError:
                raise OSError(errno.EACCES, f"{path} is closed to others") from None
    finally:
        os.seteuid(0)
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)


def _without_capabilities() -> None:
    """None that root has, nor the owner of a user namespace."""
    machine = platform.machine()
    if machine not in ARCHITECTURES:
        raise OSError(errno.ENOSYS, f"no list of system calls for {machine}")
    head, none = (ctypes.c_uint32 * 2)(_CAPABILITIES_3, 0), (ctypes.c_uint32 * 6)()
    libc = ctypes.CDLL(None, use_errno=True)
    _succeed(libc.syscall(number(CALLED, "capset", machine), ctypes.byref(head), ctypes.byref(none)))


def _read_only(paths: Iterable[str]) -> None:
    threads = len(os.listdir("/proc/self/task"))  # noqa: PTH208 - as many as there are names
    if threads > 1:  # each thread is restricted for itself
        raise OSError(errno.EBUSY, f"{threads} threads run already")
    landlock.read_only(paths)


def _code() -> list[str]:
    """Where modules, and the libraries beside them, are imported from."""
    searched = [*sys.path, f"{sys.base_prefix}/lib", *os.environ.get("LD_LIBRARY_PATH", "").split(":")]
    return [path for path in searched if path and Path(path).exists()]


def _succeed(answer: int) -> None:
    if answer != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
