"""One row per spider that ran: its numbers, and how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy import signals

from mirrorhunt.crawling.addon import config_of
from mirrorhunt.store import runs
from mirrorhunt.store.session import engine_for, storing

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.crawler import Crawler


class RunRecordExtension:
    """Close the run when its spider ended by itself; leave it open to be resumed when not."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._config = config_of(crawler.settings)
        self._started_at = self._config.now()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RunRecordExtension:
        record = cls(crawler)
        crawler.signals.connect(record._on_closed, signals.spider_closed)
        return record

    def _on_closed(self, spider: Spider, reason: str) -> None:
        hunting = getattr(getattr(spider, "hunt", None), "hunting", None)
        if hunting is None:
            return
        now = self._config.now()
        engine = engine_for(self._config.database_url)
        with storing(), engine.begin() as connection:
            crawl = runs.open_crawl(connection, hunting.run.id, spider.name, self._started_at)
            runs.finish_crawl(connection, crawl, now, reason, self._numbers())
            if reason == "finished":
                runs.finish_run(connection, hunting.run.id, now, None)
        engine.dispose()

    def _numbers(self) -> dict[str, Any]:
        assert self._crawler.stats is not None
        return {
            key: value
            for key, value in self._crawler.stats.get_stats().items()
            if isinstance(value, int | float | str)
        }
