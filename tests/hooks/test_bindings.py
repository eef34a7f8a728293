from facegate_addons.hooks.bindings import Bindings


def test_bound_until_forgotten() -> None:
    bindings = Bindings()
    bindings.bind("client", "job")
    bindings.bind("other", "job-2")
    assert (bindings.job_of("client"), bindings.job_of("other"), bindings.job_of("none")) == ("job", "job-2", None)
    bindings.forget("client")
    bindings.forget("client")
    assert (bindings.job_of("client"), bindings.job_of("other")) == (None, "job-2")
