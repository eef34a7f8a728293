"""`facegate serve` as its operator meets it: start, stop, crashes, reloads."""

import errno
import json
import os
import signal
import socket
import subprocess
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from live.client import basic, body_of, connect, get, raw, read_all
from live.gateways import Gateway, facegate, marked
from live.origin import Exchange, Origin
from live.plays import anew, answer
from live.processes import eventually, family, members
from plain_http import NO_TLS

GATEWAY, WORKER, CONSOLE = "facegate.serve.gateway", "workers.worker", "facegate.console"
Start = Callable[..., Gateway]


def refuses(proxy: str) -> bool:
    parts = urlsplit(proxy)
    with socket.socket() as sock:
        return sock.connect_ex((parts.hostname, parts.port)) == errno.ECONNREFUSED


def passes(gateway: Gateway, url: str) -> bool:
    """Does it serve? False while there is nobody, or nobody ready, to answer."""
    try:
        return raw(gateway.proxy, get(url)).startswith(b"HTTP/1.1 200 ")
    except OSError:
        return False


def ready(gateway: Gateway) -> tuple[int, list[str]]:
    """The console's /readyz: status and reasons."""
    try:
        reply = httpx.get(f"{gateway.console}/readyz", trust_env=False, verify=NO_TLS, timeout=10)
    except httpx.TransportError:
        return 0, []
    return reply.status_code, reply.json()["why"]


def test_sigterm_finishes_what_is_under_way(start_gateway: Start, origin: Origin) -> None:
    reached, go_on = threading.Event(), threading.Event()
    body = b"<p>first half</p>" + b"<p>second half</p>"

    def slow(exchange: Exchange) -> None:
        whole = answer(body)
        exchange.send(whole[:-10])
        reached.set()
        assert go_on.wait(30)
        exchange.send(whole[-10:])

    url = origin.route("/slow", slow)
    with start_gateway(console=True, inspectors=0) as gateway, ThreadPoolExecutor() as threads:
        assert gateway.said.splitlines()[-1] == "ready"
        waiting: Future[bytes] = threads.submit(raw, gateway.proxy, get(url))
        assert reached.wait(20)
        gateway.signal(signal.SIGTERM)
        eventually(lambda: refuses(gateway.proxy), 10, "new connections are refused")
        assert not waiting.done()
        go_on.set()
        reply = waiting.result(20)
        assert gateway.wait() == 0
    assert reply.startswith(b"HTTP/1.1 200 ")
    assert body_of(reply) == body
    said = gateway.said.splitlines()
    assert said.count("ready") == 1
    for line in (
        f"proxy    {gateway.proxy}",
        f"console  {gateway.console}/",
        "CA file",
        "job register",
        "curl --proxy",
    ):
        assert any(line in other for other in said[:-1]), line
    assert not family(gateway.home)


def test_ctrl_c_waits_for_a_client_that_reads_slowly(start_gateway: Start, origin: Origin) -> None:
    body = b"<p>nothing to see here</p>\n" * 150_000  # 4 MB: more than the buffers of two sockets hold
    url = origin.route("/large", answer(body))
    with start_gateway(console=True, inspectors=0) as gateway, connect(gateway.proxy) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
        sock.sendall(get(url))
        first = sock.recv(1)  # it has been inspected and is on its way
        gateway.signal(signal.SIGINT)
        eventually(lambda: refuses(gateway.proxy), 10, "new connections are refused")
        reply = first + read_all(sock)
        assert gateway.wait() == 0
    assert len(body_of(reply)) == len(body)


def test_a_stop_during_the_start_leaves_nobody_behind(tmp_path: Path) -> None:
    home = tmp_path / "home"
    argv = facegate("serve", "--home", str(home), "--listen", "127.0.0.1:0", "--console", "127.0.0.1:0")
    for what in (GATEWAY, WORKER):  # once before the gateway's own start, once in the midst of it
        with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=marked(home)) as process:
            eventually(lambda what=what: members(home, what), 60, f"a process of {what}")
            process.terminate()
            out, err = process.communicate(timeout=60)
        assert (process.returncode, err) == (0, b""), err
        assert b"ready" not in out
        eventually(lambda: not family(home), 5, "nobody is left")


def test_killed_children_come_back(start_gateway: Start, origin: Origin, face_jpeg: bytes) -> None:
    face = origin.route("/face.jpg", answer(face_jpeg, "image/jpeg"))
    page = origin.route("/page", anew(b"<p>page</p>"))
    with start_gateway(console=True, inspectors=0) as gateway:
        (old,) = members(gateway.home, GATEWAY)
        os.kill(old, signal.SIGKILL)
        eventually(lambda: members(gateway.home, GATEWAY) - {old}, 10, "another gateway")
        eventually(lambda: passes(gateway, page), 60, "it serves again")
        eventually(lambda: ready(gateway)[0] == 200, 30, "and is ready")
        workers = members(gateway.home, WORKER)
        for pid in workers:
            os.kill(pid, signal.SIGKILL)
        reply = raw(gateway.proxy, get(face))  # meets dead workers: withheld, whatever they were about to say
        assert reply.split(b" ", 2)[1] in (b"451", b"503")
        eventually(lambda: members(gateway.home, WORKER) - workers, 60, "other workers")
        eventually(lambda: passes(gateway, page), 60, "pages pass again")
        assert json.loads(body_of(raw(gateway.proxy, get(face))))["reason"] == "faces"
        (console,) = members(gateway.home, CONSOLE)
        os.kill(console, signal.SIGKILL)
        eventually(lambda: ready(gateway)[0] == 200, 60, "another console, ready")
    said = gateway.stderr().splitlines()
    assert sum("ended with -9; starting it again" in line for line in said) == 2


