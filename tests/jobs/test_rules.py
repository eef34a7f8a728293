from facegate.jobs.rules import Rules


def test_the_lists_that_an_approver_reads_are_bounded(changed, wrong, read):
    members = [f"case-{n}" for n in range(11)]
    raw = changed("scope.kind", "group", changed("scope.subjects", members))
    assert len(read(raw).scope.subjects) == 11
    assert wrong(raw, Rules(group_max=10)) == ["scope.subjects has 11 entries; 10 is the most that one job may have"]
    assert wrong(raw, Rules(hosts_max=1)) == ["scope.hosts has 2 entries; 1 is the most that one job may have"]
