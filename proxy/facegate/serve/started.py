"""A whole gateway of one's own in processes of its own, for as long as something is tried with it."""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from facegate.errors import HomeError

STOP = 60.0  # seconds; the gateway itself gives up on what is under way after 30


class Started:
    """`module` is run with `arguments` and has to say what `facegate serve` says. Until it is left again it serves:
    `proxy` is HOST:PORT, `console` a URL, "" where there is none. Raises HomeError when it does not start."""

    proxy: str
    console: str

    def __init__(self, module: str, arguments: Sequence[str], log: Path) -> None:
        self._module, self._arguments = module, arguments
        self._log = log

    def __enter__(self) -> Self:
        theirs, self._life = os.pipe()  # closed by our end, however it comes: then it stops by itself
        argv = [sys.executable, "-m", "facegate.serve.held", str(theirs), self._module, *self._arguments]
        with self._log.open("wb") as log:
            # A group of its own: Ctrl-C is for whoever started it, who stops it in order.
            self._process = subprocess.Popen(
                argv, stdout=subprocess.PIPE, stderr=log, text=True, process_group=0, pass_fds=[theirs]
            )
        os.close(theirs)
        try:
            said = self._until_ready()
            self.proxy = _found(r"^ +proxy +http://(\S+)", said)
            self.console = _found(r"^ +console +(http\S+)/", said)
            if not self.proxy:
                raise HomeError("the gateway did not say where it listens")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(STOP)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._life)
        assert self._process.stdout
        self._process.stdout.close()

    def _until_ready(self) -> str:
        assert self._process.stdout
        said = ""
        for line in self._process.stdout:
            if line.strip() == "ready":
                return said
            said += line
        why = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        raise HomeError(f"the gateway did not start: {why[-1] if why else 'it said nothing'}")


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text, re.MULTILINE)
    return match[1] if match else ""
