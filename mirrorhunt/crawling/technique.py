"""What a hunt asks of spiders, which it does not import: ``spiders/_base.py`` fulfils it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from mirrorhunt.crawling.scene import Scene
    from mirrorhunt.model import Candidate, Pointer, Visit


class Technique(Protocol):
    """A way to find hosts."""

    @classmethod
    def read(cls, visit: Visit) -> Iterable[Pointer]: ...

    @classmethod
    def propose(cls, scene: Scene) -> AsyncIterator[Candidate]: ...


class HuntingSpider(Protocol):
    """The spider that a hunt works for."""

    name: str
    rounds: int | None
    only_due: bool

    @property
    def crawler(self) -> Crawler: ...

    @classmethod
    def techniques(cls) -> Sequence[type[Technique]]: ...
