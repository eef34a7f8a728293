import pytest
from facegate.api.models import Decision, NewUser, Rotation
from pydantic import ValidationError


def test_numbers_are_whole_as_json_has_them() -> None:
    assert Rotation.model_validate({"overlap": 60.0}).overlap == 60
    for wrong in ("60", True, 1.5, -1.0, float("inf"), float("nan")):
        with pytest.raises(ValidationError):
            Rotation.model_validate({"overlap": wrong})
    assert Rotation.model_json_schema()["properties"]["overlap"]["maximum"] == 604_800


def test_unknown_keys_and_half_characters_are_refused() -> None:
    good = {"version": 1, "fingerprint": "0" * 64}
    assert Decision.model_validate(good).reason == ""
    for wrong in ({"reason": "\ud800"}, {"extra": 1}, {"fingerprint": "0" * 64 + "\n"}, {"version": 0}):
        with pytest.raises(ValidationError):
            Decision.model_validate(good | wrong)
    with pytest.raises(ValidationError):
        NewUser.model_validate({"name": "eve\n", "role": "admin"})
