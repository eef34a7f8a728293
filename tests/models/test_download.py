"""Against a real server on loopback; what it got to hear is what was asked."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from facegate.errors import FetchError
from facegate.models import download as module
from facegate.models.download import download
from facegate.models.part import Part
from file_server import FileServer
from live.authority import Authority

HALF = 500_000


def unwatched(_done: int, _total: int | None) -> None:
    pass


@pytest.fixture
def part(tmp_path: Path) -> Part:
    return Part(tmp_path / "weights.onnx", 2_000_000)


@pytest.fixture
def half(server: FileServer, part: Part) -> Iterator[Part]:
    """Cut off in the middle."""
    server.cut_after = HALF
    with pytest.raises(
        FetchError, match=rf"interrupted after {HALF} of {len(server.content)} bytes; run the same again"
    ):
        download(server.url, part, unwatched)
    assert part.size == HALF
    server.cut_after = None
    server.asked.clear()
    return part


def refused(server: FileServer, part: Part) -> str:
    with pytest.raises(FetchError) as caught:
        download(server.url, part, unwatched)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(f"{server.url}: ")
    return str(caught.value).removeprefix(f"{server.url}: ")


def test_whole(server: FileServer, part: Part) -> None:
    told: list[tuple[int, int | None]] = []
    download(server.url, part, lambda done, total: told.append((done, total)))
    assert part.path.read_bytes() == server.content
    assert told[-1] == (len(server.content), len(server.content))
    (asked,) = server.asked
    assert "Range" not in asked
    assert asked["Accept-Encoding"] == "identity"


def test_without_a_length(server: FileServer, part: Part) -> None:
    server.length = False
    told: list[tuple[int, int | None]] = []
    download(server.url, part, lambda done, total: told.append((done, total)))
    assert part.path.read_bytes() == server.content
    assert told[-1] == (len(server.content), None)


def test_cut_off_without_a_length(server: FileServer, part: Part) -> None:
    server.length, server.cut_after = False, HALF
    assert "interrupted after" in refused(server, part)
    server.length, server.cut_after = True, None
    download(server.url, part, unwatched)
    assert part.path.read_bytes() == server.content


def test_it_goes_on_where_it_was_cut_off(server: FileServer, half: Part) -> None:
    told: list[tuple[int, int | None]] = []
    download(server.url, half, lambda done, total: told.append((done, total)))
    assert half.path.read_bytes() == server.content
    (asked,) = server.asked
    assert (asked["Range"], asked["If-Range"]) == (f"bytes={HALF}-", '"v1"')
    assert HALF < told[0][0] < told[-1][0] == told[0][1] == len(server.content)


def test_another_version_of_the_file_is_begun_anew(server: FileServer, half: Part) -> None:
    server.content, server.etag = server.content[::-1], '"v2"'
    download(server.url, half, unwatched)
    assert half.path.read_bytes() == server.content
    assert half.etag == '"v2"'


def test_a_weak_etag_is_not_relied_on(server: FileServer, part: Part) -> None:
    server.etag, server.cut_after = 'W/"v1"', HALF
    refused(server, part)
    server.cut_after = None
    download(server.url, part, unwatched)
    assert part.path.read_bytes() == server.content
    assert "If-Range" not in server.asked[-1]


def test_a_server_without_ranges(server: FileServer, half: Part) -> None:
    server.ranges = False
    download(server.url, half, unwatched)
    assert half.path.read_bytes() == server.content


def test_nothing_is_left_to_come(server: FileServer, part: Part) -> None:
    part.path.write_bytes(server.content)
    download(server.url, part, unwatched)  # 416, and the length it names is ours
    assert part.path.read_bytes() == server.content
    assert len(server.asked) == 1


@pytest.mark.parametrize("content_range", ["", "bytes */7", "nonsense"])
def test_more_is_there_than_the_file_has(server: FileServer, part: Part, content_range: str) -> None:
    part.path.write_bytes(server.content + b"more")
    server.content_range = content_range
    download(server.url, part, unwatched)
    assert part.path.read_bytes() == server.content
    assert len(server.asked) == 2


def test_a_server_that_goes_on_elsewhere(server: FileServer, half: Part) -> None:
    server.content_range = "bytes 17-99/100"
    assert refused(server, half) == f"the server went on from another byte than {HALF}; run the same again"
    server.content_range = ""
    download(server.url, half, unwatched)
    assert half.path.read_bytes() == server.content


def test_too_large(server: FileServer, tmp_path: Path) -> None:
    small = Part(tmp_path / "small", 1_000)
    assert refused(server, small) == f"has {len(server.content)} bytes or more; at most 1000 are taken"
    server.length = False  # it does not say so
    assert "at most 1000 are taken" in refused(server, small)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("status", "says"),
    [(404, "404 Not Found"), (403, "403 Forbidden"), (500, "500 Internal Server Error"), (599, "599"), (416, "416")],
)
def test_the_servers_refusal(server: FileServer, part: Part, status: int, says: str) -> None:
    server.status = status
    said = refused(server, part)
    assert said.startswith(f"the server answered {says}")
    assert said.endswith("; correct url in the description, or download it by hand and give it as --weights")
    assert part.size == 0


def test_silence(server: FileServer, part: Part, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SILENCE", 0.3)
    server.hang_after = HALF
    said = refused(server, part)
    assert said.startswith("interrupted after ")
    assert said.endswith(" bytes (timed out); run the same again to go on from there")
    server.hang_after = None
    download(server.url, part, unwatched)
    assert part.path.read_bytes() == server.content


def test_nobody_there(server: FileServer, half: Part) -> None:
    server.__exit__()
    with pytest.raises(FetchError, match=r"cannot be reached \(Connection refused\); run the same again"):
        download(server.url, half, unwatched)
    assert half.size == HALF


@pytest.mark.parametrize("url", ["http://[::1/x", "http://127.0.0.1:x/", "http://a b/", "http://127.0.0.1:1/\x01"])
def test_a_url_that_is_none(url: str, part: Part) -> None:
    with pytest.raises(FetchError, match="cannot be reached"):
        download(url, part, unwatched)


def test_compressed_on_the_way(server: FileServer, part: Part) -> None:
    server.headers = {"Content-Encoding": "gzip"}
    assert "compresses it on the way" in refused(server, part)


def test_redirects_are_followed_with_the_range(server: FileServer, half: Part) -> None:
    with FileServer(b"") as first:
        first.status, first.headers = 302, {"Location": server.url}
        download(first.url, half, unwatched)
    assert half.path.read_bytes() == server.content
    assert server.asked[0]["Range"] == f"bytes={HALF}-"


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/x", "data:,x", "gopher://127.0.0.1/"])
def test_redirects_to_another_scheme_are_refused(server: FileServer, part: Part, target: str) -> None:
    server.status, server.headers = 302, {"Location": target}
    assert "redirects" in refused(server, part)
    assert part.size == 0


def test_redirects_without_end(server: FileServer, part: Part) -> None:
    server.status, server.headers = 302, {"Location": server.url}
    assert refused(server, part).startswith("redirects without end")


def test_over_tls(server: FileServer, part: Part, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = Authority(tmp_path)
    with FileServer(server.content, authority.server()) as safe:
        assert "CERTIFICATE_VERIFY_FAILED" in refused(safe, part)
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.pem))
        download(safe.url, part, unwatched)
        assert part.path.read_bytes() == server.content
        part.discard()
        server.status, server.headers = 302, {"Location": safe.url}
        download(server.url, part, unwatched)
        assert part.path.read_bytes() == server.content
        part.discard()
        safe.status, safe.headers = 301, {"Location": server.url}
        assert refused(safe, part).startswith("redirects from https to http; ")
