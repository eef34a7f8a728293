"""The life of a job: each way a person may take it, and each way they may not, with what they are told."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from facegate.errors import Conflict, FacegateError, NotAllowed
from facegate.jobs import lifecycle
from facegate.jobs.document import compact, fingerprint, job_document
from facegate.jobs.lifecycle import Actor, is_exhausted
from facegate.jobs.record import RegisteredJob, Spent, Token, VersionState
from facegate_addons.domain.job import Job, JobState, Kind, Scope

NOW = datetime(2030, 6, 1, 12, tzinfo=UTC)
ROOT = Actor("os:root")
FILE = Actor("file:case.toml", via="file")
ACME, OTHER = Actor("acme", "operator"), Actor("olga", "operator")
EVE, ADA, BOSS = Actor("eve", "reviewer"), Actor("ada", "admin"), Actor("ACME", "admin")
ENDS = NOW + timedelta(days=30)
SCOPE = Scope(
    Kind.INDIVIDUAL, ("c",), ("news.example",), legal_basis="law", reference="1", expires=ENDS, max_releases=5
)
CASE = Job("case", "acme", "find one", SCOPE)
WIDER = replace(CASE, scope=replace(SCOPE, hosts=("news.example", "more.example")))
BROAD = Job("case", "acme", "text")

Life = Callable[[], RegisteredJob]


def register(
    before: RegisteredJob | None, job: Job = CASE, by: Actor = ROOT, *, draft: bool = False, now: datetime = NOW
) -> RegisteredJob:
    return lifecycle.registered(before, job, by, now, draft=draft)


def approve(
    job: RegisteredJob,
    by: Actor = EVE,
    *,
    version: int | None = None,
    seen: str | None = None,
    now: datetime = NOW,
) -> RegisteredJob:
    return lifecycle.approved(job, by, now, version=version, seen=seen, why="paper")


def reject(job: RegisteredJob, by: Actor = EVE, version: int | None = None) -> RegisteredJob:
    return lifecycle.rejected(job, by, NOW, version=version, why="no paper")


def withdraw(job: RegisteredJob, by: Actor = ACME, version: int | None = None) -> RegisteredJob:
    return lifecycle.withdrawn(job, by, NOW, version=version)


def pending() -> RegisteredJob:
    return register(None)


def drafted() -> RegisteredJob:
    return register(None, draft=True)


def active() -> RegisteredJob:
    return register(None, BROAD)


def approved() -> RegisteredJob:
    return approve(pending())


def changed() -> RegisteredJob:
    """Version 1 in force, version 2 waiting."""
    return register(approved(), WIDER)


def spent() -> RegisteredJob:
    return replace(approved(), spent=Spent(releases=5), state=JobState.EXHAUSTED)


def revoked() -> RegisteredJob:
    return lifecycle.revoked(approved(), ROOT, NOW)


def late() -> RegisteredJob:
    return lifecycle.expired(approved(), ENDS)


def states(job: RegisteredJob) -> str:
    """The job's state, and those of its versions."""
    return " ".join([str(job.state), *(str(version.state) for version in job.versions)])


