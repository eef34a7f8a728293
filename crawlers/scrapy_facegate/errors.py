"""What a spider and an operator get to see: `Withheld` in the errback, `NoGateway` before anything is crawled."""

import json
from typing import Any

from scrapy.exceptions import IgnoreRequest, UsageError
from scrapy.http import Response


class Withheld(IgnoreRequest):
    """The gateway withheld a response, or refused a request; it is not asked again.

    `reason` is one of the gateway's public reasons, or one of the add-on's own: "tunnel-refused" (an https:// request
    that the gateway refused before it was encrypted), "untrusted-certificate" and "uninspected" (what came did not
    come from the gateway). `record` is the quarantine's id or "". `response` is the gateway's answer, and None where
    there is none.
    """

    def __init__(self, response: Response | None, reason: str, record: str = "") -> None:
        super().__init__(f"withheld: {reason}" + (f" (record {record})" if record else ""))
        self.response = response
        self.reason = reason
        self.record = record

    @property
    def problem(self) -> dict[str, Any]:
        """The problem document of the answer (RFC 9457), as it came; empty without one."""
        if self.response is None:
            return {}
        try:
            document = json.loads(self.response.body)
        except ValueError:
            return {}
        return document if isinstance(document, dict) else {}


class NoGateway(UsageError):
    """The add-on is there, and the way to the gateway is not as it has to be. The crawl does not start."""
