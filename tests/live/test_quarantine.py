"""A withheld face from the crawler's 451 to the reviewer's file; the ledger beside it; the console over both."""

import hashlib
import json
import os
import resource
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner
from facegate.cli import main
from live.client import body_of, get, raw
from live.console import console
from live.gateways import Gateway
from live.origin import Origin
from live.plays import answer
from live.processes import eventually, members

LINE = 4_096  # bytes; a ledger line has about 700


@pytest.fixture(scope="module")
def kept(start_gateway: Callable[..., Gateway], add_user: Callable[..., None]) -> Iterator[Gateway]:
    with start_gateway(console=True) as gateway:
        add_user(gateway, "rita", "reviewer")
        yield gateway


def withheld(gateway: Gateway, url: str) -> str:
    """The record that fetching `url` made."""
    reply = raw(gateway.proxy, get(url))
    assert reply.startswith(b"HTTP/1.1 451 ")
    assert b"\r\nFacegate-Action: quarantine\r\n" in reply
    return str(json.loads(body_of(reply))["record"])


def test_a_withheld_face_is_listed_shown_and_exported(
    kept: Gateway, origin: Origin, face_jpeg: bytes, tmp_path: Path
) -> None:
    url = origin.route("/face.jpg", answer(face_jpeg, "image/jpeg"))
    record = withheld(kept, f"{url}?size=1")
    listed = json.loads(kept.run("quarantine", "list", "--json").stdout)
    assert [entry["id"] for entry in listed] == [record]
    shown = json.loads(kept.run("quarantine", "show", record, "--json").stdout)
    assert (shown["job"], shown["reason"], shown["size"]) == ("untargeted", "faces", len(face_jpeg))
    assert shown["digest"] == hashlib.sha256(face_jpeg).hexdigest()
    assert shown["faces"]
    assert {"model", "policy"} <= set(shown["versions"])

    files = [path for path in (kept.home / "vault").rglob("*") if path.is_file()]
    assert files
    for path in files:
        assert path.stat().st_mode & 0o077 == 0
        content = path.read_bytes()
        assert not any(face_jpeg[at : at + 32] in content for at in range(0, len(face_jpeg) - 32, 512))

    out = tmp_path / "out.jpg"
    stranger = kept.run("quarantine", "export", record, "-o", str(out), "--as", "nobody-added", check=False)
    assert stranger.returncode == 2
    assert not out.exists()
    kept.run("quarantine", "export", record, "-o", str(out), "--as", "rita", "--reason", "complaint 7")
    assert out.read_bytes() == face_jpeg
    assert out.stat().st_mode & 0o777 == 0o600
    kept.run("quarantine", "release", record)  # as short as can be: who runs it, to the record's own job
    history = json.loads(kept.run("quarantine", "show", record, "--json").stdout)["history"]
    assert any((event["user"], event["note"]) == ("rita", "complaint 7") for event in history)
    assert history[-1]["user"].startswith("os:")
    assert (history[-1]["event"], history[-1]["job"]) == ("release-asked", "untargeted")


def test_the_console_lists_the_quarantine_to_whom_it_knows(kept: Gateway, origin: Origin, face_jpeg: bytes) -> None:
    record = withheld(kept, origin.route("/listed.jpg", answer(face_jpeg, "image/jpeg")))
    assert console(kept, "/healthz").json() == {"alive": True}
    assert (console(kept, "/readyz").status_code, console(kept, "/readyz").json()["why"]) == (200, [])
    stranger = console(kept, "/queue")
    assert stranger.status_code == 401
    assert record not in stranger.text
    assert record in console(kept, "/queue", "rita").text


@pytest.mark.parametrize("path", ["/healthz", "/login", "/", "/events", "/robots.txt", "/static/0/style.css"])
def test_the_console_is_not_reachable_through_the_proxy(kept: Gateway, path: str) -> None:
    port = urlsplit(kept.console).port
    for url in (f"{kept.console}{path}", f"http://localhost:{port}{path}"):
        for request in (get(url), get(url, "Cookie: facegate=x"), _log_in(url)):
            reply = raw(kept.proxy, request)
            assert reply.startswith(b"HTTP/1.1 403 ")
            assert json.loads(body_of(reply))["reason"] == "address-refused"


