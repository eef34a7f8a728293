"""The shim is a program like the one it stands for: status, streams, folder and environment are the caller's."""

import subprocess
from collections.abc import Callable

type Shell = Callable[..., subprocess.CompletedProcess[str]]


def test_a_call_ends_as_the_program_would(shell: Shell) -> None:
    done = shell(
        "facegate --version | tr a-z A-Z\nfacegate job show nobody-has-this-id || echo status $?\nfacegate jobs"
    )
    assert done.stdout.startswith("FACEGATE, VERSION")
    assert done.stdout.endswith("status 2\n")
    assert "nobody-has-this-id" in done.stderr
    assert done.returncode == 2


def test_folder_and_environment_are_the_callers(shell: Shell) -> None:
    done = shell("cd pictures\nHOME=$PWD/elsewhere facegate ca export -o ca.pem\nls -d elsewhere/.local ca.pem")
    assert (done.returncode, done.stdout.split()) == (0, ["ca.pem", "elsewhere/.local"]), done.stderr
