"""The queue and a record's page: hidden until somebody says why, decided by keyboard, undone, released by two."""

import json
import re
from collections.abc import Callable, Iterator
from itertools import islice

import pytest
from browser import pictures
from browser.people import Person
from browser.seeds import Seeds
from playwright.sync_api import Locator, expect

Enter = Callable[..., Person]


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seeds]:
    with Seeds(tmp_path_factory.mktemp("review") / "home") as seeds:
        seeds.people()
        seeds.jobs()
        seeds.bodies(pictures.portraits(16))
        yield seeds


@pytest.fixture
def rita(enter: Enter) -> Person:
    """At the queue, with the first record as the current one."""
    person = enter("rita")
    person.go("/queue")
    expect(person.page.locator("#viewer")).to_be_visible()
    return person


def current(person: Person) -> Locator:
    return person.page.locator("#grid > [aria-current]")


def current_id(person: Person) -> str:
    return str(current(person).get_attribute("data-id"))


def state_of(seeds: Seeds, record: str) -> str:
    return str(seeds.database.read("SELECT state FROM records WHERE id = ?", (record,))[0]["state"])


def events_of(seeds: Seeds, record: str) -> list[tuple[str, str]]:
    rows = seeds.database.read("SELECT event, user FROM history WHERE record = ? ORDER BY seq", (record,))
    return [(row["event"], row["user"]) for row in rows]


def test_no_pixel_is_shown_before_somebody_says_why(rita: Person, seeds: Seeds) -> None:
    asked: list[str] = []
    rita.context.on("response", lambda response: asked.append(response.headers.get("content-type", "")))
    rita.go("/queue")
    images = rita.page.locator("#grid img")
    expect(images.first).to_have_js_property("complete", True)
    assert "image/jpeg" not in asked  # plain pictures are JPEG, mosaics PNG
    assert max(images.evaluate_all("found => found.map(image => image.naturalWidth)")) <= 32, (
        "more pixels than a blur has"
    )

    record = current_id(rita)
    rita.page.keyboard.press("r")
    dialog = rita.page.get_by_role("dialog", name="Reveal this record")
    expect(dialog).to_be_visible()
    rita.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert events_of(seeds, record) == [("withheld", "")]

    rita.page.keyboard.press("r")
    rita.page.keyboard.press("2")  # the second reason
    picture = rita.page.locator("#pictures img")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 200
    assert events_of(seeds, record)[1:] == [("revealed", "rita")]
    drawn = rita.page.locator("#pictures svg rect").bounding_box()
    shown = picture.bounding_box()
    assert drawn
    assert shown
    assert shown["x"] < drawn["x"] + drawn["width"] / 2 < shown["x"] + shown["width"]
    assert shown["y"] < drawn["y"] + drawn["height"] / 2 < shown["y"] + shown["height"]
    rita.page.keyboard.press("Escape")
    expect(picture).to_have_count(0)
    lines = "".join(path.read_text() for path in seeds.home.ledger.glob("console*.jsonl"))
    told = [line for line in map(json.loads, lines.splitlines()) if record in str(line)]
    assert "revealed" in str(told)


def test_records_are_decided_by_keyboard_one_after_the_other_and_undone(rita: Person, seeds: Seeds) -> None:
    page = rita.page
    first = current_id(rita)
    page.keyboard.press("c")
    expect(page.locator("#said")).to_contain_text("confirmed")
    second = current_id(rita)
    assert second != first
    page.keyboard.press("f")
    page.keyboard.press("1")
    expect(page.locator("#said")).to_contain_text("false-positive")
    third = current_id(rita)
    page.keyboard.press("j")
    assert current_id(rita) not in (first, second, third)
    page.keyboard.press("k")
    assert current_id(rita) == third
    page.keyboard.press("u")
    expect(page.locator("#said")).to_have_text(f"Record {second[:8]}: open again.")
    assert (state_of(seeds, first), state_of(seeds, second)) == ("confirmed", "open")
    page.keyboard.press("u")
    expect(page.locator("#said")).to_have_text(f"Record {first[:8]}: open again.")
    assert state_of(seeds, first) == "open"
    assert [event for event, _ in events_of(seeds, first)][-2:] == ["confirmed", "reopened"]


def test_what_another_person_decided_meanwhile_is_said_and_not_undone(rita: Person, enter: Enter, seeds: Seeds) -> None:
    record = current_id(rita)
    rolf = enter("rolf")
    rolf.go(f"/records/{record}")
    rolf.page.get_by_role("button", name="Confirm").click()
    expect(rolf.page.locator(".message")).to_have_text("Confirmed.")
    rita.complaints.expect(409)
    rita.page.keyboard.press("f")
    rita.page.keyboard.press("1")
    expect(rita.page.locator("#said")).to_contain_text("rolf")
    assert state_of(seeds, record) == "confirmed"


