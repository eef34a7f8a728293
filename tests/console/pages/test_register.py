"""A job through the form: the same job as of a file, each problem at its field, the token once."""

import re
from dataclasses import replace

import pytest
from console.browsing import Browser
from facegate.jobs.desk import Desk, hash_of
from facegate.jobs.document import same_job
from facegate.jobs.record import VersionState
from facegate.ledger.reading import tail
from facegate.state.home import Home
from facegate_addons.domain.job import Job, JobState

from tests.console.pages.jobs_of import ADA, RITA, ROOT, case, sent

TOKEN = re.compile(r'id="token" data-once>([^<]+)<')
SEEN = re.compile(r'name="seen" value="([0-9a-f]{64})"')
HOSTILE = '"><script>alert(1)</script>'


def do(what: str, job: Job, **changed: str) -> dict[str, str]:
    return sent(job, **changed) | {"do": what}


def test_a_job_is_registered_and_its_token_shown_once(desk: Desk, home: Home, eve: Browser) -> None:
    job = case(operator="eve", ports=(443,), paths=("/a/", "/b/*"))
    answer = eve.post("/register", do("register", job))
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    (token,) = TOKEN.findall(answer.text)
    found = desk.show("case")
    assert same_job(found.job, job)
    assert (found.state, found.current.author) == (JobState.PENDING, "eve")
    assert [held.hash for held in found.tokens] == [hash_of(token)]
    assert f"curl --proxy http://case:{token}@127.0.0.1:8080 --cacert" in answer.text
    assert f"FACEGATE_PROXY_URL=http://case:{token}@127.0.0.1:8080" in answer.text
    (line,) = [line for line in tail(home.ledger, 9) if line["event"] == "job-registered"]
    assert (line["by"], line["via"], line["role"]) == ("eve", "console", "operator")
    again = eve.post("/register", do("register", job))  # the page is loaded again
    assert again.status_code == 409
    assert not TOKEN.search(again.text)
    assert "is registered already" in again.text
    assert len(desk.show("case").versions) == 1
    for path in ("/register", "/jobs/case", "/jobs"):
        assert token not in eve.get(path).text
    assert token not in (home.ledger / "console.jsonl").read_text()


def test_every_problem_at_its_field_and_what_was_typed_stays(desk: Desk, ada: Browser) -> None:
    wrong = do(
        "register",
        case(operator="acme"),
        id=f"Case {HOSTILE}",
        scope__hosts=f"*.com\r\n{HOSTILE}",
        scope__subjects="everyone",
        scope__max_releases="many",
        scope__expires="2020-01-01T00:00",
        conditions__automated="perhaps",
    )
    answer = ada.post("/register", wrong | {"scope.hots": "x"})
    assert answer.status_code == 422
    page = answer.text
    assert "<script>alert" not in page
    assert "8 things have to be put right" in page
    assert page.count('aria-invalid="true"') == 6
    for key, said in (
        ("job-id", "Id has to be 1 to 64 small letters"),
        ("job-scope-hosts", "below which anybody can have a name"),
        ("job-scope-subjects", "which means whoever turns up"),
        ("job-scope-max-releases", "has to be a whole number from 1 on"),
        ("job-scope-expires", "is in the past"),
        ("job-conditions-automated", "has to be true or false"),
    ):
        assert f'href="#{key}"' in page, key
        assert f'aria-describedby="{key}-help {key}-problem"' in page, key
        assert said in page.partition(f'id="{key}-problem"')[2].partition("</div>")[0], key
    assert "scope.hots is no known key" in page
    assert 'value="Case &#34;&gt;&lt;script&gt;' in page
    assert "*.com\n&#34;&gt;&lt;script&gt;" in page
    assert "\neveryone</textarea>" in page
    assert '<option value="perhaps" selected>' in page
    assert 'value="2020-01-01T00:00"' in page
    assert not desk.database.read("SELECT 1 FROM jobs")


def test_checking_changes_nothing(desk: Desk, home: Home, ada: Browser) -> None:
    lines = len(tail(home.ledger, 99))
    answer = ada.post("/register", do("check", case()))
    assert answer.status_code == 200
    for told in ("The job would be pending", "A search for one given person", "Nothing was registered yet", "case-1"):
        assert told in answer.text
    assert not desk.database.read("SELECT 1 FROM jobs")
    assert [line for line in tail(home.ledger, 99)[lines:] if line["event"].startswith("job")] == []


def test_a_draft_and_its_change(desk: Desk, eve: Browser) -> None:
    assert TOKEN.search(eve.post("/register", do("draft", case(operator="eve"))).text)
    assert desk.show("case").state is JobState.DRAFT
    form = eve.get("/jobs/case/change").text
    (seen,) = SEEN.findall(form)
    assert 'name="id"' not in form
    other = replace(case(operator="eve"), purpose="find one person\nsoon")
    answer = eve.post("/jobs/case/change", do("draft", other) | {"seen": seen})
    assert (answer.status_code, answer.headers["location"]) == (303, "/jobs/case")
    assert [version.state for version in desk.show("case").versions] == [VersionState.WITHDRAWN, VersionState.DRAFT]
    assert "Registered version 2 of case: it is draft." in eve.follow("/jobs/case").text
    assert "\nfind one person\nsoon</textarea>" in eve.get("/jobs/case/change").text


