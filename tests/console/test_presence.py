from collections.abc import Callable

import pytest
from console.browsing import PASSWORD, Browser
from facegate.console.access import Refused
from facegate.console.presence import LONGEST_PASSWORD, Doubt, doubted, secret
from facegate.console.site import Site
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request


class Door:
    """Answers `found`."""

    def __init__(self, found: object) -> None:
        self.found, self.asked = found, ()

    def check(self, *asked: str) -> object:
        self.asked = asked
        return self.found


def site_with(door: Door) -> Site:
    site = Site.__new__(Site)
    site.door = door  # type: ignore[assignment]
    return site


def request(present: object = "") -> Request:
    made = Request({"type": "http", "client": ("192.0.2.7", 1), "headers": [], "query_string": b""})
    made.state.form = FormData([("present", present)])  # type: ignore[list-item]
    made.state.session = type("Session", (), {"user": "rita", "role": "reviewer"})()
    return made


def test_whoever_knows_the_password_is_not_doubted() -> None:
    door = Door("an account")
    assert doubted(site_with(door), request(), "a long password ") is None
    assert door.asked == ("rita", "a long password ", "192.0.2.7")


@pytest.mark.parametrize(
    ("refused", "doubt"),
    [
        (Refused(), Doubt(403, "is not your password")),
        (Refused(60), Doubt(429, "was wrong too often; wait 60 seconds")),
    ],
)
def test_a_wrong_one_and_one_too_many(refused: Refused, doubt: Doubt) -> None:
    assert doubted(site_with(Door(refused)), request(), "wrong") == doubt


def test_a_password_is_taken_as_it_was_typed() -> None:
    site = site_with(Door(None))
    assert secret(site, request(" with blanks "), "present") == " with blanks "
    assert secret(site, request(), "another") == ""
    with pytest.raises(HTTPException, match="at most"):
        secret(site, request("x" * (LONGEST_PASSWORD + 1)), "present")


def test_at_the_real_door(as_user: Callable[[str], Browser]) -> None:
    rita = as_user("rita")
    wrong = {"present": "wrong", "new": "another long password", "again": "another long password"}
    assert rita.post("/account/password", wrong).status_code == 403
    assert rita.post("/account/password", wrong | {"present": PASSWORD}).status_code == 303
