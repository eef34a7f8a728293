from datetime import timedelta

from facegate_addons.domain.limits import Limits
from facegate_addons.domain.policy import Policy
from facegate_addons.hooks.audit import Audit
from facegate_addons.hooks.chain import Parts, chain
from facegate_addons.hooks.deny import Deny
from facegate_addons.hooks.sample import Sampler
from facegate_addons.hooks.seal import Seal


def test_deny_is_first_and_nothing_that_decides_comes_after_the_seal(ports):
    parts = Parts(
        registry=ports.jobs(),
        inspector=ports.eye(),
        vault=ports.shelf(),
        ledger=ports.book(),
        destinations=ports.everywhere(),
        connections=None,
        fallback=None,
        policy=Policy,
        versions={},
        keep=timedelta(days=1),
        limits=Limits(),
    )
    order = [type(addon) for addon in chain(parts)]
    assert order[0] is Deny
    assert order[-3:] == [Seal, Sampler, Audit]
