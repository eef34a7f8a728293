"""The filter as a program, run here by the rules of the classic BPF; test_confine.py has the kernel run it."""

import errno
import os
import struct

import pytest
from facegate_addons.workers.seccomp import program
from facegate_addons.workers.syscalls import ARCHITECTURES, DENIED, JUDGED, NEWER, number

ALLOW, KILL, EPERM, ENOSYS = 0x7FFF0000, 0x80000000, 0x50000 | errno.EPERM, 0x50000 | errno.ENOSYS
PID = 4711
THREAD, CHILD = 0x3D0F00, 0x1200011  # flags of pthread_create and of fork, in glibc


def run(machine: str, call: int, *arguments: int, architecture: int | None = None) -> int:
    """What the kernel would do about this call."""
    code = program(machine, PID)
    given = (*arguments, *[0] * (6 - len(arguments)))
    data = struct.pack("=IIQ6Q", call, architecture or ARCHITECTURES[machine], 0, *given)
    held, at = 0, 0
    while True:
        what, yes, no, value = struct.unpack_from("=HBBI", code, 8 * at)
        at += 1
        match what:
            case 0x20:
                (held,) = struct.unpack_from("=I", data, value)
            case 0x06:
                return value
            case 0x15 | 0x35 | 0x45:
                holds = {0x15: held == value, 0x35: held >= value, 0x45: bool(held & value)}[what]
                at += yes if holds else no


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_what_is_listed_is_refused_and_what_is_not_is_allowed(machine: str) -> None:
    listed = {number(DENIED, name, machine) for name in DENIED}
    judged = {number(JUDGED, name, machine) for name in JUDGED}
    for call in range(NEWER):
        if call not in judged:
            assert run(machine, call) == (EPERM if call in listed else ALLOW)
    assert run(machine, NEWER) == run(machine, 500) == run(machine, 0x4000_0000) == ENOSYS


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_some_are_judged_by_their_arguments(machine: str) -> None:
    def asked(name: str, *arguments: int) -> int:
        which = number(JUDGED, name, machine)
        return EPERM if which is None else run(machine, which, *arguments)

    assert asked("openat", 0, 0, os.O_RDONLY | os.O_CLOEXEC) == ALLOW
    for flags in (os.O_WRONLY, os.O_RDWR, os.O_CREAT, os.O_TRUNC):
        assert asked("openat", 0, 0, flags | os.O_CLOEXEC) == EPERM
        assert asked("open", 0, flags) == EPERM
    assert asked("clone", THREAD) == ALLOW
    assert asked("clone", CHILD) == EPERM
    assert asked("tgkill", PID) == asked("prlimit64", 0) == ALLOW
    assert asked("tgkill", PID + 1) == asked("prlimit64", PID) == EPERM


def test_calls_by_the_numbers_of_another_architecture_end_the_process() -> None:
    assert run("x86_64", 1, architecture=0x4000_0003) == KILL  # i386, where 1 is exit
