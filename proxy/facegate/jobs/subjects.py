"""The subjects of a targeted scope: references to given persons, each of them once."""

from facegate_addons.domain.job import Kind

from facegate.jobs.fields import Table, shown
from facegate.jobs.nobody import nobody
from facegate.jobs.rules import Rules
from facegate.jobs.spelling import key

REFERENCE = 100  # characters of one; what is longer describes somebody, and belongs into the paper


def subjects(table: Table, kind: Kind | None, rules: Rules) -> tuple[str, ...]:
    given = table.texts("subjects", '["case-4711"], one reference for each person', rules.group_max)
    people: dict[str, str] = {}
    for subject in given:
        if len(subject) > REFERENCE:
            table.wrong(
                "subjects", f"has {shown(subject)}, too long for a reference; {REFERENCE} characters are the most"
            )
        elif why := nobody(subject):
            table.wrong("subjects", f"has {shown(subject)}, {why}")
        if (person := key(subject)) in people:
            first = people[person]
            again = "twice" if first == subject else f"twice, once as {shown(first)}"
            table.wrong("subjects", f"has {shown(subject)} {again}; list each person once")
        people.setdefault(person, subject)
    if kind is Kind.GROUP and len(people) == 1:
        table.wrong("subjects", "has one member; a group lists every member, at least two different ones")
    if kind is Kind.INDIVIDUAL and len(people) > 1:
        table.wrong(
            "subjects", f'has {len(people)} persons, and an individual is one; write kind = "group" for several'
        )
    return given