def test_keys_can_be_switched_off_and_say_what_they_do(rita: Person, seeds: Seeds) -> None:
    page, record = rita.page, current_id(rita)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.get_by_label("Switch these keys off in this browser").check()
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("c")
    rita.go("/queue")
    expect(page.locator("#viewer")).to_be_visible()
    page.keyboard.press("c")
    assert current_id(rita) == record
    assert state_of(seeds, record) == "open"


def test_many_are_decided_at_once(rita: Person, seeds: Seeds) -> None:
    page = rita.page
    chosen = []
    for _ in range(3):
        chosen.append(current_id(rita))
        page.keyboard.press("x")
        page.keyboard.press("j")
    expect(page.locator("#chosen")).to_have_text("3 chosen.")
    bulk = page.get_by_role("form", name="Decide the chosen records")
    bulk.get_by_label("Reason").fill("all of one page that was looked at")
    bulk.get_by_role("button", name="Confirm").click()
    expect(page.locator(".message")).to_contain_text("3")
    assert {state_of(seeds, record) for record in chosen} == {"confirmed"}
    page.get_by_role("button", name="Undo").first.click()
    expect(page.locator(".message")).to_contain_text("3")
    assert {state_of(seeds, record) for record in chosen} == {"open"}


def test_the_queue_is_narrowed_by_job_host_and_state(rita: Person) -> None:
    rita.page.get_by_label("Host", exact=True).fill("news.example")
    rita.page.get_by_role("button", name="Show").click()
    expect(rita.page).to_have_url(re.compile("host=news.example"))
    hosts = rita.page.locator("#grid .host").all_inner_texts()
    assert hosts
    assert set(hosts) == {"news.example"}
    rita.go("/queue?job=nobody")
    expect(rita.page.locator("main")).to_contain_text("No record is like that.")


def test_a_release_to_an_untargeted_job_takes_a_second_person(enter: Enter, seeds: Seeds) -> None:
    rita, rolf = enter("rita"), enter("rolf")
    record = seeds.bodies(islice(pictures.portraits(17), 16, None))[0]
    rita.go(f"/records/{record}")
    rita.page.get_by_text("Release it to a job").click()
    rita.page.locator("#release-why").fill("the person asked for it, file 12")
    rita.page.get_by_role("button", name="Release", exact=True).click()
    expect(rita.page.locator(".message")).to_contain_text("waits for a second person")
    expect(rita.page.get_by_role("button", name="Second it")).to_have_count(0)  # not for who asked
    rolf.go(f"/records/{record}")
    rolf.page.get_by_role("button", name="Second it").click()
    expect(rolf.page.locator(".message")).to_contain_text("is granted")
    assert state_of(seeds, record) == "released"
    history = rolf.page.get_by_role("region", name="History")
    for event in ("release-asked", "released"):
        expect(history).to_contain_text(event)


def test_a_false_positive_passes_until_it_is_revoked(enter: Enter, seeds: Seeds) -> None:
    rita = enter("rita")
    record = seeds.bodies(pictures.drawings(1))[0]
    rita.go(f"/records/{record}")
    rita.page.get_by_label("Why it shows no face").fill("a drawing")
    rita.page.get_by_role("button", name="False positive").click()
    corrections = rita.page.get_by_role("region", name="Corrections")
    expect(corrections).to_contain_text("in force")
    corrections.get_by_label("Why").fill("it is one after all")
    corrections.get_by_role("button", name="Revoke it").click()
    expect(rita.page.locator(".message")).to_have_text("The body is withheld again.")
    assert state_of(seeds, record) == "open"


def test_hostile_text_is_text(enter: Enter, seeds: Seeds) -> None:
    (row,) = seeds.database.read("SELECT id, url, content_type FROM records WHERE host = 'evil.example'")
    rita = enter("rita")
    rita.go(f"/records/{row['id']}")
    facts = rita.page.get_by_role("region", name="Facts")
    expect(facts).to_contain_text("<script>alert(1)</script>")
    expect(facts).to_contain_text("onmouseover=")
    assert rita.page.locator("main img[src='x'], main b, main script").count() == 0


def test_without_javascript_a_record_is_revealed_and_decided(enter: Enter, seeds: Seeds) -> None:
    record = seeds.bodies(islice(pictures.portraits(18), 17, None))[0]
    rita = enter("rita", java_script_enabled=False)
    rita.go("/queue")
    rita.page.locator(f"[data-id='{record}'] a.look").click()
    rita.page.get_by_role("button", name="Reveal").click()
    picture = rita.page.locator("figure.plain img")
    expect(picture).to_be_visible()
    assert ("revealed", "rita") in events_of(seeds, record)
    rita.page.reload()
    expect(picture).to_have_count(0)
    rita.page.get_by_role("button", name="Confirm").click()
    expect(rita.page.locator(".message")).to_have_text("Confirmed.")
    assert state_of(seeds, record) == "confirmed"
