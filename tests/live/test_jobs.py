"""Jobs in a running gateway: registered, approved, rotated, revoked; each counts within a second."""

import hashlib
import json
import signal
import ssl
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
import requests
from live.client import ConnectRefused, basic, body_of, get, raw, tls, tunnel
from live.gateways import Gateway
from live.origin import Origin, read_until
from live.plays import answer
from live.processes import eventually

SECOND = 1.0  # "effective in a running gateway within a second"; asked until then, from the command's end on

UNTARGETED = 'id = "{0}"\noperator = "acme"\npurpose = "an index of pages"\n[scope]\nkind = "untargeted"\n'


@pytest.fixture(scope="module")
def strict(start_gateway: Callable[..., Gateway]) -> Iterator[Gateway]:
    """Nobody passes without credentials."""
    with start_gateway('[identity]\nrequired = true\nlongest_delay = "0s"\n') as gateway:
        yield gateway


def register(gateway: Gateway, name: str) -> str:
    file = gateway.home.with_name(f"{name}.toml")
    file.write_text(UNTARGETED.format(name))
    done = json.loads(gateway.run("job", "register", str(file), "--json").stdout)
    assert (done["id"], done["state"]) == (name, "active")
    return str(done["token"])


def status(gateway: Gateway, url: str, *headers: str) -> int:
    return int(raw(gateway.proxy, get(url, *headers)).split(b" ", 2)[1])


def reason(reply: bytes) -> str:
    return str(json.loads(body_of(reply))["reason"])


def test_without_credentials_nobody_passes(strict: Gateway, origin: Origin) -> None:
    url = origin.route("/page", answer(b"<p>page</p>"))
    reply = raw(strict.proxy, get(url))
    assert reply.startswith(b"HTTP/1.1 407 ")
    assert b'\r\nProxy-Authenticate: Basic realm="facegate"\r\n' in reply
    assert reason(reply) == "no-credentials"
    assert reason(raw(strict.proxy, get(url, basic("nobody", "token")))) == "bad-credentials"
    assert not origin.requests


def test_registered_rotated_revoked(strict: Gateway, origin: Origin) -> None:
    url = origin.route("/page", answer(b"<p>page</p>"))
    old = register(strict, "crawl")
    eventually(lambda: status(strict, url, basic("crawl", old)) == 200, SECOND, "a registered job passes")
    fresh = json.loads(strict.run("job", "token", "crawl", "--json").stdout)["token"]
    eventually(lambda: status(strict, url, basic("crawl", fresh)) == 200, SECOND, "the new token passes")
    assert status(strict, url, basic("crawl", old)) == 407
    strict.run("job", "revoke", "crawl")
    eventually(lambda: status(strict, url, basic("crawl", fresh)) == 403, SECOND, "a revoked job is refused")
    assert reason(raw(strict.proxy, get(url, basic("crawl", fresh)))) == "job-inactive"


