import pytest
from facegate_addons.workers.syscalls import ARCHITECTURES, CALLED, DENIED, JUDGED, NEWER, number

EVERY = DENIED | JUDGED | CALLED


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_numbers_are_told_apart_and_below_those_that_all_share(machine: str) -> None:
    numbers = [it for name in EVERY if (it := number(EVERY, name, machine)) is not None]
    assert len(set(numbers)) == len(numbers) > 80
    assert max(numbers) < NEWER


def test_an_architecture_lacks_only_calls_that_have_a_newer_form() -> None:
    lacking = {name for name in EVERY if number(EVERY, name, "aarch64") is None}
    assert not {name for name in EVERY if number(EVERY, name, "x86_64") is None}
    named = (
        "creat rename link symlink unlink mkdir rmdir mknod chmod chown lchown utime utimes futimesat open fork vfork"
    )
    assert lacking == {*named.split(), "iopl", "ioperm", "modify_ldt", "inotify_init"}
