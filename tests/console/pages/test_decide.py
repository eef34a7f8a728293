"""What people decide: who may, in the words of the desk; what changed in between; two at once."""

import re
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from console.browsing import Browser
from facegate.jobs.desk import Desk, hash_of
from facegate.jobs.lifecycle import Actor
from facegate.jobs.may import VERBS, may
from facegate.jobs.record import RegisteredJob, VersionState
from facegate.ledger.reading import tail
from facegate.state.database import Database
from facegate.state.home import Home
from facegate_addons.domain.job import Job, JobState
from facegate_addons.domain.model import utc_now

from tests.console.pages.jobs_of import ADA, RITA, ROOT, case, sent

TOKEN = re.compile(r'id="token" data-once>([^<]+)<')
ROLES = {"eve": "operator", "rita": "reviewer", "ada": "admin"}
AsUser = Callable[[str], Browser]


def looked_at(found: RegisteredJob, **more: str) -> dict[str, str]:
    assert found.waiting is not None
    facts = {"version": str(found.waiting.number), "fingerprint": found.waiting.fingerprint, "reason": "order no. 1"}
    return facts | more


def fields(verb: str, found: RegisteredJob) -> dict[str, str]:
    """What the page of `verb` would send of it."""
    latest = found.waiting or found.current
    match verb:
        case "change":
            return sent(replace(latest.job, purpose="other")) | {"do": "register", "seen": latest.fingerprint}
        case "revoke":
            return {"confirm": found.id, "reason": "found"}
        case "token":
            return {"generation": str(found.generation), "overlap": "0"}
        case _:
            return {"version": str(latest.number), "fingerprint": latest.fingerprint, "reason": "order no. 1"}


STATES: dict[str, Callable[[Desk, Job], object]] = {
    "draft": lambda desk, job: desk.register(job, ROOT, draft=True),
    "pending": lambda desk, job: desk.register(job, ROOT),
    "approved": lambda desk, job: (desk.register(job, ROOT), desk.approve(job.id, RITA)),
    "revoked": lambda desk, job: (desk.register(job, ROOT), desk.revoke(job.id, ROOT)),
}


@pytest.mark.parametrize("name", ROLES)
def test_everybody_does_what_the_desk_lets_them_and_nothing_else(desk: Desk, as_user: AsUser, name: str) -> None:
    """Each state and verb, on a job of acme's, and of eve's own. What a page says beforehand is what is refused."""
    browser, actor = as_user(name), Actor(name, ROLES[name], "console")
    for operator in ("eve", "acme") if name == "eve" else ("acme",):
        own = not (name == "eve" and operator == "acme")
        for state, prepare in STATES.items() if own else [("pending", STATES["pending"])]:
            for verb in VERBS:
                job_id = f"{operator}-{state}-{verb}"
                prepare(desk, case(job_id, operator))
                before = desk.show(job_id)
                why_not = may(before, actor, utc_now())[verb]
                answer = browser.post(f"/jobs/{job_id}/{verb}", fields(verb, before))
                after = desk.show(job_id)
                where = f"{name} {job_id}: {answer.status_code}"
                if not own:
                    assert answer.status_code == 403, where
                    assert after == before, where
                elif why_not:
                    assert answer.status_code in (403, 409), where
                    assert why_not.replace("'", "&#39;") in answer.text, where
                    assert after == before, where
                else:
                    assert answer.status_code == (200 if verb == "token" else 303), where
                    assert after != before, where


