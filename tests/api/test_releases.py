import httpx

from tests.api.test_records import Ask, three

__all__ = ["three"]


def test_released_by_two_people(ask: Ask) -> None:
    def post(who: str, path: str, body: dict[str, str] | None = None) -> httpx.Response:
        return ask(who, "POST", path, json=body or {})

    asked = post("rita", "records/record-1/release", {"reason": "a statue"}).json()
    assert (asked["state"], asked["job"], asked["asked_by"]) == ("waiting", "crawl", "rita")
    assert ask("ada", "GET", "releases?state=waiting").json()["releases"] == [asked]
    assert post("rita", f"releases/{asked['id']}/second").status_code == 403
    assert post("ada", f"releases/{asked['id']}/second").json()["state"] == "granted"
    assert post("ada", f"releases/{asked['id']}/second").status_code == 409
    assert post("ada", f"releases/{asked['id']}/withdraw", {"note": "wait"}).json()["how"] == "by ada: wait"
    assert post("ada", f"releases/{'0' * 32}/withdraw").status_code == 404
    assert ask("rita", "GET", "records/record-1").json()["state"] == "open"


def test_a_correction_is_revoked(ask: Ask) -> None:
    ask("rita", "POST", "records/record-1/false-positive", json={"reason": "a statue"})
    (found,) = ask("ada", "GET", "corrections?in_force=true").json()["corrections"]
    assert (found["record"], found["by"]) == ("record-1", "rita")
    revoke = f"corrections/{found['seq']}/revoke"
    assert ask("olaf", "POST", revoke, json={"reason": "a person"}).status_code == 403
    assert ask("ada", "POST", revoke, json={"reason": "a person"}).json()["state"] == "open"
    assert ask("ada", "POST", revoke, json={"reason": "a person"}).status_code == 409
    assert ask("ada", "GET", "corrections?in_force=true").json()["corrections"] == []
