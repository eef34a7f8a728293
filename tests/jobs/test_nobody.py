import time
from itertools import chain

import pytest
from facegate.jobs.nobody import PATTERN, PLACEHOLDER, RANGE, SET, SEVERAL, WHOEVER, nobody
from facegate.jobs.subjects import REFERENCE
from hypothesis import given
from hypothesis import strategies as st

NOBODY = {
    PATTERN: [
        *(
            "*",
            "case-*",
            "case-47??",
            "case-%",
            "case-[0-9]+",
            "case-\\d+",
            "(a.b)+$",
            "^case",
            "case-####",
        ),
        *(
            "?",
            "<name>",
            "{id}",
            "case-1|case-2",
        ),
    ],
    WHOEVER: [
        *(
            "everyone",
            "Everybody",
            "anyone",
            "All employees",
            "all 500 employees",
            "any",
        ),
        *(
            "any person",
            "every visitor",
            "alle Mitarbeiter",
            "tout le monde",
            "tous les employés",
            "todos",
        ),
        *(
            "todos los empleados",
            "tutti",
            "tutti i dipendenti",
            "iedereen",
            "alle medewerkers",
            "wszyscy",
        ),
        *(
            "wszyscy pracownicy",
            "toată lumea",
            "toți angajații",
            "alla anställda",
            "όλοι",
        ),
        *(
            "όλοι οι υπάλληλοι",
            "všichni",
            "všichni zaměstnanci",
            "mindenki",
            "minden alkalmazott",
        ),
        *(
            "\uff25\uff36\uff25\uff32\uff39\uff2f\uff2e\uff25",
            "ev\u0435ryone",
            "every\u3164one",
            "person",
        ),
        *(
            "a person",
            "the subject",
            "someone",
            "jemand",
            "all",
            "whoever attends",
            "tout",
        ),
        *(
            "toutes les femmes",
            "anybody",
            "each member",
            "any one",
            "the whole crowd",
        ),
    ],
    SET: [
        *(
            "the public",
            "public",
            "Mitarbeiter von ACME",
            "les employés de ACME",
            "i dipendenti di ACME",
        ),
        *(
            "pracownicy ACME",
            "employees of X",
            "employees",
            "members of Y",
            "visitors",
        ),
        *(
            "residents of Berlin",
            "students",
            "attendees",
            "customers",
            "users",
            "followers of @x",
        ),
        *(
            "people in Berlin",
            "people at the match",
            "the crowd at the match",
            "ACME employees",
        ),
        *(
            "500 employees",
            "our customers",
            "members-of-acme",
            "list of employees of ACME",
        ),
        *(
            "100 random people",
            "staff of ACME",
            "the staff",
            "ACME staff",
            "Frauen in Berlin",
        ),
        *(
            "mensen in Brussel",
            "osoby w Warszawie",
            "lidé v Praze",
            "emberek",
            "public in general",
        ),
        *(
            "passers-by",
            "the general public",
            "participants of the protest on 2026-05-01",
            "football fans",
        ),
        *(
            "die Öffentlichkeit",
            "gente",
            "gente en Madrid",
        ),
    ],
    RANGE: [
        *(
            "case-1..case-999",
            "1 - 500",
            "case-1 to case-999",
            "case-1-case-999",
            "case 1 bis 99",
        ),
        *(
            "cas 1 à 500",
            "case-1…case-9",
            "persons 1 to 50",
            "from 1 to 500",
            "case-1~case-9",
            "1...500",
        ),
        *("person 1 to person 9",),
    ],
    PLACEHOLDER: [
        *(
            "n/a",
            "N/A",
            "tbd",
            "T.B.D.",
            "unknown",
            "-",
            "--",
            "...",
            "none",
            "xxx",
            "case-xxx",
            "unbekannt",
        ),
        *(
            "personne inconnue",
            "nobody",
            "etc.",
            "see above",
            "x",
            "unknown persons",
            "N.N.",
            "k. A.",
            "tba",
        ),
        *("..",),
    ],
    SEVERAL: [
        *(
            "case-1, case-2",
            "case-1; case-2",
            "case-1 and case-2",
            "case 1 und 2",
            "case-1 & case-2",
        ),
    ],
}
SOMEBODY = [
    *(
        "case-4711",
        "Order 12/26 person A",
        "missing person 17",
        "employee 4711",
        "case 4711",
        "4711",
    ),
    *(
        "2024-4711",
        "A",
        "B-12",
        "staff-4711",
        "staff 4711",
        "Staff member 12",
        "AZ 12 Js 345/26",
    ),
    *(
        "12 Js 345/26",
        "person A",
        "persona 12",
        "file 2026-05-01/3",
        "all-4711",
        "unknown person 17",
    ),
    *(
        "missing-person-4711",
        "DE-BY-4711/26-A",
        "ticket #4711",
        "#4711",
        "subject 12",
    ),
    *(
        "order no. 4711, person 3",
        "Vermisste Person 3",
        "case 12-26",
        "ref:a1b2c3",
        "sha256:ab12",
    ),
    *(
        "user 4711",
        "user-4711",
        "0170-555123",
        "Vorgang 12 (Person 3)",
        "interpol F-2026/1234",
    ),
    *(
        "case_4711",
        "K-4711 [Munich]",
        "victim 2 of order 12/26",
        "suspect 3 in case 12",
    ),
    *(
        "child 1 of order 12",
        "Alle-4711",
        "person-in-photo-12",
        "visitor 12 of the museum",
    ),
    *(
        "case 4711 - person 2",
        "individu 3",
        "c-1",
        "case-1",
        "a-1",
        "4711.26",
        "4711/1-2",
    ),
    *(
        "Fall 3, Person 2",
        "order 12 and annex 3",
        "witness A in 12/26",
        "M. (case 4711)",
    ),
    *(
        "Aktenzeichen 5 O 12/26",
        "personnel file 4711",
        "team member 12",
        "member 12 of team 3",
    ),
    *(
        "man in photo 12",
        "C/2026/12-A",
        "123-45",
        "4711-26",
        "Family court file 12",
    ),
    *(
        "Public prosecutor 4711/26",
        "group 3 person 2",
        "e1-e",
        "Ö-12",
        "дело 4711",
        "υπόθεση 4711",
    ),
    *(
        "sprawa 12/26",
        "ügy 12",
        "dossier n° 12",
        "exp. n.º 45/2026",
        "fascicolo 12",
        "dossiernummer 12",
    ),
    *(
        "caso 12",
        "processo 12",
        "dosar 12",
        "ärende 12",
        "věc 12",
        "AZ 12 Js 345/26 - 2",
        "12/26 - 3",
    ),
    *(
        "person 3 of 12/26",
        "Elke 4711",
        "Allen 12",
    ),
]


