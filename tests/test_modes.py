"""What each way in asks of the rest of the configuration: one line for each mistake, and no password in any."""

from dataclasses import replace
from pathlib import Path

import pytest
from facegate.errors import HomeError
from facegate.modes import Listening, Upstream, mistake, upstream_credentials, upstream_of

IT = Listening("regular", 1, (8080, 8081), {}, {}, None, {})


@pytest.mark.parametrize(
    "fine",
    [
        IT,
        replace(IT, mode="socks5", workers=4),
        replace(IT, proxy_protocol=["10.0.0.2/32", "fd00::/8"]),
        replace(IT, mode="transparent", required=False),
        replace(IT, mode="transparent", required=True),
        replace(IT, mode="transparent", sources={"10.0.0.0/8": "crawl"}),
        replace(IT, mode="wireguard", required=False),
        replace(IT, mode="wireguard", peers={"crawl-a": 51820, "crawl-b": 51821}),
        replace(IT, mode="upstream:http://proxy:3128", upstream_auth={"env": "NAME"}),
        replace(IT, mode="upstream:https://me:secret@[::1]/"),
    ],
)
def test_what_may_be(fine: Listening) -> None:
    assert mistake(fine) == ""


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (replace(IT, mode="reverse:http://me:secret@x"), "has to be one of regular, transparent, socks5, wireguard"),
        (replace(IT, mode="regular:me:secret"), "takes nothing behind it"),
        (replace(IT, peers={"a": 1}), 'listen.peers is for listen.mode = "wireguard"'),
        (replace(IT, upstream_auth={"env": "A"}), 'listen.upstream_auth is for listen.mode = "upstream:URL"'),
        (
            replace(IT, proxy_protocol=["10.0.0.2/8"]),
            "listen.proxy_protocol: '10.0.0.2/8' is no network; write 10.0.0.0/8",
        ),
        (replace(IT, mode="transparent", proxy_protocol=["::/0"]), "no load balancer stands before"),
        (replace(IT, mode="transparent"), "set identity.sources, or identity.required"),
        (replace(IT, mode="wireguard"), "name the jobs of its peers, like listen.peers"),
        (replace(IT, mode="wireguard", workers=2), "set listen.workers = 1, not 2"),
        (replace(IT, mode="wireguard", sources={"10.0.0.0/8": "a"}), "in a tunnel clients choose their addresses"),
        (replace(IT, mode="wireguard", peers={"../a": 1}), "has to be a job's id"),
        (replace(IT, mode="wireguard", peers={"a": 0}), "has to be a UDP port"),
        (replace(IT, mode="wireguard", peers={"a": True}), "has to be a UDP port"),
        (replace(IT, mode="wireguard", peers={"a": 1, "b": 1}), "each peer needs a port of its own"),
        (replace(IT, mode="upstream"), "listen.mode has to be upstream:http://HOST:PORT"),
        (replace(IT, mode="upstream:http://me:secret@proxy:99999"), "listen.mode has to be upstream:http://HOST"),
        (replace(IT, mode="upstream:http://me:secret@proxy/x"), "listen.mode has to be upstream:http://HOST"),
        (replace(IT, mode="upstream:socks5://me:secret@proxy"), "listen.mode has to be upstream:http://HOST"),
        (replace(IT, mode="upstream:http://me:secret@[::1"), "listen.mode has to be upstream:http://HOST"),
        (replace(IT, mode="upstream:http://p:1", upstream_auth={"value": "x"}), "listen.upstream_auth has to be {"),
        (replace(IT, mode="upstream:http://p:1", ports=(443, 8081)), "port 443 is the gateway's own"),
    ],
)
def test_what_may_not(wrong: Listening, says: str) -> None:
    line = mistake(wrong)
    assert says in line
    assert "secret" not in line
    assert "\n" not in line


def test_transparent_needs_linux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    assert "needs Linux" in mistake(replace(IT, mode="transparent", required=False))


@pytest.mark.parametrize(
    ("mode", "upstream"),
    [
        ("socks5", None),
        ("upstream:http://proxy", Upstream("http", "proxy", 80)),
        ("upstream:https://proxy.example/", Upstream("https", "proxy.example", 443)),
        ("upstream:http://me:p%40ss%3Aword@10.0.0.1:3128", Upstream("http", "10.0.0.1", 3128, "me:p@ss:word")),
        ("upstream:http://[2001:db8::1]:3128", Upstream("http", "2001:db8::1", 3128)),
    ],
)
def test_upstream_urls(mode: str, upstream: Upstream | None) -> None:
    assert upstream_of(mode) == upstream
    assert "p@ss" not in repr(upstream)


def test_credentials_come_from_the_environment_a_file_or_the_url(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mode = "upstream:http://me:url@proxy:3128"
    monkeypatch.setenv("PROXY_LOGIN", "me:environment\n")
    file = tmp_path / "login"
    file.write_text("me:file\n")
    file.chmod(0o600)
    assert upstream_credentials(mode, {}) == "me:url"
    assert upstream_credentials("upstream:http://proxy:3128", {}) == upstream_credentials("regular", {}) == ""
    assert upstream_credentials(mode, {"env": "PROXY_LOGIN"}) == "me:environment"
    assert upstream_credentials(mode, {"file": str(file)}) == "me:file"


@pytest.mark.parametrize("content", [b"", b"secret", b"me:sec\nret", b"\xff:secret"])
def test_credentials_that_are_none(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "login"
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(HomeError, match="has to hold USER:PASSWORD, on one line") as caught:
        upstream_credentials("upstream:http://proxy", {"file": str(file)})
    assert "secret" not in str(caught.value)


def test_credentials_that_are_not_there_or_open_to_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PROXY_LOGIN", raising=False)
    with pytest.raises(HomeError, match="the environment variable PROXY_LOGIN has to hold"):
        upstream_credentials("upstream:http://proxy", {"env": "PROXY_LOGIN"})
    with pytest.raises(HomeError, match="cannot be read"):
        upstream_credentials("upstream:http://proxy", {"file": str(tmp_path / "none")})
    (file := tmp_path / "login").write_text("me:secret")
    file.chmod(0o644)
    with pytest.raises(HomeError, match="others can read"):
        upstream_credentials("upstream:http://proxy", {"file": str(file)})


def test_a_secret_in_the_place_of_a_variables_name_is_not_repeated() -> None:
    for name in ("me:S3CRET", "S3CRET" * 8, "S3CRET/+="):
        with pytest.raises(HomeError, match="the environment variable of that name has to hold") as caught:
            upstream_credentials("upstream:http://proxy", {"env": name})
        assert "S3CRET" not in str(caught.value)
