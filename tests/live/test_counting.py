"""What a job in scope is given is read to its end: every face counts, and none opens the gate for what is beside it."""

import io
import json
import random
import zipfile
from collections.abc import Callable, Iterator

import pytest
from live.client import basic, body_of, get, raw
from live.gateways import Gateway
from live.origin import Origin
from live.plays import answer
from live.processes import eventually

PORTRAITS = 10


@pytest.fixture(scope="module")
def strict(start_gateway: Callable[..., Gateway]) -> Iterator[Gateway]:
    with start_gateway() as gateway:
        yield gateway


def zipped(*members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number, member in enumerate(members):
            archive.writestr(f"{number}", member)
    return out.getvalue()


def test_a_face_opens_nothing_for_what_is_beside_it(
    strict: Gateway, origin: Origin, face_jpeg: bytes, targeted_job: Callable[..., str]
) -> None:
    face = origin.route("/face.jpg", answer(face_jpeg, "image/jpeg"))
    packed = zipped(face_jpeg, random.Random(2).randbytes(5_000))
    url = origin.route("/both.zip", answer(packed, "application/zip"))
    credentials = basic("both", targeted_job(strict, "both"))
    eventually(lambda: body_of(raw(strict.proxy, get(face, credentials))) == face_jpeg, 10, "a face in scope")
    reply = raw(strict.proxy, get(url, credentials))
    assert reply.startswith(b"HTTP/1.1 451 ")
    assert json.loads(body_of(reply))["reason"] == "unknown-type"
    assert json.loads(body_of(raw(strict.proxy, get(url))))["reason"] == "faces"  # enough for an untargeted one


def test_every_portrait_of_an_archive_is_taken_from_the_budget(
    strict: Gateway, origin: Origin, face_as: Callable[..., bytes], targeted_job: Callable[..., str]
) -> None:
    album = zipped(*(face_as("JPEG", (160, 160), quality=70 + n) for n in range(PORTRAITS)))
    url = origin.route("/album.zip", answer(album, "application/zip"))
    credentials = basic("album", targeted_job(strict, "album", max_faces=PORTRAITS + 5))
    eventually(lambda: body_of(raw(strict.proxy, get(url, credentials))) == album, 10, "the album, once")
    assert json.loads(strict.run("job", "show", "album", "--json").stdout)["spent"]["faces"] == PORTRAITS
    reply = raw(strict.proxy, get(url, credentials))
    assert reply.startswith(b"HTTP/1.1 451 ")
    assert json.loads(body_of(reply))["reason"] == "budget-spent"
    assert json.loads(strict.run("job", "show", "album", "--json").stdout)["spent"]["faces"] == PORTRAITS