def test_an_approval_side_by_side(desk: Desk, home: Home, rita: Browser) -> None:
    job = case()
    desk.register(job, ROOT)
    desk.approve("case", RITA)
    desk.register(replace(job, scope=replace(job.scope, hosts=("news.example", "<b>"), max_releases=50)), ADA)
    page = rita.get("/jobs/case/approve").text
    for told in (
        "version 1, in force",
        "version 2, waiting",
        "<ins>&lt;b&gt;</ins>",
        "Hosts: one host more",
        "Releases at most: 45 responses with faces more",
        "written by <strong>ada</strong>",
        "A search for one given person is targeted (229)",
        f'name="fingerprint" value="{desk.show("case").versions[1].fingerprint}"',
        "add up to before it",
    ):
        assert told in page, told
    answer = rita.post("/jobs/case/approve", looked_at(desk.show("case")))
    assert (answer.status_code, answer.headers["location"]) == (303, "/jobs/case")
    assert "Approved version 2 of case." in rita.follow("/jobs/case").text
    current = desk.show("case").current
    assert (current.number, current.decider, current.why) == (2, "rita", "order no. 1")
    (line,) = tail(home.ledger, 1)
    assert (line["event"], line["by"], line["via"]) == ("job-approved", "rita", "console")
    gone = rita.get("/jobs/case/approve")
    assert gone.status_code == 303
    assert "Nothing of case waits." in rita.follow("/jobs/case").text


def test_who_runs_or_wrote_it_is_told_beforehand(desk: Desk, ada: Browser) -> None:
    desk.register(case("hers", "ada"), ROOT)
    desk.register(case("written"), ADA)
    for job_id, said in (("hers", "ada runs job &#39;hers&#39;"), ("written", "ada wrote this version of job")):
        page = ada.get(f"/jobs/{job_id}/approve").text
        assert f"You cannot: {said}" in page
        assert f'action="/jobs/{job_id}/approve"' not in page
        assert said in ada.get(f"/jobs/{job_id}").text
        answer = ada.post(f"/jobs/{job_id}/approve", looked_at(desk.show(job_id)))
        assert (answer.status_code, said in answer.text) == (403, True)


def test_what_changed_in_between_is_looked_at_again(desk: Desk, rita: Browser) -> None:
    desk.register(case(), ROOT)
    before = looked_at(desk.show("case"), reason="I looked <at> it")
    desk.register(replace(case(), purpose="another one"), ROOT)
    for verb in ("approve", "reject"):
        answer = rita.post(f"/jobs/case/{verb}", before)
        assert answer.status_code == 409
        assert "version 1 does not wait; version 2 does" in answer.text
        assert "another one" in answer.text
        assert "I looked &lt;at&gt; it" in answer.text
        other = rita.post(f"/jobs/case/{verb}", before | {"version": "2"})
        assert other.status_code == 409
        assert "version 2 is not what was looked at; look again" in other.text
    assert desk.show("case").waiting is not None
    for wrong in ({"version": "x"}, {"version": "9" * 30}, {"version": ""}):
        assert rita.post("/jobs/case/approve", before | wrong).status_code == 400
    assert rita.post("/jobs/case/approve", before | {"reason": "x" * 2_001}).status_code == 400


