"""Let a crawl end that is told to while items of its own are being stored.

Scrapy 2.19 looks whether it may close when it is told to, and then only when a response has been
dealt with. What a hunt yields comes from no response, so a hunt that was interrupted, or that
gave up, while an item was on its way to the database would wait for ever.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from scrapy import signals

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

LOOK_EVERY_S = 0.1


class ClosingExtension:
    """Look again and again whether the crawl is to end, and can."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._looking: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ClosingExtension:
        closing = cls(crawler)
        crawler.signals.connect(closing._on_opened, signals.spider_opened)
        crawler.signals.connect(closing._on_closed, signals.spider_closed)
        return closing

    def _on_opened(self) -> None:
        self._looking = asyncio.create_task(self._look())

    def _on_closed(self) -> None:
        if self._looking is not None:
            self._looking.cancel()

    async def _look(self) -> None:
        while not self._has_closed():
            await asyncio.sleep(LOOK_EVERY_S)

    def _has_closed(self) -> bool:
        """Whether the crawl is closing; brings that about where nothing else is under way."""
        engine, spider = self._crawler.engine, self._crawler.spider
        slot = engine.scraper.slot if engine is not None else None
        if slot is None or slot.closing is None or spider is None or not slot.is_idle():
            return False
        if not slot.closing.called:
            slot.closing.callback(spider)
        return True
