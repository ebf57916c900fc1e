"""Names one way: what is no host leaves here, counted."""

from dataclasses import replace
from typing import Any

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from mirrorhunt import names
from mirrorhunt.model import Candidate, Pointer, Visit


class TidyPipeline:
    """Write every host name as we write hosts, without a leading ``www.``."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "TidyPipeline":
        return cls(crawler)

    def process_item(self, item: Any) -> Visit | Candidate:
        if isinstance(item, Candidate):
            host = _tidy(item.host)
            if host is None:
                raise DropItem(f"no host name: {item.host!r}")
            return replace(item, host=host)
        assert isinstance(item, Visit)
        kept: dict[tuple[str, str, str], Pointer] = {}
        for pointer in item.pointers:
            host = _tidy(pointer.host)
            if host is None or host == item.host:
                self._count("no_host" if host is None else "itself")
                continue
            kept.setdefault((host, pointer.how, pointer.region), replace(pointer, host=host))
        return replace(item, pointers=tuple(kept.values()))

    def _count(self, what: str) -> None:
        assert self._crawler.stats is not None
        self._crawler.stats.inc_value(f"mirrorhunt/tidy/{what}")


def _tidy(text: str) -> str | None:
    host = names.find_host(text)
    if host is None or names.registrable_domain(host) is None:
        return None
    return names.without_www(host)
