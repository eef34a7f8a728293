import hashlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from facegate_addons.domain.job import Job, JobState, Kind, Outside, Scope, Spending
from facegate_addons.domain.model import Action, Clear, Cover, Delivery, Faces, Finding, Payload, Unreadable
from facegate_addons.domain.policy import Mode, Policy
from facegate_addons.domain.reasons import Reason
from facegate_addons.hooks.cutting import Window
from facegate_addons.hooks.exchange import exchange_of
from facegate_addons.hooks.scan import HASH_INLINE, Scan
from mitmproxy.connection import ConnectionState

PLAIN = Job("plain", "o")
SCOPE = Scope(
    Kind.INDIVIDUAL,
    ("case",),
    ("address",),
    legal_basis="law",
    reference="paper",
    expires=datetime(2099, 1, 1, tzinfo=UTC),
    max_releases=1,
)
TARGETED = Job("targeted", "o", scope=SCOPE, state=JobState.APPROVED)
FACES = Faces((Finding((0, 0, 9, 9), 0.9),))
REDACTED = Faces(FACES.findings, b"redacted")
REDACT = Policy(faces=Action.REDACT, cover=Cover.MOSAIC)


def scan(ports, eye, *jobs, budget=1):
    return Scan(eye, ports.jobs(*jobs, budget=budget), Policy)


def asked(make_flow, body, job=PLAIN, status=200, **headers):
    flow = make_flow(body, status, **headers)
    exchange_of(flow).job = job
    return flow


@pytest.mark.parametrize("size", [1, HASH_INLINE + 1])
async def test_a_pass_is_bound_to_the_digest_of_what_was_looked_at(make_flow, ports, size):
    body = b"x" * size
    flow, eye = asked(make_flow, body), ports.eye()
    await scan(ports, eye).response(flow)
    exchange = exchange_of(flow)
    assert eye.seen[0].body is exchange.body is flow.response.raw_content
    assert exchange.decision.action is Action.PASS
    assert exchange.decision.digest == hashlib.sha256(body).hexdigest()
    assert eye.seen[0].hashed.body is exchange.body  # nobody has to hash it again
    assert eye.seen[0].digest == exchange.digest


@pytest.mark.parametrize("verdict", [FACES, Unreadable(Reason.UNKNOWN_TYPE)])
async def test_faces_and_unreadable_do_not_pass(make_flow, ports, verdict):
    flow = asked(make_flow, b"x")
    await scan(ports, ports.eye(verdict)).response(flow)
    assert exchange_of(flow).decision.action is Action.QUARANTINE


async def test_an_inspector_that_raises_after_all_is_a_refusal(make_flow, ports):
    flow = asked(make_flow, b"x")
    await scan(ports, ports.eye(RuntimeError("x"))).response(flow)
    assert exchange_of(flow).decision.reason is Reason.INTERNAL


async def test_overload_is_no_verdict(make_flow, ports):
    flow = asked(make_flow, b"x")
    await scan(ports, ports.eye(Unreadable(Reason.OVERLOADED))).response(flow)
    assert exchange_of(flow).decision.action is Action.REFUSE
    assert exchange_of(flow).decision.reason is Reason.OVERLOADED


async def test_a_release_is_counted_until_the_budget_is_spent(make_flow, ports):
    step = scan(ports, ports.eye(FACES), TARGETED)
    reasons = []
    for _ in range(2):
        flow = asked(make_flow, b"x", TARGETED)
        await step.response(flow)
        reasons.append((exchange_of(flow).decision.action, exchange_of(flow).decision.reason))
    assert reasons == [(Action.PASS, Reason.TARGETED), (Action.QUARANTINE, Reason.BUDGET_SPENT)]


