from collections.abc import Callable
from typing import Any

import httpx
import pytest
from facegate.jobs.desk import Desk
from facegate.jobs.lifecycle import Actor
from facegate.quarantine.vault import SealedVault
from facegate_addons.domain.job import Job
from facegate_addons.domain.model import QuarantineRecord

Ask = Callable[..., httpx.Response]


@pytest.fixture(autouse=True)
async def three(desk: Desk, vault: SealedVault, a_record: Callable[..., QuarantineRecord]) -> None:
    desk.register(Job("crawl", "olaf", "pages"), Actor("os:root"))
    for number in range(3):
        await vault.keep(a_record(b"%d" % number, f"record-{number}"), b"%d" % number)


def test_found_page_by_page_without_a_pixel(ask: Ask) -> None:
    assert ask("olaf", "GET", "records").status_code == 403  # whom others withheld is no business of theirs
    first = ask("rita", "GET", "records?limit=2&state=open&host=*.example&sort=oldest").json()
    assert [it["id"] for it in first["records"]] == ["record-0", "record-1"]
    rest = {"limit": 2, "state": "open", "host": "*.example", "sort": "oldest", "after": first["next"]}
    second = ask("rita", "GET", "records", params=rest).json()
    assert ([it["id"] for it in second["records"]], second["next"]) == (["record-2"], None)
    assert not {"wrapped_key", "bytes", "pixels"} & set(second["records"][0])
    for wrong in (
        "after=x",
        "digest=zz",
        "state=gone",
        "sort=prettiest",
        "url=x",
        "since=yesterday",
        "until=0.5",
        "page=2",
    ):
        assert ask("rita", "GET", f"records?{wrong}").status_code == 422, wrong
    assert ask("rita", "GET", "counts").json()["open_by_reason"] == {"faces": 3}
    (seen,) = ask("rita", "GET", "records/record-1/sightings").json()["sightings"]
    assert (seen["job"], seen["request"]) == ("crawl", "request-of-record-1")
    asked = ask("rita", "GET", "records", params={"request": seen["request"]})
    assert [it["id"] for it in asked.json()["records"]] == ["record-1"]


def test_decided_as_it_was_looked_at(ask: Ask) -> None:
    shown = ask("rita", "GET", "records/record-1")
    tag = shown.headers["ETag"]
    assert shown.json()["faces"][0]["box"] == [1, 2, 30, 40]

    def post(verb: str, body: dict[str, Any], who: str = "rita", **headers: str) -> httpx.Response:
        return ask(who, "POST", f"records/record-1/{verb}", json=body, headers=headers)

    assert post("confirm", {}, "olaf").status_code == 403
    assert post("confirm", {}, **{"If-Match": "old"}).status_code == 412
    assert post("confirm", {"note": "a portrait"}, **{"If-Match": tag}).json()["state"] == "confirmed"
    late = post("reopen", {}, "ada", **{"If-Match": tag})
    assert (late.status_code, "confirmed by rita at" in late.json()["detail"]) == (412, True)
    late = post("false-positive", {"reason": "a statue", "expected_state": "open"}, "ada")
    assert (late.status_code, "confirmed by rita at" in late.json()["detail"]) == (409, True)
    assert post("reopen", {"note": "too quick"}).json()["state"] == "open"
    assert post("false-positive", {"reason": " "}).status_code == 422
    assert post("false-positive", {"reason": "a statue"}).json() | {"revision": 0} == {
        **{"id": "record-1", "state": "false-positive", "was": "open", "revision": 0},
    }
    assert post("note", {"note": "ask the lawyers"}).status_code == 200
    assert ask("rita", "GET", "records/record-1").json()["history"][-1]["note"] == "ask the lawyers"
    assert ask("rita", "GET", "records/ghost-99").status_code == 404


def test_many_at_once_row_by_row(ask: Ask) -> None:
    body = {"ids": ["record-0", "ghost-99", "record-2"], "decision": "confirm", "reason": "portraits"}
    done = ask("rita", "POST", "decisions", json=body).json()
    assert (done["done"], [it["done"] for it in done["rows"]]) == (2, [True, False, True])
    assert ask("rita", "POST", "decisions", json=body | {"ids": []}).status_code == 422
    assert ask("olaf", "POST", "decisions", json=body).status_code == 403
