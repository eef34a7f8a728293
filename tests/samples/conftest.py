"""A store of samples, and one that makes them."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from facegate.samples.store import SampleStore
from facegate.state.database import Database
from facegate.state.home import Home
from facegate_addons.domain.model import Sample, utc_now

SECRET = b"s" * 32


@pytest.fixture
def store(home: Home, database: Database) -> SampleStore:
    return SampleStore(home, database, SECRET, timedelta(hours=72), most=3)


@pytest.fixture
def a_sample() -> Callable[..., Sample]:
    def make(body: bytes, name: str = "a1", job: str = "crawl", at: datetime | None = None) -> Sample:
        digest = hashlib.sha256(body).hexdigest()
        return Sample(name, job, digest, ("gzip",), len(body), "jpeg", 0.25, at or utc_now(), {"model": "m"})

    return make