TRANSITIONS: list[tuple[str, Life, str]] = [
    ("an untargeted job is active at once", active, "active in-force"),
    ("a targeted one waits", pending, "pending pending"),
    ("a draft does not", drafted, "draft draft"),
    ("nor does an untargeted draft", lambda: register(None, BROAD, draft=True), "draft draft"),
    ("a draft is submitted", lambda: lifecycle.submitted(drafted(), ACME, NOW), "pending pending"),
    (
        "an untargeted draft is in force by it",
        lambda: lifecycle.submitted(register(None, BROAD, draft=True), ACME, NOW),
        "active in-force",
    ),
    ("registering what a draft says submits it", lambda: register(drafted()), "pending pending"),
    ("registering a draft again leaves it", lambda: register(drafted(), draft=True), "draft draft"),
    ("a reviewer approves", approved, "approved in-force"),
    ("so does an admin", lambda: approve(pending(), ADA), "approved in-force"),
    ("a reviewer rejects", lambda: reject(pending()), "draft rejected"),
    ("what was rejected may be asked for again", lambda: register(reject(pending())), "pending rejected pending"),
    ("a change waits, the old stays in force", changed, "approved in-force pending"),
    ("a change may be a draft", lambda: register(approved(), WIDER, draft=True), "approved in-force draft"),
    (
        "a second change withdraws the first",
        lambda: register(changed(), replace(CASE, purpose="other")),
        "approved in-force withdrawn pending",
    ),
    ("so does one before any approval", lambda: register(pending(), WIDER), "pending withdrawn pending"),
    ("an approved change takes over", lambda: approve(changed()), "approved superseded in-force"),
    ("a rejected one does not", lambda: reject(changed()), "approved in-force rejected"),
    ("untargeted narrows at once", lambda: register(changed(), BROAD), "active superseded withdrawn in-force"),
    ("targeted widens when approved", lambda: register(active(), CASE), "active in-force pending"),
    ("and takes over then", lambda: approve(register(active(), CASE)), "approved superseded in-force"),
    ("an untargeted job changes at once", lambda: register(active(), replace(BROAD, purpose="x")),
     "active superseded in-force"),
    ("a spent job stays so while more waits", lambda: register(spent(), more(9)), "exhausted in-force pending"),
    ("more budget revives it", lambda: approve(register(spent(), more(9))), "approved superseded in-force"),
    ("not when it is spent, too", lambda: approve(register(spent(), more(3))), "exhausted superseded in-force"),
    ("what waits is taken back", lambda: withdraw(pending()), "draft withdrawn"),
    ("a draft, too", lambda: withdraw(drafted(), ROOT), "draft withdrawn"),
    ("what is in force stays there", lambda: withdraw(changed(), ADA), "approved in-force withdrawn"),
    ("and may be asked for again", lambda: register(withdraw(changed()), WIDER),
     "approved in-force withdrawn pending"),
    ("revoked", revoked, "revoked in-force"),
    ("a pending one, too", lambda: lifecycle.revoked(pending(), ACME, NOW), "revoked pending"),
    ("past its end", late, "expired in-force"),
    ("an end is not before its time", lambda: lifecycle.expired(approved(), ENDS - timedelta(seconds=1)),
     "approved in-force"),
    ("a pending one ends, too", lambda: lifecycle.expired(pending(), ENDS), "expired pending"),
    ("a revoked one stays revoked", lambda: lifecycle.expired(revoked(), ENDS), "revoked in-force"),
    ("no end, no expiry", lambda: lifecycle.expired(active(), ENDS), "active in-force"),
    ("a later end waits for its approval", lambda: register(late(), later(), now=ENDS), "expired in-force pending"),
    ("and revives", lambda: approve(register(late(), later(), now=ENDS), now=ENDS), "approved superseded in-force"),
]  # fmt: skip


def more(releases: int) -> Job:
    return replace(CASE, scope=replace(SCOPE, max_releases=releases))


def later() -> Job:
    return replace(CASE, scope=replace(SCOPE, expires=ENDS + timedelta(days=30)))


@pytest.mark.parametrize(("life", "comes_to"), [t[1:] for t in TRANSITIONS], ids=[t[0] for t in TRANSITIONS])
def test_what_may_be_done(life: Life, comes_to: str) -> None:
    job = life()
    assert states(job) == comes_to
    assert {version.job.state for version in job.versions} == {job.state}
    assert sum(version.state is VersionState.IN_FORCE for version in job.versions) <= 1
    assert sum(version.state in (VersionState.PENDING, VersionState.DRAFT) for version in job.versions) <= 1


