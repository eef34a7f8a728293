"""The whole of it once, as a user sees it, and stopped as a user stops it."""

import http.client
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

from click.testing import CliRunner
from facegate.cli import main
from live.processes import eventually, family, mark_of

SECONDS = 240.0  # for all of it; about 12 on an idle machine


def test_the_whole_story_and_nothing_is_left_behind(tmp_path: Path) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    # A home in tests has its mark in PATH, by which its processes are found.
    environment = os.environ | {"TMPDIR": str(temporary), "PATH": os.environ["PATH"] + mark_of(temporary)}
    environment |= {"no_proxy": "localhost,127.0.0.1", "COLUMNS": "100"}
    out, log = tmp_path / "out", tmp_path / "err"
    with out.open("wb") as stdout, log.open("wb") as stderr:
        argv = [sys.executable, "-m", "facegate.cli", "demo"]
        process = subprocess.Popen(argv, stdout=stdout, stderr=stderr, env=environment, process_group=0)

    def told() -> str:
        assert process.poll() is None or "Ctrl-C" in out.read_text(), (out.read_text(), log.read_text())
        return out.read_text() if "Ctrl-C ends" in out.read_text() else ""

    try:
        text = eventually(told, SECONDS, "the console is open")
        assert re.findall(r"passed with a face: (\d+ of \d+)", text) == ["0 of 9", "0 of 9", "9 of 9", "0 of 9"]
        assert text.count("passed without: 7 of 7") == 4
        assert text.count("passed unreadable: 0 of 1") == 4
        assert "gateway-0.jsonl: " in text
        queue = re.search(r"The queue is open at (http://\S+/queue)", text)
        assert queue
        connection = http.client.HTTPConnection(urlsplit(queue[1]).netloc, timeout=60)
        connection.request("GET", "/queue")
        assert connection.getresponse().headers["Location"].startswith("/login")
        connection.close()
        site = re.search(r"web site: http://(localhost:\d+)/$", text, re.MULTILINE)
        assert site
        connection = http.client.HTTPConnection(site[1], timeout=60)  # for crawlers of one's own
        connection.request("GET", "/")
        assert b"The Harbour Times" in connection.getresponse().read()
        connection.close()
        assert len(family(temporary)) > 3
        process.send_signal(signal.SIGINT)
        assert process.wait(SECONDS) == 0
    finally:
        process.terminate()
        process.wait(SECONDS)
    assert not family(temporary)
    assert not list(temporary.iterdir())
    assert log.read_text() == ""


def test_a_home_that_is_in_use_is_refused(tmp_path: Path) -> None:
    (tmp_path / "kept").touch()
    said = CliRunner().invoke(main, ["demo", "--home", str(tmp_path)])
    assert (said.exit_code, said.stderr) == (2, f"facegate: {tmp_path} is not empty; give --home a new folder\n")