@pytest.mark.parametrize(("subject", "why"), [(subject, why) for why, given in NOBODY.items() for subject in given])
def test_nobody(subject, why):
    assert nobody(subject) == why


@pytest.mark.parametrize("subject", ["1-500", "1\u2013500", "001-999"])
def test_what_reads_like_a_range_may_be_a_reference_with_a_word_before_it(subject):
    why = nobody(subject)
    assert why.startswith("which reads like a range; list every person, or, if it is one reference, write it like ")
    assert nobody(why.split('"')[1]) == ""


@pytest.mark.parametrize("subject", SOMEBODY)
def test_somebody(subject):
    assert nobody(subject) == ""


@pytest.mark.parametrize("subject", [s for s in chain.from_iterable(NOBODY.values()) if s.isascii() and s.isalpha()])
def test_nobody_by_another_spelling(subject):
    for spelt in (
        subject.upper(),
        subject.capitalize(),
        f"  {subject} ",
        f"({subject})",
        f"{subject}.",
        f'"{subject}"',
    ):
        assert nobody(spelt), spelt
    wide = "".join(chr(ord(character) + 0xFEE0) for character in subject)
    assert nobody(wide), wide
    assert nobody("\u200b".join(subject)), subject


@given(st.text(max_size=REFERENCE) | st.text("a1-., [|x*", max_size=REFERENCE))
def test_any_text_has_an_answer(subject):
    assert isinstance(nobody(subject), str)


@given(st.from_regex(r"[a-z]{1,8}[ /:#-][1-9][0-9]{3,5}(/[0-9]{2})?", fullmatch=True))
def test_a_word_and_a_number_is_somebody(subject):
    word = subject.replace("/", " ").replace("-", " ").replace(":", " ").replace("#", " ").split()[0]
    if not nobody(word) and set(word) != {"x"}:
        assert nobody(subject) == ""


@pytest.mark.parametrize("text", ["a1", "1", "1 ", "a1-", "a1 to ", "de 1 ", "1 and ", "[a-z", "x", "-", "a, "])
def test_no_text_is_slow(text):
    text = (text * REFERENCE)[:REFERENCE]
    began = time.perf_counter()
    for _ in range(10):
        nobody(text)
    assert time.perf_counter() - began < 0.5
