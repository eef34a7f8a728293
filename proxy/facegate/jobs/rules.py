"""What a deployment demands of a job beyond what the law and the reader do: `[jobs]` of facegate.toml, read."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Rules:
    longest: timedelta = timedelta(days=366)  # from now to a job's end: an approval is looked at once a year
    group_max: int = 1_000  # members; a longer list is no pre-defined group that an approver could check
    hosts_max: int = 1_000  # hosts of one job, likewise
    releases_max: int = 100_000  # the largest budget of releases; one that cannot be spent bounds nothing
    conditions_required: bool = False  # is the questionnaire to be answered, all of it?
    keep: timedelta = timedelta(days=30)  # `vault.keep`: how long withheld bytes are kept at the most
