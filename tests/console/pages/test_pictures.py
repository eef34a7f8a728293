"""No pixel without a line in the ledger; over a real socket, with the real worker."""

import io
import json
import re

import pytest
from console.browsing import Browser
from console.withheld import FACE, keep_all, ledger_events
from facegate.config import Config
from facegate.ledger.file import LedgerFile
from facegate.state.database import Database
from facegate.state.home import Home
from facegate_addons.domain.preview import CELLS
from PIL import Image

WHY = {"reason": "Review of the queue: is there a face?"}
JSON = {"Accept": "application/json"}
LOOK = re.compile(r"/records/record-1/looks/[\w-]+")


@pytest.fixture
async def kept(config: Config, home: Home, database: Database, face_jpeg: bytes) -> None:
    exif = Image.Exif()
    exif[0x010E] = "taken by somebody"
    out = io.BytesIO()
    Image.open(io.BytesIO(face_jpeg)).save(out, "JPEG", exif=exif)
    bodies = [("record-1", out.getvalue(), {}), ("record-2", b"garbage" * 99, {"findings": ()})]
    await keep_all(config, home, database, bodies)


def reveal(browser: Browser, record: str = "record-1", why: dict[str, str] = WHY, **options: object):
    return browser.post(f"/records/{record}/reveal", why, **options)


def test_what_everybody_in_the_review_sees_is_a_mosaic(rita: Browser, eve: Browser, kept: None) -> None:
    answer = rita.get("/records/record-1/mosaic")
    assert answer.headers["content-type"] == "image/png"
    assert max(Image.open(io.BytesIO(answer.content)).size) <= CELLS
    assert b"somebody" not in answer.content
    assert answer.headers["cache-control"] == "no-store"
    assert rita.get("/records/record-2/mosaic").headers["content-type"] == "image/svg+xml"
    assert rita.get("/records/another/mosaic").status_code == 404
    for path in ("/records/record-1/mosaic", "/records/record-1"):
        assert eve.get(path).status_code == 403
    assert reveal(eve).status_code == 403


def test_a_reveal_is_written_down_and_shown_once(rita: Browser, ada: Browser, kept: None, home: Home) -> None:
    told = reveal(rita, headers=JSON)
    assert told.status_code == 200
    assert told.headers["cache-control"] == "no-store"
    (picture,) = json.loads(told.text)["pictures"]
    assert (picture["width"], picture["height"]) == (512, 512)
    assert picture["faces"] == [{"box": list(FACE.box), "score": FACE.score}]
    (line,) = ledger_events(home, "record-revealed")
    assert (line["user"], line["note"], line["record"]) == ("rita", WHY["reason"], "record-1")
    assert ada.get(picture["src"]).status_code == 404  # another session's
    assert rita.get(picture["src"].replace("record-1", "record-2")).status_code == 404
    shown = rita.get(picture["src"])
    assert shown.headers["content-type"] == "image/jpeg"
    assert Image.open(io.BytesIO(shown.content)).size == (512, 512)
    assert b"somebody" not in shown.content
    assert shown.headers["cache-control"] == "no-store"
    assert rita.get(picture["src"]).status_code == 404  # reused
    reveal(rita, headers=JSON)
    assert len(ledger_events(home, "record-revealed")) == 2  # each look is one


def test_without_a_script_the_page_shows_it(rita: Browser, kept: None) -> None:
    answer = reveal(rita)
    assert answer.status_code == 303
    where = answer.headers["location"]
    page = rita.get(where).text
    (src,) = set(LOOK.findall(page))
    assert f'<rect x="{FACE.box[0]}" y="{FACE.box[1]}" width="96" height="118"/>' in page
    assert rita.get(src).status_code == 200
    assert not LOOK.findall(rita.get(where).text)


def test_no_reason_no_pixels(rita: Browser, kept: None, home: Home) -> None:
    for why in ({}, {"reason": "  "}, {"reason": "ok"}, {"reason": "a" * 3_000}):
        answer = reveal(rita, why=why, headers=JSON)
        assert answer.status_code in (400, 422), why
        assert "pictures" not in answer.text
    assert reveal(rita, why=WHY | {"csrf": "forged"}).status_code == 403
    assert not ledger_events(home, "record-revealed")


def test_no_ledger_no_pixels(rita: Browser, kept: None, monkeypatch: pytest.MonkeyPatch, database: Database) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(LedgerFile, "append", full)
        answer = reveal(rita, headers=JSON)
    assert answer.status_code == 503
    assert "looks" not in answer.text
    assert not database.read("SELECT 1 FROM history WHERE event = 'revealed'")


def test_what_shows_nothing_says_why_and_what_is_gone_is_refused(
    rita: Browser, kept: None, database: Database, home: Home
) -> None:
    nothing = json.loads(reveal(rita, "record-2", headers=JSON).text)
    assert nothing["pictures"] == []
    assert nothing["nothing"].startswith("no picture can be shown")
    (sealed,) = home.vault.rglob("record-1.sealed")
    sealed.write_bytes(sealed.read_bytes()[:-5] + b"xxxxx")
    assert rita.get("/records/record-1/mosaic").headers["content-type"] == "image/svg+xml"
    answer = reveal(rita, headers=JSON)
    assert answer.status_code == 503
    assert str(home.path) not in answer.text
    database.write_now(lambda c: c.execute("UPDATE records SET wrapped_key = NULL, key_id = NULL, gone = at").rowcount)
    assert reveal(rita, headers=JSON).status_code == 409
    assert rita.get("/records/record-1/mosaic").headers["content-type"] == "image/svg+xml"
