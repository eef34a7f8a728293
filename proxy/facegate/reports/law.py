"""What a deployer should be able to show, where it is asked, and which section of a report answers it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ask:
    """`sections` are (anchor, heading)."""

    what: str
    source: str
    sections: tuple[tuple[str, str], ...]


_GUIDELINES = "Guidelines C(2025) 5052"

ASKED = (
    Ask(
        "Images are sought of specific individuals or a pre-defined group only: the scope of each targeted job, frozen"
        " before the crawl, with the person who approved it and the paper it rests on.",
        f"AI Act, Article 5(1)(e); {_GUIDELINES}, 228 and 229",
        (("scope", "Scope and approval"),),
    ),
    Ask(
        "In a mixed search the untargeted part stays prohibited: each request is decided for itself.",
        f"{_GUIDELINES}, 231",
        (("decisions", "Decisions by reason"),),
    ),
    Ask(
        "The same end is not reached step by step: what one operator's jobs add up to, and who signed for it.",
        f"{_GUIDELINES}, 230",
        (("accumulation", "Accumulation"),),
    ),
    Ask(
        "Technical and organisational measures: every decision with the versions of policy, detector and threshold.",
        "AI Act, Article 99(7)",
        (("decisions", "Decisions by reason"), ("versions", "Versions in force")),
    ),
    Ask(
        "What could not be decided, by the gateway or by a person, is counted and not passed over.",
        "AI Act, Article 99(7)",
        (("undecided", "Undecided"), ("unknown", "What is not known")),
    ),
    Ask(
        "How well the measure works: the measured share of faces that passed.",
        "AI Act, Article 99(7)",
        (("miss-rate", "Measured miss rate"),),
    ),
    Ask(
        "Who let what through, and why; who looked at what was withheld, and why.",
        "AI Act, Article 99(7); GDPR, access to personal data that is kept",
        (("releases", "Releases"), ("overrides", "Overrides"), ("looks", "Looks")),
    ),
    Ask(
        "Personal data are kept no longer than needed: what was destroyed, and when.",
        f"GDPR; {_GUIDELINES}, 238",
        (("purges", "Purges"),),
    ),
    Ask(
        "The record itself can be checked: its verification, last signed checkpoint and key.",
        "AI Act, Article 99(7)",
        (("ledger", "The ledger"),),
    ),
)
