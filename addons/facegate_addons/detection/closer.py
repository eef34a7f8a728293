"""A proposal looked at again, closer: how its score becomes the one that is held against the threshold."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from facegate_addons.detection import views
from facegate_addons.detection.candidates import Look, shared
from facegate_addons.detection.views import Box, View

RGB = NDArray[np.uint8]

# Between these two a score is open, and what costs more is looked at. No face of the corpus ends under HOPELESS.
HOPELESS, SETTLED = 0.15, 0.6
# Proposals of a rough look are noisy, so more is left open; a full look then proposes anew.
OPEN = 0.1
# Turned views are many, and the best of many noisy scores is high by chance. 0.1 to 0.2 measured alike.
CHANCE = 0.15
SAME = 0.25  # share of the union from which a box seen again is the proposal's


@dataclass(frozen=True, slots=True)
class Proposal:
    """`scale` is of the pass that proposed it, in shown pixels per pixel; `stretch` how much wider it showed pixels."""

    box: Box
    score: float
    scale: float
    stretch: float = 1.0


class Looker(Protocol):
    """`Network.look`."""

    def __call__(self, batch: RGB, *, rough: bool = False) -> list[Look]: ...


def again(proposal: Proposal, show: Callable[[View], RGB], look: Looker) -> float:
    """The score from 0 to 1 of all looks at a proposal. `show` gives the pixels of a view.

    Most proposals are nothing, and a glance tells. The two close looks count half of the score, the one that proposed
    the place and the one with the surroundings a quarter each.
    """
    shown = show(views.close(proposal.box, proposal.stretch))
    score = glance(proposal, shown, look)
    if score < HOPELESS:
        return score
    near = float(np.mean([seen.centre() for seen in look(np.stack([shown, shown[:, ::-1]]))]))
    score = (proposal.score + near) / 2
    if not HOPELESS <= score < SETTLED:
        return score
    score = ((proposal.score + _context(proposal, show, look)) / 2 + near) / 2
    if score >= SETTLED:
        return score
    return max(score, max(seen.centre() for seen in look(_turned(proposal, shown, show))) - CHANCE)


def glance(proposal: Proposal, shown: RGB, look: Looker) -> float:
    """The score of a proposal and of a rough look at `shown`, which is it with its margin."""
    (seen,) = look(shown[None], rough=True)
    return (proposal.score + seen.centre()) / 2


def _context(proposal: Proposal, show: Callable[[View], RGB], look: Looker) -> float:
    """Its score among its surroundings at another scale, 0 when it is not seen there."""
    view = views.context(proposal.box, proposal.scale, proposal.stretch)
    (seen,) = look(show(view)[None])
    here = view.into(proposal.box)
    return max((c.score for c in seen.candidates(0.03, 20) if shared(c.box, here) > SAME), default=0.0)


def _turned(proposal: Proposal, upright: RGB, show: Callable[[View], RGB]) -> RGB:
    """On its sides, on its head, pulled wide and pulled tall."""
    pulled = (show(views.close(proposal.box, proposal.stretch * by)) for by in (2.0, 0.5))
    return np.stack([*(np.rot90(upright, turns) for turns in (1, 2, 3)), *pulled])