async def test_a_release_that_cannot_be_counted_is_refused(make_flow, ports):
    jobs, flow = ports.jobs(TARGETED), asked(make_flow, b"x", TARGETED)

    async def fails(_job_id, _spending):
        raise OSError("disk")

    jobs.spend = fails
    await Scan(ports.eye(FACES), jobs, Policy).response(flow)
    assert (exchange_of(flow).decision.action, exchange_of(flow).decision.reason) == (
        Action.REFUSE,
        Reason.STATE_FAILED,
    )


@pytest.mark.parametrize("now", [JobState.REVOKED, JobState.EXPIRED])
@pytest.mark.parametrize("verdict", [FACES, Clear("text")])
async def test_a_job_that_ended_while_it_waited_gets_nothing(make_flow, ports, now, verdict):
    flow = asked(make_flow, b"x", TARGETED)
    await scan(ports, ports.eye(verdict), replace(TARGETED, state=now)).response(flow)
    assert (exchange_of(flow).decision.action, exchange_of(flow).decision.reason) == (
        Action.REFUSE,
        Reason.JOB_INACTIVE,
    )


@pytest.mark.parametrize("now", [JobState.PENDING])
async def test_a_job_counts_as_it_is_now(make_flow, ports, now):
    changed = Job("targeted", "o", scope=SCOPE, state=now)
    flow = asked(make_flow, b"x", TARGETED)
    await scan(ports, ports.eye(FACES), changed).response(flow)
    assert exchange_of(flow).decision.reason is Reason.FACES


async def test_nothing_to_look_at_passes_unlooked_at(make_flow, ports):
    eye, flow = ports.eye(), asked(make_flow, b"", status=204)
    await scan(ports, eye).response(flow)
    assert exchange_of(flow).decision.reason is Reason.NO_BODY
    assert eye.seen == []


async def test_a_long_header_is_something_to_look_at(make_flow, ports):
    eye, flow = ports.eye(FACES), asked(make_flow, b"", status=204, Set_Cookie="i=" + "A" * 400)
    await scan(ports, eye).response(flow)
    assert exchange_of(flow).decision.reason is Reason.FACES
    assert len(eye.seen[0].headers) == 1


async def test_what_inspection_is_told(make_flow, ports):
    eye = ports.eye(Clear("x"))
    flow = asked(make_flow, b"x", Content_Type="image/png", Content_Encoding="GZIP, br ,")
    await scan(ports, eye).response(flow)
    assert (eye.seen[0].content_type, eye.seen[0].codings) == ("image/png", ("gzip", "br"))


async def test_nobody_looks_for_a_client_that_left_or_was_refused(make_flow, ports):
    eye = ports.eye()
    left, refused = asked(make_flow, b"x"), asked(make_flow, b"x")
    left.client_conn.state = ConnectionState.CLOSED
    exchange_of(refused).refuse(Reason.PARTIAL_CONTENT)
    for flow in (left, refused):
        await scan(ports, eye).response(flow)
        assert exchange_of(flow).decision.action is Action.REFUSE
    assert eye.seen == []


@pytest.mark.parametrize("size", [1, HASH_INLINE + 1])
async def test_a_redaction_is_bound_to_the_digest_of_the_copy(make_flow, ports, size):
    eye, flow = ports.eye(Faces(FACES.findings, b"r" * size)), asked(make_flow, b"x")
    await Scan(eye, ports.jobs(), lambda: REDACT).response(flow)
    exchange = exchange_of(flow)
    assert eye.seen[0].cover is Cover.MOSAIC
    assert (exchange.decision.action, exchange.decision.reason) == (Action.REDACT, Reason.FACES)
    assert exchange.decision.digest == exchange.redacted_digest == hashlib.sha256(b"r" * size).hexdigest()
    assert exchange.redacted is eye.verdict.redacted
    assert exchange.digest == hashlib.sha256(b"x").hexdigest()


async def test_what_cannot_be_redacted_is_quarantined_and_says_why(make_flow, ports):
    flow = asked(make_flow, b"x")
    await Scan(ports.eye(Faces(FACES.findings, unredacted="why")), ports.jobs(), lambda: REDACT).response(flow)
    exchange = exchange_of(flow)
    assert (exchange.decision.action, exchange.decision.digest) == (Action.QUARANTINE, exchange.digest)
    assert exchange.detail == "why"