GONE = "job 'case' is revoked, for good; register another id"
REFUSALS: list[tuple[Life, type[FacegateError], str]] = [
    (lambda: register(None, by=OTHER), NotAllowed,
     "olga runs no crawls of 'acme'; an operator registers jobs of their own name"),
    (lambda: register(approved(), WIDER, OTHER), NotAllowed,
     "olga runs no crawls of 'acme'; an operator registers jobs of their own name"),
    (lambda: register(None, by=EVE), NotAllowed, "eve is reviewer; jobs are registered by operators and admins"),
    (lambda: register(revoked(), WIDER), Conflict, GONE),
    (lambda: register(revoked()), Conflict, GONE),
    (lambda: register(approved(), replace(CASE, operator="umbrella")), Conflict,
     "job 'case' is run by 'acme'; register another id for another operator"),
    (lambda: register(active(), replace(BROAD, purpose="x"), draft=True), Conflict,
     "job 'case' is in force; a draft of an untargeted version would change nothing"),
    (lambda: lifecycle.submitted(pending(), ACME, NOW), Conflict,
     "job 'case' is submitted already; it waits for its approval"),
    (lambda: lifecycle.submitted(drafted(), OTHER, NOW), NotAllowed,
     "job 'case' is run by 'acme'; olga cannot submit it"),
    (lambda: lifecycle.submitted(drafted(), EVE, NOW), NotAllowed, "job 'case' is run by 'acme'; eve cannot submit it"),
    (lambda: lifecycle.submitted(approved(), ACME, NOW), Conflict, "job 'case' is approved; nothing of it waits"),
    (lambda: lifecycle.submitted(revoked(), ACME, NOW), Conflict, GONE),
    (lambda: approve(active()), Conflict, "job 'case' is untargeted: it is active without an approval"),
    (lambda: approve(approved()), Conflict, "job 'case' is approved; nothing of it waits"),
    (lambda: approve(reject(pending())), Conflict, "job 'case' is draft; nothing of it waits"),
    (lambda: approve(drafted()), Conflict, "job 'case' is a draft; `facegate job submit case` comes first"),
    (lambda: approve(revoked()), Conflict, GONE),
    (lambda: approve(pending(), ROOT), NotAllowed, "os:root is no added user; this takes a reviewer or an admin"),
    (lambda: approve(pending(), FILE), NotAllowed,
     "file:case.toml is no added user; this takes a reviewer or an admin"),
    (lambda: approve(pending(), OTHER), NotAllowed, "olga is operator; this takes a reviewer or an admin"),
    (lambda: approve(pending(), BOSS), NotAllowed, "ACME runs job 'case'; another person has to approve it"),
    (lambda: approve(register(None, by=ADA), ADA), NotAllowed,
     "ada wrote this version of job 'case'; another person has to approve it"),
    (lambda: approve(lifecycle.submitted(register(None, by=ADA, draft=True), ROOT, NOW), Actor("ADA", "admin")),
     NotAllowed, "ADA wrote this version of job 'case'; another person has to approve it"),
    (lambda: approve(pending(), version=2), Conflict, "job 'case': version 2 does not wait; version 1 does"),
    (lambda: approve(changed(), version=1), Conflict, "job 'case': version 1 does not wait; version 2 does"),
    (lambda: approve(changed(), seen=pending().current.fingerprint), Conflict,
     "job 'case': version 2 is not what was looked at; look again"),
    (lambda: approve(pending(), now=ENDS), Conflict, "job 'case' has expired; register it anew with a later date"),
    (lambda: reject(pending(), ROOT), NotAllowed, "os:root is no added user; this takes a reviewer or an admin"),
    (lambda: reject(pending(), BOSS), NotAllowed, "ACME runs job 'case'; another person has to approve it"),
    (lambda: reject(drafted()), Conflict, "job 'case' is a draft; `facegate job submit case` comes first"),
    (lambda: reject(changed(), version=1), Conflict, "job 'case': version 1 does not wait; version 2 does"),
    (lambda: reject(active()), Conflict, "job 'case' is active; nothing of it waits"),
    (lambda: withdraw(pending(), EVE), NotAllowed, "job 'case' is run by 'acme'; eve cannot withdraw it"),
    (lambda: withdraw(pending(), OTHER), NotAllowed, "job 'case' is run by 'acme'; olga cannot withdraw it"),
    (lambda: withdraw(approved()), Conflict, "job 'case' is approved; nothing of it waits"),
    (lambda: withdraw(changed(), version=1), Conflict, "job 'case': version 1 does not wait; version 2 does"),
    (lambda: withdraw(revoked()), Conflict, GONE),
    (lambda: lifecycle.revoked(revoked(), ROOT, NOW), Conflict, "job 'case' is revoked already"),
    (lambda: lifecycle.revoked(pending(), OTHER, NOW), NotAllowed,
     "job 'case' is run by 'acme'; olga cannot revoke it"),
    (lambda: tokened(revoked()), Conflict, GONE),
    (lambda: tokened(pending(), EVE), NotAllowed, "job 'case' is run by 'acme'; eve cannot have its token"),
    (lambda: tokened(pending(), OTHER), NotAllowed, "job 'case' is run by 'acme'; olga cannot have its token"),
]  # fmt: skip


