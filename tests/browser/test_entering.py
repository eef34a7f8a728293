"""Logging in and out, wrong passwords, and sessions that end."""

import re
from collections.abc import Callable, Iterator

import pytest
from browser.consoles import Console
from browser.people import PASSWORD, Person
from browser.seeds import Seeds
from facegate.console.brake import FAILURES
from facegate.jobs.lifecycle import Actor
from facegate.state import users
from playwright.sync_api import Browser, expect

Enter = Callable[..., Person]
ADA = Actor("ada", "admin")


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seeds]:
    with Seeds(tmp_path_factory.mktemp("entering") / "home") as seeds:
        seeds.people()
        yield seeds


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """For whose sessions a second is ten minutes."""
    with Seeds(tmp_path_factory.mktemp("hasty") / "home") as seeds:
        seeds.people()
        with Console(seeds.file, "browser.hasty") as console:
            yield console


def test_whoever_is_not_logged_in_sees_the_log_in_page_and_then_the_page_they_asked_for(enter: Enter) -> None:
    person = enter()
    person.go("/queue?state=open")
    assert person.page.url.endswith("/login?next=%2Fqueue%3Fstate%3Dopen")
    person.fill_in("rita", PASSWORD)
    expect(person.page).to_have_url(re.compile(r"/queue\?state=open$"))
    expect(person.page.get_by_role("heading", level=1)).to_have_text("Queue")


def test_logging_in_works_by_keyboard_alone(enter: Enter) -> None:
    person = enter()
    person.go("/login")
    person.page.get_by_label("Name").focus()
    person.page.keyboard.type("rita")
    person.page.keyboard.press("Tab")
    person.page.keyboard.type(PASSWORD)
    person.page.keyboard.press("Enter")
    expect(person.page).to_have_url(re.compile(r"/$"))


def test_logging_out_ends_the_session_for_the_cookie_too(enter: Enter) -> None:
    person = enter()
    person.log_in("rita")
    cookies = person.context.cookies()
    assert [(it["httpOnly"], it["sameSite"], it["path"]) for it in cookies] == [(True, "Strict", "/")]
    assert person.page.evaluate("document.cookie") == ""
    person.page.get_by_role("button", name="Log out").click()
    expect(person.page).to_have_url(re.compile(r"/login$"))
    assert person.context.cookies() == []
    person.context.add_cookies(cookies)  # type: ignore[arg-type]
    person.go("/queue")
    assert "/login" in person.page.url


def test_the_back_button_shows_nothing_after_logging_out(enter: Enter) -> None:
    person = enter()
    person.log_in("rita")
    person.go("/queue")
    person.page.get_by_role("button", name="Log out").click()
    expect(person.page).to_have_url(re.compile(r"/login$"))
    person.page.go_back()
    expect(person.page.get_by_label("Password")).to_be_visible()


def test_a_wrong_password_says_no_more_than_that_and_keeps_the_name(enter: Enter) -> None:
    person = enter()
    person.complaints.expect(403)
    said = []
    for name in ("rita", "nobody"):
        person.go("/login")
        person.fill_in(name, "a wrong password")
        said.append(person.page.get_by_role("alert").inner_text())
        expect(person.page.get_by_label("Name")).to_have_value(name)
        expect(person.page.get_by_label("Password")).to_have_value("")
    assert said == ["That is not a name and its password."] * 2


def test_somebody_whose_role_changed_has_to_log_in_again(enter: Enter, seeds: Seeds) -> None:
    person = enter()
    person.log_in("rolf")
    expect(person.page.locator("nav [data-live='queue.open']")).to_have_text("0")  # it listens
    users.set_role(seeds.database, seeds.ledger, "rolf", "operator", ADA)
    expect(person.page.locator("#live")).to_have_text("Live updates ended. Load the page again.")
    person.go("/queue")
    assert "/login" in person.page.url


def test_a_session_without_activity_ends_and_leads_back_to_where_it_was(hasty: Console, chrome: Browser) -> None:
    person = Person(chrome, hasty.url)
    person.log_in("rita")
    expect(person.page.locator("#live")).to_have_text("Live updates ended. Load the page again.")
    person.page.get_by_role("link", name="Queue").click()
    expect(person.page).to_have_url(re.compile(r"/login\?next=%2Fqueue$"))
    person.fill_in("rita", PASSWORD)
    expect(person.page.get_by_role("heading", level=1)).to_have_text("Queue")
    assert person.leave() == []


def test_a_session_goes_on_under_another_id(hasty: Console, chrome: Browser) -> None:
    person = Person(chrome, hasty.url)
    person.log_in("rita")
    first = person.context.cookies()[0].get("value")
    ids = {first}
    for _ in range(40):  # 15 minutes are a second and a half
        person.page.wait_for_timeout(100)
        person.go("/queue")
        assert "/login" not in person.page.url
        ids.add(person.context.cookies()[0].get("value"))
        if len(ids) > 1:
            break
    assert len(ids) == 2
    stale = Person(chrome, hasty.url)
    stale.context.add_cookies([{"name": "facegate", "value": str(first), "url": hasty.url}])
    stale.page.wait_for_timeout(200)  # a minute is a tenth of a second
    stale.go("/queue")
    assert "/login" in stale.page.url
    assert person.leave() + stale.leave() == []


def test_whoever_guesses_is_braked_and_the_right_password_too(
    tmp_path_factory: pytest.TempPathFactory, chrome: Browser
) -> None:
    with Seeds(tmp_path_factory.mktemp("braked") / "home") as seeds:
        seeds.people()
        with Console(seeds.file) as console:
            person = Person(chrome, console.url)
            person.complaints.expect(403, 429)
            person.go("/login")
            for _ in range(FAILURES):
                form = {"name": "rita", "password": "a wrong password"}
                guess = person.context.request.post("/login", form=form, headers={"Origin": console.url})
                assert guess.status == 403
            person.fill_in("rita", PASSWORD)
            expect(person.page.get_by_role("alert")).to_have_text(re.compile(r"Too many tries\. Wait \d minutes"))
            assert person.leave() == []
