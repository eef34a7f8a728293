import pytest
from console.browsing import Browser
from facegate.console.sessions import Session
from facegate.console.site import Visitor, own_path
from facegate.jobs.lifecycle import Actor


@pytest.mark.parametrize("path", ["/", "/queue?state=open&job=a%2Fb", "/records/0123#history"])
def test_own_paths_stay(path: str) -> None:
    assert own_path(path) == path


@pytest.mark.parametrize(
    "path", ["", "queue", "//evil", "/\\evil", "\\\\evil", "https://evil", "/a\nb", "/a\0", " /a", "/" + "a" * 4_000]
)
def test_others_lead_home(path: str) -> None:
    assert own_path(path) == "/"


def visitor(name: str, role: str) -> Visitor:
    return Visitor(name, role, Session(name, role, "", 0, 0, 0))


def test_operators_see_their_own_others_all() -> None:
    assert visitor("acme", "operator").sees("ACME")
    assert not visitor("acme", "operator").sees("other")
    assert visitor("rita", "reviewer").sees("other")
    assert visitor("rita", "reviewer").actor == Actor("rita", "reviewer", "console")


def test_the_menu_says_where_one_is(rita: Browser) -> None:
    assert '<a href="/queue" aria-current="page">' in rita.get("/queue").text
    assert 'href="/queue" aria-current' not in rita.get("/").text


def test_what_is_asked_for_is_bounded(rita: Browser) -> None:
    assert rita.get(f"/queue?state={'a' * 3_000}").status_code == 400
