"""The first page, and what changes on it while somebody looks."""

from collections.abc import Callable
from itertools import islice

from browser import pictures
from browser.people import Person
from browser.seeds import Seeds
from playwright.sync_api import expect

Enter = Callable[..., Person]


def test_a_record_that_arrives_is_counted_while_somebody_looks(enter: Enter, seeds: Seeds) -> None:
    person = enter("rita")
    open_ones = len(seeds.open_records())
    count = person.page.get_by_role("navigation", name="Console").locator("[data-live='queue.open']")
    expect(count).to_have_text(str(open_ones))
    person.page.evaluate("window.stays = true")
    seeds.bodies(islice(pictures.portraits(15), 12, None))
    expect(count).to_have_text(str(open_ones + 3))
    seeds.bodies(pictures.portraits(3))  # seen before
    assert person.page.evaluate("window.stays"), "it was loaded anew"


def test_an_operator_is_told_nothing_of_the_queue(enter: Enter) -> None:
    person = enter("olaf")
    expect(person.page.get_by_role("navigation", name="Console")).not_to_contain_text("Queue")
    person.complaints.expect(403)
    assert person.go("/queue").status == 403
    expect(person.page.get_by_role("heading", level=1)).to_have_text("Not for you")
