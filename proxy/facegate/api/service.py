"""What the endpoints work on."""

from dataclasses import dataclass

from facegate.config import Config
from facegate.jobs.desk import Desk
from facegate.ledger.chained import ChainedLedger
from facegate.state.database import Database
from facegate.state.home import Home


@dataclass(frozen=True, slots=True)
class Service:
    config: Config
    home: Home
    database: Database
    ledger: ChainedLedger
    desk: Desk
