"""What holds of every page of the console, whoever looks at it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from browser import axe
from browser.people import Person
from browser.walk import pages

pytestmark = pytest.mark.timeout(580)  # each looks at all pages; half a minute when nothing else runs
Enter = Callable[..., Person]
JOBS = {"/jobs", "/jobs/*", "/jobs/*/compare?new&old"}
RECORDS = {"/queue", "/records/*", "/subjects", "/purge", "/samples"}
SEEN = {"/accumulation", "/ledger", "/reports", "/jobs/*/approve", *RECORDS}
LEAST = {
    "ada": {"/", "/account", "/tokens", "/tokens?user", "/users", "/users/*", "/settings", "/register", *JOBS, *SEEN},
    "rita": {"/", "/account", "/tokens", *JOBS, *SEEN},
    "olaf": {"/", "/account", "/tokens", "/register", "/jobs", "/jobs/*"},
}
LOOKS = {"ada": axe.LOOKS, "rita": axe.UNCOLOURED, "olaf": axe.UNCOLOURED}  # the others' pages look the same
WIDTHS = (480, 640, 800, 1024)  # between those of the looks; 640 is a window of 1280 at 200 %
NAMELESS = re.compile(
    r"^\s*- (button|link|textbox|combobox|checkbox|radio|img|searchbox|spinbutton|switch)(?: \[.*)?:?$"
)
_FOCUSED = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const box = element.getBoundingClientRect(), style = getComputedStyle(element);
  const middle = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return {
    name: (element.getAttribute("aria-label") || element.innerText || element.name || element.tagName).trim().slice(0, 40),
    order: [...document.querySelectorAll("*")].indexOf(element),
    seen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    covered: !!middle && !element.contains(middle) && !middle.contains(element) && !element.labels?.[0]?.contains(middle),
    // the parts of a time have the focus one by one, and a ring of the browser's own
    ringed: element.type === "datetime-local" || style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
  };
}"""  # noqa: E501


@pytest.mark.parametrize("name", LEAST)
def test_axe_finds_nothing_grave_in_any_look(enter: Enter, name: str, moderate: list[str]) -> None:
    person, seen, faults = enter(name), set(), []
    for kind in pages(person):
        seen.add(kind)
        for look in axe.looks(person.page, LOOKS[name]):
            faults += [(kind, fault) for fault in axe.faults(person.page, look)]
    moderate += sorted({f"{kind}: {fault}" for kind, fault in faults if not fault.grave})
    assert [f"{kind}: {fault}" for kind, fault in faults if fault.grave] == []
    assert LEAST[name] - seen == set()


def test_no_page_scrolls_sideways_on_a_phone_or_when_it_is_enlarged(enter: Enter) -> None:
    person, wide = enter("ada"), []
    for kind in pages(person):
        for width in (axe.PHONE["width"], *WIDTHS):
            person.page.set_viewport_size({"width": width, "height": 640})
            wide += [f"{kind} at {width}: {what}" for what in axe.too_wide(person.page)]
    assert wide == []


def test_everything_that_can_be_used_has_a_name(enter: Enter) -> None:
    person, nameless = enter("ada"), []
    for kind in pages(person):
        tree = person.page.locator("body").aria_snapshot()
        nameless += [f"{kind}: {line.strip()}" for line in tree.splitlines() if NAMELESS.match(line)]
    assert nameless == []


def test_tab_reaches_everything_in_reading_order_and_shows_where_it_is(enter: Enter) -> None:
    person, wrong = enter("ada"), []
    for kind in pages(person):
        reached = tabbed(person)
        order = [each["order"] for each in reached]
        wrong += [f"{kind}: {each['name']} is not seen" for each in reached if not each["seen"]]
        wrong += [f"{kind}: {each['name']} is covered" for each in reached if each["covered"]]
        wrong += [f"{kind}: {each['name']} has no ring" for each in reached if not each["ringed"]]
        wrong += [f"{kind}: the order jumps"] if order != sorted(order) else []
        wrong += [f"{kind}: {reached[0]['name']} comes first"] if "Skip" not in reached[0]["name"] else []
    assert not wrong, "\n".join(wrong)


def test_the_skip_link_leads_past_the_menu(enter: Enter) -> None:
    person = enter("rita")
    person.go("/queue")
    person.page.keyboard.press("Tab")
    assert person.focused().inner_text() == "Skip to the content"
    person.page.keyboard.press("Enter")
    assert person.focused().get_attribute("id") == "main"
    person.page.keyboard.press("Tab")
    assert person.page.evaluate("document.activeElement.closest('main') !== null")


def tabbed(person: Person, most: int = 60) -> list[dict[str, Any]]:
    """What Tab reaches one by one from the top of the page."""
    person.page.evaluate("() => { document.activeElement.blur(); scrollTo(0, 0); }")
    reached: list[dict[str, Any]] = []
    for _ in range(most):
        person.page.keyboard.press("Tab")
        found = person.page.evaluate(_FOCUSED)
        if found is None or (reached and found["order"] == reached[0]["order"]):
            break
        reached.append(found)
    return reached
