"""What is nobody's mirror leaves here, counted: protected names and infrastructure."""

from dataclasses import replace
from typing import Any

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from mirrorhunt import pointing
from mirrorhunt.model import Candidate, Visit


class ScopePipeline:
    """Drop pointers to, and candidates of, hosts that a hunt keeps its hands off."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "ScopePipeline":
        return cls(crawler)

    def process_item(self, item: Any) -> Visit | Candidate:
        if isinstance(item, Candidate):
            why = self._why_out(item.host)
            if why is not None:
                raise DropItem(f"{item.host}: {why}")
            return item
        assert isinstance(item, Visit)
        return replace(item, pointers=pointing.in_scope(item, self._why_out, self._count))

    def _count(self, why: str) -> None:
        assert self._crawler.stats is not None
        self._crawler.stats.inc_value(f"mirrorhunt/scope/{why.partition(':')[0]}")

    def _why_out(self, host: str) -> str | None:
        found: str | None = self._crawler.spider.hunt.keep.why_out(host)  # type: ignore[union-attr]  # Scrapy knows no type of ours.
        return found
