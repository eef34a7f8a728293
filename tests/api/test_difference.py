from facegate.api.difference import differences


def test_what_came_went_and_changed() -> None:
    before = {"a": 1, "scope": {"hosts": ["x"], "kind": "group"}}
    after = {"a": 1, "scope": {"hosts": ["y"], "kind": "group", "ports": [443]}}
    assert differences(before, after) == [
        {"field": "scope.hosts", "before": ["x"], "after": ["y"]},
        {"field": "scope.ports", "before": None, "after": [443]},
    ]
    assert differences(before, before) == []
    assert [it["field"] for it in differences({}, before)] == ["a", "scope.hosts", "scope.kind"]
