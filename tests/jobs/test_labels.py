from facegate.jobs import conditions, reader, scopes
from facegate.jobs.labels import LABELS


def test_every_key_of_a_job_has_a_name_and_no_other():
    keys = {key for key in reader.KEYS if key not in ("scope", "conditions", "token_sha256")}
    keys |= {f"scope.{key}" for key in scopes.KEYS} | {f"conditions.{key}" for key in conditions.KEYS}
    assert set(LABELS) == keys
    assert len(set(LABELS.values())) == len(LABELS)