async def test_a_worker_that_gives_the_original_back_changes_nothing(make_flow, ports):
    flow = asked(make_flow, b"x")
    await Scan(ports.eye(Faces(FACES.findings, b"x")), ports.jobs(), lambda: REDACT).response(flow)
    assert exchange_of(flow).decision.action is Action.QUARANTINE


async def test_a_copy_is_asked_for_only_where_it_could_be_used(make_flow, ports):
    eye = ports.eye(FACES)
    flow = asked(make_flow, b"x", TARGETED)
    await Scan(eye, ports.jobs(TARGETED), lambda: REDACT).response(flow)
    assert exchange_of(flow).decision.reason is Reason.TARGETED
    for policy in (Policy(), Policy(faces=Action.DROP)):
        await Scan(eye, ports.jobs(), lambda now=policy: now).response(asked(make_flow, b"x"))
    assert [payload.cover for payload in eye.seen] == [None] * 3


async def test_in_scope_with_nothing_left_of_the_budget_there_is_no_copy(make_flow, ports):
    flow = asked(make_flow, b"x", TARGETED)
    await Scan(ports.eye(FACES), ports.jobs(TARGETED, budget=0), lambda: REDACT).response(flow)
    assert (exchange_of(flow).decision.action, exchange_of(flow).decision.reason) == (
        Action.QUARANTINE,
        Reason.BUDGET_SPENT,
    )


async def test_the_policy_counts_as_it_is_when_the_verdict_is_there(make_flow, ports):
    """A reload in between: what was not asked for is not there, and what is no longer wanted is not used."""
    for first, then, verdict in ((Policy(), REDACT, FACES), (REDACT, Policy(), REDACTED)):
        policies, flow = iter((first, then)), asked(make_flow, b"x")
        await Scan(ports.eye(verdict), ports.jobs(), lambda policies=policies: next(policies)).response(flow)
        assert exchange_of(flow).decision.action is Action.QUARANTINE


COUNTED = Job("counted", "o", scope=replace(SCOPE, max_responses=1), state=JobState.APPROVED)
NARROW = replace(COUNTED, scope=replace(COUNTED.scope, outside=Outside.REFUSE))


@pytest.mark.parametrize(
    ("job", "second"),
    [
        (COUNTED, (Action.PASS, Reason.CLEAR)),  # beyond its budget it crawls on as an untargeted one
        (NARROW, (Action.REFUSE, Reason.OUT_OF_SCOPE)),
    ],
)
async def test_a_budget_of_responses_counts_those_without_faces(make_flow, ports, job, second):
    jobs, said = ports.jobs(job, budget=0), []

    async def spend(_job_id, spending):
        jobs.asked.append(spending)
        return Reason.BUDGET_SPENT if len(jobs.asked) > 1 else None

    jobs.spend, jobs.asked = spend, []
    for _ in range(2):
        flow = asked(make_flow, b"four", job)
        await Scan(ports.eye(), jobs, Policy).response(flow)
        said.append((exchange_of(flow).decision.action, exchange_of(flow).decision.reason))
    assert said == [(Action.PASS, Reason.CLEAR), second]
    assert jobs.asked == [Spending(4, version=1), Spending(4, version=1)]


async def test_what_a_release_takes_is_its_bytes_and_its_faces(make_flow, ports):
    jobs, taken = ports.jobs(TARGETED), []

    async def spend(_job_id, spending):
        taken.append(spending)

    jobs.spend = spend
    two = Faces(FACES.findings * 2)
    await Scan(ports.eye(two), jobs, Policy).response(asked(make_flow, b"seven b", TARGETED))
    assert taken == [Spending(7, faces=2, version=1)]
    assert taken[0].releases == 1


