"""What the form of a job asks: each key of a job file once, with how it is answered and what is meant.

A test holds it to the reader: a key that the reader knows and the form does not ask for fails it.
"""

from dataclasses import dataclass
from enum import StrEnum

from facegate_addons.domain.job import Kind, Live, Outside, Purpose, Source

from facegate.jobs.labels import LABELS

# Never asked for: the gateway makes the token of what is registered here, and shows it once.
LEFT_OUT = ("token_sha256",)


class Control(StrEnum):
    LINE = "line"
    LINES = "lines"
    LIST = "list"  # one entry a line
    NUMBERS = "numbers"  # likewise, whole numbers
    NUMBER = "number"
    SIZE = "size"  # bytes, or text like "2GB"
    MOMENT = "moment"
    CHOICE = "choice"
    FLAG = "flag"  # yes, no, or not answered


class When(StrEnum):
    ALWAYS = "always"
    TARGETED = "targeted"  # wanted of a targeted job, and of no other
    MAYBE = "maybe"  # of a targeted job, and it may be left empty
    FREE = "free"  # of any job, and it may be left empty


@dataclass(frozen=True, slots=True)
class Asked:
    key: str  # dotted, as in a job file
    control: Control
    when: When
    help: str
    choices: tuple[tuple[str, str], ...] = ()  # the value and its words; "" is: left away

    @property
    def label(self) -> str:
        return LABELS[self.key]

    @property
    def id(self) -> str:
        return f"job-{self.key.replace('.', '-').replace('_', '-')}"

    @property
    def targeted(self) -> bool:
        return self.when in (When.TARGETED, When.MAYBE)


@dataclass(frozen=True, slots=True)
class Section:
    name: str
    help: str
    asked: tuple[Asked, ...]

    @property
    def id(self) -> str:
        return f"part-{self.name.lower().replace(' ', '-')}"

    @property
    def targeted(self) -> bool:
        return all(each.targeted for each in self.asked)


_ANSWERS = (("", "not answered"), ("true", "yes"), ("false", "no"))
_LIVE = ((str(Live.REFUSE), "refuse"), (str(Live.INSPECT), "inspect: each piece is looked at before it leaves"))