@pytest.mark.parametrize("verbs", [("approve", "approve"), ("approve", "reject")])
def test_of_two_at_once_one_wins_and_the_other_is_told(desk: Desk, as_user: AsUser, verbs: tuple[str, str]) -> None:
    desk.register(case(), ROOT)
    form = looked_at(desk.show("case"))
    together, answers = threading.Barrier(2), dict[str, httpx.Response]()

    def decide(name: str, verb: str, browser: Browser, csrf: str) -> None:
        together.wait()
        answers[name] = browser.post(f"/jobs/case/{verb}", form | {"csrf": csrf})

    browsers = {name: as_user(name) for name in ("rita", "ada")}
    threads = [
        threading.Thread(target=decide, args=(name, verb, browsers[name], browsers[name].csrf()))
        for name, verb in zip(browsers, verbs, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers.values()) == [303, 409]
    loser = next(name for name, answer in answers.items() if answer.status_code == 409)
    assert "nothing of it waits" in answers[loser].text
    winner = ({*browsers} - {loser}).pop()
    (version,) = desk.show("case").versions
    assert version.decider == winner
    assert version.state in (VersionState.IN_FORCE, VersionState.REJECTED)


def test_a_threshold_that_is_passed_is_told(desk: Desk, rita: Browser) -> None:
    many = tuple(f"site-{number}.example" for number in range(201))
    desk.register(case(hosts=many), ROOT)
    page = rita.get("/jobs/case/approve").text
    assert "No targeted job of this operator was ever approved." in page
    assert "<summary>201 entries</summary>" in page
    rita.post("/jobs/case/approve", looked_at(desk.show("case")))
    said = rita.follow("/jobs/case").text
    assert "passes a threshold now (hosts 201 of 200): their releases are stopped until a reviewer signs" in said
    assert "releases are stopped" in said.partition('id="adds-up"')[2]


def test_a_rejection_takes_a_reason(desk: Desk, rita: Browser) -> None:
    desk.register(case(), ROOT)
    for empty in ("", "  ", "no"):
        answer = rita.post("/jobs/case/reject", looked_at(desk.show("case"), reason=empty))
        assert (answer.status_code, "write a reason of at least 3 characters" in answer.text) == (409, True)
    assert rita.post("/jobs/case/reject", looked_at(desk.show("case"), reason="no paper")).status_code == 303
    assert desk.show("case").versions[0].why == "no paper"
    assert "no paper" in rita.get("/jobs/case").text


def test_a_draft_is_submitted_and_withdrawn(desk: Desk, eve: Browser) -> None:
    desk.register(case(operator="eve"), ROOT, draft=True)
    assert 'action="/jobs/case/submit"' in eve.get("/jobs/case").text
    assert eve.post("/jobs/case/submit", {"version": "2"}).status_code == 409
    assert eve.post("/jobs/case/submit", {"version": "1"}).status_code == 303
    assert "Submitted version 1 of case: it waits for its approval." in eve.follow("/jobs/case").text
    assert eve.post("/jobs/case/withdraw", {"version": "2"}).status_code == 409
    assert eve.post("/jobs/case/withdraw", {"version": "1"}).status_code == 303
    assert desk.show("case").versions[0].state is VersionState.WITHDRAWN
    again = eve.post("/jobs/case/withdraw", {"version": "1"})
    assert (again.status_code, "nothing of it waits" in again.text) == (409, True)


def test_a_revocation_is_confirmed_by_name(desk: Desk, home: Home, rita: Browser) -> None:
    desk.register(case(), ROOT)
    assert "Write case to confirm" in rita.get("/jobs/case/revoke").text
    for form in ({"reason": "found"}, {"confirm": "cas", "reason": "found"}, {"confirm": "case", "reason": " x"}):
        answer = rita.post("/jobs/case/revoke", form)
        assert answer.status_code == 409
        assert form["reason"].strip() in answer.text
    assert desk.show("case").state is JobState.PENDING
    assert rita.post("/jobs/case/revoke", {"confirm": "case", "reason": "found"}).status_code == 303
    assert desk.show("case").state is JobState.REVOKED
    (line,) = tail(home.ledger, 1)
    assert (line["event"], line["why"]) == ("job-revoked", "found")
    assert "is revoked already" in rita.get("/jobs/case/revoke").text
    assert rita.get("/jobs/ghost/revoke").status_code == 404


def test_a_new_token_is_shown_once_and_made_once(desk: Desk, eve: Browser) -> None:
    desk.register(case(operator="eve"), ROOT)
    form = {"generation": "1", "overlap": "3600"}
    answer = eve.post("/jobs/case/token", form)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    (token,) = TOKEN.findall(answer.text)
    first, second = desk.show("case").tokens
    assert second.hash == hash_of(token)
    assert first.until is not None
    assert timedelta(minutes=59) < first.until - utc_now() <= timedelta(hours=1)
    again = eve.post("/jobs/case/token", form)  # the page is loaded again
    assert again.status_code == 409
    assert "its token was replaced since it was looked at" in again.text
    assert not TOKEN.search(again.text)
    assert len(desk.show("case").tokens) == 2
    assert token not in eve.get("/jobs/case").text
    too_long = eve.post("/jobs/case/token", {"generation": "2", "overlap": "604801"})
    assert "from 0 to 7 days" in too_long.text
    assert eve.post("/jobs/case/token", {"generation": "2", "overlap": "-1"}).status_code == 400


def test_looking_changes_nothing(database: Database, rita: Browser) -> None:
    for verb in ("submit", "withdraw", "reject"):
        assert rita.get(f"/jobs/case/{verb}").status_code == 405
    assert not database.read("SELECT 1 FROM jobs")
