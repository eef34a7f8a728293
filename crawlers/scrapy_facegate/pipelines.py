"""Media pipelines that say on the item what was withheld of it. Scrapy's own work as well, and leave it away."""

import logging
from contextlib import suppress
from typing import Any, NoReturn

from itemadapter import ItemAdapter
from scrapy import Request
from scrapy.pipelines.files import FilesPipeline
from scrapy.pipelines.images import ImagesPipeline
from twisted.python.failure import Failure

from scrapy_facegate.errors import Withheld

try:  # what newer Scrapy takes for no error
    from scrapy.pipelines.media import _MediaRequestFiltered as _Failed
except ImportError:
    from scrapy.pipelines.files import FileException as _Failed  # type: ignore[no-redef]


class MediaWithheld(_Failed):
    """In the results of `item_completed`, in the place of a file."""

    def __init__(self, url: str, withheld: Withheld) -> None:
        super().__init__(str(withheld))
        self.url, self.reason, self.record = url, withheld.reason, withheld.record


def _is_news(record: logging.LogRecord) -> bool:
    """Older Scrapy logs each failure of a pipeline as an error of its own; the middleware has told of these."""
    return not (isinstance(record.msg, Failure) and isinstance(record.msg.value, MediaWithheld))


logging.getLogger("scrapy.pipelines.media").addFilter(_is_news)


class TellsWithheld:
    """Goes before a media pipeline: the item's field `withheld`, where it has one, lists url, reason and record."""

    WITHHELD_FIELD = "withheld"

    def media_failed(self, failure: Failure, request: Request, info: Any) -> NoReturn:
        if isinstance(failure.value, Withheld):
            raise MediaWithheld(request.url, failure.value)
        super().media_failed(failure, request, info)  # type: ignore[misc]
        raise AssertionError("a media pipeline raises here")

    def item_completed(self, results: list[tuple[bool, Any]], item: Any, info: Any) -> Any:
        item = super().item_completed(results, item, info)  # type: ignore[misc]
        told = [
            {"url": failure.value.url, "reason": failure.value.reason, "record": failure.value.record}
            for ok, failure in results
            if not ok and isinstance(failure.value, MediaWithheld)
        ]
        if told:
            adapter = ItemAdapter(item)
            with suppress(KeyError):  # a kind of item that has no such field
                adapter[self.WITHHELD_FIELD] = [*(adapter.get(self.WITHHELD_FIELD) or []), *told]
        return item


class FacegateFilesPipeline(TellsWithheld, FilesPipeline):  # type: ignore[misc]  # its types are narrower
    pass


class FacegateImagesPipeline(TellsWithheld, ImagesPipeline):  # type: ignore[misc]
    """Takes Pillow, as Scrapy's does."""
