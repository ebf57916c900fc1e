"""State first: before anything a host serves is believed."""

from collections import Counter
from dataclasses import replace
from typing import Any

from scrapy.crawler import Crawler

from mirrorhunt.availability import ruling
from mirrorhunt.model import Visit


class AvailabilityPipeline:
    """Rule on each visit."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._seen: Counter[str] = Counter()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "AvailabilityPipeline":
        return cls(crawler)

    def process_item(self, item: Any) -> Any:
        if not isinstance(item, Visit):
            return item
        ruled = replace(item, ruling=ruling(item))
        assert ruled.ruling is not None
        assert self._crawler.stats is not None
        if item.path == "/":
            state = ruled.ruling.availability.value
            self._crawler.stats.inc_value(f"mirrorhunt/availability/{state}")
        return ruled
