import tomllib

import pytest
from facegate.jobs.asfile import job_file
from facegate.jobs.document import same_job
from facegate.jobs.reader import job_from
from facegate.jobs.rules import Rules

from tests.jobs.conftest import NOW
from tests.jobs.test_documented import JOBS

HOSTILE = '"""\nid = "other"\n[scope]\n\\u0041 \U0001f600 é # no comment'


@pytest.mark.parametrize("raw", JOBS[:2], ids=["targeted", "untargeted"])
def test_it_is_read_as_the_same_job(raw):
    job = job_from(raw, "file", Rules(), NOW)
    assert same_job(job_from(tomllib.loads(job_file(job)), "file", Rules(), NOW), job)


def test_no_text_makes_another_key(changed):
    raw = changed("purpose", HOSTILE)
    raw["scope"] |= {"kind": "group", "subjects": [f'case {number} "' for number in range(5)], "reference": HOSTILE}
    job = job_from(raw, "file", Rules(), NOW)
    text = job_file(job)
    assert same_job(job_from(tomllib.loads(text), "file", Rules(), NOW), job)
    assert '    "case 4 \\"",\n]' in text
