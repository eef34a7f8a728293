"""Rows on content codings: what cannot be undone is withheld, what can be is looked at, and bombs stay small."""

import bz2
import codecs
import gzip
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import brotli
import pytest
import zstandard
from live.client import get, raw, raw_tls
from live.gateways import Gateway
from live.origin import Origin
from live.plays import Header, answer
from live.withheld import assert_withheld, assert_without, parse

TEXT = b"<p>ordinary</p>" * 100
type Coder = Callable[[bytes], bytes]


def gzipped(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


def deflate_raw(data: bytes) -> bytes:
    coder = zlib.compressobj(wbits=-15)
    return coder.compress(data) + coder.flush()


def second_member(data: bytes) -> bytes:
    return gzipped(b"nothing here") + gzipped(data)


UNDONE: dict[str, tuple[Coder, list[str]]] = {
    "gzip": (gzipped, ["gzip"]),
    "x-gzip": (gzipped, ["x-gzip"]),
    "upper case": (gzipped, ["GZIP"]),
    "deflate": (zlib.compress, ["deflate"]),
    "deflate without its head": (deflate_raw, ["deflate"]),
    "br": (brotli.compress, ["br"]),
    "zstd": (zstandard.compress, ["zstd"]),
    "stacked": (lambda data: brotli.compress(gzipped(data)), ["gzip, br"]),
    "stacked in two fields": (lambda data: brotli.compress(gzipped(data)), ["gzip", "br"]),
    "identity": (bytes, ["identity"]),
    "gzip in two members": (second_member, ["gzip"]),
}
NOT_UNDONE: dict[str, tuple[Coder, list[str]]] = {
    "rot13": (lambda data: codecs.encode(data.decode("latin-1"), "rot13").encode("latin-1"), ["rot13"]),
    "hex": (lambda data: data.hex().encode(), ["hex"]),
    "bz2": (bz2.compress, ["bz2"]),
    "punycode": (bytes, ["punycode"]),
    "compress": (bytes, ["compress"]),
    "unknown": (bytes, ["made-up"]),
    "unknown below": (gzipped, ["made-up, gzip"]),
    "said twice, done once": (gzipped, ["gzip", "gzip"]),
    "said but not done": (bytes, ["gzip"]),
    "cut off": (lambda data: gzipped(data)[:-9], ["gzip"]),
}


def coded(origin: Origin, coder: Coder, names: list[str], body: bytes, kind: str) -> str:
    fields: list[Header] = [("Content-Encoding", name) for name in names]
    return origin.route("/coded", answer(coder(body), kind, headers=fields))


@pytest.mark.parametrize("name", [*UNDONE, *NOT_UNDONE])
def test_a_face_stays_in(gateway: Gateway, origin: Origin, face_jpeg: bytes, name: str) -> None:
    coder, names = (UNDONE | NOT_UNDONE)[name]
    url = coded(origin, coder, names, face_jpeg, "image/jpeg")
    reply = raw(gateway.proxy, get(url))
    assert_without(reply, coder(face_jpeg))
    withheld = assert_withheld(reply, face_jpeg, 451)
    assert (withheld.problem["reason"] == "faces") or name in NOT_UNDONE


@pytest.mark.parametrize("name", UNDONE)
def test_ordinary_text_passes_as_it_was(gateway: Gateway, tls_origin: Origin, name: str) -> None:
    coder, names = UNDONE[name]
    url = coded(tls_origin, coder, names, TEXT, "text/html")
    reply = parse(raw_tls(gateway.proxy, gateway.ca, url, get("/coded")))
    assert (reply.status, reply.body) == (200, coder(TEXT))
    assert reply.headers["facegate-verdict"] == "clear"


def test_a_brotli_bomb_costs_little(gateway: Gateway, origin: Origin) -> None:
    coder = brotli.Compressor(quality=1, lgwin=24)
    block = bytes(16 << 20)
    bomb = b"".join(coder.process(block) for _ in range(64)) + coder.finish()  # 1 GB
    url = origin.route("/bomb", answer(bomb, headers=[("Content-Encoding", "br")]))
    began = time.monotonic()
    assert assert_withheld(raw(gateway.proxy, get(url)), bomb, 451).problem["reason"] == "limit-decoded"
    assert time.monotonic() - began < 15
    for pid in gateway.processes():
        assert peak_memory(pid) < 1 << 30, f"process {pid}"
    ordinary = origin.route("/text", answer(TEXT))
    assert parse(raw(gateway.proxy, get(ordinary))).body == TEXT


def peak_memory(pid: int) -> int:
    """Bytes of resident memory at its highest."""
    status = Path(f"/proc/{pid}/status").read_text()
    return 1024 * int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1])
