"""Runs a module as `python -m` does, and ends it, as SIGTERM does, when whoever started it is gone.

    python -m facegate.serve.held FD MODULE [ARGUMENT ...]

FD is the reading end of a pipe whose other end the starter holds, and nobody else.
"""

import os
import runpy
import signal
import sys

from facegate.serve.parent import when_orphaned


def main() -> None:
    life_fd, module = int(sys.argv[1]), sys.argv[2]
    os.set_inheritable(life_fd, False)
    when_orphaned(life_fd, lambda: os.kill(os.getpid(), signal.SIGTERM))
    sys.argv = sys.argv[2:]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
