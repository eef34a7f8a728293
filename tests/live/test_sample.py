"""Pictures that pass are drawn, reviewed and counted; and nothing of it is in the way of a response."""

import json
import shutil
from collections.abc import Callable, Iterator

import pytest
from live.client import body_of, get, raw
from live.gateways import Gateway
from live.origin import Origin
from live.plays import answer
from live.processes import eventually


@pytest.fixture(scope="module")
def sampling(start_gateway: Callable[..., Gateway], add_user: Callable[..., None]) -> Iterator[Gateway]:
    with start_gateway("[sample]\nrate = 1.0\nmost = 2\n") as gateway:
        add_user(gateway, "rita", "reviewer")
        yield gateway


def waiting(gateway: Gateway) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(gateway.run("sample", "list", "--json").stdout)
    return found


def test_a_picture_that_passed_is_drawn_and_one_with_a_face_is_not(
    sampling: Gateway, origin: Origin, plain_as: Callable[..., bytes], face_jpeg: bytes
) -> None:
    png = plain_as("PNG", size=(120, 80))
    plain = origin.route("/plain.png", answer(png, "image/png"))
    text = origin.route("/text", answer(b"no picture", "text/plain"))
    face = origin.route("/face.jpg", answer(face_jpeg, "image/jpeg"))
    assert [raw(sampling.proxy, get(url))[9:12] for url in (plain, text, face)] == [b"200", b"200", b"451"]
    (kept,) = eventually(lambda: waiting(sampling), 10, "it is kept")
    assert (kept["kind"], kept["size"], kept["rate"]) == ("png", len(png), 1.0)
    assert b"origin" not in json.dumps(kept).encode()
    for path in (sampling.home / "samples").iterdir():
        assert png[:64] not in path.read_bytes()
    told = {line["url"]: line for line in map(json.loads, sampling.run("ledger", "export").stdout.splitlines())
            if line["event"] == "exchange"}  # fmt: skip
    assert (told[plain]["sampling"], told[plain]["sample"], told[plain]["kind"]) == (1.0, kept["id"], "png")
    assert (told[face]["sampling"], told[face]["sample"], told[face]["kind"]) == (1.0, "", "jpeg")
    assert "sampling" not in told[text]
    sampling.run("sample", "decide", str(kept["id"]), "--no-face", "--as", "rita", "--reason", "a cup of coffee")
    assert waiting(sampling) == []


def test_a_store_that_is_full_or_broken_is_in_nobodys_way(
    sampling: Gateway, origin: Origin, plain_as: Callable[..., bytes]
) -> None:
    pictures = [plain_as("PNG", size=(90 + n, 60)) for n in range(5)]
    urls = [origin.route(f"/n{n}.png", answer(png, "image/png")) for n, png in enumerate(pictures)]
    for url, png in zip(urls[:3], pictures[:3], strict=True):
        assert body_of(raw(sampling.proxy, get(url))) == png
    eventually(lambda: len(waiting(sampling)) == 2, 10, "as many as are allowed are kept")
    for sample in waiting(sampling):
        sampling.run("sample", "decide", str(sample["id"]), "--face", "--as", "rita")
    shutil.rmtree(sampling.home / "samples")
    (sampling.home / "samples").write_text("no folder")
    for url, png in zip(urls[3:], pictures[3:], strict=True):
        reply = raw(sampling.proxy, get(url))
        assert (reply[9:12], body_of(reply)) == (b"200", png)
    eventually(lambda: "that were not kept" in sampling.stderr(), 10, "the log tells of it")
    assert "Traceback" not in sampling.stderr()
    assert waiting(sampling) == []
