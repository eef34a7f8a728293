"""Reports to take away: for reviewers, checked like any other, and written down."""

import io
import zipfile
from pathlib import Path

import pytest
from console.browsing import Browser
from facegate.ledger.reading import tail
from facegate.ledger.signing import signing_key
from facegate.reports import bundle
from facegate.state.home import Home


def test_it_is_for_reviewers_and_admins(eve: Browser, rita: Browser) -> None:
    assert eve.get("/reports").status_code == 403
    assert eve.post("/reports", {}).status_code == 403
    assert 'action="/reports"' in rita.get("/reports").text
    assert ">Reports</a>" in rita.get("/reports").text


def test_an_archive_that_can_be_checked(rita: Browser, home: Home, tmp_path: Path) -> None:
    answer = rita.post("/reports", {"job": "", "since": "30d", "until": ""})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert [Path(name).suffix for name in archive.namelist()] == [".html", ".json", ".sig"]
        archive.extractall(tmp_path)
    (facts,) = tmp_path.glob("*.json")
    assert bundle.check(facts, signing_key(home, {}).public_key()).problems == ()
    (line,) = [entry for entry in tail(home.ledger, 50) if entry["event"] == "report-made"]
    assert (line["by"], line["via"], line["job"]) == ("rita", "console", "")


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"job": "<b>nobody"}, "no job &#39;&lt;b&gt;nobody&#39;"),
        ({"since": "yesterday"}, "is no moment"),
        ({"since": "1d", "until": "2d"}, "since has to be before until"),
    ],
)
def test_what_cannot_be_made_is_said_on_the_page(rita: Browser, said: dict[str, str], problem: str) -> None:
    answer = rita.post("/reports", said)
    assert answer.status_code == 409
    assert problem in answer.text
