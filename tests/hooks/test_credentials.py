import base64

import pytest
from facegate_addons.domain.job import Job
from facegate_addons.hooks.credentials import Presented, named_in_authorization, parse_basic, take, take_token
from hypothesis import given
from hypothesis import strategies as st


def basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("value", "pair"),
    [
        (basic("a:b"), ("a", "b")),
        (basic("a:b:c"), ("a", "b:c")),
        (basic("a:"), ("a", "")),
        ("basic   " + basic("a:b")[6:], ("a", "b")),
        (basic("a:b").replace(" ", "\t"), ("a", "b")),
        (basic("a:b").replace(" ", " \t "), ("a", "b")),
        (" ", None),
        (basic("ab"), None),
        ("Bearer abc", None),
        ("Basic ????", None),
        ("Basic é", None),
        ("Basic", None),
        ("", None),
        ("Basic " + base64.b64encode(b"\xff:\xff").decode(), None),
    ],
)
def test_basic_credentials(value, pair):
    assert parse_basic(value) == pair


@given(st.text())
def test_any_text_is_credentials_or_none(text):
    parsed = parse_basic(text)
    assert parsed is None or len(parsed) == 2


def test_what_is_meant_for_the_gateway_is_taken_off(make_flow):
    request = make_flow().request
    request.headers.set_all("Proxy-Authorization", ["a", "b"])
    request.headers.set_all("FaceGate-job", ["c"])
    request.headers.set_all("Facegate-Release", ["r", "s"])
    request.headers["facegate-else"] = request.headers["WARCPROX-META"] = "x"
    request.headers["Host"] = "job:token@news.example:8080"
    request.headers.set_all("Referer", ["http://job:token@news.example/a@b", "//t@x/"])
    assert take(request) == Presented(["c"], ["a", "b"], ["r", "s"])
    assert dict(request.headers) == {"host": "news.example:8080", "Referer": "http://news.example/a@b, //x/"}


@pytest.mark.parametrize(
    ("origin", "left"),
    [
        ("http://job:token@news.example", "http://news.example"),
        ("HTTPS://job:to@ken@news.example:8443", "HTTPS://news.example:8443"),
        (
            "http://a.example http://job:token@b.example\thttp://job:token@c",
            "http://a.example http://b.example\thttp://c",
        ),
        ("null", "null"),
        ("http://news.example", "http://news.example"),
    ],
)
def test_an_origin_has_no_userinfo(make_flow, origin, left):
    request = make_flow().request
    request.headers["Origin"] = origin
    take(request)
    assert request.headers["Origin"] == left


@pytest.mark.parametrize(
    "referer",
    ["http://a/http://b@c", "http://news.example/a@b", "http://news.example?a@b", "mailto:a@b", "http://h/#@"],
)
def test_other_signs_stay(make_flow, referer):
    request = make_flow().request
    request.headers["Referer"] = referer
    take(request)
    assert request.headers["Referer"] == referer


async def test_a_token_among_an_origins_credentials(make_flow, ports):
    request = make_flow().request
    others = [basic("job:other"), "Bearer job:to:ken", basic("Someone Else:to:ken")]
    request.headers.set_all("Authorization", [*others, basic("job:to:ken"), basic("job:to:ken")])
    request.headers.add("Authorization", basic("job:to:ken").replace(" ", "\t"))
    assert await take_token(request, ports.jobs(Job("job", "op"))) == ("job", "to:ken")
    assert request.headers.get_all("Authorization") == others
    assert await take_token(request, ports.jobs(Job("job", "op"))) is None
    assert named_in_authorization(request) == "job"