SECTIONS: tuple[Section, ...] = (
    Section(
        "The job",
        "",
        (
            Asked(
                "id",
                Control.LINE,
                When.ALWAYS,
                "1 to 64 small letters, digits, dots, underscores and hyphens, like missing-person-4711. The crawler "
                "is known by it, and it stays taken for good.",
            ),
            Asked("operator", Control.LINE, When.ALWAYS, "Who runs the crawl. Nobody approves their own jobs."),
            Asked("purpose", Control.LINES, When.ALWAYS, "What the crawl is for, so that an approver can judge it."),
            Asked(
                "scope.kind",
                Control.CHOICE,
                When.ALWAYS,
                "Faces pass in the scope of a targeted job only, once another person has approved it.",
                (
                    (str(Kind.UNTARGETED), "untargeted: looks for nobody in particular, and never receives a face"),
                    (str(Kind.INDIVIDUAL), "individual: looks for one given person"),
                    (str(Kind.GROUP), "group: looks for given persons, each of them listed"),
                ),
            ),
            Asked(
                "scope.expires",
                Control.MOMENT,
                When.FREE,
                "In UTC. The job does not crawl from then on. A targeted job needs one.",
            ),
        ),
    ),
    Section(
        "The conditions",
        "Those of the prohibition in Article 5(1)(e). They are shown to whoever approves, and open nothing.",
        (
            Asked(
                "conditions.in_the_union",
                Control.FLAG,
                When.FREE,
                "Is the system placed on the market, put into service or used in the European Union?",
                _ANSWERS,
            ),
            Asked(
                "conditions.purpose",
                Control.CHOICE,
                When.FREE,
                "What would the faces be for?",
                (
                    ("", "not answered"),
                    (str(Purpose.SEARCH), "a search for given persons"),
                    (str(Purpose.DATABASE), "to create or expand a facial recognition database"),
                    (str(Purpose.TRAINING), "training or testing in which nobody is identified"),
                    (str(Purpose.FICTITIOUS), "pictures of persons who do not exist"),
                    (str(Purpose.OTHER), "something else"),
                ),
            ),
            Asked("conditions.automated", Control.FLAG, When.FREE, "Do AI tools take part in the scraping?", _ANSWERS),
            Asked(
                "conditions.source",
                Control.CHOICE,
                When.FREE,
                "Where do the pictures come from?",
                (
                    ("", "not answered"),
                    (str(Source.INTERNET), "the internet"),
                    (str(Source.CCTV), "CCTV footage"),
                    (str(Source.BOTH), "the internet and CCTV footage"),
                    (str(Source.OTHER), "somewhere else"),
                ),
            ),
        ),
    ),
    Section(
        "Whom it looks for",
        "For targeted jobs. Leave it empty for an untargeted one.",
        (
            Asked(
                "scope.subjects",
                Control.LIST,
                When.TARGETED,
                "One reference a line for each person, like case-4711. References, not names: these stay in the paper.",
            ),
            Asked("scope.legal_basis", Control.LINES, When.TARGETED, "The law that allows this search."),
            Asked(
                "scope.reference", Control.LINES, When.TARGETED, "What it rests on: an order, a contract, a consent."
            ),
        ),
    ),
    Section(
        "Where it looks",
        "For targeted jobs.",
        (
            Asked(
                "scope.hosts",
                Control.LIST,
                When.TARGETED,
                "One a line: news.example is that host, *.example.org is every host below example.org.",
            ),
            Asked("scope.paths", Control.LIST, When.MAYBE, "One a line, like /news/ for all below it. Empty: all."),
            Asked("scope.ports", Control.NUMBERS, When.MAYBE, "One a line, like 443. Empty: all."),
            Asked("scope.methods", Control.LIST, When.MAYBE, "One a line, in capitals, like GET. Empty: all."),
            Asked(
                "scope.outside",
                Control.CHOICE,
                When.MAYBE,
                "What becomes of a request outside the scope?",
                (
                    ("", "untargeted: it goes out, and faces are withheld"),
                    (str(Outside.REFUSE), "refuse: it does not go out"),
                ),
            ),
        ),
    ),
    Section(
        "When it looks",
        "For targeted jobs.",
        (
            Asked("scope.begins", Control.MOMENT, When.MAYBE, "In UTC. Empty: at once, when it is approved."),
            Asked(
                "scope.hours",
                Control.LINE,
                When.MAYBE,
                "In UTC, like 08:00-18:00, or 22:00-06:00 over midnight. Empty: the whole day.",
            ),
        ),
    ),
    Section(
        "How much it may take",
        "For targeted jobs. What is spent counts over all versions of the job.",
        (
            Asked(
                "scope.max_releases",
                Control.NUMBER,
                When.TARGETED,
                "How many responses with faces may pass before it stops, like 500.",
            ),
            Asked("scope.max_faces", Control.NUMBER, When.MAYBE, "How many faces in them. Empty: no bound."),
            Asked(
                "scope.max_responses",
                Control.NUMBER,
                When.MAYBE,
                "How many responses of any kind inside the scope. Empty: no bound.",
            ),
            Asked("scope.max_bytes", Control.SIZE, When.MAYBE, "A number, or like 2GB or 512MiB. Empty: no bound."),
        ),
    ),
    Section(
        "What it asks for besides",
        "",
        (
            Asked("streams", Control.CHOICE, When.FREE, "Event streams and other answers without end.", _LIVE),
            Asked("websocket", Control.CHOICE, When.FREE, "WebSockets.", _LIVE),
            Asked(
                "faces",
                Control.CHOICE,
                When.FREE,
                "Only for an untargeted job whose purpose needs nobody's face in particular.",
                (("", "as the gateway's policy says"), ("redact", "redact: faces are covered")),
            ),
            Asked(
                "keep",
                Control.LINE,
                When.FREE,
                "How long, like 7d or 12h. A job may only shorten what the vault's policy says. Empty: as it says.",
            ),
        ),
    ),
)

ASKED = {asked.key: asked for section in SECTIONS for asked in section.asked}
