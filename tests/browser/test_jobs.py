"""The life of a job in the console: registered with the questionnaire, approved by another person, revoked."""

import re
from collections.abc import Callable, Iterator

import pytest
from browser.people import Person
from browser.seeds import Seeds
from playwright.sync_api import Error, expect

Enter = Callable[..., Person]


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seeds]:
    with Seeds(tmp_path_factory.mktemp("jobs") / "home") as seeds:
        seeds.people()
        seeds.jobs()
        yield seeds


def register(person: Person, name: str) -> None:
    """A targeted job, as the form asks for it; on the page of its token afterwards."""
    person.go("/register")
    answers = {
        "id": name,
        "purpose": "find public sightings of one person who asked for it",
        "scope.subjects": "case-4720",
        "scope.hosts": "news.example\n*.example.org",
        "scope.legal_basis": "consent of the person, in writing",
        "scope.reference": "file 4720",
        "scope.expires": "2099-01-01T00:00:00",
        "scope.max_releases": "50",
    }
    person.page.locator("[name='scope.kind']").select_option("individual")
    for key, text in answers.items():
        person.page.locator(f"[name='{key}']").fill(text)
    operator = person.page.locator("[name='operator']")
    if operator.count() and not operator.input_value():
        operator.fill("olaf")


@pytest.mark.parametrize("scripted", [True, False], ids=["with JavaScript", "without"])
def test_a_job_is_registered_approved_and_revoked(enter: Enter, seeds: Seeds, scripted: bool) -> None:
    name = "seen-4720" if scripted else "plain-4721"
    olaf = enter("olaf", java_script_enabled=scripted)
    register(olaf, name)
    olaf.page.locator("[name='scope.expires']").fill("2026-01-01T00:00:00")
    olaf.complaints.expect(422)
    olaf.page.get_by_role("button", name="Check").click()
    expect(olaf.page.get_by_role("alert")).to_contain_text("put right")
    soon = seeds.in_days(60)
    olaf.page.locator("[name='scope.expires']").fill(soon)
    olaf.page.get_by_role("button", name="Check").click()
    expect(olaf.page.locator("#checked")).to_contain_text("Nothing was registered yet")
    olaf.page.get_by_role("button", name="Register", exact=True).click()
    token = olaf.page.locator("#token").inner_text()
    assert len(token) > 30
    olaf.page.get_by_role("link", name="on to the job").click()
    assert token not in olaf.page.content()
    expect(olaf.page.locator("main")).to_contain_text("pending")
    expect(olaf.page.get_by_role("link", name=re.compile("Decide on version"))).to_have_count(0)

    rita = enter("rita", java_script_enabled=scripted)
    rita.go(f"/jobs/{name}")
    rita.page.get_by_role("link", name="Decide on version 1").click()
    rita.page.get_by_label("Why it may").fill("the consent was seen")
    rita.page.get_by_role("button", name="Approve version 1").click()
    expect(rita.page.locator("main")).to_contain_text("approved")
    assert seeds.desk.show(name).current.decider == "rita"

    rita.go(f"/jobs/{name}/revoke")
    rita.page.get_by_label("Why (wanted)").fill("the person was found")
    rita.page.get_by_label(f"Write {name} to confirm").fill(name)
    rita.page.get_by_role("button", name=f"Revoke {name} for good").click()
    expect(rita.page.locator("main")).to_contain_text("revoked")
    assert seeds.desk.show(name).state == "revoked"


def test_what_a_new_version_changes_stands_side_by_side(enter: Enter) -> None:
    rita = enter("rita")
    rita.go("/jobs/changed-4713/approve")
    expect(rita.page.get_by_role("heading", name="What it changes")).to_be_visible()
    table = rita.page.get_by_role("region", name="side by side").or_(
        rita.page.get_by_role("table", name="side by side")
    )
    expect(table.first).to_contain_text("*.example.org")
    expect(rita.page.get_by_role("button", name="Approve version 2")).to_be_visible()


def test_the_token_is_shown_once_and_not_by_going_back(enter: Enter, seeds: Seeds) -> None:
    olaf = enter("olaf")
    register(olaf, "once-4722")
    olaf.page.locator("[name='scope.expires']").fill(seeds.in_days(60))
    olaf.page.get_by_role("button", name="Register", exact=True).click()
    token = olaf.page.locator("#token").inner_text()
    olaf.page.get_by_role("link", name="on to the job").click()
    with pytest.raises(Error, match="ERR_CACHE_MISS"):  # it was kept nowhere, and is not asked for again by itself
        olaf.page.go_back()
    expect(olaf.page.locator("body")).not_to_contain_text(token)  # waits: the browser's own page is coming
    assert "ERR_CACHE_MISS" in "".join(olaf.complaints.take())


def test_releases_that_stopped_go_on_when_a_reviewer_signs(enter: Enter) -> None:
    rita = enter("rita")
    rita.go("/accumulation")
    rita.page.get_by_role("link", name="omar").click()
    expect(rita.page.locator("main")).to_contain_text("stopped")
    rita.page.get_by_label("Reason").fill("five persons who asked for it: no database")
    rita.page.get_by_role("button", name="Sign").click()
    expect(rita.page.get_by_role("region", name="Operators")).to_contain_text("by rita")
    expect(rita.page.get_by_role("button", name="Sign")).to_have_count(0)


def test_operators_see_their_own_jobs_alone(enter: Enter) -> None:
    omar = enter("omar")
    omar.go("/jobs")
    expect(omar.page.locator("main")).to_contain_text("group-4715")
    expect(omar.page.locator("main")).not_to_contain_text("missing-4711")
    omar.complaints.expect(403, 404)
    omar.go("/jobs/missing-4711")
    assert "case-4711" not in omar.page.content()
