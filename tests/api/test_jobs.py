from collections.abc import Callable
from pathlib import Path

import httpx
from api.bodies import looked_at, targeted, untargeted
from facegate.config import Config
from facegate.state.database import Database
from facegate.state.jobs import list_jobs

Ask = Callable[..., httpx.Response]


def test_registering_again_changes_nothing(ask: Ask) -> None:
    first = ask("olaf", "PUT", "jobs/case", json=targeted())
    assert (first.status_code, first.json()["state"], first.json()["change"]) == (201, "pending", "created")
    assert len(first.json()["token"]) >= 43
    again = ask("olaf", "PUT", "jobs/case", json={**targeted(), "id": "case"})
    assert (again.status_code, again.json()["change"]) == (200, "unchanged")
    assert "token" not in again.json()
    other = ask("olaf", "PUT", "jobs/case", json=targeted(max_releases=7)).json()
    assert (other["change"], other["version"], other["waiting"]) == ("changed", 2, 2)
    assert "token" not in other


def test_a_dry_run_tells_what_would_change_and_changes_nothing(ask: Ask, database: Database) -> None:
    would = ask("olaf", "PUT", "jobs/case?dry_run=true", json=targeted()).json()
    assert (would["change"], would["state"]) == ("created", "pending")
    assert "token" not in would
    assert list_jobs(database).jobs == []
    ask("olaf", "PUT", "jobs/case", json=targeted())
    would = ask("olaf", "PUT", "jobs/case?dry_run=true", json=targeted(max_releases=7)).json()
    assert would["differences"] == [{"field": "scope.max_releases", "before": 100, "after": 7}]
    assert ask("ada", "GET", "jobs/case").json()["version"] == 1
    same = ask("olaf", "PUT", "jobs/case?dry_run=true", json=targeted()).json()
    assert (same["change"], same["differences"]) == ("unchanged", [])


def test_every_field_at_fault_is_named_with_what_to_write(ask: Ask) -> None:
    body = {**targeted(hosts=["*.com"], subjects=["everyone"], expires="tomorrow"), "id": "other", "colour": "red"}
    answer = ask("olaf", "PUT", "jobs/case", json=body)
    assert answer.status_code == 422
    assert [it["field"] for it in answer.json()["errors"]] == ["id"]
    answer = ask("olaf", "PUT", "jobs/case", json={**body, "id": "case"})
    assert answer.status_code == 422
    fields = {it["field"] for it in answer.json()["errors"]}
    assert fields == {"colour", "scope.hosts", "scope.subjects", "scope.expires"}


def test_the_etag_guards_a_change(api: httpx.Client, ask: Ask, token_of: Callable[..., str]) -> None:
    authorization = {"Authorization": f"Bearer {token_of('olaf')}"}

    def put(body: dict[str, object], **headers: str) -> int:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return api.put("jobs/case", json=body, headers={**authorization, **named}).status_code

    assert put(untargeted(), if_match="*") == 412
    assert put(untargeted(), if_none_match="*") == 201
    assert put(untargeted(), if_none_match="*") == 412
    tag = ask("olaf", "GET", "jobs/case").headers["etag"]
    assert put(untargeted(purpose="other pages"), if_match=f'"x", {tag}') == 200
    assert put(untargeted(purpose="more pages"), if_match=tag) == 412
    assert ask("olaf", "GET", "jobs/case").headers["etag"] != tag


def test_pages_follow_each_other(ask: Ask) -> None:
    for name in ("a", "b", "c"):
        ask("ada", "PUT", f"jobs/{name}", json=untargeted("Olaf" if name == "b" else "acme"))
    ask("ada", "PUT", "jobs/d", json=targeted("acme"))
    first = ask("rita", "GET", "jobs?limit=3").json()
    assert ([it["id"] for it in first["jobs"]], first["next"]) == (["a", "b", "c"], "c")
    rest = ask("rita", "GET", "jobs?limit=3&after=c").json()
    assert ([it["id"] for it in rest["jobs"]], rest["next"]) == (["d"], None)
    assert [it["id"] for it in ask("rita", "GET", "jobs?state=pending").json()["jobs"]] == ["d"]
    assert [it["id"] for it in ask("rita", "GET", "jobs?operator=ACME").json()["jobs"]] == ["a", "c", "d"]
    assert [it["id"] for it in ask("olaf", "GET", "jobs").json()["jobs"]] == ["b"]
    assert ask("olaf", "GET", "jobs?operator=acme").status_code == 403


def test_a_token_of_a_job_is_shown_by_nothing_else(ask: Ask) -> None:
    token = ask("olaf", "PUT", "jobs/case", json=untargeted()).json()["token"]
    for path in ("jobs", "jobs/case", "jobs/case/history"):
        assert token not in ask("ada", "GET", path).text


def test_history_tells_who_did_what_and_why(ask: Ask) -> None:
    ask("olaf", "PUT", "jobs/case", json=targeted())
    ask("olaf", "PUT", "jobs/case", json=targeted(max_releases=7))
    ask("rita", "POST", "jobs/case/approve", json={**looked_at(ask, "case"), "reason": "order seen"})
    ask("ada", "POST", "jobs/case/revoke", json={"reason": "found her"})
    told = ask("olaf", "GET", "jobs/case/history").json()["events"]
    assert [(it["event"], it["version"], it["by"]) for it in told] == [
        ("registered", 1, "olaf"),
        ("withdrawn", 1, "olaf"),
        ("registered", 2, "olaf"),
        ("approved", 2, "rita"),
        ("revoked", None, None),
    ]
    assert "order seen" in [it["why"] for it in told]


def test_a_row_that_was_altered_is_told_from_a_state_that_does_not_answer(
    ask: Ask, database: Database, config: Config
) -> None:
    ask("olaf", "PUT", "jobs/case", json=untargeted())
    database.write_now(lambda it: it.execute("UPDATE jobs SET operator = 'mallory'"))
    assert ask("ada", "GET", "jobs/case").json()["type"] == "urn:facegate:problem:altered"
    assert len(ask("ada", "GET", "jobs").json()["damaged"]) == 1
    database.write_now(lambda it: it.execute("DROP TABLE job_tokens"))
    database.write_now(lambda it: it.execute("ALTER TABLE jobs RENAME TO gone"))
    answer = ask("ada", "GET", "jobs/case")
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:facegate:problem:unavailable")
    assert answer.headers["retry-after"]
    assert str(Path(config.home)) not in answer.text
