import pytest
from facegate_addons.hooks.deny import Deny
from facegate_addons.hooks.exchange import exchange_of


@pytest.mark.parametrize("hook", ["requestheaders", "http_connect"])
def test_a_refusal_is_there_before_anything_else_can_fail(make_flow, hook):
    flow = make_flow()
    getattr(Deny(), hook)(flow)
    assert flow.response.status_code == 502
    assert not exchange_of(flow).may_leave