def test_a_new_version_waits_and_makes_no_token(desk: Desk, ada: Browser) -> None:
    job = case()
    desk.register(job, ROOT)
    desk.approve("case", RITA)
    (seen,) = SEEN.findall(ada.get("/jobs/case/change").text)
    wider = replace(job, scope=replace(job.scope, max_releases=900))
    plan = ada.post("/jobs/case/change", do("check", wider) | {"seen": seen}).text
    assert "Releases at most: 895 responses with faces more" in plan
    assert "Version 2 would wait for its approval; version 1 stays in force until then" in plan
    answer = ada.post("/jobs/case/change", do("register", wider) | {"seen": seen})
    assert answer.status_code == 303
    assert not TOKEN.search(answer.text)
    found = desk.show("case")
    assert (found.state, found.waiting is not None) == (JobState.APPROVED, True)
    unchanged = SEEN.findall(ada.get("/jobs/case/change").text)[0]
    assert ada.post("/jobs/case/change", do("register", wider) | {"seen": unchanged}).status_code == 303
    assert "Nothing new: job case says this already." in ada.follow("/jobs/case").text


def test_the_form_keeps_what_a_job_says(desk: Desk, ada: Browser) -> None:
    """What a browser would send back from the form, untouched, is the same job."""
    job = case(hosts=("news.example", "*.example.org"), methods=("GET",), max_bytes=2_000_000_000, max_faces=7)
    desk.register(job, ROOT)
    page = ada.get("/jobs/case/change").text
    for told in ("\nnews.example\n*.example.org</textarea>", 'value="2000000000"', "\nGET</textarea>", 'value="7"'):
        assert told in page
    assert f'type="datetime-local" step="1" value="{job.scope.expires:%Y-%m-%dT%H:%M:%S}"' in page


def test_somebody_else_was_quicker(desk: Desk, ada: Browser) -> None:
    desk.register(case(), ROOT)
    (seen,) = SEEN.findall(ada.get("/jobs/case/change").text)
    desk.register(replace(case(), purpose="another"), ROOT)
    for what in ("check", "register"):
        answer = ada.post("/jobs/case/change", do(what, replace(case(), purpose="mine")) | {"seen": seen})
        assert answer.status_code == 409
        assert "was changed since this form was opened; look again" in answer.text
        assert "\nmine</textarea>" in answer.text
    assert len(desk.show("case").versions) == 2
    assert ada.post("/jobs/case/change", do("register", case())).status_code == 409  # no word of what was looked at


@pytest.mark.parametrize(
    ("job", "said"),
    [
        (case(operator="acme"), "eve runs no crawls of &#39;acme&#39;; an operator registers jobs of their own name"),
        (case("untargeted", "eve"), "the id &#39;untargeted&#39; is built in; choose another"),
    ],
)
@pytest.mark.parametrize("what", ["check", "register"])
def test_what_the_desk_refuses(eve: Browser, job: Job, said: str, what: str) -> None:
    answer = eve.post("/register", do(what, job))
    assert answer.status_code in (403, 409)
    assert said in answer.text
    assert "\nfind one person</textarea>" in answer.text


def test_a_revoked_job_is_changed_no_more(desk: Desk, ada: Browser) -> None:
    desk.register(case(), ROOT)
    desk.revoke("case", ADA)
    seen = SEEN.findall(ada.get("/jobs/case/change").text)[0]
    answer = ada.post("/jobs/case/change", do("register", case()) | {"seen": seen})
    assert answer.status_code == 409
    assert "is revoked, for good; register another id" in answer.text


def test_reviewers_register_nothing(desk: Desk, rita: Browser) -> None:
    desk.register(case(), ROOT)
    said = "rita is reviewer; jobs are registered by operators and admins"
    assert said in rita.get("/register").text
    assert rita.get("/jobs/case/change").status_code == 403
    for path in ("/register", "/jobs/case/change"):
        answer = rita.post(path, do("register", case("other")))
        assert (answer.status_code, said in answer.text) == (403, True)
    assert len(desk.show("case").versions) == 1


def test_another_job_is_taken_as_a_beginning(desk: Desk, ada: Browser) -> None:
    desk.register(case(hosts=("news.example",)), ROOT)
    page = ada.get("/register?like=case").text
    assert "\nnews.example</textarea>" in page
    assert 'id="job-id" name="id" aria-describedby="job-id-help" type="text" value=""' in page.replace("\n", " ")


def test_a_form_that_does_not_say_what_to_do(ada: Browser) -> None:
    assert ada.post("/register", sent(case())).status_code == 400
    assert ada.post("/register", {"do": "register"}).status_code == 422
    assert ada.post("/register", do("register", case()) | {"csrf": "x"}).status_code == 403
