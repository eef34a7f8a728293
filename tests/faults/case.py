"""One fault at one call site, under traffic: what came out, who was told, and whether all is well afterwards."""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from facegate.moments import stamp
from facegate_addons.domain.model import utc_now
from faults import clients
from faults.clients import Answer, Client
from faults.kinds import CLOCK, WAITS, Kind
from faults.launched import RESPONSE, Launched
from faults.person import Person
from faults.sites import Hits, Site, Where
from faults.told import heard, told, unready
from faults.whole import assert_whole, orphans
from live.client import basic
from live.processes import POLL, eventually

BUDGET = 4.0  # seconds for a request that has nothing to do with the fault; 0.1 on an idle machine
PATIENCE = RESPONSE + 2.0 + BUDGET  # the gate's own limits, for one that has
STUCK = 6.5  # seconds that the event loop itself hangs: readiness takes a gateway that is silent for 5 for dead
REACHED = 40.0  # seconds until even the rarest of what is done now and then was done
LEFT = 120.0  # seconds in which it is looked for what was left in the vault, twice
RECOVERY = 30.0  # seconds until everything is as before
LEAVING = (Kind.KILL, Kind.CANCELLED, *WAITS)  # the record may be there yet, so its file stays for a while
GOOD = (200, 303, 451)
MACHINES = ("queue", "preview", "note", "API", "metrics", "readiness")
LAWFUL = ("spend", "release")  # plays in which a face may pass where nothing failed


@dataclass
class Result:
    """`problems` is empty where all held."""

    site: Site
    kind: Kind
    answers: list[Answer] = field(default_factory=list)
    ordinary: list[Answer] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    recovered: float = 0.0
    problems: list[str] = field(default_factory=list)

    @property
    def outcome(self) -> str:
        """What became of the requests that came meanwhile, in a few words."""
        if all(map(clients.is_ordinary, self.ordinary)):
            if any(it.status not in GOOD for it in self.answers if it.who in MACHINES):
                return "people are refused"
            return "the canary is refused" if any(it.status not in GOOD for it in self.faces) else "as ever"
        if all(it.status for it in self.ordinary):
            return "all are refused"
        return "cut off" if self.kind is Kind.KILL else "all wait"

    @property
    def faces(self) -> list[Answer]:
        return [it for it in self.answers if it.who not in MACHINES]

    @contextlib.contextmanager
    def holds(self) -> Iterator[None]:
        try:
            yield
        except AssertionError as error:
            self.problems.append(str(error).splitlines()[0] if str(error) else repr(error))


