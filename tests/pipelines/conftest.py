"""A crawler as the steps see it: Scrapy's own, with a spider that works on one network."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.settings import Settings
from scrapy.statscollectors import StatsCollector
from sqlalchemy import Engine

from mirrorhunt.config import Config
from mirrorhunt.crawling.addon import KEY
from mirrorhunt.protected import ProtectedNames, Protection
from mirrorhunt.protecting import Keep
from mirrorhunt.targets import Hunting
from tests import make, stored


@dataclass
class Work:
    """What the steps ask a hunt for."""

    keep: Keep
    hunting: Hunting


class Films(Spider):
    """A spider that has begun."""

    name = "films"
    hunt: Work


@pytest.fixture
def crawler_on() -> Callable[[Engine], Crawler]:
    """``crawler_on(engine)``: a crawler whose run is stored there."""

    def of(engine: Engine) -> Crawler:
        url = engine.url.render_as_string(hide_password=False)
        crawler = Crawler(Films, Settings({KEY: Config(database_url=url)}))
        crawler.stats = StatsCollector(crawler)
        own = Protection("protected.example", "domain", "operator", "our shop")
        spider = Films()
        spider.hunt = Work(
            Keep(ProtectedNames().with_names([own]), make.NOW), stored.begun(engine)
        )
        crawler.spider = spider
        return crawler

    return of


@pytest.fixture
def crawler(crawler_on: Callable[[Engine], Crawler], engine: Engine) -> Crawler:
    """A crawler that stores in SQLite."""
    return crawler_on(engine)


@pytest.fixture
def numbers(crawler: Crawler) -> Callable[[], dict[str, object]]:
    """What the steps have counted."""

    def of() -> dict[str, object]:
        assert crawler.stats is not None
        return crawler.stats.get_stats()

    return of