def _log_in(url: str) -> bytes:
    body = b"name=rita&password=a+long+password"
    head = [f"POST {url} HTTP/1.1", f"Host: {urlsplit(url).netloc}", f"Origin: http://{urlsplit(url).netloc}"]
    head += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}", "Connection: close"]
    return "\r\n".join([*head, "", ""]).encode() + body


def test_the_ledger_tells_of_each_flow_and_of_tampering(
    kept: Gateway, origin: Origin, face_jpeg: bytes, tmp_path: Path
) -> None:
    face = origin.route("/told.jpg", answer(face_jpeg, "image/jpeg"))
    page = origin.route("/page", answer(b"<p>page</p>"))
    record = withheld(kept, face)
    assert raw(kept.proxy, get(page)).startswith(b"HTTP/1.1 200 ")

    def told() -> list[dict[str, object]]:
        lines = kept.run("ledger", "tail", "--json").stdout.splitlines()
        return [entry for entry in map(json.loads, lines) if entry.get("url") in (face, page)]

    first, second = eventually(lambda: told()[1:] and told(), 5, "both flows are in the ledger")
    assert (first["url"], first["action"], first["record"], first["status"]) == (face, "quarantine", record, 451)
    assert (second["url"], second["action"], second["reason"], second["status"]) == (page, "pass", "clear", 200)

    copy = tmp_path / "home"
    copy.mkdir(mode=0o700)
    shutil.copytree(kept.home / "ledger", copy / "ledger")
    file = copy / "ledger" / "gateway-0.jsonl"
    content = file.read_bytes()

    def verify() -> tuple[int, str]:
        done = CliRunner().invoke(main, ["ledger", "verify", "--home", str(copy)])
        return done.exit_code, done.stdout

    assert verify()[0] == 0
    file.write_bytes(content.replace(b'"quarantine"', b'"passpasspa"', 1))
    assert (verify()[0], "gateway-0.jsonl: BAD at line" in verify()[1]) == (1, True)
    file.write_bytes(content[: content.rindex(b"\n", 0, -1) + 1])  # the last line is gone
    assert verify()[0] == 1


def test_a_ledger_that_cannot_be_written_stops_the_gate(kept: Gateway, origin: Origin) -> None:
    """A file size limit does to root what a full disk does to everybody."""
    page = origin.route("/page", answer(b"<p>page</p>"))

    def why() -> list[str]:
        return list(console(kept, "/readyz").json()["why"])

    file = kept.home / "ledger" / "gateway-0.jsonl"
    while not file.exists() or file.stat().st_size < 4 * LINE:  # larger than every other file it has to write
        assert raw(kept.proxy, get(page)).startswith(b"HTTP/1.1 200 ")
    (pid,) = members(kept.home, "facegate.serve.gateway")
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (LINE, before[1]))
    raw(kept.proxy, get(page))  # its line cannot be written; from then on
    eventually(lambda: raw(kept.proxy, get(page)).startswith(b"HTTP/1.1 503 "), 5, "nothing passes")
    assert json.loads(body_of(raw(kept.proxy, get(page))))["reason"] == "ledger-failed"
    eventually(lambda: "gateway-0: ledger" in why(), 5, "the console names the ledger")
    assert console(kept, "/readyz").status_code == 503
    resource.prlimit(pid, resource.RLIMIT_FSIZE, before)
    eventually(lambda: raw(kept.proxy, get(page)).startswith(b"HTTP/1.1 200 "), 15, "it heals by itself")
    eventually(lambda: not why(), 5, "and says so")
    assert json.loads(kept.run("ledger", "verify", "--json").stdout)["ok"] is True


def test_the_console_misses_a_gateway_that_hangs(kept: Gateway) -> None:
    (pid,) = members(kept.home, "facegate.serve.gateway")
    os.kill(pid, signal.SIGSTOP)
    try:
        eventually(lambda: console(kept, "/readyz").status_code == 503, 15, "not ready")
        (why,) = console(kept, "/readyz").json()["why"]
        assert why.startswith("gateway-0: has not reported for ")
    finally:
        os.kill(pid, signal.SIGCONT)
    eventually(lambda: console(kept, "/readyz").status_code == 200, 5, "ready again")
