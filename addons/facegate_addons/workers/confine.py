"""What a worker gives up before it sees a single byte: memory without end, files, descriptors, the network.

Each measure is taken where the system allows it; the names of those taken are reported, so that nobody has to guess.
"""

import contextlib
import ctypes
import os
import resource
import sys

_PR_SET_NO_NEW_PRIVS = 38  # linux/prctl.h


def confine(memory: int) -> list[str]:
    """Confine this process, of one thread still, to `memory` bytes of address space. Returns what was done."""
    done = _limited(
        memory=(resource.RLIMIT_AS, memory),  # MemoryError in the decoder instead of the system's OOM killer
        cores=(resource.RLIMIT_CORE, 0),  # a core dump would be a plaintext copy of a withheld body
        descriptors=(resource.RLIMIT_NOFILE, 64),
    )
    if sys.platform == "linux":
        for flags in (os.CLONE_NEWNET, os.CLONE_NEWUSER | os.CLONE_NEWNET):
            try:
                os.unshare(flags)  # an empty network namespace: not even loopback is up
            except OSError:
                continue  # not permitted here; the second try is for kernels with user namespaces
            done.append("network")
            break
        if ctypes.CDLL(None).prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0:
            done.append("privileges")
    return done


def write_nothing() -> list[str]:
    """No decoder may write a file. After the imports, which may: what is compiled once need not be at each start."""
    return _limited(files=(resource.RLIMIT_FSIZE, 0))


def _limited(**limits: tuple[int, int]) -> list[str]:
    done = []
    for name, (what, value) in limits.items():
        with contextlib.suppress(ValueError, OSError):  # macOS refuses RLIMIT_AS
            resource.setrlimit(what, (value, value))
            done.append(name)
    return done
