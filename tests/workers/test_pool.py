"""The real pool with real workers; what they look at are real pictures and, for the failures, real signals."""

import asyncio
import os
import random
import signal
from pathlib import Path

import pytest
import tiny_models
from facegate_addons.detection.description import Model, parse
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.model import Clear, Faces, Payload, Unreadable
from facegate_addons.domain.preview import Glimpse, Rendering
from facegate_addons.domain.reasons import Reason
from facegate_addons.workers import pool as pool_module
from facegate_addons.workers.ends import End
from facegate_addons.workers.pool import InspectionPool, PoolFailed
from facegate_addons.workers.process import WorkerProcess
from facegate_addons.workers.protocol import WorkerSettings


async def settled(pool: InspectionPool, size: int) -> None:
    async with asyncio.timeout(60):
        while pool.alive < size:  # noqa: ASYNC110
            await asyncio.sleep(0.02)  # the pool has no event for "whole again": nobody but this test waits for it


async def test_a_face_is_found_and_the_faceless_is_clear(face_jpeg, plain_jpeg, caplog):
    caplog.set_level("INFO", "facegate_addons.workers.pool")
    async with InspectionPool(WorkerSettings(), 2) as pool:
        faces, clear, text = await asyncio.gather(
            pool.inspect(Payload(face_jpeg)), pool.inspect(Payload(plain_jpeg)), pool.inspect(Payload(b"hello, world"))
        )
    assert isinstance(faces, Faces)
    assert isinstance(clear, Clear)
    assert isinstance(text, Clear)
    assert pool.versions["model"]
    (ready,) = (record for record in caplog.records if "workers are ready" in record.getMessage())
    assert "files" not in ready.refused  # what the system did not grant, with its reason


async def test_a_body_in_scope_is_looked_at_whole(face_jpeg):
    body = face_jpeg + bytes(300) + face_jpeg
    noise = body + random.Random(1).randbytes(5_000)
    async with InspectionPool(WorkerSettings(), 1) as pool:
        first = await pool.inspect(Payload(body))
        every = await pool.inspect(Payload(body, whole=True))
        assert isinstance(await pool.inspect(Payload(noise)), Faces)
        assert await pool.inspect(Payload(noise, whole=True)) == Unreadable(Reason.UNKNOWN_TYPE)
    assert isinstance(first, Faces)
    assert isinstance(every, Faces)
    assert (len(first.findings), len(every.findings)) == (1, 2)


async def test_a_killed_worker_withholds_its_body_and_is_replaced(monkeypatch, plain_jpeg):
    async with InspectionPool(WorkerSettings(), 1) as pool:
        ask = WorkerProcess.ask

        async def killed(worker, payload, timeout):
            os.kill(worker.pid, signal.SIGKILL)
            return await ask(worker, payload, timeout)

        monkeypatch.setattr(WorkerProcess, "ask", killed)
        assert await pool.inspect(Payload(plain_jpeg)) == Unreadable(Reason.INSPECTION_FAILED, "the worker died")
        monkeypatch.setattr(WorkerProcess, "ask", ask)
        assert isinstance(await pool.inspect(Payload(plain_jpeg)), Clear)


async def test_a_start_that_fails_in_whatever_way_is_not_the_last(monkeypatch, caplog, plain_jpeg):
    """Such as by a thread that cannot be started: "can't start new thread"."""
    monkeypatch.setattr(pool_module, "BACKOFF_SECONDS", (0.0,))
    async with InspectionPool(WorkerSettings(), 1) as pool:
        start, failures = WorkerProcess.start, [RuntimeError("its words"), MemoryError(), asyncio.CancelledError()]

        async def failing(settings, seconds):
            if failures:
                raise failures.pop(0)
            return await start(settings, seconds)

        monkeypatch.setattr(WorkerProcess, "start", failing)
        (worker,) = pool._serving
        os.kill(worker.pid, signal.SIGKILL)
        assert isinstance(await pool.inspect(Payload(plain_jpeg)), Unreadable)
        await settled(pool, 1)
        assert isinstance(await pool.inspect(Payload(plain_jpeg)), Clear)
    told = [line.partition(": ")[2] for line in caplog.messages if "could be started" in line]
    assert told == ["RuntimeError", "MemoryError", "CancelledError"]


