"""The call sites at which faults are injected: hooks, wire, workers, state, vault, keys, ledger, upkeep, console.

A target is `module:attribute`, wrapped when its module is loaded, in the processes that load it. `sql:WORDS` is a
statement of SQLite's that begins so. What a site is reached by is one of the plays of faults.plays.
"""

from dataclasses import dataclass
from enum import StrEnum

from faults.kinds import CLOCK, Kind

GATE, ADDONS = "facegate", "facegate_addons"


class Where(StrEnum):
    """In what a call waits."""

    LOOP = "loop"  # the event loop itself: while it hangs, the process does
    TASK = "task"
    THREAD = "thread"
    WORKER = "worker"
    CONSOLE = "console"  # a thread of the console's


class Hits(StrEnum):
    """Whom a failure there may concern."""

    ALL = "all"
    CANARY = "canary"
    NOBODY = "nobody"  # no request waits for it
    PEOPLE = "people"  # who are at the console


@dataclass(frozen=True)
class Site:
    name: str
    target: str
    where: Where
    hits: Hits
    play: str = "crawl"
    disk: bool = False  # it writes to a disk, which may be full or read-only
    process: str = ""  # of this kind alone; else in all that load it
    worker: bool = False  # a failure there costs a worker

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Those that make sense there."""
        kinds = [Kind.EXCEPTION, Kind.HANG, Kind.KILL, Kind.MEMORY, Kind.SLOW, *CLOCK]
        if self.where is Where.TASK:
            kinds.append(Kind.CANCELLED)
        if self.disk:
            kinds += [Kind.FULL, Kind.READ_ONLY]
        return tuple(sorted(kinds))


def _hook(module: str, attribute: str, where: Where = Where.LOOP, hits: Hits = Hits.ALL, play: str = "crawl") -> Site:
    return Site(f"hook {module}", f"{ADDONS}.hooks.{module}:{attribute}", where, hits, play)


LOOP, TASK, THREAD, WORKER, CONSOLE = Where
ALL, CANARY, NOBODY, PEOPLE = Hits

SITES = (
    _hook("deny", "Deny.requestheaders"),
    _hook("identify", "Identify._who", TASK),
    _hook("transport", "Transport.requestheaders"),
    _hook("within", "Within.request"),
    _hook("deliver", "Deliver.request", TASK),
    _hook("bounds", "Bounds._judge", TASK),
    _hook("deadline", "Deadline.requestheaders"),
    _hook("scan", "Scan.response", TASK),
    _hook("streams", "Streams.responseheaders"),
    _hook("redact", "Redact.response"),
    _hook("quarantine", "Quarantine._keep_body", TASK),
    _hook("seal", "Seal.response"),
    _hook("sample", "Sampler._consider"),
    _hook("audit", "Audit._note"),
    _hook("room", "Room.responseheaders"),
    _hook("inflight", "InFlight.requestheaders"),
    _hook("peers", "Peers.client_connected"),
    Site("decision", f"{ADDONS}.hooks.scan:Scan._decide", TASK, ALL),
    Site("address of the origin", f"{ADDONS}.hooks.bounds:Bounds.server_connect", LOOP, ALL),
    Site("resolver", f"{ADDONS}.wire.resolver:GuardedLoop._judged", TASK, CANARY),
    Site("leaf certificate", f"{ADDONS}.wire.leaves:Leaves.get_cert", LOOP, CANARY),
    Site("pool", f"{ADDONS}.workers.pool:InspectionPool.inspect", TASK, ALL),
    Site("line of the pool", f"{ADDONS}.workers.fair:FairLine.take", TASK, ALL),
    Site("frame to a worker", f"{ADDONS}.workers.process:_send", TASK, ALL, worker=True),
    Site("frame from a worker", f"{ADDONS}.workers.process:_receive", TASK, ALL, worker=True),
    Site("reply of a worker", f"{ADDONS}.workers.protocol:read_reply", LOOP, ALL, worker=True),
    Site("verdicts remembered", f"{ADDONS}.verdicts.memory:Memory.get", LOOP, ALL),
    Site("verdicts to remember", f"{ADDONS}.verdicts.memory:Memory.put", LOOP, ALL),
    Site("looks shared", f"{ADDONS}.verdicts.flight:Flights.join", TASK, ALL),
    Site("worker: request", f"{ADDONS}.workers.protocol:read_request", WORKER, ALL, worker=True),
    Site("worker: walk", f"{ADDONS}.inspection.walk:look", WORKER, ALL, worker=True),
    Site("worker: decoder", f"{ADDONS}.inspection.stills.pictures:_decoded", WORKER, ALL, worker=True),
    Site("worker: detector", f"{ADDONS}.detection.faces:FaceDetector.detect", WORKER, ALL, worker=True),
    Site("worker: network", f"{ADDONS}.detection.network:Network.look", WORKER, ALL, worker=True),
    Site("worker: reply", f"{ADDONS}.workers.protocol:reply_head", WORKER, ALL, worker=True),
    Site("registry: credentials", f"{GATE}.state.registry:JobRegistry.authenticate", TASK, ALL),
    Site("registry: job", f"{GATE}.state.registry:JobRegistry.get", TASK, ALL),
    Site("registry: disk", f"{GATE}.state.registry:JobRegistry._read", THREAD, CANARY),
    Site("registry: changes", f"{GATE}.state.changes:ChangeLog.poll", THREAD, NOBODY),
    Site("registry: spend", f"{GATE}.state.registry:JobRegistry.spend", TASK, CANARY, "spend"),
    Site("state: count of a release", f"{GATE}.state.spending:spend", THREAD, CANARY, "spend"),
    Site("state: read", f"{GATE}.state.database:Database.read", THREAD, CANARY, process="gateway"),
    Site("state: look", f"{GATE}.state.database:Database.look", THREAD, CANARY, process="gateway"),
    Site("state: write", f"{GATE}.state.database:Database.write", TASK, CANARY),
    Site("SQLite: BEGIN", "sql:BEGIN IMMEDIATE", THREAD, CANARY, disk=True, process="gateway"),
    Site("SQLite: SELECT", "sql:SELECT", THREAD, CANARY, process="gateway"),
    Site("SQLite: INSERT", "sql:INSERT", THREAD, CANARY, disk=True, process="gateway"),
    Site("SQLite: COMMIT", "sql:COMMIT", THREAD, CANARY, disk=True, process="gateway"),
    Site("vault: keep", f"{GATE}.quarantine.vault:SealedVault.keep", TASK, CANARY),
    Site("vault: seal", f"{GATE}.quarantine.vault:SealedVault._store", THREAD, CANARY),
    Site("vault: put", f"{GATE}.quarantine.blobs:FileBlobs.put", THREAD, CANARY, disk=True),
    Site("vault: record", f"{GATE}.quarantine.vault:SealedVault._insert", THREAD, CANARY),
    Site("vault: get", f"{GATE}.quarantine.blobs:FileBlobs.get", THREAD, CANARY, "release", process="gateway"),
    Site("vault: delete", f"{GATE}.quarantine.blobs:FileBlobs.remove", THREAD, NOBODY, "purge", disk=True),
    Site("vault: orphans", f"{GATE}.quarantine.vault:SealedVault.orphans", THREAD, NOBODY, process="gateway"),
    Site("vault: probe", f"{GATE}.quarantine.vault:SealedVault.probe", THREAD, NOBODY, process="gateway"),
    Site("keys: current", f"{GATE}.quarantine.keys:KeyRing.at", THREAD, CANARY),
    Site("keys: unwrap", f"{GATE}.quarantine.keys:KeyRing.unwrap", THREAD, CANARY, "release", process="gateway"),
    Site("disk: fsync", "os:fsync", THREAD, CANARY, disk=True, process="gateway"),
    Site("disk: fdatasync", "os:fdatasync", THREAD, ALL, disk=True, process="gateway"),
    Site("ledger: line", f"{GATE}.ledger.chained:ChainedLedger.append", LOOP, ALL, process="gateway"),
    Site("ledger: append", f"{GATE}.ledger.file:LedgerFile.append", THREAD, ALL, disk=True, process="gateway"),
    Site("ledger: head", f"{GATE}.ledger.file:LedgerFile._write_head", THREAD, ALL, disk=True, process="gateway"),
    Site("ledger: rotate", f"{GATE}.ledger.file:LedgerFile._rotate", THREAD, ALL, disk=True, process="gateway"),
    Site("ledger: checkpoint", f"{GATE}.ledger.checkpoints:make", THREAD, NOBODY, disk=True, process="gateway"),
    Site("samples: keep", f"{GATE}.samples.store:SampleStore.keep", TASK, NOBODY),
    Site("samples: file", f"{GATE}.samples.store:SampleStore._write", THREAD, NOBODY, disk=True),
    Site("releases: look", f"{GATE}.quarantine.delivery:ReleaseDesk.waiting", TASK, CANARY, "release"),
    Site("releases: take", f"{GATE}.quarantine.delivery:take", THREAD, CANARY, "release", process="gateway"),
    Site("corrections", f"{GATE}.quarantine.corrected:Corrected.corrected", LOOP, ALL),
    Site("status", f"{GATE}.serve.watched:Watched.status", LOOP, NOBODY),
    Site("status file", f"{GATE}.serve.watched:_replace", THREAD, NOBODY, disk=True),
    Site("meters", f"{GATE}.metrics.meters:Meters.exchange", LOOP, ALL),
    Site("purge", f"{GATE}.quarantine.expiry:purge", THREAD, NOBODY, disk=True, process="gateway"),
    Site("purge of samples", f"{GATE}.samples.review:purge", THREAD, NOBODY, disk=True, process="gateway"),
    Site("ends of jobs", f"{GATE}.jobs.desk:Desk.expire_due", THREAD, NOBODY, process="gateway"),
    Site("job files", f"{GATE}.serve.declared:job_files", THREAD, NOBODY, process="gateway"),
    Site("metrics listener", f"{GATE}.metrics.exposition:exposition", CONSOLE, PEOPLE, "console"),
    Site("console: session", f"{GATE}.console.sessions:Sessions.find", CONSOLE, PEOPLE, "console"),
    Site("console: queue", f"{GATE}.quarantine.search:search", CONSOLE, PEOPLE, "console"),
    Site("console: preview", f"{GATE}.console.previews:Previews._look", TASK, PEOPLE, "console"),
    Site("console: decision", f"{GATE}.quarantine.desk:RecordsDesk.run", CONSOLE, PEOPLE, "console"),
    Site("console: database", f"{GATE}.state.database:Database.read", CONSOLE, PEOPLE, "console", process="console"),
    Site(
        "console: ledger", f"{GATE}.ledger.file:LedgerFile.append", THREAD, PEOPLE, "console", disk=True,
        process="console",
    ),
    Site("API: counts", f"{GATE}.quarantine.counts:counts", CONSOLE, PEOPLE, "console", process="console"),
    Site("readiness", f"{GATE}.console.health:_gateways", CONSOLE, PEOPLE, "console"),
)  # fmt: skip
NUMBERS = {site.name: number for number, site in enumerate(SITES, 1)}
