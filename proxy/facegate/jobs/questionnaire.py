"""What a job's answers come to: which of the four conditions of the prohibition are met, and what that means for who
approves it. The numbers are paragraphs of the Guidelines, C(2025) 5052. It is no legal advice, and decides nothing.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from facegate_addons.domain.job import Conditions, Job, Kind, Purpose, Source

_PUBLIC = (Source.INTERNET, Source.CCTV, Source.BOTH)


class Standing(StrEnum):
    PROHIBITED = "prohibited"  # all four conditions are met
    TARGETED = "targeted"  # the third is not: the search is for given persons
    NO_FACES_NEEDED = "no-faces-needed"  # a purpose of its own class
    NOT_ALL_MET = "not-all-met"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True)
class Condition:
    """One of the four; `met` is None where the answer is missing."""

    key: str  # in the job's table [conditions]
    text: str
    met: bool | None


@dataclass(frozen=True, slots=True)
class Assessment:
    conditions: tuple[Condition, ...]
    standing: Standing
    sentence: str

    def as_json(self) -> dict[str, Any]:
        return {
            "conditions": [{"key": it.key, "text": it.text, "met": it.met} for it in self.conditions],
            "standing": str(self.standing),
            "sentence": self.sentence,
        }


def assess(job: Job) -> Assessment:
    conditions = _conditions(job.conditions, untargeted=job.scope.kind is Kind.UNTARGETED)
    standing = _standing(job, conditions)
    return Assessment(conditions, standing, _sentence(job, standing, conditions))


def all_met(answered: Conditions) -> bool:
    """Are all four conditions met by an untargeted job with these answers?"""
    return all(condition.met for condition in _conditions(answered, untargeted=True))


def _conditions(answered: Conditions, *, untargeted: bool) -> tuple[Condition, ...]:
    purpose, source = answered.purpose, answered.source
    return (
        Condition("in_the_union", "placed on the market, put into service or used in the Union", answered.in_the_union),
        Condition(
            "purpose",
            "in order to create or expand a facial recognition database",
            None if purpose is None else purpose is Purpose.DATABASE,
        ),
        Condition("automated", "by untargeted scraping with AI tools", answered.automated if untargeted else False),
        Condition("source", "from the internet or CCTV footage", None if source is None else source in _PUBLIC),
    )


def _standing(job: Job, conditions: tuple[Condition, ...]) -> Standing:
    if job.conditions.purpose is not None and job.conditions.purpose.outside_the_prohibition:
        return Standing.NO_FACES_NEEDED
    if job.scope.kind is not Kind.UNTARGETED:
        return Standing.TARGETED
    met = [condition.met for condition in conditions]
    if False in met:
        return Standing.NOT_ALL_MET
    return Standing.UNANSWERED if None in met else Standing.PROHIBITED


def _sentence(job: Job, standing: Standing, conditions: tuple[Condition, ...]) -> str:
    missing = ", ".join(condition.key for condition in conditions if condition.met is None)
    open_ones = f" Not answered: {missing}." if missing else ""
    match standing:
        case Standing.PROHIBITED:
            return (
                "All four conditions of Article 5(1)(e) are met as answered (224, 225): this crawl would be prohibited,"
                " and faces never pass it."
            )
        case Standing.NO_FACES_NEEDED:
            what = "are covered" if job.redact else "are withheld"
            return f"The purpose needs nobody's face in particular (234, 235): faces never pass it, they {what}."
        case Standing.TARGETED:
            return _of_a_targeted_one(job) + open_ones
        case Standing.NOT_ALL_MET:
            unmet = ", ".join(condition.key for condition in conditions if condition.met is False)
            return (
                f"As answered the prohibition does not apply (not met: {unmet}); the gateway is stricter, and "
                f"withholds faces from an untargeted job.{open_ones}"
            )
        case Standing.UNANSWERED:
            return f"It cannot be said whether the prohibition applies; faces are withheld.{open_ones}"


def _of_a_targeted_one(job: Job) -> str:
    count = len(job.scope.subjects)
    whom = f"{count} given persons" if count != 1 else "one given person"
    if job.conditions.purpose is Purpose.DATABASE:
        return (
            f"A search for {whom} is targeted (229), but it feeds a facial recognition database: approve it only if "
            "the database holds those persons alone, and what jobs add up to is no untargeted collection (230)."
        )
    return (
        f"A search for {whom} is targeted (229), if the subjects are that and the hosts are where they are looked for; "
        "what is found of others stays untargeted (231)."
    )
