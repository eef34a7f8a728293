"""The search for faces in one picture: cheap looks first, dear ones only where they left a doubt.

1. A coarse pass over the whole picture. An obvious face ends the search, and so does the lack of any doubt.
2. A fine pass, or tiles where the smallest face would vanish in it: rough first, in full where glances leave a doubt.
3. What they propose is looked at again, closer (closer.py).
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from facegate_addons.detection import closer, exposure, views
from facegate_addons.detection.candidates import Candidate, distinct
from facegate_addons.detection.closer import Proposal
from facegate_addons.detection.network import Network
from facegate_addons.detection.picture import Picture
from facegate_addons.detection.resample import resample
from facegate_addons.detection.views import View

RGB = NDArray[np.uint8]
Table = NDArray[np.uint8]  # of 256 levels: exposure.py

# Places looked at again, best first. 4 find what 16 do in the pictures that people make; the others are for decoys.
PROPOSALS = 16
FLAT = 6  # levels between the darkest and the lightest of a view that shows nothing
# A coarse score from which a full look follows whatever a rough one says: there is a face in most, and little is saved.
LIKELY = 0.1
FINER = 1.2  # how much larger the fine pass has to be than the coarse one to show anything new


class Search:
    def __init__(
        self,
        network: Network,
        picture: Picture,
        min_face: int,
        tick: Callable[[], None],
        *,
        threshold: float,
        enough: float,
        thorough: bool,
    ) -> None:
        """Nothing under `threshold` is obvious. A face that has `enough` after closer looks ends the search, but for a
        `thorough` one, which nothing ends."""
        self._network = network
        self._picture = picture
        self._size = picture.size
        self._min_face = min_face
        self._tick = tick
        self._scores = network.description.scores
        self._obvious = max(self._scores.obvious, threshold)
        self._enough = enough
        self._thorough = thorough
        self._lift: Table | None = None
        self._hurry = False  # is a rough look first worth its time?

    def faces(self) -> list[Candidate]:
        """Boxes in pixels of the original with their final scores; those that no threshold accepts among them.

        As it is, and then lifted out of the dark, where it is there: what lifting cuts off may be a small face on a
        white page.
        """
        table = exposure.lift(self._picture.rgb)
        found = self._found()
        if table is not None and (self._thorough or not any(face.score >= self._enough for face in found)):
            self._lift = table
            found += self._found()
        return found

    def _found(self) -> list[Candidate]:
        found: list[Candidate] = []
        for proposal in self._proposals():
            score = proposal.score
            if score < self._obvious:
                if any(face.score >= self._enough for face in found) and not self._thorough:
                    break
                self._tick()
                score = closer.again(proposal, self._show, self._network.look)
            found.append(Candidate(proposal.box, score))
        return found

    def _decided(self, score: float) -> bool:
        return score >= self._obvious and not self._thorough

    def _proposals(self) -> list[Proposal]:
        """The places worth a closer look, best first."""
        view = views.coarse(*self._size, self._min_face)
        tiled = views.tiled(*self._size, self._min_face)
        seen = self._pass(view, self._coarsely)
        likely = self._thorough or any(proposal.score >= LIKELY for proposal in seen)
        self._hurry = self._network.rougher and not likely
        if self._best_decides(seen) or not (seen or tiled):
            return self._best(seen)
        self._picture = self._picture.finer()
        if tiled:
            for tile in views.tiles(*self._size, self._min_face):
                seen += self._finely(tile)
                if self._best_decides(seen):
                    break
            return self._best(seen)
        fine = views.fine(*self._size, self._min_face)
        if max(fine.size) >= FINER * max(view.size):
            # nearly obvious, and now and then not to be seen at another scale
            seen = [proposal for proposal in seen if proposal.score >= closer.SETTLED] + self._pass(fine, self._finely)
        return self._best(seen)

    def _best_decides(self, seen: list[Proposal]) -> bool:
        return any(self._decided(proposal.score) for proposal in seen)

    def _best(self, seen: list[Proposal]) -> list[Proposal]:
        boxes = np.array([p.box for p in seen], dtype=np.float64).reshape(-1, 4)
        order = np.argsort([-p.score for p in seen], kind="stable")
        kept = [seen[order[i]] for i in distinct(boxes[order])] if seen else []
        return kept if self._thorough else kept[:PROPOSALS]

    def _pass(self, view: View, look: Callable[[View], list[Proposal]]) -> list[Proposal]:
        """The whole picture, and, when it is long enough to be a squashed one, as it may have been before."""
        seen = look(view)
        if not self._best_decides(seen) and (pulled := views.unsquashed(view)):
            seen += look(pulled)
        return seen

    def _coarsely(self, view: View) -> list[Proposal]:
        shown = self._show(view)
        return self._look(view, shown, self._scores.dull, rough=True)

    def _finely(self, view: View) -> list[Proposal]:
        """In full; in a hurry only where a rough look shows a place that a glance does not settle."""
        shown, propose = self._show(view), self._scores.propose
        seen: list[Proposal] = []
        if self._hurry:
            seen = self._look(view, shown, propose, rough=True)
            if len(seen) <= PROPOSALS and not any(map(self._open, seen)):
                return []
        # what a glance left open stays so, also where the full look does not see it
        return seen + self._look(view, shown, propose)

    def _open(self, proposal: Proposal) -> bool:
        if proposal.score / 2 >= closer.OPEN:
            return True
        self._tick()
        shown = self._show(views.close(proposal.box, proposal.stretch))
        return closer.glance(proposal, shown, self._network.look) >= closer.OPEN

    def _look(self, view: View, shown: RGB, floor: float, *, rough: bool = False) -> list[Proposal]:
        """`shown` are the pixels of the view."""
        self._tick()
        if int(shown.max()) - int(shown.min()) < FLAT:
            return []
        across, down = view.scale
        (seen,) = self._network.look(shown[None], rough=rough)
        return [Proposal(view.out(c.box), c.score, down, across / down) for c in seen.candidates(floor)]

    def _show(self, view: View) -> RGB:
        """The pixels of a view, as it is or lifted."""
        (across, down), (left, top, right, bottom) = self._picture.scale, view.box
        inside = View((left / across, top / down, right / across, bottom / down), view.size)
        shown = resample(self._picture.rgb, inside)
        return shown if self._lift is None else self._lift[shown]
