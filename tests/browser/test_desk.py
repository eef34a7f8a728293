"""What a person asks for who is seen in a record, what goes when its time is over, and tokens for scripts."""

import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import islice

import httpx
import pytest
from browser import axe, pictures
from browser.consoles import Console
from browser.people import PASSWORD, Person
from browser.seeds import Seeds
from facegate_addons.domain.model import utc_now
from playwright.sync_api import expect

Enter = Callable[..., Person]
URL = "https://news.example/jane.jpg"
DUE = 3


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seeds]:
    """Jane's picture, and some whose time is over."""
    with Seeds(tmp_path_factory.mktemp("desk") / "home") as seeds:
        seeds.people()
        jane, *others = islice(pictures.drawings(DUE + 1), DUE + 1)
        over = utc_now() - timedelta(minutes=1)
        kept = [(seeds.record(jane, url=URL), jane.data)]
        kept += [(replace(seeds.record(it, url="https://blog.example/"), expires=over), it.data) for it in others]
        seeds.keep(kept)
        yield seeds


def grave(person: Person) -> list[str]:
    """What axe finds in the page as it is now: pages behind a POST are nowhere linked to."""
    return [
        str(it) for look in axe.looks(person.page, axe.UNCOLOURED) for it in axe.faults(person.page, look) if it.grave
    ]


def events(seeds: Seeds, record_id: str) -> list[str]:
    rows = seeds.database.read("SELECT event FROM history WHERE record = ? ORDER BY seq", (record_id,))
    return [row["event"] for row in rows]


def test_a_person_is_given_a_copy_and_then_forgotten(enter: Enter, seeds: Seeds) -> None:
    rita = enter("rita")
    page = rita.page
    page.get_by_role("link", name="Data subjects").click()
    page.get_by_label("URL", exact=True).fill(URL)
    page.keyboard.press("Enter")
    found = page.get_by_role("region", name="Records that were found")
    expect(found.get_by_role("checkbox")).to_be_checked()
    expect(found).to_contain_text(URL)
    expect(page.locator("main img")).to_have_count(0)  # no picture, not even a blurred one

    page.get_by_label("Why").fill("request 12")
    with page.expect_download() as coming:
        page.get_by_role("button", name="Export a copy").click()
    with zipfile.ZipFile(coming.value.path()) as copy:
        (told,) = json.loads(copy.read("records.json"))["records"]
        assert copy.namelist() == ["README.txt", "records.json"]  # the bytes were not asked for
    assert told["sightings"][0]["url"] == URL
    record = told["id"]
    assert events(seeds, record) == ["withheld", "disclosed"]

    page.get_by_role("button", name="Erase ...").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Erase for good?")
    assert grave(rita) == []
    again = page.get_by_label("Type how many are erased: 1")
    rita.complaints.expect(422)
    again.fill("2")
    again.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("nothing was erased")
    page.get_by_label("Type how many are erased: 1").fill("1")
    page.get_by_role("button", name="Erase for good").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Erased")
    assert events(seeds, record)[-1] == "erased"
    rita.go(f"/subjects?url={URL}")
    expect(page.locator("main")).to_contain_text("Nothing is known of it.")


def test_what_is_due_is_purged_by_keyboard_after_its_number_was_typed(enter: Enter, seeds: Seeds) -> None:
    rita = enter("rita")
    page = rita.page
    page.get_by_role("link", name="Purge").click()
    expect(page.get_by_role("region", name="By the job that brought them first")).to_contain_text("news-index")
    assert grave(rita) == []
    page.get_by_label("Why now").focus()
    page.keyboard.type("the disk is needed")
    page.keyboard.press("Tab")
    expect(rita.focused()).to_have_attribute("name", "again")
    page.keyboard.type(str(DUE))
    page.keyboard.press("Tab")
    expect(rita.focused()).to_have_text("Destroy for good")
    page.keyboard.press("Enter")
    last = page.get_by_role("region", name="The last purge here")
    expect(last).to_contain_text(f"{DUE} of {DUE} destroyed; asked for by rita: the disk is needed.")
    assert grave(rita) == []
    rows = seeds.database.read("SELECT user, note FROM history WHERE event = 'expired'")
    assert [tuple(row) for row in rows] == [("rita", "the disk is needed")] * DUE


def test_a_token_is_made_shown_once_used_and_revoked(enter: Enter, console: Console) -> None:
    ada = enter("ada")
    page = ada.page
    page.get_by_role("link", name="API tokens").click()
    page.get_by_label("Whose", exact=True).select_option("olaf")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", name="Make a token for olaf")).to_be_visible()
    expect(page.get_by_label("users:read")).to_have_count(0)  # more than an operator may
    page.get_by_label("jobs:read").check()
    page.get_by_label("How long it lasts").select_option("a week")
    ada.complaints.expect(403)
    page.get_by_label("Your password").fill("a wrong password")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your password")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("jobs:read")).to_be_checked()
    assert grave(ada) == []
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Make it").click()
    token = page.locator("#token").inner_text()
    assert grave(ada) == []

    def who_am_i() -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"}
        return httpx.get(f"{console.url}/api/v1/me", headers=headers, trust_env=False)

    me = who_am_i().json()
    assert (me["name"], me["scopes"]) == ("olaf", ["jobs:read"])

    page.get_by_role("link", name="I have kept it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("API tokens")
    assert token not in page.content()
    row = page.get_by_role("row").filter(has_text="olaf")
    row.get_by_role("button", name="Revoke token").click()
    expect(page.locator(".message")).to_contain_text("of olaf is revoked")
    assert who_am_i().status_code == 401
