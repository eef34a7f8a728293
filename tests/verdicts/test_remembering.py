import asyncio
from dataclasses import replace

import pytest
from facegate_addons.domain.model import Clear, Cover, Faces, Finding, Payload, Unreadable, Verdict
from facegate_addons.domain.reasons import Reason
from facegate_addons.verdicts.memory import Memory
from facegate_addons.verdicts.remembering import Remembering
from facegate_addons.workers.pool import InspectionPool
from facegate_addons.workers.protocol import WorkerSettings

FACES = Faces((Finding((0, 0, 9, 9), 0.9),))
BUSY = Unreadable(Reason.OVERLOADED)
HEAD = ("a long value",)


class Eye:
    """Inspector: says what it was told to say of each body, a list one after another; held while not `free`."""

    def __init__(self, **says: Verdict | list[Verdict]) -> None:
        self.says = says
        self.seen: list[Payload] = []
        self.free = asyncio.Event()
        self.free.set()

    async def inspect(self, payload: Payload) -> Verdict:
        self.seen.append(payload)
        await self.free.wait()
        said = self.says.get(payload.body.decode() or "head", Clear("text"))
        return said.pop(0) if isinstance(said, list) else said


class Versions:
    """Of the workers; called for those of the moment."""

    def __init__(self) -> None:
        self.now = {"model": "centerface"}

    def __call__(self) -> dict[str, str]:
        return self.now


class Others:
    """SharedVerdicts of two gateways, in a dictionary."""

    def __init__(self) -> None:
        self.known: dict[bytes, Verdict] = {}
        self.asked = 0

    async def get(self, name: bytes) -> tuple[Verdict, float] | None:
        self.asked += 1
        return (self.known[name], 30.0) if name in self.known else None

    def put(self, name: bytes, verdict: Verdict) -> None:
        self.known[name] = verdict


def remembering(eye, entries=100, versions=None, others=None):
    return Remembering(eye, Memory(entries, 1 << 20, 60), WorkerSettings(), versions or Versions(), others)


@pytest.mark.parametrize("verdict", [Clear("jpeg"), FACES, Unreadable(Reason.UNKNOWN_TYPE)])
async def test_what_was_looked_at_is_not_looked_at_again(verdict):
    eye = Eye(body=verdict)
    it = remembering(eye)
    assert [await it.inspect(Payload(b"body")) for _ in range(3)] == [verdict] * 3
    assert len(eye.seen) == 1
    assert (it.looks, it.remembered, it.shared) == (1, 2, 0)


@pytest.mark.parametrize("why", [Reason.OVERLOADED, Reason.LIMIT_TIME, Reason.LIMIT_MEMORY, Reason.INSPECTION_FAILED])
async def test_what_may_be_decided_otherwise_is_not_remembered(why):
    it = remembering(Eye(body=[Unreadable(why), FACES]))
    assert await it.inspect(Payload(b"body")) == Unreadable(why)
    assert await it.inspect(Payload(b"body")) == FACES


async def test_another_body_and_another_head_are_looked_at():
    eye = Eye(body=Clear("jpeg"), other=FACES)
    it = remembering(eye)
    assert await it.inspect(Payload(b"body")) == Clear("jpeg")
    assert await it.inspect(Payload(b"other")) == FACES
    assert await it.inspect(Payload(b"body", "text/html")) == Clear("jpeg")
    assert len(eye.seen) == 3


async def test_other_versions_are_another_look():
    """A worker that was replaced says what it is."""
    eye, versions = Eye(body=[Clear("jpeg"), FACES]), Versions()
    it = remembering(eye, versions=versions)
    assert await it.inspect(Payload(b"body")) == Clear("jpeg")
    versions.now = dict(versions.now)
    assert await it.inspect(Payload(b"body")) == Clear("jpeg")
    versions.now = {"model": "another"}
    assert await it.inspect(Payload(b"body")) == FACES


async def test_a_head_that_changes_costs_no_second_look_at_the_body():
    eye = Eye(body=Clear("jpeg"))
    it = remembering(eye)
    for number in range(3):
        assert await it.inspect(Payload(b"body", headers=(f"date {number}",))) == Clear("jpeg")
    assert [payload.body for payload in eye.seen] == [b"", b"body", b"", b""]
    assert [payload.headers for payload in eye.seen] == [("date 0",), (), ("date 1",), ("date 2",)]


