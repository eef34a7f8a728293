import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.model import Clear, Cover, Faces, Payload
from facegate_addons.workers import process as process_module
from facegate_addons.workers.process import WorkerDied, WorkerProcess
from facegate_addons.workers.protocol import WorkerSettings, frame


async def test_one_worker_answers_body_after_body(plain_jpeg):
    worker = await WorkerProcess.start(WorkerSettings(), 60)
    try:
        for _ in range(3):
            assert isinstance(await worker.ask(Payload(plain_jpeg), 20), Clear)
        assert worker.served == 3
        assert worker.confined["files"] == ""
    finally:
        worker.kill()
        await worker.gone()


async def test_a_redacted_copy_comes_back(face_as):
    worker = await WorkerProcess.start(WorkerSettings(), 60)
    try:
        png = face_as("PNG", size=(900, 900))  # more than the socket takes at once
        verdict = await worker.ask(Payload(png, cover=Cover.SOLID), 20)
        assert isinstance(verdict, Faces)
        assert len(verdict.redacted) > process_module.CHUNK
        assert isinstance(await worker.ask(Payload(verdict.redacted), 20), Clear)
    finally:
        worker.kill()
        await worker.gone()


async def test_a_copy_larger_than_a_body_may_be_is_the_workers_death(monkeypatch, face_jpeg):
    """The worker itself would not send it."""
    worker = await WorkerProcess.start(WorkerSettings(Limits(body=100_000)), 60)
    monkeypatch.setattr(worker, "_body_max", 10)
    try:
        with pytest.raises(WorkerDied):
            await worker.ask(Payload(face_jpeg, cover=Cover.SOLID), 20)
    finally:
        worker.kill()
        await worker.gone()


async def test_a_dead_worker_is_told_apart_from_a_slow_one(plain_jpeg):
    worker = await WorkerProcess.start(WorkerSettings(), 60)
    worker._process.send_signal(signal.SIGSTOP)
    with pytest.raises(TimeoutError):
        await worker.ask(Payload(plain_jpeg), 0.2)
    worker._process.send_signal(signal.SIGKILL)
    with pytest.raises(WorkerDied):
        await worker.ask(Payload(plain_jpeg), 5)
    worker.kill()
    await worker.gone()


SAYINGS = [
    b"",
    b"\0\0\0\2\0\0\0\0[]",
    b"\0\0\0\2\0\0\0\5{}bytes",  # of which nobody asked for any
    b"\xff\xff\xff\xff\0\0\0\0",
    b"\0\0\0\3\0\0\0\0{{{",
    b"\0\1\0\0\0\0\0\0" + b"[" * 65_536,
    frame({"verdict": "clear", "kind": "text"}) + b"and more",
]


@pytest.mark.parametrize("said", SAYINGS)
async def test_whatever_a_worker_says_is_a_verdict_or_its_death(monkeypatch, said):
    """A worker that was taken over can say anything; nothing but WorkerDied comes of it."""
    worker = await WorkerProcess.start(WorkerSettings(), 60)

    async def recv(_loop, _link, size):
        nonlocal said
        now, said = said[:size], said[size:]
        return now

    monkeypatch.setattr(asyncio.SelectorEventLoop, "sock_recv", recv)
    try:
        with pytest.raises(WorkerDied):
            await worker.ask(Payload(b"text"), 5)
    finally:
        worker.kill()
        await worker.gone()


async def test_a_process_that_cannot_start_leaves_nothing_behind(monkeypatch):
    started = []
    popen = subprocess.Popen

    def wrong(_command, **how):
        started.append(popen(["true"], **how))
        return started[-1]

    monkeypatch.setattr(process_module.subprocess, "Popen", wrong)
    with pytest.raises(WorkerDied):
        await WorkerProcess.start(WorkerSettings(), 10)
    assert started[0].returncode is not None


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
async def test_no_secret_of_the_gateway_reaches_a_worker(monkeypatch):
    monkeypatch.setenv("FACEGATE_MASTER_KEY", "SECRET")
    worker = await WorkerProcess.start(WorkerSettings(), 60)
    try:
        environment = Path(f"/proc/{worker.pid}/environ").read_bytes()  # noqa: ASYNC240
    finally:
        worker.kill()
        await worker.gone()
    assert b"PATH=" in environment
    assert b"SECRET" not in environment
