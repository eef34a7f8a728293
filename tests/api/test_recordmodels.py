import pytest
from facegate.api.recordmodels import RecordsQuery, Said
from facegate.quarantine import lifecycle
from facegate.quarantine.plans import SORTS
from pydantic import ValidationError


def test_the_words_are_those_of_the_desk() -> None:
    schema = RecordsQuery.model_json_schema()["properties"]
    assert schema["state"]["anyOf"][0]["enum"] == list(lifecycle.STATES)
    assert schema["sort"]["enum"] == list(SORTS)


def test_a_note_says_something() -> None:
    assert Said(note=" a b c ").note
    with pytest.raises(ValidationError):
        Said(note="   ")
