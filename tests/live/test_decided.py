"""What people decide about a record, at the gate: a correction lets that body pass, a release is delivered once."""

import base64
import contextlib
import gzip
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from facegate.state.database import Database
from facegate.state.home import Home
from live.client import basic, body_of, get, raw
from live.desk import Desk, until_known
from live.gateways import Gateway
from live.origin import Origin
from live.plays import answer
from live.processes import eventually
from live.withheld import assert_withheld

FIELD = "Facegate-Release: {}"


@pytest.fixture(scope="module")
def database(strict: Gateway) -> Iterator[Database]:
    with Database.open(Home(strict.home).database) as database:
        yield database


@pytest.fixture(scope="module")
def crawlers(strict: Gateway) -> dict[str, str]:
    """Credentials of two jobs."""
    with contextlib.closing(Desk(strict)) as desk:
        made = {job: basic(job, desk.register(job)) for job in ("decided-1", "decided-2")}
    for header in made.values():
        until_known(strict, header)
    return made


def correct(database: Database, record: str) -> None:
    sql = (
        "INSERT INTO corrections (digest, codings, record, by, why, at)"
        " SELECT digest, codings, id, 'rita', 'a doll', '' FROM records WHERE id = ?"
    )
    database.write_now(lambda c: c.execute(sql, (record,)).rowcount)


def revoke(database: Database, record: str) -> None:
    sql = "UPDATE corrections SET revoked = 'now', revoked_by = 'rita', revoked_why = 'it is one' WHERE record = ?"
    database.write_now(lambda c: c.execute(sql, (record,)).rowcount)


def grant(database: Database, record: str, job: str) -> None:
    sql = "INSERT INTO releases VALUES (?, ?, ?, 'a reason', 'rita', '', 'ada', '', 'granted', NULL, '')"
    database.write_now(lambda c: c.execute(sql, (f"{record}-{job}", record, job)).rowcount)


def withheld(gateway: Gateway, url: str, header: str, body: bytes) -> str:
    """The record's id."""
    return str(assert_withheld(raw(gateway.proxy, get(url, header)), body, 451).problem["record"])


def status(gateway: Gateway, url: str, header: str) -> int:
    return int(raw(gateway.proxy, get(url, header))[9:12])


def reason_of(reply: bytes) -> str:
    return str(json.loads(body_of(reply))["reason"])


def test_a_corrected_body_passes_until_that_is_revoked(
    strict: Gateway, origin: Origin, database: Database, crawlers: dict[str, str], face_as: Callable[..., bytes]
) -> None:
    header, face = crawlers["decided-1"], face_as("JPEG", size=(300, 300))
    urls = [origin.route(path, answer(face, "image/jpeg")) for path in ("/doll.jpg", "/elsewhere.jpg")]
    packed = origin.route(
        "/packed.jpg", answer(gzip.compress(face), "image/jpeg", headers=[("Content-Encoding", "gzip")])
    )
    seen = [withheld(strict, url, header, face) for url in urls]
    assert seen[0] == seen[1]
    another = withheld(strict, packed, header, face)
    assert another != seen[0]
    correct(database, seen[0])
    eventually(lambda: status(strict, urls[0], header) == 200, 10, "the correction counts")
    reply = raw(strict.proxy, get(urls[1], header))
    assert body_of(reply) == face
    assert b"\r\nFacegate-Verdict: clear\r\n" in reply
    assert withheld(strict, packed, header, face) == another  # these are other bytes: nobody looked at them
    revoke(database, seen[0])
    eventually(lambda: status(strict, urls[0], header) == 451, 10, "it counts no more")
    assert withheld(strict, urls[1], header, face) == seen[0]


def test_a_face_in_the_head_is_withheld_beside_a_corrected_body(
    strict: Gateway, origin: Origin, database: Database, crawlers: dict[str, str], face_as: Callable[..., bytes]
) -> None:
    header, face = crawlers["decided-1"], face_as("JPEG", size=(310, 310))
    small = base64.b64encode(face_as("JPEG", size=(128, 128), quality=60)).decode()
    alone = origin.route("/alone.jpg", answer(face, "image/jpeg"))
    both = origin.route(
        "/both.jpg", answer(face, "image/jpeg", headers=[("X-Thumbnail", f"data:image/jpeg;base64,{small}")])
    )
    correct(database, withheld(strict, alone, header, face))
    eventually(lambda: status(strict, alone, header) == 200, 10, "the correction counts")
    assert_withheld(raw(strict.proxy, get(both, header)), face, 451)


def test_a_release_is_delivered_once_to_its_job(
    strict: Gateway, origin: Origin, database: Database, crawlers: dict[str, str], face_as: Callable[..., bytes]
) -> None:
    face = face_as("JPEG", size=(320, 320))
    packed = gzip.compress(face)
    url = origin.route("/released.jpg", answer(packed, "image/jpeg", headers=[("Content-Encoding", "gzip")]))
    other = origin.route("/other.jpg", answer(b"text", "text/plain"))
    mine, theirs = crawlers["decided-1"], crawlers["decided-2"]
    record = withheld(strict, url, mine, face)
    asks = FIELD.format(record)
    assert reason_of(raw(strict.proxy, get(url, mine, asks))) == "not-released"
    grant(database, record, "decided-1")
    visits = len(origin.requests)
    assert reason_of(raw(strict.proxy, get(url, theirs, asks))) == "not-released"  # of another job
    assert reason_of(raw(strict.proxy, get(other, mine, asks))) == "not-released"  # where it had not been met
    assert reason_of(raw(strict.proxy, get(url, mine, asks, asks))) == "not-released"
    withheld(strict, url, mine, face)  # who does not ask is not given it
    visits += 1
    with ThreadPoolExecutor(8) as threads:
        replies = list(threads.map(lambda _: raw(strict.proxy, get(url, mine, asks)), range(8)))
    (delivered,) = (reply for reply in replies if reply.startswith(b"HTTP/1.1 200 "))
    assert body_of(delivered) == packed
    for line in (b"Facegate-Verdict: faces", b"Facegate-Record: " + record.encode(), b"Content-Encoding: gzip"):
        assert b"\r\n" + line + b"\r\n" in delivered
    assert sorted(reason_of(reply) for reply in replies if reply is not delivered) == ["not-released"] * 7
    assert len(origin.requests) == visits  # nothing of this went there
    (row,) = database.read("SELECT state, how FROM releases WHERE record = ?", (record,))
    assert tuple(row) == ("delivered", "proxy")
    lines = [json.loads(line) for line in strict.run("ledger", "export").stdout.splitlines()]
    told = [line for line in lines if line.get("record") == record]
    assert [line["event"] for line in told if line["event"] == "record-delivered"] == ["record-delivered"]
    assert [line["status"] for line in told if line.get("reason") == "released"] == [200]


def test_the_field_never_reaches_an_origin(strict: Gateway, origin: Origin, crawlers: dict[str, str]) -> None:
    url = origin.route("/text", answer(b"text", "text/plain"))
    reply = raw(strict.proxy, get(url, crawlers["decided-1"], FIELD.format("x")))
    assert reason_of(reply) == "not-released"
    assert not any(name == "facegate-release" for request in origin.requests for name, _ in request.headers)
