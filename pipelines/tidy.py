"""Names one way: what is no host leaves here, counted."""

from dataclasses import replace
from typing import Any

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from mirrorhunt import pointing
from mirrorhunt.model import Candidate, Visit


class TidyPipeline:
    """Write every host name as we write hosts, without a leading ``www.``."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "TidyPipeline":
        return cls(crawler)

    def process_item(self, item: Any) -> Visit | Candidate:
        if isinstance(item, Candidate):
            host = pointing.tidy(item.host)
            if host is None:
                raise DropItem(f"no host name: {item.host!r}")
            return replace(item, host=host)
        assert isinstance(item, Visit)
        return replace(item, pointers=pointing.tidied(item, self._count))

    def _count(self, what: str) -> None:
        assert self._crawler.stats is not None
        self._crawler.stats.inc_value(f"mirrorhunt/tidy/{what}")