async def test_what_adds_up_to_too_much_is_withheld_for_that_reason(make_flow, ports):
    jobs, flow = ports.jobs(TARGETED), asked(make_flow, b"x", TARGETED)

    async def spend(_job_id, _spending):
        return Reason.ACCUMULATION

    jobs.spend = spend
    await Scan(ports.eye(FACES), jobs, Policy).response(flow)
    decision = exchange_of(flow).decision
    assert (decision.action, decision.reason) == (Action.QUARANTINE, Reason.ACCUMULATION)
    assert decision.digest == hashlib.sha256(b"x").hexdigest()


async def test_a_job_may_ask_for_redaction_whatever_the_policy(make_flow, ports):
    job, eye = Job("painter", "o", redact=True), ports.eye(REDACTED)
    flow = asked(make_flow, b"x", job)
    await Scan(eye, ports.jobs(job), Policy).response(flow)
    assert eye.seen[0].cover is Cover.SOLID
    assert exchange_of(flow).decision.action is Action.REDACT


OBSERVE = Policy(mode=Mode.OBSERVE)


@pytest.mark.parametrize("verdict", [FACES, Unreadable(Reason.UNKNOWN_TYPE), Unreadable(Reason.INSPECTION_FAILED)])
@pytest.mark.parametrize(
    "policy", [OBSERVE, replace(OBSERVE, faces=Action.DROP), replace(OBSERVE, faces=Action.REDACT)]
)
async def test_observing_passes_the_bytes_that_were_looked_at(make_flow, ports, verdict, policy):
    flow, eye = asked(make_flow, b"x"), ports.eye(verdict)
    await Scan(eye, ports.jobs(), lambda: policy).response(flow)
    decision = exchange_of(flow).decision
    assert (decision.action, decision.digest) == (Action.PASS, hashlib.sha256(b"x").hexdigest())
    assert decision.observed is (policy.faces if verdict is FACES else policy.unreadable)
    assert eye.seen[0].cover is None


async def test_observing_counts_what_is_released_and_no_more(make_flow, ports):
    jobs, seen = ports.jobs(TARGETED, budget=1), []
    for _ in range(2):
        flow = asked(make_flow, b"x", TARGETED)
        await Scan(ports.eye(FACES), jobs, lambda: OBSERVE).response(flow)
        seen.append((exchange_of(flow).decision.reason, exchange_of(flow).decision.observed))
        assert exchange_of(flow).decision.action is Action.PASS
    assert seen == [(Reason.TARGETED, None), (Reason.BUDGET_SPENT, Action.QUARANTINE)]


@pytest.mark.parametrize("verdict", [RuntimeError("x"), Unreadable(Reason.OVERLOADED)])
async def test_observing_passes_nothing_undecided(make_flow, ports, verdict):
    flow = asked(make_flow, b"x")
    await Scan(ports.eye(verdict), ports.jobs(), lambda: OBSERVE).response(flow)
    assert (exchange_of(flow).decision.action, exchange_of(flow).decision.observed) == (Action.REFUSE, None)


async def test_observing_refuses_a_release_that_cannot_be_counted(make_flow, ports):
    jobs, flow = ports.jobs(TARGETED), asked(make_flow, b"x", TARGETED)

    async def fails(_job_id, _spending):
        raise OSError("disk")

    jobs.spend = fails
    await Scan(ports.eye(FACES), jobs, lambda: OBSERVE).response(flow)
    assert exchange_of(flow).decision.reason is Reason.STATE_FAILED
    assert exchange_of(flow).decision.action is Action.REFUSE


async def test_the_mode_counts_as_it_is_when_the_verdict_is_there(make_flow, ports):
    for first, then, action in ((OBSERVE, Policy(), Action.QUARANTINE), (REDACT, OBSERVE, Action.PASS)):
        policies, flow = iter((first, then)), asked(make_flow, b"x")
        await Scan(ports.eye(REDACTED), ports.jobs(), lambda policies=policies: next(policies)).response(flow)
        decision = exchange_of(flow).decision
        assert (decision.action, decision.digest) == (action, hashlib.sha256(b"x").hexdigest())


