import pytest
from facegate.selftest.careless import Careless
from facegate.selftest.cases import CARELESS, unsealed
from mitmproxy import http
from mitmproxy.test import tflow

PICTURE = b"a picture"


def spoiled(deed: str) -> http.Response:
    flow = tflow.tflow(resp=True)
    flow.request.headers[CARELESS] = deed
    addon = Careless(PICTURE)
    addon.responseheaders(flow)
    addon.response(flow)
    assert flow.response
    return flow.response


@pytest.mark.parametrize("deed", [case.fields[CARELESS] for case in unsealed(PICTURE)])
def test_it_does_as_it_is_told(deed: str) -> None:
    response = spoiled(deed)
    trailers = response.trailers["x-photo"] if response.trailers else ""
    in_body = response.content == PICTURE
    assert (in_body, trailers, response.stream) == {
        "replaced": (True, "", False),
        "body": (True, "", False),
        "trailer": (False, PICTURE.hex(), False),
        "relayed": (False, "", True),
    }[deed]


def test_nobody_else_is_bothered() -> None:
    response, before = spoiled(""), tflow.tflow(resp=True).response
    assert before
    assert (response.content, response.trailers, response.stream) == (before.content, before.trailers, before.stream)
