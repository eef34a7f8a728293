"""The story: an untargeted crawl, then a targeted one, before it is approved, after it, and outside its scope."""

import hashlib
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from facegate.demo.crawl import crawl
from facegate.demo.gateway import Gateway
from facegate.demo.site import Holds, Resource
from facegate.demo.telling import Telling

JOB = "missing-person-4711"
REVIEWER = "rita"
IN_FORCE_SECONDS = 10.0
INSIDE, OUTSIDE = "localhost", "127.0.0.1"  # two names of one site; the job's scope has the first alone

JOB_FILE = """\
id = "{job}"
operator = "acme-crawl"
purpose = "find public sightings of one missing person"
[scope]
kind = "individual"
subjects = ["case-4711"]
hosts = ["{host}"]
legal_basis = "section 12 of the Missing Persons Act"
reference = "order no. 4711/26"
expires = {expires:%Y-%m-%dT00:00:00Z}
max_releases = 500
"""


type Passed = Mapping[Holds, tuple[int, int]]
"""Bodies of a crawl that came as the site has them, by what they hold; and of how many."""

ALL_BUT_FACES = {Holds.NO_FACE}
ALL_THAT_IS_KNOWN = {Holds.NO_FACE, Holds.FACE}


@dataclass(frozen=True, slots=True)
class Outcome:
    """`holds`: no face came but to the approved job inside its scope, all came to it, what could not be looked at came
    to nobody, and nothing else was withheld."""

    untargeted: Passed
    pending: Passed
    approved: Passed
    outside: Passed
    password: str

    @property
    def holds(self) -> bool:
        expected = ((it, ALL_BUT_FACES) for it in (self.untargeted, self.pending, self.outside))
        return all(_just(it, kinds) for it, kinds in (*expected, (self.approved, ALL_THAT_IS_KNOWN)))


def _just(passed: Passed, kinds: set[Holds]) -> bool:
    return all(came == (there if kind in kinds else 0) for kind, (came, there) in passed.items())


class Story:
    """`folder` is for the job's file. Raises HomeError, OSError and http.client.HTTPException."""

    def __init__(
        self, gateway: Gateway, port: int, resources: Mapping[str, Resource], folder: Path, telling: Telling
    ) -> None:
        self._gateway, self._port, self._resources, self._folder = gateway, port, resources, folder
        self._telling = telling

    def tell(self) -> Outcome:
        telling, gateway = self._telling, self._gateway
        telling.scene(
            "1. An untargeted crawl",
            "A crawler without credentials. Each body is opened and looked at, whatever it calls itself.",
        )
        untargeted = self._crawl("untargeted", INSIDE)

        telling.scene("2. A job with a targeted scope: one person", "Registered, it waits for a second person.")
        file = self._folder / "job.toml"
        until = datetime.now(UTC) + timedelta(days=30)
        file.write_text(JOB_FILE.format(job=JOB, host=INSIDE, expires=until), encoding="utf-8")
        token = str(gateway.asked("job", "register", str(file))["token"])
        telling.verb(("job", "register", file.name), file.read_text(encoding="utf-8"))
        credentials = f"{JOB}:{token}"
        pending = self._crawl("registered, not approved", INSIDE, credentials)

        telling.scene("3. Approved by somebody who is not its operator")
        password = str(gateway.asked("user", "add", REVIEWER, "--role", "reviewer")["password"])
        approve = ("job", "approve", JOB, "--as", REVIEWER, "--reason", "order no. 4711/26 was shown to me")
        telling.verb(approve, gateway.verb(*approve))
        self._wait_for_the_approval(credentials)
        approved = self._crawl("approved, inside the scope", INSIDE, credentials)

        telling.scene("4. The same job, outside its scope", f"Its hosts are {INSIDE}; this is {OUTSIDE}.")
        outside = self._crawl("approved, outside the scope", OUTSIDE, credentials)

        telling.scene("5. The evidence")
        telling.verb(("ledger", "verify"), gateway.verb("ledger", "verify"))
        return Outcome(untargeted, pending, approved, outside, password)

    def _wait_for_the_approval(self, credentials: str) -> None:
        """Gateways look for changes of jobs ten times a second: a crawl that begins at once may be ahead of them."""
        face = next(path for path, it in self._resources.items() if it.holds is Holds.FACE)
        until = time.monotonic() + IN_FORCE_SECONDS
        while time.monotonic() < until:
            with closing(crawl(f"http://{INSIDE}:{self._port}{face}", self._gateway.proxy, credentials)) as answers:
                if next(answers).status == HTTPStatus.OK:
                    return
            time.sleep(0.05)  # there is no event of another process

    def _crawl(self, name: str, host: str, credentials: str = "") -> Passed:
        kinds = {hashlib.sha256(it.body).hexdigest(): it.holds for it in self._resources.values()}
        came: Counter[Holds] = Counter()
        with self._telling.crawl(name, short=bool(credentials)) as row:
            for answer in crawl(f"http://{host}:{self._port}/", self._gateway.proxy, credentials):
                row(answer, self._resources[urlsplit(answer.url).path])
                if answer.digest in kinds:
                    came[kinds[answer.digest]] += 1
        there = Counter(it.holds for it in self._resources.values())
        passed = {kind: (came[kind], there[kind]) for kind in Holds}
        face, other, unknown = (f"{came[it]} of {there[it]}" for it in (Holds.FACE, Holds.NO_FACE, Holds.WHO_KNOWS))
        self._telling.figures(passed_with_a_face=face, passed_without=other, passed_unreadable=unknown)
        return passed
