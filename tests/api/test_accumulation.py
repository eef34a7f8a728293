from collections.abc import Callable

import httpx
from api.bodies import looked_at, targeted

Ask = Callable[..., httpx.Response]


def approved(ask: Ask, operator: str = "olaf") -> None:
    ask("ada", "PUT", f"jobs/{operator}", json=targeted(operator))
    assert ask("rita", "POST", f"jobs/{operator}/approve", json=looked_at(ask, operator)).status_code == 200


def test_operators_see_their_own_only(ask: Ask) -> None:
    approved(ask)
    approved(ask, "acme")
    assert [it["operator"] for it in ask("rita", "GET", "accumulation").json()["operators"]] == ["acme", "olaf"]
    page = ask("ada", "GET", "accumulation?limit=1").json()
    assert (len(page["operators"]), page["next"]) == (1, "acme")
    assert ask("rita", "GET", "accumulation/acme").json()["elsewhere"] != []  # both look for the same person
    own = ask("olaf", "GET", "accumulation/OLAF").json()
    assert (own["totals"]["subjects"], own["elsewhere"]) == (1, [])
    assert ask("olaf", "GET", "accumulation/acme").status_code == 403
    assert ask("olaf", "GET", "accumulation").status_code == 403
    assert ask("rita", "GET", "accumulation/nobody").status_code == 404


def test_only_what_is_stopped_is_signed_by_a_reviewer(ask: Ask) -> None:
    approved(ask)
    body = {"reason": "looked at it all"}
    assert ask("olaf", "POST", "accumulation/olaf/sign", json=body).status_code == 403
    assert ask("rita", "POST", "accumulation/olaf/sign", json=body).status_code == 409
    assert ask("rita", "POST", "accumulation/olaf/sign", json={}).status_code == 422
    assert ask("rita", "POST", "accumulation/nobody/sign", json=body).status_code == 404
