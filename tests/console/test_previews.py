"""With the one real worker, and bodies read from a dictionary."""

import asyncio
import io
from dataclasses import replace

import pytest
from console.withheld import FACE, record_of
from facegate.console.previews import NONE, Previews
from facegate.errors import ConfigError, StateError
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.model import Unreadable
from facegate_addons.domain.preview import CELLS, Preview
from facegate_addons.domain.reasons import Reason
from facegate_addons.workers.protocol import WorkerSettings
from PIL import Image


class Bodies(dict[str, bytes]):
    def __init__(self, **bodies: bytes) -> None:
        super().__init__(bodies)
        self.read: list[str] = []

    def __call__(self, record_id: str) -> bytes:
        self.read.append(record_id)
        if record_id == "damaged":
            raise StateError("record damaged: its file is damaged")
        if record_id not in self:
            raise ConfigError(f"record {record_id}: has expired; its bytes are destroyed")
        return self[record_id]


async def ended(previews: Previews) -> None:
    async with asyncio.timeout(20):
        while previews._pool is not None:  # noqa: ASYNC110 - nobody but this test waits for it
            await asyncio.sleep(0.02)


async def test_mosaics_are_made_once_and_plain_pictures_each_time(face_jpeg: bytes) -> None:
    bodies = Bodies(face=face_jpeg, garbage=b"garbage" * 99)
    previews = Previews(WorkerSettings(), bodies)
    face, garbage = record_of(face_jpeg, "face"), record_of(b"garbage" * 99, "garbage", findings=())
    try:
        one, two = await asyncio.gather(previews.mosaic(face), previews.mosaic(face))
        assert one == two
        assert max(Image.open(io.BytesIO(one)).size) <= CELLS
        assert await previews.mosaic(garbage) == await previews.mosaic(garbage) == NONE
        assert bodies.read == ["face", "garbage"]
        for _ in range(2):
            plain = await previews.plain(face)
            assert isinstance(plain, Preview)
            assert plain.pictures[0].findings == (FACE,)
        assert bodies.read == ["face", "garbage", "face", "face"]
        previews.forget("face")
        bodies.pop("face")
        assert await previews.mosaic(face) == NONE
        with pytest.raises(ConfigError):
            await previews.plain(face)
    finally:
        await previews.close()


async def test_a_damaged_file_is_told_to_who_asks_for_it_plain(caplog: pytest.LogCaptureFixture) -> None:
    previews = Previews(WorkerSettings(), Bodies())
    record = record_of(b"", "damaged")
    assert await previews.mosaic(record) == NONE
    assert "damaged" in caplog.text
    with pytest.raises(StateError):
        await previews.plain(record)
    assert previews._pool is None  # nobody was started for nothing


async def test_the_worker_ends_when_nobody_looks_and_takes_what_is_remembered_along(face_jpeg: bytes) -> None:
    bodies = Bodies(face=face_jpeg)
    previews = Previews(WorkerSettings(), bodies, idle=0.05)
    record = record_of(face_jpeg, "face")
    assert await previews.mosaic(record) != NONE
    await ended(previews)
    assert await previews.mosaic(record) != NONE
    assert bodies.read == ["face", "face"]
    await previews.close()
    await previews.close()


async def test_a_worker_that_cannot_be_started_is_a_value(face_jpeg: bytes, tmp_path, caplog) -> None:
    model = replace(WorkerSettings().model, weights=str(tmp_path / "nowhere.onnx"))
    previews = Previews(WorkerSettings(model=model), Bodies(face=face_jpeg))
    record = record_of(face_jpeg, "face")
    made = await previews.plain(record)
    assert isinstance(made, Unreadable)
    assert made.why is Reason.INSPECTION_FAILED
    assert await previews.mosaic(record) == NONE
    assert "no inspection worker could be started" in caplog.text


async def test_what_may_come_out_otherwise_is_tried_again(face_jpeg: bytes, monkeypatch) -> None:
    monkeypatch.setattr("facegate.console.previews.MOSAIC_SECONDS", -1.0)
    bodies = Bodies(face=face_jpeg)
    previews = Previews(WorkerSettings(Limits(seconds=10)), bodies)
    try:
        assert await previews.mosaic(record_of(face_jpeg, "face")) == NONE
        monkeypatch.setattr("facegate.console.previews.MOSAIC_SECONDS", 4.0)
        assert await previews.mosaic(record_of(face_jpeg, "face")) != NONE
    finally:
        await previews.close()
