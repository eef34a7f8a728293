"""From what was seen, and for whom, to what is done. Pure: one match."""

from dataclasses import dataclass, replace
from enum import StrEnum

from facegate_addons.domain.model import Action, Clear, Cover, Decision, Faces, Unreadable, Verdict
from facegate_addons.domain.reasons import Reason


class Mode(StrEnum):
    ENFORCE = "enforce"
    OBSERVE = "observe"  # what would be withheld for what was seen in it passes, and is written down


OBSERVING = ":observe"  # how the version of a policy ends that withholds nothing


@dataclass(frozen=True, slots=True)
class Policy:
    """What the deployment chose to do with what may not pass."""

    faces: Action = Action.QUARANTINE
    unreadable: Action = Action.QUARANTINE
    cover: Cover = Cover.SOLID
    mode: Mode = Mode.ENFORCE
    unredacted: Action = Action.QUARANTINE  # where faces are redacted: of what there is no redacted copy

    @property
    def version(self) -> str:
        """Stands in every ledger line and record, so that a decision can be traced to the policy of its day."""
        faces = f"{self.faces}-{self.cover}" if self.faces is Action.REDACT else f"{self.faces}"
        return f"1:{faces}/{self.unreadable}{OBSERVING if self.observes else ''}"

    @property
    def observes(self) -> bool:
        return self.mode is Mode.OBSERVE

    @property
    def withhold(self) -> Action:
        """What is done with faces of which there is no redacted copy."""
        return self.unredacted if self.faces is Action.REDACT else self.faces

    def redacting(self) -> "Policy":
        """The same for a job that asks for redaction itself; what cannot be redacted fares as ever."""
        return replace(self, faces=Action.REDACT, unredacted=self.withhold)


def decide(verdict: Verdict, *, in_scope: bool, policy: Policy, digest: str, redacted: str = "") -> Decision:
    """`in_scope`: the job is targeted, approved and in force, and this very request is inside its scope.

    A targeted scope opens the gate for faces only. What could not be looked at stays withheld for everybody:
    nobody can say that it shows only the persons of the scope, and no release could be counted for it.
    `redacted` is the digest of the redacted copy, "" where there is none.
    """
    match verdict:
        case Clear():
            return Decision(Action.PASS, Reason.CLEAR, digest=digest)
        case Faces(findings) if in_scope:
            return Decision(Action.PASS, Reason.TARGETED, findings, digest)
        case Faces(findings) if policy.faces is Action.REDACT and redacted not in ("", digest):
            return Decision(Action.REDACT, Reason.FACES, findings, redacted)
        case Faces(findings):
            return Decision(policy.withhold, Reason.FACES, findings, digest)
        case Unreadable(why):
            return Decision(policy.unreadable, why, digest=digest)


def observe(decision: Decision, policy: Policy, *, digest: str, whole: bool) -> Decision:
    """What observe mode makes of a decision on what was seen: a PASS for `digest`, the origin's own bytes, that says
    what would have been done. A refusal is about something else, and stays one.

    No copy is made to find out whether there would have been one: a `whole` body with faces counts as redacted.
    """
    if not policy.observes or decision.action in (Action.PASS, Action.REFUSE):
        return decision
    instead = policy.faces if whole and decision.reason is Reason.FACES else decision.action
    return replace(decision, action=Action.PASS, digest=digest, observed=instead)
