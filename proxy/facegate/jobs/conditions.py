"""The questionnaire of a job, read: its table [conditions], and what a job may not be with such answers."""

from facegate_addons.domain.job import Conditions, Kind, Purpose, Source

from facegate.jobs.fields import Table
from facegate.jobs.questionnaire import all_met
from facegate.jobs.rules import Rules

_ASKED = {
    "in_the_union": "true or false: is the system placed on the market, put into service or used in the EU?",
    "purpose": '"search", or what else the faces would be for',
    "automated": "true or false: do AI tools take part in the scraping?",
    "source": '"internet", or where else the pictures come from',
}

KEYS = tuple(_ASKED)


def conditions(job: Table, kind: Kind | None, rules: Rules) -> Conditions:
    """`kind`: None where it is not known."""
    table = job.table("conditions")
    if table is None:
        if rules.conditions_required and "conditions" not in job:
            job.missing("conditions", f"a table [conditions] with {', '.join(KEYS)}: all jobs answer them here")
        return Conditions()
    table.known(KEYS)
    for key in KEYS if rules.conditions_required else ():
        if key not in table:
            table.missing(key, _ASKED[key])
    answered = Conditions(
        table.flag("in_the_union"),
        table.choice("purpose", Purpose),
        table.flag("automated"),
        table.choice("source", Source),
    )
    if kind is Kind.UNTARGETED and all_met(answered):
        table.wrong(
            "purpose",
            f'is "{Purpose.DATABASE}", and to expand one by untargeted scraping of the internet or CCTV footage with '
            "AI tools is prohibited by Article 5(1)(e) of Regulation (EU) 2024/1689; name the persons that are "
            'searched for (kind = "individual" or "group"), or remove the job',
        )
    if kind in (Kind.INDIVIDUAL, Kind.GROUP) and answered.purpose and answered.purpose.outside_the_prohibition:
        table.wrong(
            "purpose", f'is "{answered.purpose}"; such a purpose needs no given person\'s face: use kind = "untargeted"'
        )
    return answered


def redact(job: Table, kind: Kind | None, answered: Conditions) -> bool:
    """Does the job want faces covered, whatever the gateway's policy? Only a purpose that needs nobody's face may."""
    if "faces" not in job:
        return False
    if job["faces"] != "redact":
        job.wrong("faces", 'has to be "redact", or is left away: what else is done with faces is the gateway\'s to say')
    elif kind in (Kind.INDIVIDUAL, Kind.GROUP):
        job.wrong("faces", 'is "redact", and a targeted job looks for faces; remove it, or use kind = "untargeted"')
    elif answered.purpose is None or not answered.purpose.outside_the_prohibition:
        job.wrong(
            "faces",
            f'is "redact", which is for the purposes "{Purpose.TRAINING}" and "{Purpose.FICTITIOUS}"; write one of '
            "them as purpose in [conditions], or remove it",
        )
    return True