async def test_a_body_is_looked_at_whole_for_a_job_in_scope_only(make_flow, ports):
    elsewhere = replace(TARGETED, scope=replace(SCOPE, hosts=("elsewhere",)))
    for job, whole in ((TARGETED, True), (PLAIN, False), (elsewhere, False), (replace(TARGETED, redact=True), True)):
        eye = ports.eye()
        await Scan(eye, ports.jobs(job), lambda: REDACT).response(asked(make_flow, b"x", job))
        assert [(payload.whole, payload.cover is None) for payload in eye.seen] == [(whole, whole)]


@pytest.mark.parametrize("verdict", [FACES, Clear("x")])
async def test_what_came_into_scope_while_it_was_looked_at_is_not_released(make_flow, ports, verdict):
    """Nobody counted its faces. What has none is counted as a response, as ever."""
    jobs, taken, eye = ports.jobs(PLAIN), [], ports.eye(verdict)
    approved = replace(COUNTED, id=PLAIN.id)
    inspect = eye.inspect

    async def approves(payload):
        jobs.jobs[PLAIN.id] = approved
        return await inspect(payload)

    async def spend(_job_id, spending):
        taken.append(spending)

    eye.inspect, jobs.spend = approves, spend
    flow = asked(make_flow, b"four")
    await Scan(eye, jobs, Policy).response(flow)
    assert eye.seen[0].whole is False
    if verdict is FACES:
        assert exchange_of(flow).decision.action is Action.QUARANTINE
        assert exchange_of(flow).decision.reason is Reason.FACES
        assert taken == []
    else:
        assert exchange_of(flow).decision.action is Action.PASS
        assert taken == [Spending(4, version=1)]


async def test_what_left_the_scope_while_it_was_looked_at_is_withheld(make_flow, ports):
    jobs, eye = ports.jobs(TARGETED), ports.eye(FACES)
    inspect = eye.inspect

    async def revokes(payload):
        jobs.jobs["targeted"] = replace(TARGETED, scope=replace(SCOPE, hosts=("other.example",)))
        return await inspect(payload)

    eye.inspect, flow = revokes, asked(make_flow, b"x", TARGETED)
    await Scan(eye, jobs, Policy).response(flow)
    assert eye.seen[0].whole is True
    assert exchange_of(flow).decision.action is Action.QUARANTINE


MORE = Faces(FACES.findings * 3)
UNREAD = Unreadable(Reason.UNKNOWN_TYPE)


@pytest.mark.parametrize(
    ("job", "verdicts", "looks", "action", "faces"),
    [
        (TARGETED, (FACES, MORE), 2, Action.PASS, 3),
        (TARGETED, (MORE, FACES), 2, Action.PASS, 3),
        (TARGETED, (FACES, Clear("text")), 2, Action.PASS, 1),
        (TARGETED, (Clear("text"), FACES), 2, Action.PASS, 1),
        (TARGETED, (FACES, UNREAD), 2, Action.QUARANTINE, 0),
        (TARGETED, (UNREAD, FACES), 1, Action.QUARANTINE, 0),
        (PLAIN, (FACES, MORE), 1, Action.QUARANTINE, 1),
        (PLAIN, (Clear("text"), MORE), 2, Action.QUARANTINE, 3),
    ],
)
async def test_both_looks_at_a_window_count(make_flow, ports, job, verdicts, looks, action, faces):
    flow, eye, left = asked(make_flow, b"", job), ports.eye(), iter(verdicts)

    async def inspect(payload):
        eye.seen.append(payload)
        return next(left)

    eye.inspect = inspect
    window = Window(b"frame", Payload(b"message"), text=True, joined=Payload(b"all messages"))
    await Scan(eye, ports.jobs(job), Policy).judge_window(flow, window)
    decision = exchange_of(flow).decision
    assert (len(eye.seen), decision.action, len(decision.findings)) == (looks, action, faces)
    assert {payload.whole for payload in eye.seen} == {job is TARGETED}
    assert decision.digest == hashlib.sha256(b"frame" if action is Action.PASS else eye.seen[-1].body).hexdigest()


