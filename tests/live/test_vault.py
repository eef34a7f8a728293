"""The vault of a real gateway: its master key is changed while it runs; and it keeps no pixels where it may not."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from live.client import body_of, get, raw
from live.gateways import Gateway
from live.origin import Origin
from live.plays import answer

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def keeping(start_gateway: Callable[..., Gateway]) -> Iterator[Gateway]:
    with start_gateway() as gateway:
        yield gateway


def withheld(gateway: Gateway, url: str) -> str:
    reply = raw(gateway.proxy, get(url))
    assert reply.startswith(b"HTTP/1.1 451 ")
    return str(json.loads(body_of(reply))["record"])


def rows(gateway: Gateway, sql: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(f"file:{gateway.home / 'facegate.db'}?mode=ro", uri=True) as connection:
        found = connection.execute(sql).fetchall()
    connection.close()
    return found


def test_the_master_key_changes_while_the_gateway_runs(
    keeping: Gateway, origin: Origin, face_as: Callable[..., bytes], tmp_path: Path
) -> None:
    faces = [face_as("PNG", size=(300 + n, 300)) for n in range(2)]
    first = withheld(keeping, origin.route("/first.png", answer(faces[0], "image/png")))
    old = (keeping.home / "master.key").read_bytes()
    done = json.loads(keeping.run("vault", "rotate", "--json").stdout)
    assert (done["records"], done["destroyed"]) == (1, [done["before"]])
    second = withheld(keeping, origin.route("/second.png", answer(faces[1], "image/png")))
    assert rows(keeping, "SELECT DISTINCT key_id FROM records") == [(done["key"],)]
    assert (keeping.home / "master.key").read_bytes() != old
    for record, face in ((first, faces[0]), (second, faces[1])):
        out = tmp_path / record
        assert keeping.run("quarantine", "export", record, "-o", str(out), "--reason", "a test").returncode == 0
        assert out.read_bytes() == face
    assert json.loads(keeping.run("vault", "verify", "--bytes", "--json").stdout)["bad"] == 0


def test_where_no_pixels_are_kept_there_is_no_file_and_no_key(
    start_gateway: Callable[..., Gateway], origin: Origin, face_jpeg: bytes, tmp_path: Path
) -> None:
    url = origin.route("/face.jpg", answer(face_jpeg, "image/jpeg"))
    with start_gateway('[vault]\npixels = "never"\n') as gateway:
        record = withheld(gateway, url)
        assert withheld(gateway, url) == record
        refused = gateway.run("quarantine", "export", record, "-o", str(tmp_path / "out"), check=False)
        assert refused.returncode == 2
        assert 'vault.pixels was "never"' in refused.stderr
        status = json.loads(gateway.run("vault", "status", "--json").stdout)
    assert not (tmp_path / "out").exists()
    assert (status["without_bytes"], status["files"], status["pixels"]) == (1, 0, "never")
    assert rows(gateway, "SELECT wrapped_key, key_id, sightings FROM records") == [(None, None, 2)]
    assert [path.name for path in (gateway.home / "vault").rglob("*")] == [".lock"]
