"""What the pages of the review share: the desk, the pictures, and what a session may take back."""

import threading
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from facegate_addons.domain.model import QuarantineRecord, utc_now
from starlette.requests import Request

from facegate.console.previews import Previews
from facegate.console.reveals import Reveals
from facegate.console.site import Site
from facegate.console.undo import Undo
from facegate.errors import Conflict
from facegate.jobs.lifecycle import Actor
from facegate.quarantine.desk import RecordsDesk, not_their_own, reason
from facegate.quarantine.keys import KeyRing
from facegate.quarantine.rows import record_from_row
from facegate.quarantine.storage import blobs_of
from facegate.quarantine.vault import SealedVault
from facegate.quarantine.work import Work, is_over, revision_of, unknown


@dataclass(eq=False)
class Review:
    site: Site
    desk: RecordsDesk
    reveals: Reveals = field(default_factory=Reveals)
    undo: Undo = field(default_factory=Undo)
    previews: Previews = field(init=False)
    _vault: SealedVault | None = None
    _opening: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.previews = Previews(self.site.config.worker_settings, lambda record_id: self.vault.open(record_id))

    @property
    def vault(self) -> SealedVault:
        """Opened when somebody first needs a record's bytes. Raises HomeError when its key is not to be had."""
        with self._opening:
            if self._vault is None:
                config, home, database = self.site.config, self.site.home, self.site.database
                keys = KeyRing.open(home, config.vault, database)
                blobs = blobs_of(config.vault, home, database)
                self._vault = SealedVault(home, database, keys, config.vault.keep_for, blobs=blobs)
            return self._vault

    def readable(self, record_id: str) -> QuarantineRecord | None:
        """The record, while its bytes may be looked at. Raises NotFound."""
        rows = self.site.database.read("SELECT * FROM records WHERE id = ?", (record_id,))
        if not rows:
            raise unknown(record_id)
        if rows[0]["wrapped_key"] is None or is_over(rows[0], utc_now()):
            self.previews.forget(record_id)
            return None
        return record_from_row(rows[0])

    def note_look(self, record_id: str, by: Actor, why: str) -> int:
        """That somebody looks at the pixels, and why: on disk when this returns. The number of the event."""
        why = reason(why, "say why you have to see it: it stands in the ledger")

        def change(work: Work) -> int:
            row = work.record(record_id)
            if row["wrapped_key"] is None or is_over(row, work.now):
                raise Conflict(f"record {record_id} has no bytes to look at: they are destroyed, or were never kept")
            not_their_own(work, row)
            work.tell(row, "revealed", why)
            return revision_of(work.connection, record_id)

        return self.desk.run(by, change)

    async def close(self) -> None:
        await self.previews.close()
        with self._opening:
            if self._vault is not None:
                self._vault.close()
                self._vault = None


_REVIEWS: WeakKeyDictionary[Site, Review] = WeakKeyDictionary()


def review_of(site: Site) -> Review:
    """The one of this site."""
    if site not in _REVIEWS:
        _REVIEWS[site] = review = Review(
            site, RecordsDesk(site.database, site.ledger, site.config.accumulation.thresholds)
        )
        site.closing.append(review.close)
    return _REVIEWS[site]


def wants_json(request: Request) -> bool:
    """Is it asked for by a script of ours, and not by a form?"""
    return "application/json" in request.headers.get("accept", "")
