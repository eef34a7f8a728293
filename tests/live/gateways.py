"""A real `facegate serve` in its own process and home, ready when it says so, checked for tracebacks at its end."""

import os
import re
import select
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Self

from click.testing import CliRunner
from facegate.cli import main
from live.processes import mark_of

_ONE_AT_A_TIME = threading.Lock()  # CliRunner puts itself in the place of sys.stdout

FEW = Path(__file__).with_name("few")
START = 180.0  # seconds until `ready`; about 2 on an idle machine, and test machines are not idle
DRAIN = 45.0  # seconds from SIGTERM to the exit; the gateway itself gives up on what is under way after 30


class Gateway:
    """`proxy` and `console` are URLs, `ca` is the PEM file a crawler has to trust, `status` the exit code after it."""

    proxy: str
    console: str  # "" where it was not asked for one
    said: str  # stdout: until `ready`, and the whole of it after the end

    def __init__(
        self,
        home: Path,
        config: str = "",
        *options: str,
        console: bool = True,
        inspectors: int = 0,
        site: Path = FEW,
    ) -> None:
        """`config` is the text of a facegate.toml; `options` are passed on to `serve`. `site` is a folder whose
        sitecustomize.py each of its processes runs first."""
        self.home = home
        self._site = site
        self.status: int | None = None
        home.mkdir(parents=True, exist_ok=True)
        self.config = file = home.with_name(f"{home.name}.toml")
        file.write_text(config, encoding="utf-8")
        self._stderr = home.with_name(f"{home.name}.stderr")
        given = ("--listen", "127.0.0.1:0", "--console", "127.0.0.1:0" if console else "none", *options)
        given += ("--inspectors", str(inspectors))
        self._argv = facegate("serve", "--config", str(file), "--home", str(home), *given)
        self._has_console = console

    def __enter__(self) -> Self:
        with self._stderr.open("wb") as stderr:
            self._process = subprocess.Popen(
                self._argv, stdout=subprocess.PIPE, stderr=stderr, env=marked(self.home, self._site)
            )
        assert self._process.stdout
        try:
            self.said = self._said_until_ready()
            self.proxy = _address(self.said, "proxy")
            self.console = _address(self.said, "console") if self._has_console else ""
        except BaseException:  # a test's time-out too: no process is left behind
            self._process.kill()
            self._process.wait()
            self._process.stdout.close()
            raise
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self.terminate()
        assert kind or "Traceback" not in self.stderr(), f"the gateway printed a traceback:\n{self.stderr()}"

    @property
    def pid(self) -> int:
        return self._process.pid

    def processes(self) -> list[int]:
        """The process and all below it; Linux."""
        found = [self.pid]
        for pid in found:
            for children in Path(f"/proc/{pid}/task").glob("*/children"):
                found += map(int, children.read_text().split())
        return found

    def workers(self) -> list[int]:
        """The inspection workers among them."""
        return [pid for pid in self.processes() if b"facegate_addons.workers.worker" in _command_line(pid)]

    @property
    def ca(self) -> Path:
        path = self.home.with_name(f"{self.home.name}.ca.pem")
        if not path.exists():
            self.run("ca", "export", "-o", str(path))
        return path

    def stderr(self) -> str:
        return self._stderr.read_text(encoding="utf-8", errors="replace")

    def run(self, *arguments: str, check: bool = True, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """Another verb of facegate on the same home; in this process, which has imported it all, but for the ledger's:
        a line is on disk some milliseconds after its answer, and a process takes longer to start."""
        argv = [*arguments, "--home", str(self.home)]
        if arguments[0] == "ledger":
            done = subprocess.run(
                facegate(*argv), capture_output=True, text=True, timeout=180, input=stdin, check=False
            )
            assert not check or done.returncode == 0, f"{argv} exited {done.returncode}: {done.stderr}"
            return done
        with _ONE_AT_A_TIME:
            ended = CliRunner().invoke(main, argv, input=stdin, prog_name="facegate")
        if ended.exception and not isinstance(ended.exception, SystemExit):
            raise ended.exception
        assert not check or ended.exit_code == 0, f"{argv} exited {ended.exit_code}: {ended.stderr}"
        return subprocess.CompletedProcess(argv, ended.exit_code, ended.stdout, ended.stderr)

    def terminate(self) -> int:
        """SIGTERM, wait for the drain; the exit code."""
        self.signal(signal.SIGTERM)
        return self.wait()

    def signal(self, number: signal.Signals) -> None:
        if self.status is None:
            self._process.send_signal(number)

    def wait(self) -> int:
        """The exit code, once it has ended by itself or after a signal."""
        if self.status is None:
            try:
                self.status = self._process.wait(DRAIN)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
                raise
            finally:
                assert self._process.stdout
                with self._process.stdout as stdout:
                    os.set_blocking(stdout.fileno(), False)  # an orphan may still hold the other end
                    self.said += (stdout.read() or b"").decode()
        return self.status

    def _said_until_ready(self) -> str:
        stdout = self._process.stdout
        assert stdout
        said, until = b"", time.monotonic() + START
        while not re.search(rb"^ready$", said, re.MULTILINE):
            readable, _, _ = select.select([stdout], [], [], max(0, until - time.monotonic()))
            more = os.read(stdout.fileno(), 65536) if readable else b""
            if not more:
                why = "exited" if readable else f"not ready after {START:.0f} seconds"
                raise AssertionError(f"the gateway is {why}; it said:\n{said.decode()}\n{self.stderr()}")
            said += more
        return said.decode()


def marked(home: Path, site: Path = FEW) -> dict[str, str]:
    """An environment by which every process of the gateway on `home` is known (live.processes), and in which it tests
    itself in a few ways only, or does what another `site` has it do."""
    path = os.pathsep.join(filter(None, [str(site), os.environ.get("PYTHONPATH", "")]))
    return os.environ | {"PYTHONUNBUFFERED": "1", "PATH": os.environ["PATH"] + mark_of(home), "PYTHONPATH": path}


def facegate(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "facegate.cli", *arguments]


def _command_line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _address(said: str, what: str) -> str:
    match = re.search(rf"{what}\b.*?(\w+://[\w.:\[\]]+:\d+)", said, re.IGNORECASE)
    assert match, f"no {what} address in:\n{said}"
    return match[1]
