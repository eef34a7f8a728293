"""Who may do what with whose job: the whole table; and what people decide on."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from api.bodies import looked_at, targeted, untargeted
from facegate.ledger.chained import ChainedLedger
from facegate.state import users
from facegate.state.database import Database

Ask = Callable[..., httpx.Response]

# verb: what it answers to (operator, reviewer, admin), on their own job and on another's. Nobody approves their own.
MATRIX = {
    #              olaf own, other | rita own, other | ada own, other
    "list": (200, 200, 200, 200, 200, 200),
    "show": (200, 403, 200, 200, 200, 200),
    "history": (200, 403, 200, 200, 200, 200),
    "register": (201, 403, 403, 403, 201, 201),
    "change": (200, 403, 403, 403, 200, 200),
    "dry-run": (200, 403, 403, 403, 200, 200),
    "submit": (200, 403, 403, 403, 200, 200),
    "withdraw": (200, 403, 403, 403, 200, 200),
    "approve": (403, 403, 403, 200, 403, 200),
    "reject": (403, 403, 403, 200, 403, 200),
    "token": (200, 403, 403, 403, 200, 200),
    "signing-key": (200, 403, 403, 403, 200, 200),
    "revoke": (200, 403, 200, 200, 200, 200),
}


def requests(verb: str, operator: str, seen: dict[str, Any]) -> tuple[str, str, Any]:
    job = "draft" if verb == "submit" else "case"
    return {
        "list": ("GET", "jobs", None),
        "show": ("GET", "jobs/case", None),
        "history": ("GET", "jobs/case/history", None),
        "register": ("PUT", "jobs/new", targeted(operator)),
        "change": ("PUT", "jobs/case", targeted(operator, max_releases=7)),
        "dry-run": ("PUT", "jobs/case?dry_run=true", targeted(operator, max_releases=7)),
        "approve": ("POST", "jobs/case/approve", seen),
        "reject": ("POST", "jobs/case/reject", {**seen, "reason": "no such order"}),
        "token": ("POST", "jobs/case/token", {}),
        "revoke": ("POST", "jobs/case/revoke", {"reason": "it is over"}),
    }.get(verb, ("POST", f"jobs/{job}/{verb}", None))


@pytest.mark.parametrize("name", ["olaf", "rita", "ada"])
@pytest.mark.parametrize("whose", ["own", "other"])
def test_who_may_do_what(ask: Ask, database: Database, ledger: ChainedLedger, name: str, whose: str) -> None:
    users.add(database, ledger, "zoe", "admin", "correct horse battery")  # writes the jobs of those who may not
    operator = name if whose == "own" else "acme"
    assert ask("zoe", "PUT", "jobs/case", json=targeted(operator)).status_code == 201
    assert ask("zoe", "PUT", "jobs/draft?draft=true", json=targeted(operator)).status_code == 201
    column = ["olaf", "rita", "ada"].index(name) * 2 + (whose == "other")
    answers = {}
    for verb in MATRIX:
        seen: dict[str, Any] = {}
        if verb in ("approve", "reject"):  # another person's version waits
            changed = targeted(operator, max_releases=8 if verb == "approve" else 9)
            assert ask("zoe", "PUT", "jobs/case", json=changed).status_code == 200
            seen = looked_at(ask, "case", "zoe")
        method, path, body = requests(verb, operator, seen)
        answers[verb] = ask(name, method, path, **({} if body is None else {"json": body})).status_code
    assert answers == {verb: statuses[column] for verb, statuses in MATRIX.items()}


def test_nobody_approves_what_they_wrote_for_another(ask: Ask) -> None:
    ask("ada", "PUT", "jobs/case", json=targeted("olaf"))
    answer = ask("ada", "POST", "jobs/case/approve", json=looked_at(ask, "case"))
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:facegate:problem:not-allowed")


def test_nobody_approves_what_they_did_not_see(ask: Ask) -> None:
    ask("olaf", "PUT", "jobs/case", json=targeted())
    seen = looked_at(ask, "case")
    ask("olaf", "PUT", "jobs/case", json=targeted(hosts=["elsewhere.example"]))
    for verb, body in (("approve", seen), ("reject", {**seen, "reason": "no order"})):
        assert ask("rita", "POST", f"jobs/case/{verb}", json=body).status_code == 409
        wrong = {**body, "version": 2}  # the right number and another's fingerprint
        assert ask("rita", "POST", f"jobs/case/{verb}", json=wrong).status_code == 409
        for missing in ("version", "fingerprint"):
            answer = ask("rita", "POST", f"jobs/case/{verb}", json={k: v for k, v in body.items() if k != missing})
            assert answer.status_code == 422
            assert answer.json()["errors"] == [{"field": missing, "detail": "is missing; write it"}]
    done = ask("rita", "POST", "jobs/case/approve", json=looked_at(ask, "case")).json()
    assert done == {"id": "case", "state": "approved", "version": 2, "waiting": None, "over": {}}


def test_a_token_is_replaced_with_an_overlap(ask: Ask) -> None:
    old = ask("olaf", "PUT", "jobs/case", json=untargeted()).json()["token"]
    key = ask("olaf", "POST", "jobs/case/signing-key").json()["signing_key"]
    assert len(bytes.fromhex(key)) == 32
    fresh = ask("olaf", "POST", "jobs/case/token", json={"overlap": 3600}).json()["token"]
    assert fresh != old
    assert ask("olaf", "POST", "jobs/case/signing-key").json()["signing_key"] != key
    for overlap in (-1, 604_801, 1.5, "1h", True, None):
        assert ask("olaf", "POST", "jobs/case/token", json={"overlap": overlap}).status_code == 422


def test_what_is_there_no_longer_or_not_yet(ask: Ask) -> None:
    assert ask("ada", "POST", "jobs/ghost/submit").status_code == 404
    ask("olaf", "PUT", "jobs/case", json=untargeted())
    assert ask("olaf", "POST", "jobs/case/submit").status_code == 409
    assert ask("olaf", "POST", "jobs/case/revoke", json={"reason": "over"}).json()["state"] == "revoked"
    assert ask("olaf", "POST", "jobs/case/revoke", json={"reason": "over"}).status_code == 409
    assert ask("olaf", "PUT", "jobs/case", json=untargeted()).status_code == 409
    assert ask("olaf", "POST", "jobs/case/token", json={}).status_code == 409
