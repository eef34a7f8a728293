"""Which verdicts another look at the same bytes would give again. Pure."""

from facegate_addons.domain.model import Clear, Faces, Unreadable, Verdict
from facegate_addons.domain.reasons import Reason

# What the bytes themselves are. Time, memory, a worker that died and a gate that is busy are not of the bytes.
_OF_THE_BYTES = frozenset(
    {
        Reason.UNKNOWN_TYPE,
        Reason.UNSUPPORTED_TYPE,
        Reason.UNDECODABLE,
        Reason.ENCRYPTED,
        Reason.OPAQUE_TEXT,
        Reason.CODING_UNKNOWN,
        Reason.CODING_BROKEN,
        Reason.LIMIT_DECODED,
        Reason.LIMIT_PIXELS,
        Reason.LIMIT_FRAMES,
        Reason.LIMIT_DEPTH,
        Reason.LIMIT_MEMBERS,
    }
)


def lasts(verdict: Verdict) -> bool:
    match verdict:
        case Clear():
            return True
        case Faces(unredacted=why):  # why there is no copy begins with a reason
            return not why or why.partition(",")[0] in _OF_THE_BYTES
        case Unreadable(why):
            return why in _OF_THE_BYTES
