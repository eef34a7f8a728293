"""Samples in the console: hidden, shown for a reason, decided together, and then gone."""

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from console.browsing import Browser
from facegate.config import Config
from facegate.ledger.reading import tail
from facegate.quarantine.keys import KeyRing
from facegate.samples import review
from facegate.samples.store import SampleStore
from facegate.state.database import Database
from facegate.state.home import Home
from facegate.state.secret import identity_secret
from facegate_addons.domain.model import Sample, utc_now

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
async def drawn(config: Config, home: Home, database: Database, plain_as: Callable[..., bytes]) -> None:
    secret = identity_secret(database, KeyRing.open(home, config.vault, database).current)
    store = SampleStore(home, database, secret, timedelta(hours=72), 100)
    for number in range(2):
        body = plain_as("PNG", size=(90 + number, 60))
        digest = hashlib.sha256(body).hexdigest()
        await store.keep(Sample(f"s{number}", HOSTILE, digest, (), len(body), "png", 0.1, utc_now(), {}), body)


def test_it_is_for_reviewers_and_admins(drawn: None, eve: Browser) -> None:
    for path in ("/samples", "/samples/s0/mosaic", "/samples/s0/looks/x"):
        assert eve.get(path).status_code == 403
    for path in ("/samples/look", "/samples/decide"):
        assert eve.post(path, {"id": "s0", "reason": "curious", "of-s0": "face"}).status_code == 403


def test_looked_at_and_decided(drawn: None, rita: Browser, home: Home, database: Database) -> None:
    page = rita.get("/samples").text
    assert "Show these 2" in page
    assert HOSTILE not in page
    assert rita.get("/samples/s0/mosaic").headers["content-type"] == "image/png"
    assert rita.get("/samples/nobody/mosaic").headers["content-type"] == "image/svg+xml"
    assert rita.post("/samples/look", {"id": "s0", "reason": " "}).status_code == 409
    assert [line for line in tail(home.ledger, 50) if line["event"] == "sample-revealed"] == []
    answer = rita.post("/samples/look", {"id": "s0", "reason": "monthly look"})
    assert answer.status_code == 303
    (line,) = [line for line in tail(home.ledger, 50) if line["event"] == "sample-revealed"]
    assert (line["sample"], line["user"], line["note"]) == ("s0", "rita", "monthly look")
    shown = rita.get(answer.headers["location"]).text
    (src,) = re.findall(r'src="(/samples/s0/looks/[^"]+)"', shown)
    assert rita.get(src).headers["content-type"] == "image/jpeg"
    assert rita.get(src).status_code == 404  # once
    assert "looks/" not in rita.get(answer.headers["location"]).text
    assert rita.post("/samples/decide", {"of-s0": "perhaps"}).status_code == 303
    assert review.counts(database)["open"] == 2
    assert rita.post("/samples/decide", {"of-s0": "no-face"}).status_code == 303
    assert "Decided 1" in rita.get("/samples").text
    assert review.counts(database) == {"open": 1, "face": 0, "no-face": 1, "expired": 0}
    assert rita.post("/samples/decide", {"of-s0": "face"}).status_code == 409


def test_another_session_gets_no_picture(drawn: None, rita: Browser, ada: Browser) -> None:
    location = rita.post("/samples/look", {"id": "s1", "reason": "monthly look"}).headers["location"]
    assert "looks/" not in ada.get(location).text
    (src,) = re.findall(r'src="(/samples/s1/looks/[^"]+)"', rita.get(location).text)
    assert ada.get(src).status_code == 404


def test_nothing_waits(rita: Browser) -> None:
    assert "none is drawn" in rita.get("/samples").text