@pytest.mark.parametrize("verdict", [FACES, Unreadable(Reason.OPAQUE_TEXT, "header"), BUSY])
async def test_a_head_that_is_not_clear_is_looked_at_with_its_body(verdict):
    """However well the body is known."""
    eye = Eye(body=[Clear("jpeg"), verdict], head=verdict)
    it = remembering(eye)
    assert await it.inspect(Payload(b"body")) == Clear("jpeg")
    payload = Payload(b"body", headers=HEAD, cover=Cover.SOLID)
    assert await it.inspect(payload) == verdict
    assert eye.seen[-1] == payload


async def test_for_a_release_head_and_body_are_counted_together():
    eye = Eye(body=FACES)
    it = remembering(eye)
    payload = Payload(b"body", headers=HEAD, whole=True)
    assert await it.inspect(payload) == FACES
    assert eye.seen == [payload]
    assert await it.inspect(replace(payload, headers=("another",))) == FACES
    assert len(eye.seen) == 2


async def test_a_hundred_at_once_are_one_look():
    eye = Eye(body=Clear("jpeg"))
    eye.free.clear()
    it = remembering(eye)
    tasks = [asyncio.create_task(it.inspect(Payload(b"body"))) for _ in range(100)]
    await asyncio.sleep(0)
    eye.free.set()
    assert await asyncio.gather(*tasks) == [Clear("jpeg")] * 100
    assert len(eye.seen) == 1
    assert (it.looks, it.shared) == (1, 99)


async def test_who_waited_in_the_line_of_another_asks_once_more():
    eye = Eye(body=[BUSY, FACES])
    eye.free.clear()
    it = remembering(eye)
    tasks = [asyncio.create_task(it.inspect(Payload(b"body"))) for _ in range(3)]
    await asyncio.sleep(0)
    eye.free.set()
    assert await asyncio.gather(*tasks) == [BUSY, FACES, FACES]
    assert len(eye.seen) == 2


@pytest.mark.parametrize("verdict", [Clear("jpeg"), FACES, Unreadable(Reason.UNKNOWN_TYPE)])
async def test_what_others_saw_is_not_looked_at_again(verdict):
    others, eye = Others(), Eye(body=verdict)
    one, other = remembering(eye, others=others), remembering(eye, others=others)
    assert await one.inspect(Payload(b"body", "image/jpeg")) == verdict
    assert [await other.inspect(Payload(b"body", "image/jpeg")) for _ in range(2)] == [verdict] * 2
    assert (one.looks, one.told, other.looks, other.told, other.remembered) == (1, 0, 0, 1, 1)
    assert others.asked == 2


async def test_others_are_asked_once_for_all_who_wait_and_told_of_nothing_that_may_change():
    others, eye = Others(), Eye(body=Unreadable(Reason.LIMIT_TIME))
    it = remembering(eye, others=others)
    assert len(set(await asyncio.gather(*(it.inspect(Payload(b"body")) for _ in range(10))))) == 1
    assert (others.asked, others.known) == (1, {})


@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "Application/JSON"])
async def test_others_are_not_asked_about_text(kind):
    others = Others()
    assert await remembering(Eye(), others=others).inspect(Payload(b"body", kind)) == Clear("text")
    assert (others.asked, others.known) == (0, {})


async def test_faces_found_by_real_workers_stay_faces_when_the_workers_are_gone(face_jpeg, plain_jpeg):
    settings = WorkerSettings()
    async with InspectionPool(settings, 1) as pool:
        it = Remembering(pool, Memory(10, 1 << 20, 60), settings, lambda: pool.versions)
        faces, clear = await it.inspect(Payload(face_jpeg)), await it.inspect(Payload(plain_jpeg))
        (worker,) = pool._line.drain()
        assert await it.inspect(Payload(face_jpeg)) == faces
        assert await it.inspect(Payload(plain_jpeg)) == clear
        pool._line.put(worker)
    assert isinstance(faces, Faces)
    assert isinstance(clear, Clear)


async def test_a_redacted_copy_is_remembered_with_its_bytes(face_jpeg):
    settings = WorkerSettings()
    async with InspectionPool(settings, 1) as pool:
        it = Remembering(pool, Memory(10, 16 << 20, 60), settings, lambda: pool.versions)
        first = await it.inspect(Payload(face_jpeg, cover=Cover.SOLID))
        again = await it.inspect(Payload(face_jpeg, cover=Cover.SOLID))
        plain = await it.inspect(Payload(face_jpeg))
    assert isinstance(first, Faces)
    assert first.redacted
    assert again is first
    assert isinstance(plain, Faces)
    assert not plain.redacted
    assert (it.looks, it.remembered) == (2, 1)
