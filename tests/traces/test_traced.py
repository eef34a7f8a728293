from collections.abc import Callable

import pytest
from facegate.traces.traced import TracedInspector, TracedLedger, TracedVault
from facegate_addons.domain import current
from facegate_addons.domain.model import Clear, Payload, QuarantineRecord, Verdict
from live.tracing import LINE, Seen


class Lines(list[object]):
    healthy = True


class Looks:
    async def inspect(self, _payload: Payload) -> Verdict:
        return Clear("text")


class Full:
    async def keep(self, _record: QuarantineRecord, _body: bytes) -> str:
        raise OSError("no room")


async def test_ports_leave_spans_and_the_line_ends_the_trace(a_record: Callable[..., QuarantineRecord]) -> None:
    seen, lines = Seen(), Lines()
    current.request.set("r-1")
    trace = seen.traces.begin("r-1", 1)
    assert trace is not None
    assert await TracedInspector(Looks(), seen.traces).inspect(Payload(b"SECRET")) == Clear("text")
    with pytest.raises(OSError, match="no room"):
        await TracedVault(Full(), seen.traces).keep(a_record(b"SECRET"), b"SECRET")
    TracedLedger(lines, seen.traces).append(LINE)  # type: ignore[arg-type]
    spans = seen.spans()
    assert lines == [LINE]
    assert set(spans) == {"exchange", "inspection", "vault keep", "ledger append"}
    assert spans["vault keep"].attributes == {"facegate.body.size": 6, "error.type": "OSError"}
    assert "SECRET" not in str([span.to_json() for span in spans.values()])