def test_without_their_supervisor_all_end(start_gateway: Start) -> None:
    with start_gateway(console=True, inspectors=0) as gateway:
        assert len(members(gateway.home, GATEWAY)) == len(members(gateway.home, CONSOLE)) == 1
        assert members(gateway.home, WORKER)
        os.kill(gateway.pid, signal.SIGKILL)
        eventually(lambda: not family(gateway.home), 10, "no orphan")
        assert gateway.wait() == -signal.SIGKILL
        assert refuses(gateway.proxy)


def test_two_gateways_share_the_port_and_one_budget(
    start_gateway: Start, origin: Origin, face_jpeg: bytes, targeted_job: Callable[..., str]
) -> None:
    page = origin.route("/page", answer(b"<p>page</p>"))
    face = origin.route("/face.jpg", answer(face_jpeg, "image/jpeg"))
    with start_gateway("", "--workers", "2", console=True) as gateway:
        assert len(members(gateway.home, GATEWAY)) == 2
        ledgers = [gateway.home / "ledger" / f"gateway-{index}.jsonl" for index in (0, 1)]
        for _ in range(40):  # the kernel deals connections by a hash of their ports: 2 ** -39 that one gets none
            assert passes(gateway, page)
        eventually(lambda: all(path.stat().st_size for path in ledgers), 5, "both wrote a ledger line")
        token = targeted_job(gateway, "budget", max_releases=5)
        with ThreadPoolExecutor(16) as threads:
            request = get(face, basic("budget", token))
            replies = list(threads.map(lambda _: raw(gateway.proxy, request), range(16)))
        assert sum(body_of(reply) == face_jpeg for reply in replies) == 5
        reasons = [json.loads(body_of(reply))["reason"] for reply in replies if not reply.startswith(b"HTTP/1.1 200")]
        # a gateway reads the jobs again when they changed; until then it knows of no approval, and withholds
        assert len(reasons) == 11
        assert set(reasons) <= {"budget-spent", "faces"}
        assert ready(gateway) == (200, [])
        assert gateway.terminate() == 0


def test_the_upkeep_goes_to_another_gateway(start_gateway: Start) -> None:
    with start_gateway("", "--workers", "2") as gateway:
        lock = (gateway.home / "run" / "upkeep.lock").stat().st_ino
        held = [line.split() for line in Path("/proc/locks").read_text().splitlines() if f":{lock} " in line]
        (holder,) = {int(fields[4]) for fields in held if "->" not in fields}
        assert holder in members(gateway.home, GATEWAY)
        os.kill(holder, signal.SIGKILL)
        eventually(lambda: "does the upkeep from now on" in gateway.stderr(), 10, "the other one took over")
        jobs = gateway.home / "jobs.d"
        jobs.mkdir(exist_ok=True)
        (jobs / "wrong.toml").write_text("no job")
        eventually(lambda: "wrong.toml is refused" in gateway.stderr(), 30, "it reads the files of jobs")
        eventually(lambda: len(members(gateway.home, GATEWAY)) == 2, 60, "the other is started again")
    assert gateway.stderr().count("does the upkeep from now on") == 1


def test_the_policy_is_reloaded(start_gateway: Start, origin: Origin, face_jpeg: bytes) -> None:
    face = origin.route("/face.jpg", answer(face_jpeg, "image/jpeg"))

    def action() -> str:
        head = raw(gateway.proxy, get(face)).partition(b"\r\n\r\n")[0].decode()
        return next(line.partition(": ")[2] for line in head.splitlines() if line.startswith("Facegate-Action"))

    with start_gateway('[policy]\nfaces = "drop"\n', console=True) as gateway:
        text = gateway.config.read_text()
        assert action() == "drop"
        gateway.config.write_text(text.replace('"drop"', '"quarantine"'))
        eventually(lambda: action() == "quarantine", 5, "a changed file counts")
        gateway.config.write_text(text.replace("faces", "facse"))
        eventually(lambda: "not reloaded" in gateway.stderr(), 5, "a mistake is reported")
        assert action() == "quarantine"
        gateway.signal(signal.SIGHUP)
        eventually(lambda: gateway.stderr().count("not reloaded") == 2, 5, "and again when asked")
        assert action() == "quarantine"
        stamp = gateway.config.stat()
        gateway.config.write_text(text)
        os.utime(gateway.config, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))  # unchanged, as far as time stamps tell
        gateway.signal(signal.SIGHUP)
        eventually(lambda: action() == "drop", 5, "SIGHUP reloads")
    lines = gateway.stderr().splitlines()
    assert len(lines) == 2
    assert all("did you mean policy.faces?" in line for line in lines)


def test_who_connects_while_a_gateway_is_started_again_waits_for_it(start_gateway: Start, origin: Origin) -> None:
    page = origin.route("/page", answer(b"<p>page</p>"))
    with start_gateway() as gateway:
        (pid,) = members(gateway.home, GATEWAY)
        os.kill(pid, signal.SIGKILL)
        eventually(lambda: pid not in members(gateway.home, GATEWAY), 10, "it is dead")
        assert passes(gateway, page)
        assert members(gateway.home, GATEWAY) != {pid}
