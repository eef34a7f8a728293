"""The four conditions of the prohibition as a job's questionnaire (C(2025) 5052, 224 to 237)."""

from facegate_addons.domain.job import Conditions, Kind, Purpose, Source

from facegate.jobs.fields import Table
from facegate.jobs.rules import Rules

_KEYS = ("in_the_union", "purpose", "automated", "source")
_ASKED = {
    "in_the_union": "true or false: is the system placed on the market, put into service or used in the EU",
    "purpose": '"search", or what else the faces are for',
    "automated": "true or false: do AI tools take part in the scraping",
    "source": '"internet", or where else the pictures come from',
}


def conditions(job: Table, kind: Kind | None, rules: Rules) -> Conditions:
    table = job.table("conditions")
    if table is None:
        if rules.conditions_required and "conditions" not in job:
            job.missing("conditions", f"a table [conditions] with {', '.join(_KEYS)}; this gateway wants it answered")
        return Conditions()
    table.known(_KEYS)
    if rules.conditions_required:
        for key in _KEYS:
            if key not in table:
                table.missing(key, _ASKED[key])
    answered = Conditions(
        table.flag("in_the_union"),
        table.choice("purpose", Purpose),
        table.flag("automated"),
        table.choice("source", Source),
    )
    if kind in (Kind.INDIVIDUAL, Kind.GROUP) and answered.purpose and answered.purpose.outside_the_prohibition:
        table.wrong("purpose", f'is "{answered.purpose}", which needs no given person\'s face: use kind = "untargeted"')
    return answered
