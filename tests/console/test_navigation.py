from facegate.console.navigation import Entry, menu


def test_each_role_sees_its_own_in_order() -> None:
    home, jobs, users = Entry("Home", "/", 10), Entry("Jobs", "/jobs", 30), Entry("Users", "/users", 20, ("admin",))
    assert menu([jobs, users, home], "operator") == [home, jobs]
    assert menu([jobs, users, home], "admin") == [home, users, jobs]


def test_an_entry_leads_to_what_is_below_it() -> None:
    jobs = Entry("Jobs", "/jobs", 30)
    assert jobs.leads_to("/jobs")
    assert jobs.leads_to("/jobs/case")
    assert not jobs.leads_to("/jobs-new")
    assert not Entry("Home", "/", 10).leads_to("/jobs")
