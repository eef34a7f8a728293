"""Without a line of JavaScript: the same, with a page for each step."""

import re
from collections.abc import Callable, Iterator

import pytest
from browser.people import PASSWORD, Person
from browser.seeds import Seeds
from playwright.sync_api import expect

Enter = Callable[..., Person]


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seeds]:
    with Seeds(tmp_path_factory.mktemp("plain") / "home") as seeds:
        seeds.people()
        yield seeds


def test_logging_in_changing_ones_password_and_logging_out(enter: Enter) -> None:
    person = enter(java_script_enabled=False)
    person.log_in("omar")
    person.go("/account")
    for label, text in (("Present password", PASSWORD), ("New password", "n" * 12), ("New password, again", "n" * 12)):
        person.page.get_by_label(label, exact=True).fill(text)
    person.page.get_by_role("button", name="Change it").click()
    expect(person.page.locator(".message")).to_be_visible()
    person.page.get_by_role("button", name="Log out").click()
    expect(person.page).to_have_url(re.compile("/login$"))
    person.log_in("omar", "n" * 12)


def test_somebody_is_added_with_a_password_that_is_shown_once_and_removed_again(enter: Enter, seeds: Seeds) -> None:
    ada = enter("ada", java_script_enabled=False)
    ada.go("/users")
    ada.page.get_by_label("Name").fill("nina")
    ada.page.get_by_label("Role").select_option("reviewer")
    ada.page.get_by_role("button", name="Add").click()
    password = ada.page.locator("output.secret").inner_text()
    nina = enter(java_script_enabled=False)
    nina.log_in("nina", password)
    expect(nina.page.locator(".role")).to_have_text("reviewer")
    ada.go("/users/nina")
    assert password not in ada.page.content()
    ada.page.get_by_label("Type the name to remove them").fill("nina")
    ada.page.get_by_role("button", name="Remove").click()
    expect(ada.page.get_by_role("region", name="Users")).not_to_contain_text("nina")
    nina.go("/")
    assert "/login" in nina.page.url
