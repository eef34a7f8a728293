"""What so many pictures a second take: unit costs that were measured, times rates and prices that are stated."""

from dataclasses import dataclass

MONTH = 30 * 24 * 3600  # seconds


@dataclass(frozen=True, slots=True)
class Units:
    """Measured, a reply each: CPU milliseconds; bytes stored. Memory is of one process at work, in bytes."""

    new_ms: float
    seen_ms: float
    withheld_ms: float
    ledger_bytes: float
    vault_bytes: float  # of a withheld picture
    process_bytes: float


@dataclass(frozen=True, slots=True)
class Inputs:
    """Stated, not measured: what the traffic is like, and what things cost in dollars."""

    seen: float = 0.3  # of the pictures, looked at before
    faces: float = 0.1  # of the new ones, withheld and kept
    busy: float = 0.6  # of a core, so that a peak finds room
    kept_days: float = 30.0  # bytes of records
    ledger_days: float = 365.0
    redis_new: float = 3.0  # commands: its verdict sought and left, and counts
    redis_seen: float = 1.0  # counts; the verdict comes from memory, or is sought once
    redis_withheld: float = 8.0  # the record beside these
    redis_node_ops: float = 80_000.0  # commands a second that a node is given
    core_hour: float = 0.035
    gigabyte_hour: float = 0.004  # memory
    redis_node_hour: float = 0.25
    s3_gigabyte_month: float = 0.023
    s3_put_thousand: float = 0.005


@dataclass(frozen=True, slots=True)
class Need:
    cores: float
    memory: float  # bytes
    redis_ops: float  # a second
    redis_nodes: int
    s3_puts: float  # a second
    s3_stored: float  # bytes, once as many are deleted as come
    ledger_stored: float  # the same
    dollars: dict[str, float]  # a month, by what for

    @property
    def month(self) -> float:
        return sum(self.dollars.values())


def need(rate: float, units: Units, given: Inputs) -> Need:
    seen = rate * given.seen
    withheld = (rate - seen) * given.faces
    new = rate - seen - withheld
    cores = (new * units.new_ms + seen * units.seen_ms + withheld * units.withheld_ms) / 1000 / given.busy
    memory = cores * units.process_bytes
    ops = new * given.redis_new + seen * given.redis_seen + withheld * given.redis_withheld
    nodes = max(1, -int(-ops // given.redis_node_ops))
    stored = withheld * units.vault_bytes * given.kept_days * 24 * 3600
    ledger = rate * units.ledger_bytes * given.ledger_days * 24 * 3600
    hours = MONTH / 3600
    dollars = {
        "cores": cores * given.core_hour * hours,
        "memory": memory / 1e9 * given.gigabyte_hour * hours,
        "Redis": nodes * given.redis_node_hour * hours,
        "S3 storage of records": stored / 1e9 * given.s3_gigabyte_month,
        "S3 storage of the ledger": ledger / 1e9 * given.s3_gigabyte_month,
        "S3 requests": withheld * MONTH / 1000 * given.s3_put_thousand,
    }
    return Need(cores, memory, ops, nodes, withheld, stored, ledger, dollars)