async def test_a_hung_worker_is_cut_off_and_replaced(monkeypatch, plain_jpeg):
    monkeypatch.setattr(pool_module, "GRACE_SECONDS", 0.2)
    async with InspectionPool(WorkerSettings(Limits(seconds=2)), 1) as pool:
        ask = WorkerProcess.ask

        async def stopped(worker, payload, timeout):
            os.kill(worker.pid, signal.SIGSTOP)
            return await ask(worker, payload, 0.3)

        monkeypatch.setattr(WorkerProcess, "ask", stopped)
        assert await pool.inspect(Payload(plain_jpeg)) == Unreadable(Reason.LIMIT_TIME)
        monkeypatch.setattr(WorkerProcess, "ask", ask)
        await settled(pool, 1)
        assert isinstance(await pool.inspect(Payload(plain_jpeg)), Clear)


async def test_what_waits_is_bounded(monkeypatch, plain_jpeg):
    async with InspectionPool(WorkerSettings(Limits(queue=1, seconds=5)), 1) as pool:
        ask, free = WorkerProcess.ask, asyncio.Event()

        async def held(worker, payload, timeout):
            await free.wait()
            return await ask(worker, payload, timeout)

        monkeypatch.setattr(WorkerProcess, "ask", held)
        first = asyncio.create_task(pool.inspect(Payload(plain_jpeg)))  # is looked at
        await asyncio.sleep(0)
        second = asyncio.create_task(pool.inspect(Payload(plain_jpeg)))  # waits
        await asyncio.sleep(0)
        assert await pool.inspect(Payload(plain_jpeg)) == Unreadable(Reason.OVERLOADED)
        free.set()
        assert isinstance(await first, Clear)
        assert isinstance(await second, Clear)


async def test_a_cancelled_caller_leaves_no_worker_out_of_step(monkeypatch, face_jpeg, plain_jpeg):
    async with InspectionPool(WorkerSettings(), 1) as pool:
        for _ in range(3):
            asked = asyncio.create_task(pool.inspect(Payload(face_jpeg)))
            await asyncio.sleep(0.001)
            asked.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asked
        assert isinstance(await pool.inspect(Payload(plain_jpeg)), Clear)


async def test_a_worker_on_its_way_from_one_body_to_the_next_is_alive(plain_jpeg):
    async with InspectionPool(WorkerSettings(), 1) as pool:
        asked = [asyncio.create_task(pool.inspect(Payload(plain_jpeg))) for _ in range(3)]
        alive = set()
        while not all(task.done() for task in asked):
            alive.add(pool.alive)
            await asyncio.sleep(0)  # one turn of the loop: a worker is handed on within two
    assert alive == {1}


async def test_workers_are_recycled(monkeypatch, plain_jpeg):
    monkeypatch.setattr(pool_module, "RECYCLE_AFTER", 2)
    async with InspectionPool(WorkerSettings(), 1) as pool:
        pids = []
        ask = WorkerProcess.ask

        async def noted(worker, payload, timeout):
            pids.append(worker.pid)
            return await ask(worker, payload, timeout)

        monkeypatch.setattr(WorkerProcess, "ask", noted)
        for _ in range(4):
            assert isinstance(await pool.inspect(Payload(plain_jpeg)), Clear)
    assert len(set(pids)) == 2


@pytest.fixture
def red(tmp_path):
    """A model that was added: readable by its owner alone, in a folder of the same kind."""
    folder = tmp_path / "models" / "red"
    folder.mkdir(parents=True, mode=0o700)
    description, weights = tiny_models.written(folder, tiny_models.yunet())
    weights.chmod(0o600)
    return Model(parse(description.read_text(), "red.toml"), str(weights))


