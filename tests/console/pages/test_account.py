from collections.abc import Callable

from console.browsing import PASSWORD, Browser
from facegate.console.brake import FAILURES

NEW = "another long password "


def fields(present: str = PASSWORD, new: str = NEW, again: str | None = None) -> dict[str, str]:
    return {"present": present, "new": new, "again": new if again is None else again}


def test_a_new_password_ends_the_other_sessions_and_gives_this_one_another_id(
    as_user: Callable[[str], Browser], stranger: Browser
) -> None:
    here, there = as_user("rita"), as_user("rita")
    assert "logged in 2 times" in here.get("/account").text
    before = here.client.cookies["facegate"]
    answer = here.post("/account/password", fields())
    assert answer.status_code == 303
    assert here.client.cookies["facegate"] != before
    assert "Your password is changed." in here.get("/account").text
    assert "Your password is changed." not in here.get("/account").text
    assert there.get("/account").status_code == 303
    assert stranger.log_in("rita").status_code == 403
    assert stranger.log_in("rita", NEW).status_code == 303  # with the blank at its end


def test_what_is_wrong_stands_at_its_field(rita: Browser) -> None:
    for sent, status, why in (
        (fields(present="wrong"), 403, "is not your password"),
        (fields(again="other"), 422, "is not the same"),
        (fields(new="short"), 422, "at least 12 characters"),
        (fields(new="x" * 1_001), 400, "at most 1000 characters"),
    ):
        answer = rita.post("/account/password", sent)
        assert answer.status_code == status
        assert why in answer.text
        assert "wrong" not in sent.values() or "wrong" not in answer.text
    assert rita.get("/account").status_code == 200


def test_an_open_session_is_no_place_to_guess(rita: Browser) -> None:
    codes = [rita.post("/account/password", fields(present=f"guess {n}")).status_code for n in range(FAILURES + 1)]
    assert codes == [403] * FAILURES + [429]


def test_all_others_can_be_ended(as_user: Callable[[str], Browser]) -> None:
    here, there, other = as_user("eve"), as_user("eve"), as_user("rita")
    assert here.post("/account/sessions").status_code == 303
    assert (here.get("/").status_code, there.get("/").status_code, other.get("/").status_code) == (200, 303, 200)
    assert "here alone" in here.get("/account").text