class Matrix:
    """All cases of one gateway, one after the other."""

    def __init__(self, it: Launched, *, sparing: bool = False) -> None:
        """`sparing`: the state is looked at by `end` alone, for what is wrong stays wrong, and two requests say whether
        it goes on; two are made where each costs a worker."""
        self.it = it
        self._sparing = sparing
        self.person = Person(it)
        self._records: list[str] = []
        self._targeted = 0
        self._orphans: set[str] = set()
        self._settle()
        self._settle_people()

    def run(self, site: Site, kind: Kind, reached: float = REACHED) -> Result:
        """`reached`: seconds within which somebody has to come by."""
        result, it = Result(site, kind), self.it
        withheld, ordinary = self._clients(site)
        before = heard(it)
        begun = time.monotonic()
        with it.fault(site, kind):
            patience = STUCK if site.where is Where.LOOP and kind is Kind.HANG else PATIENCE
            answers = clients.all_at_once([*withheld, *ordinary], patience)
            if site.hits is Hits.PEOPLE:
                fresh = next((it.record for it in answers if it.who == "canary" and it.record), self._records[-1])
                answers += [one.ask(PATIENCE) for one in self.person.clients(fresh)]
            with result.holds():
                eventually(lambda: it.switch.fired, reached, "the call site was reached")
            if kind is Kind.HANG:  # what no client waits for is told by readiness, after a while
                time.sleep(max(1.0, begun + STUCK + 1.5 - time.monotonic()))
            why = unready(it) if site.process != "console" or kind is not Kind.HANG else []
        result.ordinary = [answer for answer in answers if answer.who in ("page", "picture")]
        result.answers = [answer for answer in answers if answer not in result.ordinary]
        self._judge(result)
        self._afterwards(result)
        result.told = self._told(result, before, why)
        return result

    def end(self) -> None:
        """What was left by those that were killed or cut off is gone in a while, and all is whole."""
        assert_whole(self.it.gateway.home, self.it.acknowledged)
        if orphans(self.it.gateway.home):
            eventually(lambda: not orphans(self.it.gateway.home), LEFT, "the vault is without orphans")
        self.person.close()

    def _clients(self, site: Site) -> tuple[list[Client], list[Client]]:
        it = self.it
        withheld = clients.canaries(it, it.newcomer())
        if site.play == "spend":
            self._targeted += 1
            name = f"targeted-{self._targeted}"
            it.jobs["targeted"] = basic(name, it.desk.register_targeted(name, "127.0.0.1"))
            withheld = clients.targeted(it)
        elif site.play == "release":
            withheld = clients.released(it, self._granted())
        elif site.play == "purge":
            self._expire()
        ordinary = clients.ordinary(it)
        few = 1 if self._sparing and site.worker else None
        return withheld[:few], ordinary[:few]

    def _judge(self, result: Result) -> None:
        site, kind = result.site, result.kind
        lawful = site.play in LAWFUL and (kind in CLOCK or kind in WAITS)
        with result.holds():
            clients.assert_kept_in([*result.ordinary, *(() if lawful else result.answers)], self.it.canary)
        for answer in result.answers:
            if answer.who.startswith(("canary", "in scope", "released")) and answer.status == 200 and not lawful:
                result.problems.append(f"{answer.who}: was answered with 200")
        cut = kind is Kind.KILL or site.name == "hook peers" or (site.where is Where.LOOP and kind in WAITS)
        for answer in result.ordinary:
            fine = clients.is_ordinary(answer) and answer.seconds < BUDGET
            fine = fine or (site.where is Where.LOOP and kind in WAITS)
            if site.hits is Hits.ALL:
                refused = answer.status >= 400 and answer.reason and answer.seconds < PATIENCE
                fine = fine or (kind is Kind.SLOW and clients.is_ordinary(answer)) or refused or cut
            fine = fine or (kind is Kind.KILL and site.where is not Where.WORKER)
            if not fine:
                result.problems.append(f"{answer.who}: {answer.status} {answer.reason} in {answer.seconds:.1f} s")
        self.it.acknowledged |= {answer.record for answer in result.answers if answer.record}

    def _afterwards(self, result: Result) -> None:
        begun = time.monotonic()
        with result.holds():
            self._settle()
        if result.site.hits is Hits.PEOPLE:
            with result.holds():
                self._settle_people()
        result.recovered = time.monotonic() - begun
        if not self._sparing:
            with result.holds():
                assert_whole(self.it.gateway.home, self.it.acknowledged)
        if result.site.play == "purge":  # a file that could not be removed is by the next purge
            with result.holds():
                eventually(lambda: orphans(self.it.gateway.home) <= self._orphans, LEFT, "what had no record is gone")
        left = orphans(self.it.gateway.home)
        uncertain = result.kind in LEAVING or result.site.target == "sql:COMMIT"
        if not uncertain and left - self._orphans:
            result.problems.append(f"{len(left - self._orphans)} files of the vault have no record")
        self._orphans = left

    def _told(self, result: Result, before: object, why: list[str]) -> list[str]:
        until = time.monotonic() + 2.5  # some counters are read off each second
        found = told(self.it, before, why)
        nothing_failed = result.outcome == "as ever" and (result.kind in CLOCK or result.kind is Kind.SLOW)
        while not found and not nothing_failed and time.monotonic() < until:
            time.sleep(POLL)
            found = told(self.it, before, why)
        if any(it.status not in GOOD for it in result.answers if it.who in MACHINES):
            found.append("who asked")
        if not found and not nothing_failed:
            result.problems.append("nobody was told")
        return found

    def _settle(self) -> None:
        """Everything is as without a fault."""
        it = self.it

        def good() -> bool:
            few = 1 if self._sparing else None
            asked = [*clients.canaries(it, it.jobs["canary"])[:few], *clients.ordinary(it)[:few]]
            answers = clients.all_at_once(asked, PATIENCE)
            clients.assert_kept_in(answers, it.canary)
            found = [answer.record for answer in answers if answer.record]
            it.acknowledged.update(found)
            self._records += found
            return [answer.status for answer in answers] == [client.good for client in asked]

        eventually(good, RECOVERY, "all is as it was before the fault")

    def _settle_people(self) -> None:
        def good() -> bool:
            asked = self.person.clients(self._records[-1])
            return [client.ask(PATIENCE).status for client in asked] == [client.good for client in asked]

        eventually(good, RECOVERY, "the console is as it was before the fault")

    def _granted(self) -> str:
        """A record that is released to the canary's job, where it was met."""
        (answer,) = clients.all_at_once(clients.canaries(self.it, self.it.jobs["canary"])[:1], PATIENCE)
        assert answer.record, f"{answer.status} {answer.reason}"
        sql = "INSERT INTO releases VALUES (?, ?, ?, 'a reason', 'rita', '', 'ada', '', 'granted', NULL, '')"
        values = (f"{answer.record}-r", answer.record, "canary")
        self.it.desk.database.write_now(lambda c: c.execute(sql, values).rowcount)
        return answer.record

    def _expire(self) -> None:
        past = stamp(utc_now() - timedelta(days=1))
        record = self._records.pop()
        sql = "UPDATE records SET expires = ? WHERE id = ?"
        self.it.desk.database.write_now(lambda c: c.execute(sql, (past, record)).rowcount)
