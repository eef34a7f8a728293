"""A registered job as the job file that says it: for whoever wants to keep it beside their crawler. Pure."""

import json
from collections.abc import Mapping
from typing import Any

from facegate_addons.domain.job import Job

from facegate.jobs.document import job_document


def job_file(job: Job) -> str:
    """TOML. Read as a file it is the same job."""
    document = job_document(job)
    tables = {key: value for key, value in document.items() if isinstance(value, Mapping)}
    lines = _lines({key: value for key, value in document.items() if key not in tables})
    for name, table in tables.items():
        lines += ["", f"[{name}]", *_lines(table)]
    return "\n".join(lines) + "\n"


def _lines(table: Mapping[str, Any]) -> list[str]:
    return [f"{key} = {_value(value, long=isinstance(value, list) and len(value) > 3)}" for key, value in table.items()]


def _value(value: Any, *, long: bool = False) -> str:
    """JSON's spelling of texts, numbers, flags and lists is TOML's: no text has a character that is not seen."""
    if long:
        entries = "".join(f"    {json.dumps(each, ensure_ascii=False)},\n" for each in value)
        return f"[\n{entries}]"
    return json.dumps(value, ensure_ascii=False)
