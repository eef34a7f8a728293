"""A first job: an untargeted crawl, and beside it, commented out, what a targeted one needs."""

import json
from datetime import datetime, timedelta

from facegate.setup.answers import Answers

ID = "first-crawl"
_TEXT = """\
# A crawl that may have no faces. Register it with: facegate job register {file}
# It prints the job's token once; the crawler's proxy is then http://{id}:TOKEN@{at}
id = "{id}"  # what the crawler is known by
operator = {operator}  # who runs it, and may not approve it
purpose = "say what for, in a sentence that somebody can judge"

[scope]
kind = "untargeted"

# For one person, or a group whose members are all named, write this instead. Somebody else has to approve it:
#   facegate user add NAME --role reviewer
#   facegate job approve {id} --as NAME --reason "..."
#
# [scope]
# kind = "individual"                # or "group", with at least two subjects
# subjects = ["case-1"]              # references, not names
# hosts = ["news.example", "*.example.org"]
# legal_basis = "the law that allows this search"
# reference = "the paper it rests on"
# expires = {expires:%Y-%m-%dT00:00:00Z}
# max_releases = 500                 # responses with faces that may pass before it stops
"""


def text(answers: Answers, file: str, at: str, now: datetime) -> str:
    """`at` is the gateway's HOST:PORT."""
    return _TEXT.format(
        id=ID, file=file, at=at, operator=json.dumps(answers.operator), expires=now + timedelta(days=30)
    )
