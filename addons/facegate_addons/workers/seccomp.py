"""A filter of system calls (seccomp): no file is opened to be written, no socket, no program, no process is made.

What is refused fails with EPERM, or ENOSYS where libraries then go an older way; threads may be started. A worker that
was taken over is left with memory, the socket that it answers on, and the sizes of files whose names it knows.
"""

import ctypes
import errno
import os
import platform
import struct
import sys

from facegate_addons.workers.syscalls import ARCHITECTURES, CALLED, DENIED, JUDGED, NEWER, number

# linux/filter.h and linux/bpf_common.h
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
# linux/seccomp.h
_KILL, _ERRNO, _ALLOW = 0x8000_0000, 0x0005_0000, 0x7FFF_0000
_SET_MODE_FILTER, _ALL_THREADS = 1, 1
_NUMBER, _ARCHITECTURE = 0, 4  # where they stand in seccomp_data
_THREAD = 0x10000  # CLONE_THREAD
_OWNERS = (8, 10, 15)  # F_SETOWN, F_SETSIG, F_SETOWN_EX of fcntl: signals to whoever is named, by way of a socket
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def allow_little() -> None:
    """For each thread of this process, for good. Raises OSError where the system cannot."""
    machine = platform.machine()
    if machine not in ARCHITECTURES or sys.maxsize < 1 << 32:
        raise OSError(errno.ENOSYS, f"no list of system calls for {machine}")
    code = program(machine, os.getpid())
    given = _Program(len(code) // 8, code)
    libc = ctypes.CDLL(None, use_errno=True)
    call = number(CALLED, "seccomp", machine)
    if libc.syscall(call, _SET_MODE_FILTER, _ALL_THREADS, ctypes.byref(given)) != 0:
        raise OSError(ctypes.get_errno() or errno.EBUSY, os.strerror(ctypes.get_errno() or errno.EBUSY))


def program(machine: str, pid: int) -> bytes:
    """Instructions of the classic BPF, 8 bytes each."""
    denied = _ERRNO | errno.EPERM
    code = [
        _do(_LOAD, _ARCHITECTURE),
        _do(_EQUAL, ARCHITECTURES[machine], 1, 0),
        _do(_RETURN, _KILL),  # 32-bit calls have numbers of their own
        _do(_LOAD, _NUMBER),
        _do(_AT_LEAST, NEWER, 0, 1),
        _do(_RETURN, _ERRNO | errno.ENOSYS),
    ]
    for name in DENIED:
        if (which := number(DENIED, name, machine)) is not None:
            code += [_do(_EQUAL, which, 0, 1), _do(_RETURN, denied)]
    # name: which argument, how it is held against what, and what happens where that holds, and where not
    for name, argument, test, value, holds, fails in (
        ("open", 1, _ANY_BIT, _WRITING, denied, _ALLOW),
        ("openat", 2, _ANY_BIT, _WRITING, denied, _ALLOW),
        ("clone", 0, _ANY_BIT, _THREAD, _ALLOW, denied),
        ("tgkill", 0, _EQUAL, pid, _ALLOW, denied),  # abort() is a signal to oneself
        ("prlimit64", 0, _EQUAL, 0, _ALLOW, denied),  # 0: oneself
    ):
        if (which := number(JUDGED, name, machine)) is not None:
            where = 16 + 8 * argument  # its lower half, on machines that are little-endian
            code += [_do(_EQUAL, which, 0, 4), _do(_LOAD, where), _do(test, value, 0, 1)]
            code += [_do(_RETURN, holds), _do(_RETURN, fails)]
    code += [_do(_EQUAL, number(JUDGED, "fcntl", machine) or 0, 0, len(_OWNERS) + 3), _do(_LOAD, 16 + 8)]
    code += [_do(_EQUAL, owner, left, 0) for left, owner in enumerate(_OWNERS, 1)][::-1]
    code += [_do(_RETURN, _ALLOW), _do(_RETURN, denied)]
    return b"".join([*code, _do(_RETURN, _ALLOW)])


def _do(code: int, value: int, yes: int = 0, no: int = 0) -> bytes:
    return struct.pack("=HBBI", code, yes, no, value)