class Corrected:
    def __init__(self, digest: str, codings: tuple[str, ...] = ()) -> None:
        self.known = (digest, codings)

    def corrected(self, digest: str, codings: tuple[str, ...], operator: str) -> bool:
        return (digest, codings) == self.known and operator == "o"


LONG = "n" * 2_000  # of a header: what is long enough is looked at


def digest_of(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


async def test_a_corrected_body_passes_and_is_not_looked_at_again(make_flow, ports):
    flow, eye = asked(make_flow, b"x"), ports.eye(FACES)
    await Scan(eye, ports.jobs(), Policy, Corrected(digest_of(b"x"))).response(flow)
    decision = exchange_of(flow).decision
    assert (decision.action, decision.reason, decision.digest) == (
        Action.PASS,
        Reason.FALSE_POSITIVE,
        digest_of(b"x"),
    )
    assert eye.seen == []


@pytest.mark.parametrize(
    ("body", "headers", "known"),
    [
        (b"y", {}, ()),  # another body
        (b"x", {"Content_Encoding": "gzip"}, ()),  # which shows something else than the one that was reviewed
        (b"x", {}, ("gzip",)),
    ],
)
async def test_a_correction_is_of_one_body_under_its_codings(make_flow, ports, body, headers, known):
    flow = asked(make_flow, body, **headers)
    await Scan(ports.eye(FACES), ports.jobs(), Policy, Corrected(digest_of(b"x"), known)).response(flow)
    assert exchange_of(flow).decision.action is Action.QUARANTINE


@pytest.mark.parametrize("verdict", [Clear("empty"), FACES, Unreadable(Reason.OPAQUE_TEXT)])
async def test_the_head_that_comes_with_a_corrected_body_is_looked_at(make_flow, ports, verdict):
    flow, eye = asked(make_flow, b"x", X_Picture=LONG), ports.eye(verdict)
    await Scan(eye, ports.jobs(), Policy, Corrected(digest_of(b"x"))).response(flow)
    ((payload),) = eye.seen
    assert payload.body == b""
    assert LONG in payload.headers
    decision, exchange = exchange_of(flow).decision, exchange_of(flow)
    assert (decision.action is Action.PASS) == isinstance(verdict, Clear)
    assert exchange.payload.body == b"x"  # what goes to the quarantine is the body, as ever


async def test_no_correction_of_a_segment_that_needs_others(make_flow, ports):
    def box(name: bytes, body: bytes = b"") -> bytes:
        return (8 + len(body)).to_bytes(4) + name + body

    init = box(b"ftyp") + box(b"moov", box(b"mvex"))
    segment = box(b"styp") + box(b"moof")
    step = Scan(ports.eye(Clear("mp4")), ports.jobs(), Policy, Corrected(digest_of(segment)))
    for body in (init, segment):
        flow = asked(make_flow, body)
        await step.response(flow)
    assert exchange_of(flow).payload.inits == (init,)
    assert exchange_of(flow).decision.reason is Reason.CLEAR


@pytest.mark.parametrize(("digest", "action"), [(digest_of(b"x"), Action.PASS), ("another", Action.REFUSE)])
async def test_what_is_delivered_is_bound_to_what_was_released(make_flow, ports, digest, action):
    flow, eye = asked(make_flow, b"x"), ports.eye(FACES)
    exchange_of(flow).delivery = Delivery("l", "r", b"x", digest, "image/png", (), FACES.findings)
    await scan(ports, eye).response(flow)
    assert exchange_of(flow).decision.action is action
    assert eye.seen == []