def test_a_revoked_job_ends_within_its_tunnel(strict: Gateway, tls_origin: Origin) -> None:
    url = tls_origin.route("/page", answer(b"<p>page</p>"))
    credentials = basic("tunnelled", register(strict, "tunnelled"))

    def opened() -> bool:
        try:
            tunnel(strict.proxy, "127.0.0.1", tls_origin.port, credentials).close()
        except ConnectRefused:
            return False
        return True

    eventually(opened, SECOND, "the tunnel opens")
    with tls(tunnel(strict.proxy, "127.0.0.1", tls_origin.port, credentials), strict.ca) as sock:
        request = get(url.removeprefix(f"https://127.0.0.1:{tls_origin.port}")).replace(b"Connection: close\r\n", b"")

        def ask() -> bytes:
            sock.sendall(request)
            reply = read_until(sock, b"\r\n\r\n")
            head, _, body = reply.partition(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            while len(body) < length:
                body += sock.recv(length - len(body))
            return head

        assert ask().startswith(b"HTTP/1.1 200 ")
        strict.run("job", "revoke", "tunnelled")
        until = time.monotonic() + SECOND
        while (reply := ask()).startswith(b"HTTP/1.1 200 ") and time.monotonic() < until:
            pass
        assert reply.startswith(b"HTTP/1.1 403 ")


def test_faces_pass_once_another_person_approved(
    strict: Gateway,
    origin: Origin,
    face_jpeg: bytes,
    targeted_job: Callable[..., str],
    add_user: Callable[..., None],
) -> None:
    url = origin.route("/face.jpg", answer(face_jpeg, "image/jpeg"))
    elsewhere = url.replace("127.0.0.1", "localhost")
    credentials = basic("case", targeted_job(strict, "case", approve=False))
    eventually(lambda: status(strict, url, credentials) == 451, SECOND, "a pending job crawls as an untargeted one")
    assert reason(raw(strict.proxy, get(url, credentials))) == "faces"

    add_user(strict, "acme", "admin")  # the operator of the job
    add_user(strict, "olga", "operator")
    for user, says in (("acme", "another person"), ("olga", "reviewer"), ("stranger", "user add")):
        refused = strict.run("job", "approve", "case", "--as", user, check=False)
        assert refused.returncode == 2, user
        assert refused.stderr.count("\n") == 1
        assert says in refused.stderr
    assert status(strict, url, credentials) == 451

    add_user(strict, "rita", "reviewer")
    strict.run("job", "approve", "case", "--as", "rita")
    eventually(lambda: status(strict, url, credentials) == 200, SECOND, "an approved job gets its faces")
    reply = raw(strict.proxy, get(url, credentials))
    assert body_of(reply) == face_jpeg
    assert b"\r\nFacegate-Verdict: faces\r\nFacegate-Action: pass\r\n" in reply
    assert reason(raw(strict.proxy, get(elsewhere, credentials))) == "faces"  # not one of its hosts


def test_a_budget_is_exact(strict: Gateway, origin: Origin, face_jpeg: bytes, targeted_job: Callable[..., str]) -> None:
    url = origin.route("/face.jpg", answer(face_jpeg, "image/jpeg"))
    credentials = basic("thrifty", targeted_job(strict, "thrifty", hosts=["localhost", "127.0.0.1"], max_releases=4))
    eventually(lambda: status(strict, url, credentials) == 200, SECOND, "the first of 4 faces")
    request = get(url, credentials)
    with ThreadPoolExecutor(10) as threads:
        replies = list(threads.map(lambda _: raw(strict.proxy, request), range(10)))
    assert sum(body_of(reply) == face_jpeg for reply in replies) == 3
    assert {reason(reply) for reply in replies if not reply.startswith(b"HTTP/1.1 200 ")} == {"budget-spent"}
    (job,) = [job for job in json.loads(strict.run("job", "list", "--json").stdout) if job["id"] == "thrifty"]
    assert job["releases"] == 4


def test_a_change_waits_and_the_old_version_stays_in_force(
    strict: Gateway, origin: Origin, face_jpeg: bytes, targeted_job: Callable[..., str]
) -> None:
    url = origin.route("/face.jpg", answer(face_jpeg, "image/jpeg"))
    credentials = basic("changed", targeted_job(strict, "changed"))
    eventually(lambda: status(strict, url, credentials) == 200, SECOND, "an approved job gets its faces")
    file = strict.home.with_name("changed.toml")
    file.write_text(file.read_text().replace('["127.0.0.1"]', '["elsewhere.example"]'))
    done = json.loads(strict.run("job", "register", str(file), "--json").stdout)
    assert (done["token"], done["state"], done["waiting"]) == (None, "approved", 2)
    assert status(strict, url, credentials) == 200
    strict.run("job", "approve", "changed", "--as", "rita", "--version", "2")
    eventually(lambda: status(strict, url, credentials) == 451, SECOND, "the new version has other hosts")


def test_two_tokens_overlap(strict: Gateway, origin: Origin) -> None:
    url = origin.route("/page", answer(b"<p>page</p>"))
    old = register(strict, "overlapping")
    eventually(lambda: status(strict, url, basic("overlapping", old)) == 200, SECOND, "a registered job passes")
    done = strict.run("job", "token", "overlapping", "--overlap", "1h", "--json")
    fresh = json.loads(done.stdout)["token"]
    eventually(lambda: status(strict, url, basic("overlapping", fresh)) == 200, SECOND, "the new token passes")
    assert status(strict, url, basic("overlapping", old)) == 200


def test_job_files_count_as_they_are_written(strict: Gateway, origin: Origin) -> None:
    url = origin.route("/page", answer(b"<p>page</p>"))
    credentials = basic("declared", "a token made elsewhere")
    token_hash = hashlib.sha256(b"a token made elsewhere").hexdigest()
    folder = strict.home / "jobs.d"
    folder.mkdir()
    (folder / "bad.toml").write_text("id = ")
    (folder / "a.toml").write_text(f'token_sha256 = "{token_hash}"\n' + UNTARGETED.format("declared"))
    eventually(lambda: status(strict, url, credentials) == 200, 2 + SECOND, "a declared job passes")
    assert [one["outcome"] for one in json.loads(strict.run("job", "diff", "--json", check=False).stdout)] == [
        "unchanged",
        "refused",
    ]
    lines = strict.run("ledger", "tail", "--json").stdout
    assert lines.count("job-file-refused") == 1
    assert "a token made" not in lines
    (folder / "a.toml").unlink()
    strict.signal(signal.SIGHUP)
    eventually(lambda: "a.toml is there no more" in strict.stderr(), 2 + SECOND, "it is told")
    assert status(strict, url, credentials) == 200
    strict.run("job", "revoke", "declared")


def fetch_with_requests(proxy: str, ca: Path, url: str) -> bytes:
    with requests.Session() as session:
        session.trust_env = False
        return session.get(url, proxies={"http": proxy, "https": proxy}, verify=str(ca), timeout=20).content


def fetch_with_httpx(proxy: str, ca: Path, url: str) -> bytes:
    trust = ssl.create_default_context(cafile=ca)
    with httpx.Client(proxy=proxy, verify=trust, trust_env=False, timeout=20) as client:
        return client.get(url).content


def fetch_with_urllib(proxy: str, ca: Path, url: str) -> bytes:
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({"http": proxy, "https": proxy}),
        urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=ca)),
    )
    with opener.open(url, timeout=20) as reply:
        body: bytes = reply.read()
    return body


@pytest.mark.parametrize("fetch", [fetch_with_requests, fetch_with_httpx, fetch_with_urllib])
def test_credentials_in_the_proxy_url_are_all_a_client_needs(
    strict: Gateway, origin: Origin, tls_origin: Origin, plain_jpeg: bytes, fetch: Callable[[str, Path, str], bytes]
) -> None:
    name = fetch.__name__.replace("_", "-")
    token = register(strict, name)
    proxy = strict.proxy.replace("//", f"//{name}:{token}@")
    urls = [server.route("/cup.jpg", answer(plain_jpeg, "image/jpeg")) for server in (origin, tls_origin)]
    eventually(lambda: status(strict, urls[0], basic(name, token)) == 200, SECOND, "the job is known")
    for url in urls:
        assert fetch(proxy, strict.ca, url) == plain_jpeg
    for server in (origin, tls_origin):
        assert all(request.header("proxy-authorization") is None for request in server.requests)
