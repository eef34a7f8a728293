import json

from facegate_addons.domain.job import Job
from facegate_addons.domain.reasons import Reason
from facegate_addons.hooks.exchange import exchange_of
from facegate_addons.hooks.refusal import refusal


def test_it_is_a_problem_document_of_the_decision(make_flow):
    flow = make_flow(b"secret body")
    exchange = exchange_of(flow)
    exchange.job, exchange.record = Job("job-1", "o"), "rec-1"
    exchange.refuse(Reason.NO_CREDENTIALS)
    response = refusal(flow)
    assert (response.status_code, response.headers["Content-Type"]) == (407, "application/problem+json")
    document = json.loads(response.raw_content)
    assert (document["reason"], document["job"], document["record"]) == ("no-credentials", "job-1", "rec-1")
    assert b"secret" not in response.raw_content
    assert exchange.is_ours(response)


def test_an_answer_to_head_has_no_body(make_flow):
    flow = make_flow()
    flow.request.method = "HEAD"
    response = refusal(flow)
    assert (response.raw_content, response.headers["Content-Length"]) == (b"", "0")