def tokened(
    job: RegisteredJob, by: Actor = ROOT, overlap: timedelta = timedelta(0), *, mark: bytes = b"n", now: datetime = NOW
) -> RegisteredJob:
    return lifecycle.with_token(job, mark * 32, by, now, overlap)


@pytest.mark.parametrize(("life", "kind", "says"), REFUSALS)
def test_what_may_not(life: Life, kind: type[FacegateError], says: str) -> None:
    with pytest.raises(kind) as caught:
        life()
    assert str(caught.value) == says


def test_saying_the_same_again_is_the_same_object() -> None:
    for job, said in ((pending(), CASE), (active(), BROAD), (approved(), CASE), (changed(), WIDER), (late(), CASE)):
        assert register(job, said) is job


def test_back_to_what_is_in_force_is_a_version_of_its_own() -> None:
    assert states(register(changed(), CASE)) == "approved in-force withdrawn pending"


def test_names_are_the_same_in_any_case() -> None:
    assert states(register(None, by=Actor("Acme", "operator"))) == "pending pending"
    renamed = register(approved(), replace(CASE, operator="ACME"))
    assert states(renamed) == "approved in-force pending"
    assert renamed.operator == "acme"  # until it is approved
    assert approve(renamed).operator == "ACME"


def test_a_version_is_what_was_said_and_by_whom() -> None:
    job = approve(register(approved(), WIDER, ACME), ADA, version=2, seen=changed().versions[1].fingerprint)
    first, second = job.versions
    assert (first.author, first.decider, second.author, second.decider, second.why) == (
        "os:root", "eve", "acme", "ada", "paper",
    )  # fmt: skip
    assert second.fingerprint == fingerprint(compact(job_document(WIDER)))
    assert (job.job.scope.hosts, job.job.version) == (WIDER.scope.hosts, 2)
    assert register(changed(), BROAD).versions[1].decider == "os:root"  # who withdrew it


def test_the_budget_that_is_used_up_is_any_of_them() -> None:
    scope = replace(SCOPE, max_releases=1, max_faces=2, max_responses=3, max_bytes=4)
    assert not is_exhausted(scope, Spent(0, 1, 2, 3))
    for full in (Spent(1), Spent(faces=2), Spent(responses=3), Spent(bytes=4), Spent(9, 9, 9, 9)):
        assert is_exhausted(scope, full)
    assert not is_exhausted(Scope(), Spent(9, 9, 9, 9))


def test_a_token_ends_the_one_before_now_or_later() -> None:
    one = tokened(pending())
    assert one.tokens == (Token(b"n" * 32, 1),)
    assert tokened(one, mark=b"m").tokens == (Token(b"m" * 32, 2),)
    hour = timedelta(hours=1)
    two = tokened(one, overlap=hour, mark=b"m")
    assert two.tokens == (Token(b"n" * 32, 1, NOW + hour), Token(b"m" * 32, 2))
    assert [t.good(NOW + hour - timedelta(microseconds=1)) for t in two.tokens] == [True, True]
    assert [t.good(NOW + hour) for t in two.tokens] == [False, True]
    three = tokened(two, overlap=2 * hour, mark=b"l")  # older ones as long as they were
    assert [t.until for t in three.tokens] == [NOW + hour, NOW + 2 * hour, None]
    assert [t.generation for t in three.tokens] == [1, 2, 3]
    sooner = tokened(two, overlap=hour / 2, mark=b"l")
    assert [t.until for t in sooner.tokens] == [NOW + hour / 2, NOW + hour / 2, None]
    gone = tokened(two, overlap=hour, mark=b"l", now=NOW + hour)
    assert [t.generation for t in gone.tokens] == [2, 3]
    assert lifecycle.revoked(three, ROOT, NOW).tokens == three.tokens  # it is told that it is revoked


@pytest.mark.parametrize("spelled", ["Acme", "\uff41\uff43\uff4d\uff45", "\u0430cme", "ac\u200bme", " acme "])
def test_another_spelling_is_no_other_person(spelled: str) -> None:
    assert Actor("acme", "admin").is_called(spelled)
    assert not Actor("acme", "admin").is_called("acme-2")


def test_who_wrote_it_at_a_keyboard_approves_it_under_no_other_name() -> None:
    written = register(None, CASE, by=Actor("os:eve"))
    with pytest.raises(NotAllowed, match="eve wrote this version"):
        approve(written, EVE)