async def test_confined_workers_read_a_model_that_was_added(red):
    async with InspectionPool(WorkerSettings(model=red), 1) as pool:
        found = await pool.inspect(Payload(tiny_models.png((96, 192, 64))))
        assert isinstance(await pool.inspect(Payload(tiny_models.png())), Clear)
        assert (pool.versions["model"], pool.versions["weights"]) == ("red", red.description.sha256)
    assert isinstance(found, Faces)
    left, top, right, bottom = found.findings[0].box
    assert 96 <= left < right <= 160
    assert 192 <= top < bottom <= 256


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (Path.unlink, "cannot be read"),
        (
            lambda weights: weights.write_bytes(weights.read_bytes() + b"x"),
            "not the weights that red was described with",
        ),
    ],
)
def test_a_model_that_is_altered_or_not_there_is_one_clear_failure(red, damage, says):
    async def start():
        async with InspectionPool(WorkerSettings(model=red), 2):
            pass

    damage(Path(red.weights))
    with pytest.raises(PoolFailed, match=f"^no inspection worker could be started: {red.weights}: {says}"):
        asyncio.run(start())


async def test_a_provider_that_is_not_there_is_one_clear_failure():
    with pytest.raises(PoolFailed, match=r'started: detector.provider = "openvino" is not in the installed'):
        async with InspectionPool(WorkerSettings(provider="openvino"), 1):
            pass


async def test_no_worker_outlives_the_pool(plain_jpeg):
    async with InspectionPool(WorkerSettings(), 2) as pool:
        await asyncio.gather(*(pool.inspect(Payload(plain_jpeg)) for _ in range(4)))
        workers = pool._line.drain()
        assert len(workers) == 2
        for worker in workers:
            pool._line.put(worker)
    for worker in workers:
        with pytest.raises(ProcessLookupError):
            os.kill(worker.pid, 0)


async def test_pictures_for_people_come_from_the_same_workers(monkeypatch, face_jpeg, plain_jpeg):
    async with InspectionPool(WorkerSettings(), 1) as pool:
        verdict = await pool.inspect(Payload(face_jpeg))
        assert isinstance(verdict, Faces)
        plain = await pool.preview(Glimpse(Payload(face_jpeg), Rendering.PLAIN, verdict.findings))
        blurred = await pool.preview(Glimpse(Payload(face_jpeg), Rendering.BLURRED, verdict.findings))
        garbage = await pool.preview(Glimpse(Payload(b"\xff\xd8\xff garbage" * 90), Rendering.PLAIN))
        assert isinstance(await pool.inspect(Payload(plain_jpeg)), Clear)  # still in step
        assert plain.pictures[0].findings == verdict.findings
        assert plain.pictures[0].size == (512, 512)
        assert len(blurred.pictures) == 1
        assert (garbage.pictures, garbage.why) == ((), Reason.UNDECODABLE)

        async def killed(worker, glimpse, timeout):
            os.kill(worker.pid, signal.SIGKILL)
            return await preview(worker, glimpse, timeout)

        preview = WorkerProcess.preview
        monkeypatch.setattr(WorkerProcess, "preview", killed)
        failed = await pool.preview(Glimpse(Payload(face_jpeg), Rendering.PLAIN))
        assert failed == Unreadable(Reason.INSPECTION_FAILED, "the worker died")


async def test_each_end_is_told_with_its_reason(monkeypatch, plain_jpeg):
    monkeypatch.setattr(pool_module, "RECYCLE_AFTER", 2)
    ends: list[End] = []
    async with InspectionPool(WorkerSettings(), 1, ends.append) as pool:
        assert isinstance(await pool.inspect(Payload(plain_jpeg)), Clear)
        (worker,) = pool._line._free
        os.kill(worker.pid, signal.SIGKILL)
        assert await pool.inspect(Payload(plain_jpeg)) == Unreadable(Reason.INSPECTION_FAILED, "the worker died")
        for _ in range(2):
            assert isinstance(await pool.inspect(Payload(plain_jpeg)), Clear)
        await settled(pool, 1)
    assert ends == [End.DIED, End.RECYCLED]
