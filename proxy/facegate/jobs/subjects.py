"""Who is a person, and who is nobody: the subjects of a targeted scope are references to given persons, one each."""

import re

from facegate_addons.domain.job import Kind

from facegate.jobs.fields import Table, shown
from facegate.jobs.rules import Rules

_ONE_EACH = "write one reference for each person"
_NOBODY = re.compile(
    r"(all|any|every|each|various|unknown|random)(\s.*)?|(every|any)(one|body)(\s.*)?|\W*"
    r"|(the )?(public|people|persons?|humans?|faces|users|visitors|employees|members|subjects?)",
    re.IGNORECASE | re.DOTALL,
)


def subjects(table: Table, kind: Kind | None, rules: Rules) -> tuple[str, ...]:
    given = table.texts("subjects", '["case-4711"], one reference for each person', rules.group_max)
    for subject in given:
        if why := nobody(subject):
            table.wrong("subjects", f"has {shown(subject)}, {why}")
    people = {key(subject) for subject in given}
    if kind is Kind.GROUP and given and len(people) < 2:
        table.wrong("subjects", "has one member, and a group lists every member, at least two different ones")
    if kind is Kind.INDIVIDUAL and len(people) > 1:
        table.wrong(
            "subjects", f'has {len(people)} persons, and an individual is one; write kind = "group" for several'
        )
    return given


def key(subject: str) -> str:
    return subject.strip().casefold()


def nobody(subject: str) -> str:
    if "*" in subject or _NOBODY.fullmatch(subject.strip()):
        return f"which names no given person; {_ONE_EACH}"
    return ""
