"""On the path of the gateways that tests start by the hundred (live.gateways): each tests itself before it serves, as
ever, but in a few ways. All of them are tried where a test says so."""

import sys

if "facegate.serve.gateway" in sys.orig_argv:
    from facegate.selftest import canary, startup
    from facegate.selftest.cases import cases, windows
    from facegate_addons.domain.ports import Inspector

    FEW = ("an ordinary page", "a picture", "an interim answer", "in a tunnel")

    async def chosen(_pool: Inspector) -> startup.Chosen:
        picture = canary.oversized()
        return startup.Chosen([case for case in cases(picture) if case.name in FEW], [], windows(picture))

    startup.chosen = chosen
